//! The repository's own commands: `cargo xtask --help`.
//!
//! One file a command. Nothing here is part of what Hotcell's users run; it never writes outside
//! the repository's folder.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command talks to the person who called it"
)]

mod attacks;
mod bench;
mod bless;
mod ci;
mod clients;
mod conformance;
mod counts;
mod demo;
mod documents;
mod examples;
mod failure;
mod process;
mod soak;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Result;

/// Builds, checks and shows Hotcell.
#[derive(Parser)]
#[command(
    bin_name = "cargo xtask",
    after_help = "Examples:
  cargo xtask demo                  the main job on real input
  cargo xtask ci                    everything that must pass before a change lands
  cargo xtask ci --only clippy      one step of it
  cargo xtask ci --from tests       that step and all after it
  cargo xtask examples              build the example skills into skills-examples/*/skill.wasm
  cargo xtask bench                 the sandbox beside the bare engine, as ratios
  cargo xtask attacks               the attacks on broker and server, as the table in docs/attacks.md
  cargo xtask conformance           other people's tests of the MCP server, both revisions
  cargo xtask soak                  a thousand kills of hosts and workers, and what they left
  cargo xtask bless [NAME]          write anew what the test cases expect, and print the changes
  cargo xtask tidy                  the house rules that no other tool checks"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the main job on real input, and hostile skills beside it.
    Demo,
    /// Attacks the broker and the MCP server, and writes the table of docs/attacks.md.
    Attacks(attacks::Options),
    /// Measures, in one run and as ratios.
    Bench(bench::Options),
    /// Writes anew what the test cases expect, and prints what changed.
    Bless(bless::Options),
    /// Runs every check, and stops at the first that fails.
    Ci(ci::Options),
    /// Runs the MCP conformance suite against the server, for both revisions.
    Conformance,
    /// Builds the example skills and puts their components in place.
    Examples,
    /// Kills hosts and workers that share one record, and accounts for what they did.
    Soak(soak::Options),
    /// Checks the house rules on all tracked files.
    Tidy,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Demo => demo::run(),
        Command::Attacks(options) => attacks::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Bless(options) => bless::run(&options),
        Command::Ci(options) => ci::run(&options),
        Command::Conformance => conformance::run(),
        Command::Examples => examples::run(),
        Command::Soak(options) => soak::run(&options),
        Command::Tidy => tidy::run(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Arguments::command().debug_assert();
    }
}
