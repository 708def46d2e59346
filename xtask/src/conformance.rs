//! `cargo xtask conformance`: the MCP conformance suite against `hotcell serve`.
//!
//! The suite judges: a scenario that fails must stand in `tests/conformance/REVISION.yaml`, with
//! its reason, and one that stands there must fail.

mod server;
mod table;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::clients::Clients;
use crate::failure::{Failure, Result};
use crate::process;
use crate::workspace::{cargo, root, target};
use server::Server;
use table::Report;

const STEP: &str = "conformance";

/// The revisions whose requirements hold.
const REVISIONS: [&str; 2] = ["2026-07-28", "2025-11-25"];

/// The packages of the suite's fixtures, in `tests/packages`.
const FIXTURES: [&str; 4] = ["test", "json", "slow", "failing"];

/// How long one scenario may take, in milliseconds.
const SCENARIO_MS: &str = "60000";

/// Builds the program, and runs the suite for both revisions.
pub(crate) fn run() -> Result<()> {
    let clients = Clients::install(STEP)?;
    let programs = ["--bin", "hotcell", "--bin", "conformance-component"];
    process::run(
        STEP,
        cargo()
            .args(["build", "--locked", "--workspace"])
            .args(programs),
    )?;
    let folder = fresh_folder()?;
    let server = Server::start(&folder, &FIXTURES)?;
    let mut reports = Vec::new();
    for revision in REVISIONS {
        reports.push(measure(&clients, &server, revision, &folder)?);
    }
    drop(server);
    for report in &reports {
        println!("\n{report}");
    }
    match reports.iter().find(|report| !report.is_as_expected()) {
        None => Ok(()),
        Some(report) => Err(Failure::new(
            format!("{STEP}: {} is not as expected", report.revision()),
            format!(
                "mend what fails, or take off tests/conformance/{0}.yaml what passes; the checks \
                 are in {1}",
                report.revision(),
                folder.join(report.revision()).display()
            ),
        )),
    }
}

/// Runs the scenarios that one revision requires.
fn measure(clients: &Clients, server: &Server, revision: &str, folder: &Path) -> Result<Report> {
    let expected = root().join(format!("tests/conformance/{revision}.yaml"));
    let listed = fs::read_to_string(&expected).map_err(|error| unusable(&expected, &error))?;
    let mut list = clients.conformance();
    let required = process::output(STEP, list.args(["list", "--requirements", revision]))?;
    let mut suite = clients.conformance();
    suite
        .args(["server", "--url", &server.url("conformance")])
        .args(["--requirements", revision, "--timeout", SCENARIO_MS])
        .arg("--expected-failures")
        .arg(&expected)
        .arg("--output-dir")
        .arg(folder.join(revision));
    let told = process::captured(STEP, &mut suite)?;
    let report = Report::read(
        revision,
        (&told.stdout, &required),
        &listed,
        told.is_success,
    );
    if !report.is_as_expected() {
        print!("{}", told.stdout);
    }
    Ok(report)
}

fn fresh_folder() -> Result<PathBuf> {
    let folder = target().join(STEP);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(unusable(&folder, &error)),
        _ => fs::create_dir_all(&folder)
            .map_err(|error| unusable(&folder, &error))
            .map(|()| folder),
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{STEP}: {}: {error}", path.display()),
        "check the work tree: git status",
    )
}
