//! `hotcell docs`: a skill's one page for people, from its contract.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use hotcell_author::readme;

use super::read_package;
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell docs my-skill
  hotcell docs my-skill --out my-skill/references/README.md
  hotcell docs skill.zip > README.md

The same package gives the same page.";

/// What `hotcell docs` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A package: a folder or a zip
    #[arg(default_value = ".")]
    package: PathBuf,
    /// Write it to this file, which is replaced
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let package = match read_package(&arguments.package) {
        Ok(package) => package,
        Err(found) => {
            print::diagnostics(&found);
            return exit::USAGE;
        }
    };
    let page = readme::readme(&package);
    let Some(out) = &arguments.out else {
        print::result(page.trim_end());
        return exit::OK;
    };
    match fs::write(out, page) {
        Ok(()) => exit::OK,
        Err(error) => {
            let message = format!("{} cannot be written: {error}", out.display());
            print::error(&message, Some("choose another file with --out"));
            exit::USAGE
        }
    }
}
