//! `hotcell erase`: arguments, answers and files of calls go; the proof that they were called stays.

use clap::Args;
use hotcell_host::Fault;
use hotcell_host::journal::Erase;
use hotcell_package::printable;
use serde_json::json;

use crate::record::{OPERATOR, Record};
use crate::recorded::{RecordArguments, Trouble};
use crate::times::now_ms;
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell erase inv-0123456789abcdef0123456789abcdef
  hotcell erase --before 30

That a call was, by whom, and how it ended stays on record, and the log stays whole. What was
erased cannot be replayed. Backups and copies keep what they have.

Exit code: 0 · 2 there is no such call · 3 it has not ended";

const DAY_MS: u64 = 24 * 3_600 * 1_000;

/// What `hotcell erase` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The id of the call
    #[arg(required_unless_present = "before", conflicts_with = "before")]
    invocation: Option<String>,
    /// All calls that ended before so many days
    #[arg(long, value_name = "DAYS")]
    before: Option<u32>,
    #[command(flatten)]
    record: RecordArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    arguments.record.with_record(async |record, _| {
        let what = match (&arguments.invocation, arguments.before) {
            (Some(id), _) => one(record, id).await?,
            (None, days) => {
                let age_ms = u64::from(days.unwrap_or_default()) * DAY_MS;
                Erase::EndedBefore(now_ms().saturating_sub(age_ms))
            }
        };
        let erased = record.journal.erase(&what, OPERATOR).await;
        let erased = erased.map_err(Fault::from)?;
        record.close().await?;
        match arguments.record.json {
            true => print::json(&json!({ "erased": erased })),
            false => print::result(&format!("erased {erased} payloads")),
        }
        Ok(exit::OK)
    })
}

async fn one(record: &Record, id: &str) -> Result<Erase, Trouble> {
    let row = record.journal.invocation(id).await.map_err(Fault::from)?;
    let shown = printable(id);
    match row {
        None => Err(Trouble::usage(
            format!("there is no call {shown}"),
            "`hotcell timeline` lists the latest ones",
        )),
        Some(row) if row.ended_ms.is_none() => Err(Trouble::refused(
            format!("{shown} has not ended"),
            format!("end it: hotcell job {shown} cancel"),
        )),
        Some(_) => Ok(Erase::Invocation(id.to_owned())),
    }
}
