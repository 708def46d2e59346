//! The commands, one file for each.

mod approve;
mod call;
mod check_config;
mod job;
mod jobs;
mod lift;
mod lint;
mod pack;
mod run;
mod secret;
mod show;
mod work;

use std::path::Path;

use clap::Subcommand;
use hotcell_package::{Diagnostic, Package, ReadLimits};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run one tool of a package, once, in a sealed store
    Run(run::Arguments),
    /// Call one tool of an installed skill, on record
    Call(call::Arguments),
    /// List the jobs
    Jobs(jobs::Arguments),
    /// Show or follow a job, end it, or begin it again
    Job(job::Arguments),
    /// Carry out jobs
    Work(work::Arguments),
    /// Read a package as a careful reviewer would
    Lint(lint::Arguments),
    /// Make a package's zip, the same bytes each time
    Pack(pack::Arguments),
    /// Show what a package is, what it can do and what it asks for
    Show(show::Arguments),
    /// Tell what the operator's file says, and what of it a package gets
    CheckConfig(check_config::Arguments),
    /// Let a new version of a skill use what its grants give
    Approve(approve::Arguments),
    /// Let a suspended grant be used again
    Lift(lift::Arguments),
    /// Keep secrets in the vault, and list what there is, never a value
    Secret(secret::Arguments),
    /// Compile one component from stdin; Hotcell starts this itself
    #[command(hide = true, name = crate::house::COMPILE_WORKER)]
    CompileWorker,
}

/// Runs a command and returns the exit code.
pub(crate) fn run(command: Command) -> u8 {
    match command {
        Command::Run(arguments) => run::run(arguments),
        Command::Call(arguments) => call::run(&arguments),
        Command::Jobs(arguments) => jobs::run(&arguments),
        Command::Job(arguments) => job::run(&arguments),
        Command::Work(arguments) => work::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Pack(arguments) => pack::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::CheckConfig(arguments) => check_config::run(&arguments),
        Command::Approve(arguments) => approve::run(&arguments),
        Command::Lift(arguments) => lift::run(&arguments),
        Command::Secret(arguments) => secret::run(&arguments),
        Command::CompileWorker => unreachable!("handled before anything else is done"),
    }
}

/// Reads a package, or returns all that is wrong with it.
fn read_package(path: &Path) -> Result<Package, Vec<Diagnostic>> {
    Package::read(path, &ReadLimits::STANDARD).map_err(|error| error.diagnostics().to_vec())
}
