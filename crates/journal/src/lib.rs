//! The record: what was installed, what was called, what came of it, and the proof that nobody
//! changed it since.
//!
//! There is one log. Each [`Event`] is a leaf of a Merkle tree (RFC 6962), hashed in the
//! transaction that writes it. Invocations, jobs, releases and callbacks are folds over it, kept
//! in the same transaction. What is large or private, such as arguments and answers, is a
//! [`Payload`] beside its event: the event holds a salted digest, so that a payload can be erased
//! and the proof stays.
//!
//! [`Journal`] is the one trait, of coarse operations that are transactions. [`Sqlite`] keeps it
//! in a file that many processes share, [`Memory`] in memory: tests run both side by side.
//!
//! Safety rests on fences: whoever carries out an invocation holds a [`Lease`], and each of its
//! writes names the lease's fence. Another takes over only when the lease has run out, with the
//! next fence, and what the first one writes then changes nothing. Clocks decide when a takeover
//! may be tried, and nothing else.
//!
//! Read `journal.rs` first, then `words.rs`.

mod canonical;
mod export;
mod fold;
mod journal;
mod leaf;
mod memory;
mod note;
mod ops;
mod sqlite;
mod store;
mod tree;
mod verify;
mod words;

pub use export::export;
pub use journal::{Journal, JournalError, Result, Sign};
pub use leaf::{EVENT_BYTES_MAX, EVENT_PAYLOADS_MAX};
pub use memory::{Clock, Memory};
pub use note::{KeyName, NOTE_BYTES_MAX, NoteError, Signer, Verifier};
pub use ops::{ATTEMPTS_SPENT, ENTRIES_MAX, ERASE_BATCH, READ_ROWS_MAX};
#[cfg(any(test, feature = "failpoints"))]
pub use sqlite::FailPoint;
pub use sqlite::{GROUP_MAX, QUEUE_MAX, READERS_MAX, Sqlite, SqliteOptions};
pub use tree::{Edge, Hash, TreeHead, leaf_hash, node_hash};
pub use verify::{Flaw, Verdict, verify};
pub use words::*;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
