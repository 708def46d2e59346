//! What `hotcell run` and `hotcell call` have in common: what they are told, and how they tell what
//! came of it.

mod consent;
mod diff;
mod input;
mod stop;
mod tell;

use std::fs;
use std::path::PathBuf;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use clap::Args;
use hotcell_host::deliver;
use hotcell_package::FileTree;
use hotcell_policy::Policy;

use crate::config::PlacesArguments;

pub(crate) use consent::ConsentArguments;
pub(crate) use input::{input_files, input_value};
pub(crate) use stop::Stop;
pub(crate) use tell::{print_progress, tell};

/// What a call is told, however its tool is named; flatten it into a command's arguments.
#[derive(Debug, Args)]
pub(crate) struct CallArguments {
    /// Arguments or a whole invocation: JSON, @FILE, or - for stdin [default: {}]
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub(crate) input: Option<String>,
    /// A file that the tool sees as /in/NAME; may be repeated
    #[arg(long = "in", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Set a limit, whatever the package asks for; may be repeated
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    limits: Vec<String>,
    #[command(flatten)]
    pub(crate) consent: ConsentArguments,
    #[command(flatten)]
    pub(crate) answer: AnswerArguments,
    /// The folder of compiled code [default: the platform's cache folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) places: PlacesArguments,
}

impl CallArguments {
    /// Returns how far the call may go.
    ///
    /// # Errors
    ///
    /// Fails where `--limit` says no limit.
    pub(crate) fn policy(&self) -> Result<Policy, Stop> {
        let mut policy = Policy::standard();
        for limit in &self.limits {
            policy
                .fix_limit(limit)
                .map_err(|error| Stop::usage(error.to_string(), None))?;
        }
        Ok(policy)
    }
}

/// Where an answer goes; flatten it into a command's arguments.
#[derive(Debug, Args)]
pub(crate) struct AnswerArguments {
    /// The folder that gets what the tool writes to /out; made if it is not there
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Print the whole Outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl AnswerArguments {
    /// Finds out before the tool runs that its files will have no place.
    ///
    /// # Errors
    ///
    /// Fails where `--out` is something else than a folder.
    pub(crate) fn check_out(&self) -> Result<(), Stop> {
        match &self.out {
            Some(out) if out.exists() && !out.is_dir() => {
                let message = format!("--out {} is not a folder", out.display());
                Err(Stop::usage(message, None))
            }
            _ => Ok(()),
        }
    }

    /// Writes the tool's files into `--out`; where nobody named it, they are not kept.
    ///
    /// # Errors
    ///
    /// Fails where one of them cannot be written; then none is.
    pub(crate) fn write_out(&self, files: &FileTree) -> Result<(), Stop> {
        let Some(out) = self.out.as_ref().filter(|_| !files.is_empty()) else {
            return Ok(());
        };
        let made: Vec<_> = out
            .ancestors()
            .take_while(|folder| !folder.exists())
            .collect();
        let written = fs::create_dir_all(out)
            .and_then(|()| Dir::open_ambient_dir(out, ambient_authority()))
            .map_err(|error| error.to_string())
            .and_then(|dir| deliver(&dir, files).map_err(|error| error.to_string()));
        written.map_err(|why| {
            for folder in &made {
                let _ = fs::remove_dir(folder);
            }
            Stop::out_not_written(format!(
                "--out {}: {why}; none of the files was written",
                out.display()
            ))
        })
    }
}
