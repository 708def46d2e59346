//! `hotcell run`: one tool of one package, once.

mod input;
mod stop;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use clap::Args;
use hotcell_host::{Ask, Progress, ProgressSink, Reply, deliver};
use hotcell_package::{FileTree, printable};
use hotcell_policy::{Decision, Exchange, Policy};

use super::read_package;
use crate::config::PlacesArguments;
use crate::operator::operator;
use crate::{exit, house, print, waiting};
use input::{input_files, invocation};
use stop::Stop;

const EXAMPLES: &str = "Examples:
  hotcell run skills-examples/tax-check check_vat_number --input '{\"number\": \"DE136695976\"}'
  hotcell run quote.zip make_quote --input @quote.json --out quotes
  hotcell run quote.zip --input '{\"tool\": \"make_quote\", \"input\": {…}, \"idempotency_key\": \"q-17\"}'
  hotcell run report.zip render --in data.csv --out . --limit time_ms=30s --limit memory_bytes=128MiB";

/// What `hotcell run` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A package: a folder or a zip
    package: PathBuf,
    /// The tool; may be left out where --input names it
    tool: Option<String>,
    /// Arguments or a whole invocation: JSON, @FILE, or - for stdin [default: {}]
    #[arg(long, value_name = "JSON|@FILE|-")]
    input: Option<String>,
    /// A file that the tool sees as /in/NAME; may be repeated
    #[arg(long = "in", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The folder that gets what the tool writes to /out; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Set a limit, whatever the package asks for; may be repeated
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    limits: Vec<String>,
    /// Print the whole Outcome as JSON
    #[arg(long)]
    json: bool,
    /// The folder of compiled code [default: the platform's cache folder]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    #[command(flatten)]
    places: PlacesArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> u8 {
    let json = arguments.json;
    let runtime = house::runtime().map_err(|fault| Stop::fault(fault.message));
    let ended = runtime.and_then(|runtime| runtime.block_on(call(&arguments)));
    match ended {
        Ok(reply) => tell(&reply, arguments.out.as_deref(), json),
        Err(stop) => stop.tell(json),
    }
}

async fn call(arguments: &Arguments) -> Result<Reply, Stop> {
    let mut policy = Policy::standard();
    for limit in &arguments.limits {
        policy
            .fix_limit(limit)
            .map_err(|error| Stop::usage(error.to_string(), None))?;
    }
    let package =
        read_package(&arguments.package).map_err(|found| Stop::invalid_package(&found))?;
    let invocation = invocation(arguments)?;
    let input = input_files(&arguments.files)?;
    check_out(arguments.out.as_deref())?;
    let operator = arguments
        .places
        .places()
        .and_then(|places| operator(&places));
    let operator = operator.map_err(|found| Stop::invalid_config(&found))?;
    let host = house::host(arguments.cache.clone(), policy, operator)
        .map_err(|error| Stop::fault(format!("the host cannot start: {error}")))?;
    let what = format!(
        "compiling {}, {} KiB; it is kept for the next time",
        package.name,
        package.component().len() / 1024
    );
    let loaded = waiting::for_work(&what, host.load(package)).await;
    let skill = loaded.map_err(|error| Stop::load(&error))?;
    let progress = (!arguments.json).then(|| Arc::new(print_progress) as ProgressSink);
    let reply = host
        .invoke(
            &skill,
            Ask {
                input,
                progress,
                ..Ask::new(invocation)
            },
        )
        .await;
    if let Some(out) = &arguments.out {
        write_out(out, &reply.files)?;
    }
    Ok(reply)
}

/// Finds out before the tool runs that its files will have no place.
fn check_out(out: Option<&Path>) -> Result<(), Stop> {
    match out {
        Some(out) if out.exists() && !out.is_dir() => {
            let message = format!("--out {} is not a folder", out.display());
            Err(Stop::usage(message, None))
        }
        _ => Ok(()),
    }
}

fn write_out(out: &Path, files: &FileTree) -> Result<(), Stop> {
    if files.is_empty() {
        return Ok(());
    }
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

fn print_progress(progress: Progress) {
    let Progress {
        done,
        total,
        message,
    } = progress;
    let of = total.map_or(String::new(), |total| format!("/{total}"));
    print::note(&format!("… {done}{of} {}", printable(&message)));
}

/// Tells the operator, on stderr, why requests were refused. The skill was told the code only.
fn explain(exchanges: &[Exchange]) {
    let mut told = BTreeSet::new();
    for exchange in exchanges {
        if let (Decision::Refused(code) | Decision::Stopped(code), Some(why)) =
            (&exchange.decision, &exchange.explanation)
            && told.insert((code, why))
        {
            print::note(&format!(
                "request {} refused [{code}]: {why}",
                exchange.ordinal
            ));
        }
    }
}

fn tell(reply: &Reply, out: Option<&Path>, json: bool) -> u8 {
    let outcome = &reply.outcome;
    print::log(&reply.log.bytes, reply.log.dropped_bytes);
    explain(&reply.exchanges);
    if json {
        print::json(outcome);
        return exit::of_outcome(outcome);
    }
    if let Some(output) = &outcome.output {
        print::json(output);
    }
    if let Some(failure) = &outcome.error {
        print::failure(failure);
    }
    for artifact in &outcome.artifacts {
        match out {
            Some(out) => print::note(&format!(
                "wrote {} ({} bytes)",
                out.join(&artifact.name).display(),
                artifact.bytes
            )),
            None => print::note(&format!(
                "not kept: {} ({} bytes); --out DIR keeps it",
                artifact.name, artifact.bytes
            )),
        }
    }
    exit::of_outcome(outcome)
}
