//! `hotcell test`: the cases of skills, and trouble and made-up arguments for them.

mod record;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use hotcell_author::cases::{self, SkillFolder};
use hotcell_author::report::TestReport;
use hotcell_author::testing::{Chaos, TestOptions, test};
use hotcell_author::{Fuzz, StageError};
use hotcell_host::Sandbox;

use super::read_package;
use crate::calling::Stop;
use crate::config::PlacesArguments;
use crate::{exit, house, print, waiting};

const EXAMPLES: &str = "Examples:
  hotcell test my-skill
  hotcell test skills-examples/crm --case search/found
  hotcell test skills-examples/* --fuzz 200 --chaos
  hotcell test my-skill --fuzz 1000 --seed 17
  hotcell test my-skill --format junit > report.xml
  hotcell test my-skill --record found --tool find_order --input @order.json

Nothing is sent, but with --record: what the cases' servers would answer is played inside this process, and every
credential is made up. `docs/authors/testing.md` has the format of tests/*.toml.

Exit code: 0 all passed · 1 a check failed (with --strict, or a warning) · 2 a package or a case
cannot be read";

/// What `hotcell test` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Skills: folders, or zips, which have no cases
    #[arg(default_value = ".")]
    packages: Vec<PathBuf>,
    /// Run only this case, or the cases of this file
    #[arg(long, value_name = "NAME")]
    case: Option<String>,
    /// Call each tool so many times with made-up arguments, half of them valid
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    fuzz: Option<u32>,
    /// Where the made-up arguments begin; the same seed makes the same ones
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Repeat each case with resets, time-outs, refusals and broken answers, and with one key twice
    #[arg(long)]
    chaos: bool,
    /// Fail where there is a warning, such as a declared error that no case reaches
    #[arg(long)]
    strict: bool,
    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The same as --format json
    #[arg(long)]
    json: bool,
    /// Make one live call, as the operator's file allows it, and write it as the case tests/NAME.toml
    #[arg(long, value_name = "NAME", conflicts_with_all = ["case", "fuzz", "chaos"])]
    record: Option<String>,
    /// The tool to record
    #[arg(long, requires = "record")]
    tool: Option<String>,
    /// Its arguments: JSON, @FILE, or - for stdin
    #[arg(long, value_name = "JSON", requires = "record")]
    input: Option<String>,
    /// The idempotency key of the call
    #[arg(long, requires = "record")]
    key: Option<String>,
    /// Replace a case that is there
    #[arg(long, requires = "record")]
    force: bool,
    #[command(flatten)]
    places: PlacesArguments,
    /// Where compiled code is kept
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// JUnit XML, for build servers.
    Junit,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    if let Some(name) = &arguments.record {
        return record::run(arguments, name);
    }
    let format = if arguments.json {
        Format::Json
    } else {
        arguments.format
    };
    let runtime = house::runtime().map_err(|fault| Stop::fault(fault.message));
    match runtime.and_then(|runtime| runtime.block_on(test_all(arguments))) {
        Ok(report) => {
            match format {
                Format::Text => print::result(&report.to_string()),
                Format::Json => print::json(&report),
                Format::Junit => print::result(&report.to_junit()),
            }
            exit_code(&report, arguments.strict)
        }
        Err(stop) => stop.tell(format == Format::Json),
    }
}

fn exit_code(report: &TestReport, strict: bool) -> u8 {
    let (_, failed) = report.counts();
    match failed > 0 || (strict && report.warnings() > 0) {
        true => exit::SKILL_FAILED,
        false => exit::OK,
    }
}

async fn test_all(arguments: &Arguments) -> Result<TestReport, Stop> {
    let sandbox = house::sandbox(arguments.cache.clone())
        .map_err(|error| Stop::fault(format!("the host cannot start: {error}")))?;
    let options = TestOptions {
        case: arguments.case.clone(),
        fuzz: arguments.fuzz.map(|count| Fuzz {
            count,
            seed: arguments.seed,
        }),
        chaos: match arguments.chaos {
            true => Chaos::Trouble,
            false => Chaos::Calm,
        },
    };
    let mut report = TestReport::default();
    for path in &arguments.packages {
        let tested = Box::pin(test_one(&sandbox, path, &options));
        let what = format!("testing {}", path.display());
        report.skills.push(waiting::for_work(&what, tested).await?);
    }
    let ran = report.skills.iter().any(|skill| !skill.checks.is_empty());
    match &arguments.case {
        Some(name) if !ran => {
            let hint = "`hotcell test` without --case lists them";
            Err(Stop::usage(
                format!("no case is named `{name}`"),
                Some(hint),
            ))
        }
        _ => Ok(report),
    }
}

/// Tests one skill.
pub(super) async fn test_one(
    sandbox: &Sandbox,
    path: &Path,
    options: &TestOptions,
) -> Result<hotcell_author::report::SkillReport, Stop> {
    let package = read_package(path).map_err(|found| Stop::invalid_package(&found))?;
    let folder = SkillFolder::of_package(path)
        .map_err(|error| Stop::usage(format!("{}: {error}", path.display()), None))?;
    let cases = cases::read(&folder).map_err(|found| Stop::invalid_package(&found))?;
    let misfits = cases::misfits(&package, &cases);
    if !misfits.is_empty() {
        return Err(Stop::invalid_package(&misfits));
    }
    let report = test(sandbox, &package, &cases, options).await;
    report.map_err(|error| match error {
        StageError::Load(error) => Stop::load(&error),
        StageError::Folder(error) => Stop::fault(format!("a folder cannot be made: {error}")),
    })
}
