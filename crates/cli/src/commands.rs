//! The commands, one file for each.

mod add;
mod approve;
mod audit;
mod backup;
mod build;
mod call;
mod check_config;
mod dev;
mod docs;
mod doctor;
mod enable;
mod erase;
mod gc;
mod job;
mod jobs;
mod lift;
mod lint;
mod list;
mod load;
mod mcp;
mod menu;
mod new;
mod pack;
mod remove;
mod replay;
mod restore;
mod run;
mod secret;
mod serve;
mod show;
mod test;
mod timeline;
mod tokens;
mod tools;
mod verify;
mod work;

use std::path::Path;

use clap::Subcommand;
use hotcell_package::{Diagnostic, Package, ReadLimits};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run one tool of a package, once, in a sealed store
    Run(run::Arguments),
    /// Install packages, compiled and ready
    Add(add::Arguments),
    /// List what is installed
    List(list::Arguments),
    /// Show what a model is shown before it loads a skill
    Menu(menu::Arguments),
    /// Show what a model is shown when it loads a skill
    Load(load::Arguments),
    /// Count what the menu saves of a model's context
    Tokens(tokens::Arguments),
    /// Print the tools of skills in the shape that a host of models wants
    Tools(tools::Arguments),
    /// Let installed versions be called
    Enable(enable::Arguments),
    /// Let installed versions no longer be called
    Disable(enable::Arguments),
    /// Remove installed versions
    Remove(remove::Arguments),
    /// Check that installed packages are whole
    Verify(verify::Arguments),
    /// Remove what nothing names, and erase what was kept long enough
    Gc(gc::Arguments),
    /// Call one tool of an installed skill, on record
    Call(call::Arguments),
    /// List the jobs
    Jobs(jobs::Arguments),
    /// Show or follow a job, end it, or begin it again
    Job(job::Arguments),
    /// Serve skills to an MCP client, over stdin and stdout
    Mcp(mcp::Arguments),
    /// Serve skills to MCP clients over HTTP
    Serve(serve::Arguments),
    /// Carry out jobs
    Work(work::Arguments),
    /// Tell the story of a request, or add a note to it
    Timeline(timeline::Arguments),
    /// Run a recorded call again, sealed from the network, and compare
    Replay(replay::Arguments),
    /// Check, list, sign or export the log of all that was done
    Audit(audit::Arguments),
    /// Copy the record while others write
    Backup(backup::Arguments),
    /// Put a backup in the record's place
    Restore(restore::Arguments),
    /// Erase what calls were given and answered; that they were stays on record
    Erase(erase::Arguments),
    /// Make a new skill's folder, which builds and tests at once
    New(new::Arguments),
    /// Build a skill's component from sources in Rust, JavaScript, TypeScript or Python
    Build(build::Arguments),
    /// Read a package as a careful reviewer would
    Lint(lint::Arguments),
    /// Test skills by their cases, without network and secrets
    Test(test::Arguments),
    /// Build, lint and test a skill whenever it changes
    Dev(dev::Arguments),
    /// Write a skill's page for people, from its contract
    Docs(docs::Arguments),
    /// Make a package's zip, the same bytes each time
    Pack(pack::Arguments),
    /// Show what a package is, what it can do and what it asks for
    Show(show::Arguments),
    /// Tell what the operator's file says, and what of it a package gets
    CheckConfig(check_config::Arguments),
    /// Look whether this installation can do its work, and say each mend
    Doctor(doctor::Arguments),
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
        Command::Mcp(arguments) => mcp::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Work(arguments) => work::run(&arguments),
        Command::Timeline(arguments) => timeline::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Restore(arguments) => restore::run(&arguments),
        Command::Erase(arguments) => erase::run(&arguments),
        Command::Add(arguments) => add::run(&arguments),
        Command::List(arguments) => list::run(&arguments),
        Command::Menu(arguments) => menu::run(&arguments),
        Command::Load(arguments) => load::run(&arguments),
        Command::Tokens(arguments) => tokens::run(&arguments),
        Command::Tools(arguments) => tools::run(&arguments),
        Command::Enable(arguments) => enable::enable(&arguments),
        Command::Disable(arguments) => enable::disable(&arguments),
        Command::Remove(arguments) => remove::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Gc(arguments) => gc::run(&arguments),
        Command::New(arguments) => new::run(arguments),
        Command::Build(arguments) => build::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Dev(arguments) => dev::run(&arguments),
        Command::Docs(arguments) => docs::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Pack(arguments) => pack::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::CheckConfig(arguments) => check_config::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
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
