//! `hotcell check-config`: what the operator's file says, and what of it a package gets.

mod listing;
mod package;
mod tables;

use std::path::PathBuf;

use clap::Args;
use hotcell_package::Diagnostic;
use serde_json::json;

use crate::config::PlacesArguments;
use crate::installed::{self, Which};
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell check-config crm.zip
  hotcell check-config crm@1.2.0
  hotcell check-config
  hotcell check-config crm.zip --config /etc/hotcell/hotcell.toml --json

Exit code: 0 the file is right, and the package gets all that it asks for · 2 the file or the
package cannot be read · 3 the package asks for something that it does not get";

/// What `hotcell check-config` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A package, a folder or a zip, or an installed one, NAME or NAME@1: tells what it gets
    package: Option<PathBuf>,
    #[command(flatten)]
    places: PlacesArguments,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    match check(arguments) {
        Ok(code) => code,
        Err(found) => tell_unreadable(&found, arguments.json),
    }
}

fn check(arguments: &Arguments) -> Result<u8, Vec<Diagnostic>> {
    let places = arguments.places.places()?;
    let config = places.read_config()?;
    let Some(path) = &arguments.package else {
        match arguments.json {
            true => print::json(&listing::as_json(&config, &places)),
            false => print::result(listing::as_text(&config, &places).trim_end()),
        }
        return Ok(exit::OK);
    };
    let package = installed::package(path, &arguments.places, Which::Called)?;
    let standing = places.state().standing(&package.name).map_err(|error| {
        let error = Diagnostic::error("state_unreadable", &package.name, error.to_string());
        vec![error.hint("choose another folder with --data DIR")]
    })?;
    let report = package::Report::new(&config, &package, &standing);
    match arguments.json {
        true => print::json(&report.as_json()),
        false => print::result(report.as_text().trim_end()),
    }
    Ok(match report.is_complete() {
        true => exit::OK,
        false => exit::REFUSED,
    })
}

/// Tells what cannot be read, and returns the exit code.
pub(super) fn tell_unreadable(found: &[Diagnostic], json: bool) -> u8 {
    match json {
        true => print::json(&json!({ "diagnostics": found })),
        false => print::diagnostics(found),
    }
    exit::USAGE
}
