//! Writes a tape.

use super::event::{ENTRY_BYTES_MAX, Event, VERSION, write_repeat};
use super::{Recording, TAPE_BYTES_MAX, TapeData};

/// The tape of a call that is under way.
#[derive(Debug)]
pub(crate) struct Recorder {
    bytes: Vec<u8>,
    /// Where the last entry begins; its repeats are not written yet.
    last: usize,
    repeats: u64,
    scratch: Vec<u8>,
    /// The last reading of a clock.
    ms: u64,
    is_too_long: bool,
}

impl Recorder {
    pub(super) fn new() -> Recorder {
        Recorder {
            bytes: vec![VERSION],
            last: 1,
            repeats: 0,
            scratch: Vec::new(),
            ms: 0,
            is_too_long: false,
        }
    }

    /// Returns how far a clock has gone since the last reading.
    pub(super) fn since_last(&mut self, ms: u64) -> u64 {
        let since = ms.saturating_sub(self.ms);
        self.ms = self.ms.max(ms);
        since
    }

    pub(super) fn put(&mut self, event: &Event) {
        if self.is_too_long {
            return;
        }
        self.scratch.clear();
        event.write(&mut self.scratch);
        if self.bytes[self.last..] == self.scratch {
            self.repeats += 1;
            return;
        }
        self.write_repeats();
        if self.bytes.len() + self.scratch.len() + ENTRY_BYTES_MAX > TAPE_BYTES_MAX {
            self.is_too_long = true;
            self.bytes = Vec::new();
            self.scratch = Vec::new();
            return;
        }
        self.last = self.bytes.len();
        self.bytes.extend_from_slice(&self.scratch);
    }

    /// Returns the tape.
    pub(super) fn finish(mut self) -> Recording {
        if self.is_too_long {
            return Recording::TooLong;
        }
        self.write_repeats();
        Recording::Whole(TapeData { bytes: self.bytes })
    }

    fn write_repeats(&mut self) {
        if self.repeats > 0 {
            write_repeat(&mut self.bytes, std::mem::take(&mut self.repeats));
        }
    }
}
