//! `hotcell audit`: the signed log of all that was done, and whether it is whole.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use hotcell_host::Fault;
use hotcell_host::journal::{Event, EventQuery, NOTE_BYTES_MAX, Verdict, export, verify};
use hotcell_package::printable;
use serde_json::{Value, json};

use super::timeline::word;
use crate::record::Record;
use crate::recorded::{RecordArguments, Trouble};
use crate::times::at;
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell audit verify
  hotcell audit checkpoint --out /mnt/elsewhere/hotcell.checkpoint
  hotcell audit verify --against /mnt/elsewhere/hotcell.checkpoint
  hotcell audit list --from 100 --limit 20
  hotcell audit export log
  hotcell audit key

Who owns the data folder can rewrite the log and its checkpoints together: keep a checkpoint
elsewhere from time to time, and verify against it.

Exit code: 0 · 2 something cannot be read or written · 70 the log is not whole";

/// What `hotcell audit` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    act: Act,
    #[command(flatten)]
    record: RecordArguments,
}

/// What to do with the log.
#[derive(Debug, Subcommand)]
enum Act {
    /// Check that nobody edited, dropped, moved or cut events
    Verify {
        /// A checkpoint that was kept elsewhere
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
    /// List events
    List {
        /// The first event
        #[arg(long, value_name = "N", default_value_t = 0)]
        from: u64,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: usize,
    },
    /// Sign the log as it stands, and print the checkpoint
    Checkpoint {
        /// A new file that gets it
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Write the log into a new folder, as other verifiers read it (C2SP tlog-tiles)
    Export {
        /// The folder
        folder: PathBuf,
    },
    /// Print the key with which others verify checkpoints
    Key,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let json = arguments.record.json;
    arguments
        .record
        .with_record(async |record, _| match &arguments.act {
            Act::Verify { against } => check(record, against.as_deref(), json).await,
            Act::List { from, limit } => list(record, *from, *limit, json).await,
            Act::Checkpoint { out } => checkpoint(record, out.as_deref(), json).await,
            Act::Export { folder } => export_to(record, folder, json).await,
            Act::Key => {
                let key = record.signer.verifier().vkey();
                match json {
                    true => print::json(&json!({ "key": key })),
                    false => print::result(&key),
                }
                Ok(exit::OK)
            }
        })
}

async fn check(record: &Record, against: Option<&Path>, json: bool) -> Result<u8, Trouble> {
    let against = against.map(read_note).transpose()?;
    let verifier = record.signer.verifier();
    let verdict = verify(record.journal.as_ref(), &verifier, against.as_deref()).await;
    match verdict.map_err(Fault::from)? {
        Verdict::Sound {
            head,
            seals,
            sealed,
        } => {
            let events = head.size;
            match json {
                true => print::json(
                    &json!({ "whole": true, "events": events, "checkpoints": seals, "sealed": sealed }),
                ),
                false => print::result(&format!(
                    "the log is whole: {events} events, {seals} checkpoints, the last of them over {sealed}"
                )),
            }
            Ok(exit::OK)
        }
        Verdict::Broken(flaw) => {
            match json {
                true => print::json(&json!({ "whole": false, "flaw": flaw.to_string() })),
                false => print::error(
                    &format!("the log is not whole: {flaw}"),
                    Some("find out who did it; then restore a backup: hotcell restore FILE"),
                ),
            }
            Ok(exit::FAULT)
        }
    }
}

fn read_note(path: &Path) -> Result<String, Trouble> {
    let told = |why: String| {
        let message = format!("{}: {why}", path.display());
        Trouble::usage(
            message,
            "name a file that `hotcell audit checkpoint --out` wrote",
        )
    };
    let is = fs::metadata(path).map_err(|error| told(error.to_string()))?;
    if is.len() > NOTE_BYTES_MAX as u64 {
        return Err(told("this is too long for a checkpoint".to_owned()));
    }
    fs::read_to_string(path).map_err(|error| told(error.to_string()))
}

async fn list(record: &Record, from: u64, limit: usize, json: bool) -> Result<u8, Trouble> {
    let query = EventQuery {
        from,
        limit,
        ..EventQuery::default()
    };
    let events = record.journal.events(&query).await.map_err(Fault::from)?;
    if json {
        print::json(&json!({ "events": events }));
        return Ok(exit::OK);
    }
    for event in &events {
        print::result(&line(event));
    }
    if events.is_empty() {
        print::note(&format!("there is no event from {from} on"));
    }
    Ok(exit::OK)
}

fn line(event: &Event) -> String {
    let who = event.actor.as_deref().unwrap_or("-");
    let mut text = format!(
        "{}  {}  {}  {}",
        event.seq,
        at(event.at_ms),
        printable(who),
        word(event.kind)
    );
    if let Some(id) = &event.invocation {
        text += &format!("  {}", printable(id));
    }
    let body = Value::Object(event.body.clone());
    text += &format!("  {}", printable(&body.to_string()));
    text
}

async fn checkpoint(record: &Record, out: Option<&Path>, json: bool) -> Result<u8, Trouble> {
    let seal = record.seal().await?.ok_or_else(empty)?;
    if let Some(out) = out {
        let made = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(out);
        let written = made.and_then(|mut file| {
            file.write_all(seal.note.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| {
            let message = format!("{}: {error}", out.display());
            Trouble::usage(message, "name a new file in a folder that is there")
        })?;
    }
    match (json, out) {
        (true, _) => print::json(&json!({ "events": seal.size, "note": seal.note })),
        (false, None) => print::result(seal.note.trim_end()),
        (false, Some(out)) => print::result(&format!(
            "wrote {}: a checkpoint of {} events; keep it elsewhere",
            out.display(),
            seal.size
        )),
    }
    Ok(exit::OK)
}

async fn export_to(record: &Record, folder: &Path, json: bool) -> Result<u8, Trouble> {
    let seal = record.seal().await?.ok_or_else(empty)?;
    let exported = export(record.journal.as_ref(), folder, &seal).await;
    exported.map_err(|error| Trouble::usage(error.to_string(), error.mend()))?;
    match json {
        true => print::json(&json!({ "folder": folder, "events": seal.size })),
        false => print::result(&format!(
            "wrote {} events into {}",
            seal.size,
            folder.display()
        )),
    }
    Ok(exit::OK)
}

fn empty() -> Trouble {
    Trouble::usage("the log is empty", "call something first")
}
