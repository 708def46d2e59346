//! `hotcell run`: one tool of one package, once.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use hotcell_host::{Ask, ProgressSink, Reply};
use hotcell_policy::Invocation;

use super::read_package;
use crate::calling::{CallArguments, Stop, input_files, input_value, print_progress, tell};
use crate::operator::operator;
use crate::{house, waiting};

const EXAMPLES: &str = "Examples:
  hotcell run skills-examples/tax-check check_vat_number --input '{\"number\": \"DE136695976\"}'
  hotcell run quote.zip make_quote --input @quote.json --out quotes
  hotcell run quote.zip --input '{\"tool\": \"make_quote\", \"input\": {…}, \"idempotency_key\": \"q-17\"}'
  hotcell run report.zip render --in data.csv --out . --limit time_ms=30s --limit memory_bytes=128MiB
  hotcell run file-ops.zip edit_file --input @edit.json --preview";

/// What `hotcell run` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A package: a folder or a zip
    package: PathBuf,
    /// The tool; may be left out where --input names it
    tool: Option<String>,
    #[command(flatten)]
    call: CallArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> u8 {
    let runtime = house::runtime().map_err(|fault| Stop::fault(fault.message));
    let ended = runtime.and_then(|runtime| runtime.block_on(call(&arguments)));
    match ended {
        Ok(reply) => tell(&reply, &arguments.call.answer),
        Err(stop) => stop.tell(arguments.call.answer.json),
    }
}

async fn call(arguments: &Arguments) -> Result<Reply, Stop> {
    let told = &arguments.call;
    let policy = told.policy()?;
    let package =
        read_package(&arguments.package).map_err(|found| Stop::invalid_package(&found))?;
    let invocation = invocation(arguments)?;
    let input = input_files(&told.files)?;
    told.answer.check_out()?;
    let operator = told.places.places().and_then(|places| operator(&places));
    let operator = operator.map_err(|found| Stop::invalid_config(&found))?;
    let host = house::host(told.cache.clone(), policy, Some(operator))
        .map_err(|error| Stop::fault(format!("the host cannot start: {error}")))?;
    let what = format!(
        "compiling {}, {} KiB; it is kept for the next time",
        package.name,
        package.component().len() / 1024
    );
    let loaded = waiting::for_work(&what, host.load(package)).await;
    let skill = loaded.map_err(|error| Stop::load(&error))?;
    let progress = (!told.answer.json).then(|| Arc::new(print_progress) as ProgressSink);
    let reply = host
        .invoke(
            &skill,
            Ask {
                input,
                progress,
                consent: told.consent.consent(),
                ..Ask::new(invocation)
            },
        )
        .await;
    told.answer.write_out(&reply.files)?;
    Ok(reply)
}

/// Reads `--input`: arguments for the named tool, or a whole invocation.
fn invocation(arguments: &Arguments) -> Result<Invocation, Stop> {
    let value = input_value(arguments.call.input.as_deref())?;
    let whole = Invocation::is_shape_of(&value);
    match &arguments.tool {
        Some(tool) if !whole => Ok(Invocation::new(tool, value)),
        tool => {
            let invocation = Invocation::from_value(value).map_err(|error| {
                let hint = "name the tool: hotcell run PACKAGE TOOL, or in the invocation";
                Stop::usage(error.to_string(), Some(hint))
            })?;
            match tool {
                Some(tool) if *tool != invocation.tool => Err(Stop::usage(
                    format!("the command names `{tool}` and the invocation another tool"),
                    Some("name the tool in one place"),
                )),
                _ => Ok(invocation),
            }
        }
    }
}
