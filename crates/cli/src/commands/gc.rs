//! `hotcell gc`: what nothing names any more goes, and what was kept long enough.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use hotcell_host::Swept;
use hotcell_host::journal::{Erase, InvocationQuery, READ_ROWS_MAX};
use hotcell_policy::config::RecordTable;
use serde_json::json;

use crate::record::{OPERATOR, Record};
use crate::recorded::{RecordArguments, Trouble};
use crate::{exit, house, print};

const EXAMPLES: &str = "Examples:
  hotcell gc --dry-run
  hotcell gc

Removed are packages that no installed version and no call on record names. Of calls that ended
more than `[record] keep_days` days ago, arguments, answers and exchanges are erased; that they
were stays on record, and its proof holds. Idempotency keys are free after `keep_keys_days`.

It runs alone: while another command or a worker is at work in the data folder, it is refused.

Exit code: 0 done · 3 others are at work";

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// What `hotcell gc` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Tell what would go, and remove nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    record: RecordArguments,
}

/// What went, or would go.
struct Gone {
    packages: Swept,
    /// Calls that ended before the payloads' time.
    calls: u64,
    /// Payloads and keys that went; none of a dry run, which cannot tell.
    erased: Option<(u64, u64)>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let done = clean(arguments);
    let json = arguments.record.json;
    match done {
        Ok(gone) => {
            match json {
                true => print::json(&gone.as_json()),
                false => print::result(&gone.as_text()),
            }
            exit::OK
        }
        Err(trouble) => trouble.tell(json),
    }
}

fn clean(arguments: &Arguments) -> Result<Gone, Trouble> {
    let places = arguments.record.places.places()?;
    let config = places.read_config()?;
    house::runtime()?.block_on(async {
        let Some(record) = Record::open_alone(&places).await? else {
            let message = format!("others are at work in {}", places.data.display());
            let mend = "run it when no command and no `hotcell work` is";
            return Err(Trouble::refused(message, mend));
        };
        let gone = match arguments.dry_run {
            true => look(&record, &config.record).await?,
            false => sweep(&record, &config.record).await?,
        };
        record.close().await?;
        Ok(gone)
    })
}

/// Tells what would go.
async fn look(record: &Record, table: &RecordTable) -> Result<Gone, Trouble> {
    let (named, calls) = named(record, before(table.keep_days)).await?;
    Ok(Gone {
        packages: record.registry.sweepable(&named).await?,
        calls,
        erased: None,
    })
}

async fn sweep(record: &Record, table: &RecordTable) -> Result<Gone, Trouble> {
    let (named, calls) = named(record, before(table.keep_days)).await?;
    let packages = record.registry.sweep(&named).await?;
    let journal = &record.journal;
    let keys = Erase::KeysEndedBefore(before(table.keep_keys_days));
    let payloads = Erase::EndedBefore(before(table.keep_days));
    let keys = journal.erase(&keys, OPERATOR).await;
    let keys = keys.map_err(hotcell_host::Fault::from)?;
    let payloads = journal.erase(&payloads, OPERATOR).await;
    let payloads = payloads.map_err(hotcell_host::Fault::from)?;
    Ok(Gone {
        packages,
        calls,
        erased: Some((payloads, keys)),
    })
}

/// Returns the packages that calls on record name, and how many calls ended before a time.
async fn named(record: &Record, before_ms: u64) -> Result<(BTreeSet<String>, u64), Trouble> {
    let mut named = BTreeSet::new();
    let mut calls = 0;
    let mut query = InvocationQuery {
        limit: READ_ROWS_MAX,
        ..InvocationQuery::default()
    };
    loop {
        let rows = record.journal.invocations(&query).await;
        let rows = rows.map_err(hotcell_host::Fault::from)?;
        for row in &rows {
            if !named.contains(&row.digest) {
                named.insert(row.digest.clone());
            }
            calls += u64::from(row.ended_ms.is_some_and(|ended| ended < before_ms));
        }
        match rows.last() {
            Some(last) if rows.len() == query.limit => query.before_seq = Some(last.begun_seq),
            _ => return Ok((named, calls)),
        }
    }
}

/// Returns the time so many days ago, in milliseconds since 1970.
fn before(days: u32) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = u64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(u64::MAX);
    now.saturating_sub(u64::from(days) * DAY_MS)
}

impl Gone {
    fn as_json(&self) -> serde_json::Value {
        json!({
            "dry_run": self.erased.is_none(),
            "packages": self.packages.files,
            "bytes": self.packages.bytes,
            "calls_past_keep_days": self.calls,
            "payloads": self.erased.map(|(payloads, _)| payloads),
            "keys": self.erased.map(|(_, keys)| keys),
        })
    }

    fn as_text(&self) -> String {
        let Swept { files, bytes } = self.packages;
        match self.erased {
            Some((payloads, keys)) => format!(
                "removed {files} packages ({bytes} bytes)\nerased {payloads} payloads, freed {keys} \
                 idempotency keys"
            ),
            None => format!(
                "would remove {files} packages ({bytes} bytes)\nwould erase what is left of the \
                 payloads of {} calls",
                self.calls
            ),
        }
    }
}
