//! `hotcell restore`: a backup becomes the record again.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
use hotcell_host::Fault;
use hotcell_host::journal::{Flaw, JournalError, Sqlite, SqliteOptions, Verdict, Verifier, verify};
use serde_json::json;

use crate::config::Places;
use crate::record::{alone, record_file};
use crate::recorded::{RecordArguments, Trouble};
use crate::times::now_ms;
use crate::{exit, house, print};

const EXAMPLES: &str = "Examples:
  hotcell restore /mnt/backup/record-2026-11-21.db
  hotcell restore record.db --data /var/lib/hotcell --force

Nobody else may be at work in the data folder. The backup is checked before anything changes, and
what was in its place stays beside it. Copy the host's key first, where the backup comes from
another data folder: with another key, the log's checkpoints cannot be checked.

Exit code: 0 · 2 the file cannot be read · 3 others are at work, or there is a record already · 70
the backup is damaged";

/// What `hotcell restore` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A file that `hotcell backup` wrote
    file: PathBuf,
    /// Put it in the place of the record that is there, which stays beside it
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    record: RecordArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let json = arguments.record.json;
    let places = arguments.record.places.places().map_err(Trouble::from);
    let done = places.and_then(|places| {
        let runtime = house::runtime()?;
        runtime.block_on(restore(arguments, &places))
    });
    match done {
        Ok(kept) => {
            let kept = kept.map(|kept| kept.display().to_string());
            let file = arguments.file.display();
            match (json, kept) {
                (true, kept) => print::json(&json!({ "restored": arguments.file, "kept": kept })),
                (false, None) => print::result(&format!("restored {file}")),
                (false, Some(kept)) => {
                    print::result(&format!("restored {file}; what was there is {kept}"));
                }
            }
            exit::OK
        }
        Err(trouble) => trouble.tell(json),
    }
}

/// Puts the backup in place; returns where the record is that was there.
async fn restore(arguments: &Arguments, places: &Places) -> Result<Option<PathBuf>, Trouble> {
    let Some((signer, _alone)) = alone(places)? else {
        let message = format!("others are at work in {}", places.data.display());
        return Err(Trouble::refused(message, "end workers and hosts first"));
    };
    let record = record_file(places);
    let is_there = record.exists();
    if is_there && !arguments.force {
        let message = format!("there is a record already: {}", record.display());
        let mend = "choose an empty folder with --data DIR, or keep this one beside with --force";
        return Err(Trouble::refused(message, mend));
    }
    let new = beside(&record, ".restoring");
    let copied = copy(&arguments.file, &new).map_err(|error| {
        let message = format!("{}: {error}", arguments.file.display());
        Trouble::usage(message, "name a file that `hotcell backup` wrote")
    });
    let checked = match copied {
        Ok(()) => check(&new, &signer.verifier()).await,
        Err(trouble) => Err(trouble),
    };
    if let Err(trouble) = checked {
        for path in family(&new) {
            let _ = fs::remove_file(path);
        }
        return Err(trouble);
    }
    let old = beside(&record, &format!(".before-{}", now_ms()));
    let placed = (|| {
        if is_there {
            for (from, to) in family(&record).iter().zip(family(&old)) {
                if from.exists() {
                    fs::rename(from, to)?;
                }
            }
        }
        fs::rename(&new, &record)?;
        File::open(&places.data)?.sync_all()
    })();
    placed.map_err(|error: io::Error| {
        let message = format!("{}: {error}", places.data.display());
        Trouble::usage(message, "look at the folder's rights and room")
    })?;
    Ok(is_there.then_some(old))
}

/// Copies a file into a new one that only its owner reads.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut from = File::open(from)?;
    let mut to = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(to)?;
    io::copy(&mut from, &mut to)?;
    to.sync_all()
}

/// Checks that it is a record, and whole; brings it up to date.
async fn check(path: &Path, verifier: &Verifier) -> Result<(), Trouble> {
    let unreadable = |error: JournalError| {
        Trouble::usage(error.to_string(), "name a file that `hotcell backup` wrote")
    };
    let options = SqliteOptions::new(path, SystemTime::now);
    let journal = Sqlite::open(options).map_err(unreadable)?;
    let verdict = verify(&journal, verifier, None).await;
    match verdict.map_err(Fault::from)? {
        Verdict::Sound { .. } => Ok(()),
        // The key may be another one: then it is whole as far as anybody can tell here.
        Verdict::Broken(flaw @ Flaw::Seal { .. }) => {
            print::note(&format!("warning: {flaw}"));
            print::note("  mend: copy the host's key from the folder that it was made in");
            Ok(())
        }
        Verdict::Broken(flaw) => Err(Trouble::Told(
            exit::FAULT,
            format!("the backup is not whole: {flaw}"),
            "restore another one".to_owned(),
        )),
    }
}

/// Returns a database and the files that SQLite keeps beside it.
fn family(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| beside(path, end))
}

/// Returns a path whose name goes on.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}
