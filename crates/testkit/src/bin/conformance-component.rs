//! Writes the component of the MCP conformance suite's fixtures.
//! Usage: `conformance-component FILE`

#![allow(
    clippy::print_stderr,
    reason = "a program talks to the person who called it"
)]

use std::process::ExitCode;
use std::{env, fs};

use hotcell_testkit::components::fixtures;

fn main() -> ExitCode {
    let Some(file) = env::args().nth(1) else {
        eprintln!("usage: conformance-component FILE");
        return ExitCode::from(2);
    };
    match fs::write(&file, fixtures::conformance().to_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{file}: {error}");
            ExitCode::FAILURE
        }
    }
}
