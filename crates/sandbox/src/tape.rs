//! The tape of a call.

use std::sync::Arc;

/// What a call does with a tape.
#[derive(Debug, Clone, Default)]
pub enum Tape {
    /// Nothing.
    #[default]
    None,
    /// Records one; it is in the [`Report`](crate::Report).
    Record,
    /// Plays this one, and ends where the guest does anything else than it says.
    Play(Arc<TapeData>),
}

/// A whole tape.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The tape became too long.
    TooLong,
    /// A clock or a person ended the call, at a moment that no tape can tell.
    Stopped,
}

impl TapeData {
    /// Returns the tape's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}
