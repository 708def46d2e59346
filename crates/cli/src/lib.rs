//! The command line: parses, calls the host, prints. It holds no rules of its own.
//!
//! Results go to stdout, everything else to stderr, and nothing untrusted reaches a terminal
//! with its control characters. Read `commands/run.rs` first; `exit.rs` has the exit codes.

mod callers;
mod calling;
mod commands;
mod config;
mod exit;
mod house;
mod installed;
mod log;
mod operator;
mod print;
mod reader;
mod record;
mod recorded;
mod secrets;
mod serving;
mod times;
mod waiting;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Command;

/// Runs untrusted skills for AI assistants, sealed in WebAssembly.
#[derive(Debug, Parser)]
#[command(name = "hotcell", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 ok · 1 the skill failed · 2 usage, or a package that cannot \
be read · 3 refused · 4 a limit · 5 cancelled or unknown · 70 a fault of Hotcell";

/// Runs the program on this process's arguments.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are results; anything else is wrong usage.
            let code = if error.use_stderr() {
                exit::USAGE
            } else {
                exit::OK
            };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    if let Command::CompileWorker = arguments.command {
        return hotcell_host::run_worker();
    }
    let code = commands::run(arguments.command);
    ExitCode::from(if print::lost() { exit::FAULT } else { code })
}
