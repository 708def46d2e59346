//! The tape: all that a guest was told and that its call does not determine, so that its run
//! can be repeated exactly.
//!
//! A run follows from the component, the fields of its [`Call`](crate::Call) and what its host
//! tells it on the way. Randomness follows from the seed, files and memory from the guest
//! itself, fuel from both. NaNs are canonical. What is left stands on the tape, in the order in
//! which the guest asked:
//!
//! - each reading of a clock, in milliseconds since the start;
//! - what a poll found ready, and that a wait ended;
//! - how many bytes each read or skip of a stream brought, what `check-write` allowed, and how
//!   each write and flush ended: all streams alike, though only those of HTTP depend on time;
//! - the status of a credential, and the last denial;
//! - what a loaded checkpoint held, and how each save ended.
//!
//! The bytes of responses are not on it: in play they come from an [`Outbound`](crate::Outbound)
//! that the host hands in, with the bodies of the record. What `wasi:http` answers with "not
//! yet" needs no place either: it changes only by a wait, and a wait is on the tape. So in play
//! each wait of the record really ends before the guest goes on, timers excepted, which are over
//! at once. A request has a [`RequestNumber`](crate::RequestNumber), since requests at one time
//! reach their `Outbound` in any order.
//!
//! A guest that asks for something else than stands next, or that ends before its tape, has
//! diverged: that ends the run, and says where. What a clock or a person ended cannot be
//! replayed, because where in the guest that was is not known.
//!
//! Read `event.rs` first (what a tape is in bytes), then `deck.rs`; `io.rs`, `input.rs` and
//! `output.rs` are the host's side of `wasi:io`.

mod bindings;
mod clocks;
mod deck;
mod event;
mod input;
mod io;
mod output;
mod player;
mod recorder;

use std::fmt;
use std::sync::Arc;

use event::Reader;

pub(crate) use clocks::{HasTapedClocks, TapedClocks};
pub(crate) use deck::Deck;
pub(crate) use event::{Event, Kept};
pub(crate) use io::{Taped, add_to_linker};

/// Bytes of one tape: a state at the limit of checkpoints, and as much again. An entry takes 2
/// or 3 bytes and a repeated one none, so standard fuel runs out first.
pub const TAPE_BYTES_MAX: usize = 2 << 20;

/// What a call does with a tape.
#[derive(Debug, Clone, Default)]
pub enum Tape {
    /// Nothing.
    #[default]
    None,
    /// Records one; it is in the [`Report`](crate::Report).
    Record,
    /// Plays this one, and ends where the guest does anything else than it says. The call has
    /// to be the recorded one in its component and every other field; only its `outbound` is
    /// to answer from the record. Its checkpoints are not asked.
    Play(Arc<TapeData>),
}

/// A whole tape: a byte that is its version, and its entries.
#[derive(Clone, PartialEq, Eq)]
pub struct TapeData {
    bytes: Vec<u8>,
}

/// What came of recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Recording {
    /// Nothing was recorded.
    #[default]
    None,
    /// The whole tape: the call can be replayed from it.
    Whole(TapeData),
    /// It would have had more than [`TAPE_BYTES_MAX`] bytes, and was thrown away.
    TooLong,
    /// A clock or a person ended the call, at a place in the guest that no tape can tell.
    Stopped,
}

/// Why bytes are no tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TapeError {
    /// They are more than [`TAPE_BYTES_MAX`].
    TooLong,
    /// They are of another version, or empty.
    Version,
    /// The entry at this byte is not one, or is not written as this version writes it.
    Entry(usize),
}

impl TapeData {
    /// Reads a tape, and checks every entry of it.
    ///
    /// # Errors
    ///
    /// Returns why the bytes are no tape.
    pub fn parse(bytes: Vec<u8>) -> Result<TapeData, TapeError> {
        if bytes.len() > TAPE_BYTES_MAX {
            return Err(TapeError::TooLong);
        }
        if bytes.first() != Some(&event::VERSION) {
            return Err(TapeError::Version);
        }
        let mut reader = Reader::new(1);
        while reader.next(&bytes)?.is_some() {}
        Ok(TapeData { bytes })
    }

    /// Returns the tape's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for TapeData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TapeData({} bytes)", self.bytes.len())
    }
}

impl fmt::Display for TapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TapeError::TooLong => write!(f, "a tape has at most {TAPE_BYTES_MAX} bytes"),
            TapeError::Version => f.write_str("it is no tape of this version"),
            TapeError::Entry(at) => write!(f, "the entry at byte {at} is wrong"),
        }
    }
}

impl std::error::Error for TapeError {}
