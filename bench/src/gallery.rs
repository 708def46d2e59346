//! The example skills, each by one call of its usual work: how long it takes in a sealed store, and
//! as a program of its own, which is how a host without a sandbox calls a script.
//!
//! The program is the skill's own source. Both must answer the same.

mod program;

use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use hotcell_host::{Ask, Host, HostOptions};
use hotcell_package::{FileTree, Package, ReadLimits};
use hotcell_policy::{Invocation, Outcome, Policy, Status};
use serde_json::Value;

use self::program::Program;
use crate::Result;
use crate::figure::percentile;
use crate::house::sandbox;

/// Calls of which the median is told, after one that warms up.
const SEALED: usize = 40;
const ALONE: usize = 15;

/// One skill and its usual work.
struct Work {
    skill: &'static str,
    language: &'static str,
    tool: &'static str,
    /// A file of `skills-examples`, or JSON.
    input: &'static str,
    /// Files of `skills-examples` that the tool sees at `/in`.
    files: &'static [&'static str],
    program: Option<Program>,
}

const fn rust(skill: &'static str, tool: &'static str, input: &'static str) -> Work {
    Work {
        skill,
        language: "Rust",
        tool,
        input,
        files: &[],
        program: None,
    }
}

/// What is measured. The other skills speak to servers or work in a host's folder.
const WORKS: [Work; 8] = [
    rust(
        "tax-check",
        "check_invoice",
        "tax-check/examples/faulty.json",
    ),
    rust(
        "datev-export",
        "export_bookings",
        "datev-export/examples/october.json",
    ),
    Work {
        language: "JavaScript",
        program: Some(Program::Node),
        ..rust(
            "datev-export-js",
            "export_bookings",
            "datev-export/examples/october.json",
        )
    },
    rust(
        "quote-docx",
        "make_quote",
        "quote-docx/examples/office.json",
    ),
    Work {
        files: &["slides/tests/chart.png", "slides/tests/showroom.jpeg"],
        ..rust("slides", "make_deck", "slides/examples/review.json")
    },
    rust(
        "spreadsheet",
        "write_workbook",
        "spreadsheet/examples/offers.json",
    ),
    Work {
        language: "TypeScript",
        program: Some(Program::Node),
        ..rust("calendar", "create_event", "calendar/tests/invitation.json")
    },
    Work {
        language: "Python",
        files: &["pdf-extract/tests/pdf/letter-de.pdf"],
        program: Some(Program::Python),
        ..rust(
            "pdf-extract",
            "extract_invoice",
            r#"{"file": "letter-de.pdf"}"#,
        )
    },
];

/// Where the programs are: what `cargo xtask bench --gallery` made.
pub(crate) struct Programs {
    /// Bundles of the JavaScript skills, by name.
    pub(crate) node: PathBuf,
    /// The packages of the Python skills.
    pub(crate) site: PathBuf,
}

/// Measures, and prints a table in Markdown.
pub(crate) async fn table(root: &Path, programs: &Programs) -> Result<()> {
    let cache = tempfile::tempdir()?;
    let host = Host::new(HostOptions {
        sandbox: sandbox(cache.path())?,
        policy: Policy::standard(),
        operator: None,
        record: None,
        clock: SystemTime::now,
    });
    println!(
        "| skill | written in | component | one call of | sealed | peak memory | as a program | sealed is |"
    );
    println!("|---|---|---:|---|---:|---:|---:|---:|");
    for work in &WORKS {
        println!("{}", row(&host, root, programs, work).await?);
    }
    Ok(())
}

async fn row(host: &Host, root: &Path, programs: &Programs, work: &Work) -> Result<String> {
    let examples = root.join("skills-examples");
    let package = Package::read(&examples.join(work.skill), &ReadLimits::STANDARD)
        .map_err(|error| error.diagnostics()[0].to_string())?;
    let kib = package.component().len() / 1024;
    let skill = host.load(package).await?;
    let input: Value = match work.input.starts_with('{') {
        true => serde_json::from_str(work.input)?,
        false => serde_json::from_slice(&std::fs::read(examples.join(work.input))?)?,
    };
    let mut files = Vec::new();
    for file in work.files {
        let name = file.rsplit('/').next().unwrap_or(file);
        files.push((name, std::fs::read(examples.join(file))?));
    }
    let files = FileTree::new(files).map_err(|error| format!("{error:?}"))?;
    let ask = || Ask {
        input: files.clone(),
        ..Ask::new(Invocation::new(work.tool, input.clone()))
    };
    let first = done(host.invoke(&skill, ask()).await.outcome)?;
    let mut sealed = Vec::new();
    for _ in 0..SEALED {
        let begun = Instant::now();
        done(host.invoke(&skill, ask()).await.outcome)?;
        sealed.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let sealed = percentile(&mut sealed, 50);
    let alone = match work.program {
        Some(program) => {
            let run = program.ready(root, programs, work, &examples)?;
            let mut alone = Vec::new();
            for round in 0..=ALONE {
                let begun = Instant::now();
                let told = run.once(&input)?;
                let took = begun.elapsed().as_secs_f64() * 1e3;
                if Some(&told) != first.output.as_ref() {
                    return Err(format!("{}: the program answers {told}", work.skill).into());
                }
                // The first one fills the caches of the disk and of Python.
                alone.extend((round > 0).then_some(took));
            }
            let alone = percentile(&mut alone, 50);
            format!("{alone:.0} ms | {:.0}× quicker", alone / sealed)
        }
        None => "– | –".to_owned(),
    };
    Ok(format!(
        "| `{}` | {} | {kib} KiB | `{}` | {sealed:.2} ms | {:.1} MiB | {alone} |",
        work.skill,
        work.language,
        work.tool,
        first.usage.memory_peak_bytes as f64 / f64::from(1 << 20),
    ))
}

fn done(outcome: Outcome) -> Result<Outcome> {
    match outcome.status {
        Status::Ok => Ok(outcome),
        _ => Err(format!("a call ended as {:?}", outcome.error).into()),
    }
}
