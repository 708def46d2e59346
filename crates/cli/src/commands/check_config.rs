//! `hotcell check-config`: what the operator's file says, and what of it a package gets.

mod listing;
mod package;
mod tables;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use hotcell_host::journal::Release;
use hotcell_package::Diagnostic;
use hotcell_policy::config::{Attachment, Config};
use serde_json::json;

use crate::config::{Places, PlacesArguments};
use crate::installed::{self, Which};
use crate::record::Record;
use crate::{exit, house, print};

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
        let unmet = unmet_pins(&config, &places)?;
        match arguments.json {
            true => {
                let mut listed = listing::as_json(&config, &places);
                listed["warnings"] = json!(unmet);
                print::json(&listed);
            }
            false => {
                print::result(listing::as_text(&config, &places).trim_end());
                print::diagnostics(&unmet);
            }
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

/// Returns a warning for each pin of an assistant that nothing installed fits.
fn unmet_pins(config: &Config, places: &Places) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    if config.assistants.is_empty() {
        return Ok(Vec::new());
    }
    let fault = |why: String, mend: String| {
        vec![Diagnostic::error("unusable", &config.file, why).hint(mend)]
    };
    let releases: Arc<[Release]> = match Record::open_as_it_is(places)? {
        None => Arc::default(),
        Some(record) => {
            let runtime = house::runtime().map_err(|error| fault(error.message, error.mend))?;
            let read = runtime.block_on(record.registry.releases());
            read.map_err(|error| fault(error.to_string(), error.mend()))?
        }
    };
    let mut found = Vec::new();
    for (name, assistant) in &config.assistants {
        for Attachment { pin, place } in &assistant.skills {
            let fits = |one: &Release| pin.fits(&one.name, &one.version, &one.digest);
            if !releases.iter().any(fits) {
                let message = format!("the assistant {name} has {pin}, and none is installed");
                let warning = Diagnostic::warning("unmet_pin", &config.file, message);
                found.push(
                    warning
                        .at(*place)
                        .hint("hotcell add PACKAGE, or correct it"),
                );
            }
        }
    }
    Ok(found)
}

/// Tells what cannot be read, and returns the exit code.
pub(super) fn tell_unreadable(found: &[Diagnostic], json: bool) -> u8 {
    match json {
        true => print::json(&json!({ "diagnostics": found })),
        false => print::diagnostics(found),
    }
    exit::USAGE
}
