//! `hotcell lint`: a package read as a careful reviewer would.

use std::path::PathBuf;

use clap::Args;
use hotcell_package::{Diagnostic, Level, RULES, lint};
use serde_json::json;

use super::read_package;
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell lint my-skill
  hotcell lint my-skill.zip --json
  hotcell lint --rules

Exit code: 0 nothing worse than a warning · 1 an error · 2 the package cannot be read";

/// What `hotcell lint` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A package: a folder or a zip
    #[arg(required_unless_present = "rules")]
    package: Option<PathBuf>,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
    /// List the rules instead
    #[arg(long)]
    rules: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    match &arguments.package {
        Some(package) if !arguments.rules => {
            let (found, unreadable) = match read_package(package) {
                Ok(package) => (lint(&package), exit::SKILL_FAILED),
                Err(diagnostics) => (diagnostics, exit::USAGE),
            };
            tell(&found, arguments.json);
            if count(&found, Level::Error) > 0 {
                unreadable
            } else {
                exit::OK
            }
        }
        _ => {
            list_rules(arguments.json);
            exit::OK
        }
    }
}

fn list_rules(json: bool) {
    if json {
        print::json(&RULES);
        return;
    }
    for rule in RULES {
        print::result(&format!(
            "{:<24} {:<8} {}",
            rule.code,
            rule.level.to_string(),
            rule.why
        ));
    }
}

fn tell(found: &[Diagnostic], json: bool) {
    let errors = count(found, Level::Error);
    let warnings = count(found, Level::Warning);
    if json {
        print::json(&json!({ "diagnostics": found, "errors": errors, "warnings": warnings }));
        return;
    }
    for diagnostic in found {
        print::result(&diagnostic.to_string());
    }
    print::note(&match (errors, warnings) {
        (0, 0) => "clean".to_owned(),
        _ => format!("{errors} errors, {warnings} warnings"),
    });
}

fn count(found: &[Diagnostic], level: Level) -> usize {
    found
        .iter()
        .filter(|diagnostic| diagnostic.level == level)
        .count()
}
