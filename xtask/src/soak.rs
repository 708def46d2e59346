//! `cargo xtask soak`: kills many processes that share one record, and accounts for what they did.
//!
//! The soak is a program of the tests' crate, so that `cargo xtask` never waits for wasmtime. Its
//! table stands in `docs/durability.md`.

use std::process::Command;

use clap::Args;

use crate::failure::Result;
use crate::{process, workspace};

const STEP: &str = "soak";

/// How hard it is.
#[derive(Args)]
pub(crate) struct Options {
    /// Processes to kill
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    kills: u64,
    /// What the choices follow from: who is killed, when, and what is called
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// No more kills after so many minutes
    #[arg(long, value_name = "N", default_value_t = 60)]
    minutes: u64,
}

/// Builds and runs it; a violation is a failure.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut build = workspace::cargo();
    // The whole package, so that the features are those of its tests.
    build.args(["build", "--locked", "--package", "hotcell-tests", "--bins"]);
    process::run(STEP, &mut build)?;
    let mut soak = Command::new(workspace::target().join("debug/hotcell-soak"));
    soak.current_dir(workspace::root());
    soak.args(["--kills", &options.kills.to_string()]);
    soak.args(["--seed", &options.seed.to_string()]);
    soak.args(["--minutes", &options.minutes.to_string()]);
    process::run(STEP, &mut soak)
}
