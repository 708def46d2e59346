//! `hotcell call`: one tool of an installed skill, on record.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use hotcell_host::journal::{InvocationRow, Mode, State};
use hotcell_host::{Ask, Host, ProgressSink, Reply, has_worker};
use hotcell_policy::config::LOCAL_CALLER;
use hotcell_policy::{Invocation, InvocationError, Status};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::calling::{CallArguments, Stop, input_files, input_value, print_progress, tell};
use crate::config::Places;
use crate::times::now_ms;
use crate::{house, print};

const EXAMPLES: &str = "Examples:
  hotcell call crm.search_contacts --input '{\"query\": \"Weber\"}'
  hotcell call crm.create_contact --input @contact.json --key order-17
  hotcell call crm@1.2.0.search_contacts --input '{\"query\": \"Weber\"}' --correlation req-4
  hotcell call file-ops.edit_file --input @edit.json --preview
  hotcell call report.render --in data.csv --out reports --async
  hotcell call report.render --input @report.json --wait 60
  hotcell call --input '{\"skill\": \"crm.search_contacts\", \"input\": {\"query\": \"Weber\"}}'

A call with a key is done once: the second one with the key tells what came of the first. A tool
that takes long is a job: its id is printed, and `hotcell job ID --follow` tells its end.";

/// How long a call waits for another one with its key, where nobody says how long.
const WAIT_STANDARD: Duration = Duration::from_secs(60);
/// The longest wait.
const WAIT_SECONDS_MAX: u64 = 7 * 24 * 3_600;

/// What `hotcell call` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The skill and its tool, such as crm.search or crm@1.2.0.search; may be left out where
    /// --input names them
    #[arg(value_name = "SKILL.TOOL")]
    tool: Option<String>,
    /// The key under which this is done once
    #[arg(long)]
    key: Option<String>,
    /// What ties it to a request [default: a new id]
    #[arg(long, value_name = "ID")]
    correlation: Option<String>,
    /// Who calls
    #[arg(long = "as", value_name = "CALLER", default_value = LOCAL_CALLER)]
    caller: String,
    /// By way of which assistant of the operator's file: its versions are called
    #[arg(long, value_name = "NAME")]
    assistant: Option<String>,
    /// Make it a job, whatever the tool is, and print the job's id
    #[arg(long = "async", conflicts_with = "wait")]
    queue: bool,
    /// Wait so long for a job, or for another call with the key [default: 60 for a key, 0 for a
    /// job]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=WAIT_SECONDS_MAX))]
    wait: Option<u64>,
    /// Where a job's end is told: a URL of an origin that the operator listed
    #[arg(long, value_name = "URL")]
    callback: Option<String>,
    #[command(flatten)]
    call: CallArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let answer = &arguments.call.answer;
    let runtime = house::runtime().map_err(Stop::of_fault);
    let ended = runtime.and_then(|runtime| runtime.block_on(call(arguments)));
    match ended {
        Ok((reply, accepted)) => {
            let code = tell(&reply, answer);
            if let Some(row) = accepted {
                tell_accepted(&row.0, row.1, answer.json);
            }
            code
        }
        Err(stop) => stop.tell(answer.json),
    }
}

/// Whether somebody is there who carries out jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Workers {
    Some,
    None,
}

impl Workers {
    /// Looks whether there are any. Where that cannot be found out, nobody is warned.
    pub(super) fn of(places: &Places) -> Workers {
        match has_worker(&places.data) {
            Ok(false) => Workers::None,
            _ => Workers::Some,
        }
    }

    /// Warns where a job waits for one and there is none.
    pub(super) fn warn(self, row: &InvocationRow) {
        if self == Workers::None && row.mode == Mode::Async && row.ended_ms.is_none() {
            print::note("warning: no worker lives; start one: hotcell work");
        }
    }
}

async fn call(arguments: &Arguments) -> Result<(Reply, Option<(InvocationRow, Workers)>), Stop> {
    let told = &arguments.call;
    let policy = told.policy()?;
    let invocation = invocation(arguments)?;
    let input = input_files(&told.files)?;
    told.answer.check_out()?;
    let places = told.places.places().map_err(|f| Stop::invalid_config(&f))?;
    let host = house::open(told.cache.clone(), policy, &places).await;
    let host = host.map_err(|found| Stop::invalid_config(&found))?;
    let ask = Ask {
        caller: arguments.caller.clone(),
        assistant: arguments.assistant.clone(),
        input,
        progress: (!told.answer.json).then(|| Arc::new(print_progress) as ProgressSink),
        queue: arguments.queue,
        callback: arguments.callback.clone(),
        consent: told.consent.consent(),
        ..Ask::new(invocation)
    };
    let wait = arguments.wait.map(Duration::from_secs);
    let reply = call_and_wait(&host, &ask, wait).await?;
    let accepted = match reply.outcome.status {
        Status::Accepted => {
            let row = row(&host, &reply.outcome.invocation_id).await?;
            Some((row, Workers::of(&places)))
        }
        _ => None,
    };
    house::close(&host).await.map_err(Stop::of_fault)?;
    told.answer.write_out(&reply.files)?;
    Ok((reply, accepted))
}

