//! `hotcell jobs`: what workers are to do, do and did.

use std::time::Duration;

use clap::Args;
use hotcell_host::Fault;
use hotcell_host::journal::{InvocationQuery, InvocationRow, State};
use hotcell_package::printable;
use serde_json::json;

use super::call::Workers;
use crate::recorded::RecordArguments;
use crate::times::now_ms;
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell jobs --all --limit 20
  hotcell jobs --json
  hotcell jobs

`hotcell job ID` tells more of one, `hotcell work` carries them out.";

/// What `hotcell jobs` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Those that have ended as well
    #[arg(long)]
    all: bool,
    /// The latest ones only
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
    #[command(flatten)]
    record: RecordArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let record = &arguments.record;
    record.with_host(async |host, places| {
        let query = InvocationQuery {
            jobs: true,
            open: !arguments.all,
            limit: arguments.limit,
            ..InvocationQuery::default()
        };
        let rows = host.journal()?.invocations(&query).await;
        let rows = rows.map_err(Fault::from)?;
        if record.json {
            print::json(&json!({ "jobs": rows }));
            return Ok(exit::OK);
        }
        for row in &rows {
            print::result(&line(row));
        }
        match rows.first() {
            None if arguments.all => print::note("there is no job on record"),
            None => print::note("no job is open; --all lists those that have ended"),
            Some(_) => {
                if let Some(open) = rows.iter().find(|row| row.ended_ms.is_none()) {
                    Workers::of(places).warn(open);
                }
            }
        }
        Ok(exit::OK)
    })
}

/// Returns a job in one line.
fn line(row: &InvocationRow) -> String {
    let mut text = format!(
        "{}  {}.{}  {}  begun {} ago",
        row.id,
        printable(&row.skill),
        printable(&row.tool),
        standing(row),
        ago(row.begun_ms)
    );
    if let Some(progress) = progress(row) {
        text += &format!("  {progress}");
    }
    text
}

/// Returns where a job stands.
pub(super) fn standing(row: &InvocationRow) -> String {
    let of = format!("attempt {} of {}", row.attempt, row.attempts_max);
    match (row.state, row.due_ms) {
        (State::Queued, _) => "queued".to_owned(),
        (State::Running, _) if row.is_cancel_asked => format!("running, is to end, {of}"),
        (State::Running, _) => format!("running, {of}"),
        (State::Waiting, Some(due)) => format!("waiting, {of}, next in {}", until(due)),
        (State::Waiting, None) => format!("waiting, {of}"),
        (State::Done | State::Failed | State::Cancelled, _) => match row.status {
            Some(status) => format!("ended {}, {of}", status.as_str()),
            None => format!("ended, {of}"),
        },
    }
}

/// Returns how far a job is, as its guest told it; none where it told nothing.
pub(super) fn progress(row: &InvocationRow) -> Option<String> {
    let progress = row.progress.as_ref()?;
    let of = progress
        .total
        .map_or(String::new(), |all| format!("/{all}"));
    Some(format!(
        "… {}{of} {}",
        progress.done,
        printable(&progress.message)
    ))
}

fn ago(at_ms: u64) -> String {
    short(now_ms().saturating_sub(at_ms))
}

fn until(at_ms: u64) -> String {
    short(at_ms.saturating_sub(now_ms()))
}

/// A time of less than a second in milliseconds, any other in seconds.
fn short(ms: u64) -> String {
    let rounded = if ms < 1_000 { ms } else { ms - ms % 1_000 };
    humantime::format_duration(Duration::from_millis(rounded)).to_string()
}
