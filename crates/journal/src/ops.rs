//! What each operation means, for every store. `face.rs` has the trait's methods, one line each.

mod begin;
mod callback;
mod claim;
mod command;
mod end;
mod erase;
mod face;
mod lease;
mod record;
mod release;

pub use end::ATTEMPTS_SPENT;

use crate::journal::{JournalError, Result};
use crate::leaf::{Digested, digested};
use crate::words::{Entry, Kind};

/// How many invocations one transaction erases.
pub const ERASE_BATCH: usize = 256;

/// How many rows a read gives at most, whatever its limit says: whoever wants more pages on.
pub const READ_ROWS_MAX: usize = 10_000;

/// How many entries one operation may append.
pub const ENTRIES_MAX: usize = 1_024;

/// Kinds that only the journal's own operations write, so that an invocation ends once.
const OWN_KINDS: [Kind; 6] = [
    Kind::Begun,
    Kind::Attempt,
    Kind::AttemptEnded,
    Kind::Ended,
    Kind::CancelAsked,
    Kind::RunNow,
];

/// Returns entries with the digests of their payloads; refuses what is not for callers to write.
fn checked(entries: Vec<Entry>) -> Result<Vec<(Entry, Vec<Digested>)>> {
    if entries.len() > ENTRIES_MAX {
        let many = entries.len();
        return Err(JournalError::Misuse(format!(
            "{many} entries at once; at most {ENTRIES_MAX}"
        )));
    }
    entries
        .into_iter()
        .map(|mut entry| {
            if OWN_KINDS.contains(&entry.kind) {
                return Err(JournalError::Misuse(format!(
                    "an entry {:?} that is not the journal's own",
                    entry.kind
                )));
            }
            let payloads = digested(std::mem::take(&mut entry.payloads))?;
            Ok((entry, payloads))
        })
        .collect()
}
