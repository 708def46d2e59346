//! `hotcell doctor`: whether this installation can do its work, and what mends it where it cannot.
//!
//! Read top to bottom: the machine, the operator's file, the data folder, and then what both say
//! together: secrets, suspended grants, packages, assistants. Nothing is changed but the cache of
//! compiled code, which is filled.

mod machine;
mod packages;

use std::path::PathBuf;

use clap::Args;
use hotcell_package::Diagnostic;
use hotcell_policy::config::Config;
use serde::Serialize;
use serde_json::json;

use crate::config::{Places, PlacesArguments};
use crate::record::Record;
use crate::{exit, house, print, secrets};

const EXAMPLES: &str = "Examples:
  hotcell doctor --json
  hotcell doctor
  hotcell doctor --config /etc/hotcell/hotcell.toml --data /var/lib/hotcell

It looks at the machine, the operator's file, the data folder, the secrets that grants use, and
every installed package, which is read and compiled. No secret's value is shown.

Exit code: 0 all is well, or worth a look at most · 2 something is wrong";

/// What `hotcell doctor` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The folder of compiled code [default: the platform's cache folder]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    #[command(flatten)]
    places: PlacesArguments,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Well,
    /// It works, and not as well as it could.
    Look,
    Wrong,
}

/// What was found of one thing.
#[derive(Debug, Serialize)]
struct Finding {
    /// What was looked at.
    of: &'static str,
    state: State,
    what: String,
    mend: Option<String>,
}

impl Finding {
    fn well(of: &'static str, what: impl Into<String>) -> Finding {
        Finding {
            of,
            state: State::Well,
            what: what.into(),
            mend: None,
        }
    }

    fn look(of: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding {
            state: State::Look,
            mend: Some(mend.into()),
            ..Finding::well(of, what)
        }
    }

    fn wrong(of: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding {
            state: State::Wrong,
            ..Finding::look(of, what, mend)
        }
    }

    /// Returns what a command would have failed with.
    fn of_diagnostics(of: &'static str, found: &[Diagnostic]) -> Vec<Finding> {
        let finding = |one: &Diagnostic| {
            let line = one.line.map_or(String::new(), |line| format!(":{line}"));
            let what = format!("{}{line}: {}", one.file, one.message);
            Finding::wrong(of, what, one.hint.clone())
        };
        found.iter().map(finding).collect()
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let found = match house::runtime() {
        Ok(runtime) => runtime.block_on(look(arguments)),
        Err(fault) => vec![Finding::wrong("machine", fault.message, fault.mend)],
    };
    tell(&found, arguments.json);
    match found.iter().any(|one| one.state == State::Wrong) {
        true => exit::USAGE,
        false => exit::OK,
    }
}

async fn look(arguments: &Arguments) -> Vec<Finding> {
    let mut found = machine::look();
    let places = match arguments.places.places() {
        Ok(places) => places,
        Err(wrong) => {
            found.extend(Finding::of_diagnostics("configuration", &wrong));
            return found;
        }
    };
    let config = match places.read_config() {
        Ok(config) => config,
        Err(wrong) => {
            found.extend(Finding::of_diagnostics("configuration", &wrong));
            return found;
        }
    };
    found.push(configuration(&places));
    found.extend(machine::room(&places.data));
    found.extend(of_secrets(&config, &places));
    found.extend(of_suspended(&places));
    match Record::open_if_any(&places, &config).await {
        Err(wrong) => found.extend(Finding::of_diagnostics("record", &wrong)),
        Ok(None) => found.push(Finding::look(
            "record",
            format!("nothing is installed in {}", places.data.display()),
            "hotcell add PACKAGE",
        )),
        Ok(Some(record)) => {
            found.push(Finding::well(
                "record",
                format!("the record in {} opens", places.data.display()),
            ));
            let cache = arguments.cache.clone();
            found.extend(packages::look(&record, &config, cache).await);
        }
    }
    found
}

fn configuration(places: &Places) -> Finding {
    let file = places.config.display();
    match places.has_config() {
        true => Finding::well("configuration", format!("{file} is right")),
        false => Finding::look(
            "configuration",
            format!("there is no {file}: nothing is granted"),
            "write one where a skill needs more than to calculate; `hotcell check-config PACKAGE` \
             says what",
        ),
    }
}

/// Whether each secret of the operator's file can be had. No value is looked at.
fn of_secrets(config: &Config, places: &Places) -> Vec<Finding> {
    if config.secrets.is_empty() {
        return Vec::new();
    }
    let secrets = match secrets::of_config(config, places) {
        Ok(secrets) => secrets,
        Err(error) => {
            let what = format!("the vault's passphrase: {error}");
            return vec![Finding::wrong("secrets", what, "type it, or set it")];
        }
    };
    let finding = |name: &String| match secrets.get(name) {
        Ok(_) => Finding::well("secrets", format!("`{name}` is there")),
        Err(error) => Finding::wrong("secrets", format!("`{name}`: {error}"), error.mend()),
    };
    config.secrets.keys().map(finding).collect()
}

fn of_suspended(places: &Places) -> Vec<Finding> {
    match places.state().suspended() {
        Ok(all) => {
            let finding = |(grant, suspension): (&_, &hotcell_host::Suspension)| {
                let what = format!("{grant} is suspended: {}", suspension.why);
                Finding::look("grants", what, format!("hotcell lift {grant}"))
            };
            all.iter().map(finding).collect()
        }
        Err(error) => vec![Finding::wrong(
            "grants",
            error.to_string(),
            "choose another folder with --data DIR, or restore a backup",
        )],
    }
}

fn tell(found: &[Finding], as_json: bool) {
    let count = |state| found.iter().filter(|one| one.state == state).count();
    let (wrong, look) = (count(State::Wrong), count(State::Look));
    if as_json {
        print::json(&json!({ "wrong": wrong, "look": look, "findings": found }));
        return;
    }
    let width = found.iter().map(|one| one.of.len()).max().unwrap_or(0);
    for one in found {
        let word = match one.state {
            State::Well => "ok   ",
            State::Look => "look ",
            State::Wrong => "WRONG",
        };
        print::result(&format!("{word}  {:<width$}  {}", one.of, one.what));
        if let Some(mend) = one.mend.as_ref().filter(|mend| !mend.is_empty()) {
            print::result(&format!("{:<width$}  mend: {mend}", "", width = width + 7));
        }
    }
    print::note(&match (wrong, look) {
        (0, 0) => "all is well".to_owned(),
        (wrong, look) => format!("{wrong} wrong, {look} worth a look"),
    });
}
