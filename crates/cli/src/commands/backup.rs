//! `hotcell backup`: a copy of the record, while others write.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::recorded::{RecordArguments, Trouble};
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell backup /mnt/backup/record-2026-11-21.db
  hotcell backup record.db --data /var/lib/hotcell

The record holds what was installed and what was called. What the data folder has beside it is
plain files: copy `packages`, `vault.age`, `state.json` and the host's key with it.

Exit code: 0 · 2 the file is there already, or cannot be written · 70 a fault";

/// What `hotcell backup` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A new file that gets the copy
    file: PathBuf,
    #[command(flatten)]
    record: RecordArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let file = &arguments.file;
    arguments.record.with_record(async |record, _| {
        record.close().await?;
        let copied = record.journal.backup(file).await;
        copied.map_err(|error| Trouble::usage(error.to_string(), error.mend()))?;
        match arguments.record.json {
            true => print::json(&json!({ "file": file })),
            false => print::result(&format!("wrote {}", file.display())),
        }
        Ok(exit::OK)
    })
}