/// Calls, and waits for what somebody else carries out. A call whose host died is taken on as soon
/// as its lease has run out.
async fn call_and_wait(host: &Host, ask: &Ask, wait: Option<Duration>) -> Result<Reply, Stop> {
    let until = Instant::now() + wait.unwrap_or(WAIT_STANDARD);
    loop {
        let reply = host.call(ask.clone()).await.map_err(Stop::of_fault)?;
        if reply.outcome.status != Status::Accepted {
            return Ok(reply);
        }
        let id = &reply.outcome.invocation_id;
        let mut row = row(host, id).await?;
        if row.mode == Mode::Async && wait.is_none() {
            return Ok(reply);
        }
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let step = match row.mode {
                Mode::Async => left,
                Mode::Sync => left.min(until_due(&row)),
            };
            let reply = host.reply_of(id, step).await.map_err(Stop::of_fault)?;
            if reply.outcome.status != Status::Accepted || step == left {
                return Ok(reply);
            }
            row = self::row(host, id).await?;
            if until_due(&row).is_zero() {
                break;
            }
        }
    }
}

/// Returns how long it is until the lease of an attempt runs out, or another attempt may begin.
fn until_due(row: &InvocationRow) -> Duration {
    let now_ms = now_ms();
    Duration::from_millis(row.due_ms.unwrap_or(now_ms).saturating_sub(now_ms))
}

async fn row(host: &Host, id: &str) -> Result<InvocationRow, Stop> {
    let journal = host.journal().map_err(Stop::of_fault)?;
    let row = journal.invocation(id).await;
    row.map_err(|error| Stop::of_fault(error.into()))?
        .ok_or_else(|| Stop::fault(format!("the invocation {id} is not on record")))
}

/// Tells how to follow what somebody else carries out.
fn tell_accepted(row: &InvocationRow, workers: Workers, json: bool) {
    let id = &row.id;
    if !json {
        print::result(id);
    }
    print::note(&match (row.mode, row.state) {
        (Mode::Async, _) => format!("accepted as a job; follow it: hotcell job {id} --follow"),
        (Mode::Sync, State::Waiting) => format!(
            "the call with this key failed and may be tried again, in {} ms: call again then",
            until_due(row).as_millis()
        ),
        (Mode::Sync, _) => format!(
            "another call with this key is under way; call again, or: hotcell job {id} --follow"
        ),
    });
    workers.warn(row);
}

/// Reads what is to be called: arguments for the named tool, or a whole invocation.
fn invocation(arguments: &Arguments) -> Result<Invocation, Stop> {
    let value = input_value(arguments.call.input.as_deref())?;
    let mut whole = match (&arguments.tool, Invocation::is_shape_of(&value)) {
        (Some(tool), false) => json!({ "skill": tool, "input": value }),
        (None, false) => {
            let hint = "hotcell call SKILL.TOOL, or --input '{\"skill\": \"SKILL.TOOL\", …}'";
            return Err(Stop::usage("no tool is named", Some(hint)));
        }
        (_, true) => value,
    };
    set(&mut whole, "idempotency_key", "--key", &arguments.key)?;
    set(
        &mut whole,
        "correlation_id",
        "--correlation",
        &arguments.correlation,
    )?;
    let read = Invocation::from_value(whole).map_err(|error| {
        let hint = match error {
            InvocationError::NoTool(_) => "name skill and tool: hotcell call SKILL.TOOL",
            _ => "`hotcell call --help` has examples",
        };
        Stop::usage(error.to_string(), Some(hint))
    })?;
    let Some(skill) = &read.skill else {
        let hint = "write \"skill\": \"SKILL.TOOL\"";
        return Err(Stop::usage("the invocation names no skill", Some(hint)));
    };
    match &arguments.tool {
        Some(named) if *named != format!("{skill}.{}", read.tool) => Err(Stop::usage(
            format!("the command names `{named}` and the invocation another tool"),
            Some("name the tool in one place"),
        )),
        _ => Ok(read),
    }
}

/// Sets what an option says; one that the invocation says otherwise is a mistake.
fn set(whole: &mut Value, key: &str, option: &str, given: &Option<String>) -> Result<(), Stop> {
    let Some(given) = given else {
        return Ok(());
    };
    match whole.get(key) {
        Some(own) if own != given => Err(Stop::usage(
            format!("{option} and the invocation's `{key}` are not the same"),
            Some("say it in one place"),
        )),
        _ => {
            whole[key] = json!(given);
            Ok(())
        }
    }
}
