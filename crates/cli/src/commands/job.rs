//! `hotcell job`: one invocation, mostly a job: where it stands, its end, and how to end it or do it again.

use std::time::Duration;

use clap::{Args, ValueEnum};
use hotcell_host::journal::{Commanded, InvocationRow, Mode, State};
use hotcell_host::{Fault, Host, Reply};
use hotcell_package::printable;
use hotcell_policy::Status;
use serde_json::json;

use super::call::Workers;
use super::jobs::{progress, standing};
use crate::calling::{AnswerArguments, tell};
use crate::config::{Places, PlacesArguments};
use crate::record::OPERATOR;
use crate::recorded::{Trouble, with_host};
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell job inv-0123456789abcdef0123456789abcdef
  hotcell job inv-0123456789abcdef0123456789abcdef --follow --out reports
  hotcell job inv-0123456789abcdef0123456789abcdef cancel
  hotcell job inv-0123456789abcdef0123456789abcdef retry

retry lets a waiting job go on now; one that has ended otherwise than well is begun again, as a
new job with an id of its own.

Exit code: with --follow that of the job's end, as `hotcell call` has it · else 0 · 2 there is no
such job · 3 it cannot be cancelled or begun again";

/// How often a job that is followed is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What `hotcell job` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The job's id
    id: String,
    /// What to do with it; without it, it is shown
    #[arg(value_enum)]
    act: Option<Act>,
    /// Tell how far it is, and its end
    #[arg(long, conflicts_with = "act")]
    follow: bool,
    #[command(flatten)]
    answer: AnswerArguments,
    #[command(flatten)]
    places: PlacesArguments,
}

/// What to do with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Act {
    /// End it
    Cancel,
    /// Let it go on now, or begin it again
    Retry,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let json = arguments.answer.json;
    with_host(&arguments.places, json, async |host, places| {
        let row = row(host, &arguments.id).await?;
        match arguments.act {
            Some(Act::Cancel) => cancel(host, &row, json).await,
            Some(Act::Retry) => retry(host, &row, places, json).await,
            None if arguments.follow => follow(host, row, places, &arguments.answer).await,
            None => show(host, &row, &arguments.answer).await,
        }
    })
}

async fn row(host: &Host, id: &str) -> Result<InvocationRow, Trouble> {
    let row = host.journal()?.invocation(id).await.map_err(Fault::from)?;
    row.ok_or_else(|| {
        let message = format!("there is no job {}", printable(id));
        Trouble::usage(message, "`hotcell jobs --all` lists them")
    })
}

/// Returns what is told of an invocation now.
async fn told(host: &Host, id: &str) -> Result<Reply, Trouble> {
    Ok(host.reply_of(id, Duration::ZERO).await?)
}

async fn show(host: &Host, row: &InvocationRow, answer: &AnswerArguments) -> Result<u8, Trouble> {
    let reply = told(host, &row.id).await?;
    write_out(answer, &reply)?;
    if answer.json {
        let outcome = row.ended_ms.map(|_| &reply.outcome);
        print::json(&json!({ "job": row, "outcome": outcome }));
        return Ok(exit::OK);
    }
    let text = |label: &str, value: &str| print::result(&format!("{label:12}{}", printable(value)));
    text("id", &row.id);
    text(
        "tool",
        &format!("{} {} {}", row.skill, row.version, row.tool),
    );
    text("caller", &row.caller);
    text("correlation", &row.correlation);
    text("state", &standing(row));
    if let Some(progress) = progress(row).filter(|_| row.ended_ms.is_none()) {
        text("progress", &progress);
    }
    if row.ended_ms.is_some() {
        tell(&reply, answer);
    }
    Ok(exit::OK)
}

fn write_out(answer: &AnswerArguments, reply: &Reply) -> Result<(), Trouble> {
    let written = answer
        .check_out()
        .and_then(|()| answer.write_out(&reply.files));
    written.map_err(Trouble::from)
}

/// Tells how far it is until it has ended, and how it ended.
async fn follow(
    host: &Host,
    mut row: InvocationRow,
    places: &Places,
    answer: &AnswerArguments,
) -> Result<u8, Trouble> {
    answer.check_out()?;
    if row.state == State::Queued {
        Workers::of(places).warn(&row);
    }
    let mut said = String::new();
    while row.ended_ms.is_none() {
        let now = progress(&row).unwrap_or_else(|| standing(&row));
        // How long it is until the next attempt changes all the time.
        let is_new = now != said && !(row.state == State::Waiting && said.starts_with("waiting"));
        if is_new && !answer.json {
            print::note(&now);
        }
        if is_new {
            said = now;
        }
        host.reply_of(&row.id, LOOK_EVERY).await?;
        row = self::row(host, &row.id).await?;
    }
    let reply = told(host, &row.id).await?;
    write_out(answer, &reply)?;
    Ok(tell(&reply, answer))
}

async fn cancel(host: &Host, row: &InvocationRow, json: bool) -> Result<u8, Trouble> {
    let id = &row.id;
    let commanded = host.cancel(id, OPERATOR).await?;
    let said = match commanded {
        Commanded::Done => format!("cancelled {id}"),
        Commanded::Asked => format!("asked {id} to end; see: hotcell job {id} --follow"),
        Commanded::TooLate | Commanded::Unknown => {
            let message = format!("{id} has ended: {}", standing(row));
            return Err(Trouble::refused(message, "nothing is left to cancel"));
        }
    };
    match json {
        true => print::json(&json!({ "job_id": id, "asked": commanded == Commanded::Asked })),
        false => print::result(&said),
    }
    Ok(exit::OK)
}

async fn retry(
    host: &Host,
    row: &InvocationRow,
    places: &Places,
    json: bool,
) -> Result<u8, Trouble> {
    let id = &row.id;
    if row.ended_ms.is_none() {
        if host.run_now(id, OPERATOR).await? != Commanded::Done {
            let message = format!("{id} is not waiting: {}", standing(row));
            return Err(Trouble::refused(message, "wait for its end, or cancel it"));
        }
        match json {
            true => print::json(&json!({ "job_id": id })),
            false => print::result(&format!("{id} goes on now")),
        }
        Workers::of(places).warn(row);
        return Ok(exit::OK);
    }
    if row.status == Some(Status::Ok) {
        let message = format!("{id} has ended well");
        return Err(Trouble::refused(
            message,
            "call the tool anew to do it once more",
        ));
    }
    let reply = host.begin_again(id).await?;
    let outcome = &reply.outcome;
    let new = &outcome.invocation_id;
    if outcome.status == Status::Refused {
        print::note(&format!("{id} is not begun again"));
        return Ok(tell(&reply, &AnswerArguments { out: None, json }));
    }
    match json {
        true => print::json(outcome),
        false => {
            print::result(new);
            print::note(&format!(
                "{id} is begun again; follow it: hotcell job {new} --follow"
            ));
        }
    }
    let begun = self::row(host, new).await?;
    debug_assert_eq!(begun.mode, Mode::Async);
    Workers::of(places).warn(&begun);
    Ok(exit::OK)
}
