//! Where a call's tape is: recorded, played, or not there.

use std::sync::Arc;

use hotcell_policy::LimitName;
use wasmtime::Result;
use wasmtime_wasi_io::streams::{StreamError, StreamResult};

use super::event::{Ended, Event, Op, TRAP_BYTES_MAX};
use super::player::Player;
use super::recorder::Recorder;
use super::{Recording, Tape};
use crate::call::End;

/// What a call does with its tape.
#[derive(Debug)]
pub(crate) enum Deck {
    Off,
    Recording(Recorder),
    Playing(Player),
}

impl Deck {
    pub(crate) fn new(tape: &Tape) -> Deck {
        match tape {
            Tape::None => Deck::Off,
            Tape::Record => Deck::Recording(Recorder::new()),
            Tape::Play(tape) => Deck::Playing(Player::new(Arc::clone(tape))),
        }
    }

    /// Returns what stands on the tape where it is played; none where it is not, and the host
    /// has to find the answer itself.
    pub(crate) fn played<T>(
        &mut self,
        asked: &str,
        pick: impl FnOnce(Event) -> Option<T>,
    ) -> Result<Option<T>> {
        match self {
            Deck::Playing(player) => player.take(&asked, pick).map(Some),
            Deck::Off | Deck::Recording(_) => Ok(None),
        }
    }

    /// Puts an entry on the tape, where one is recorded.
    pub(crate) fn note(&mut self, event: impl FnOnce() -> Event) {
        if let Deck::Recording(recorder) = self {
            recorder.put(&event());
        }
    }

    /// The same for a reading of a clock, in milliseconds since the start of the call.
    pub(super) fn note_reading(&mut self, ms: u64, event: fn(u64) -> Event) {
        if let Deck::Recording(recorder) = self {
            let since = recorder.since_last(ms);
            recorder.put(&event(since));
        }
    }

    /// The same for the end of an operation on a stream, whose number `number` tells.
    pub(super) fn note_ended<T>(
        &mut self,
        op: Op,
        result: &StreamResult<T>,
        number: impl FnOnce(&T) -> u64,
    ) {
        self.note(|| {
            let ended = match result {
                Ok(value) => Ended::Done(number(value)),
                Err(StreamError::Closed) => Ended::Closed,
                Err(StreamError::LastOperationFailed(_)) => Ended::Failed,
                Err(StreamError::Trap(error)) => {
                    let mut text = error.to_string();
                    text.truncate(text.floor_char_boundary(TRAP_BYTES_MAX));
                    Ended::Trapped(text)
                }
            };
            Event::Stream(op, ended)
        });
    }

    /// Returns how the call ended, and what was recorded of it.
    pub(crate) fn finish(self, end: End) -> (End, Recording) {
        let is_late = matches!(end, End::Limit(LimitName::TimeMs));
        let is_stopped = is_late || matches!(end, End::Cancelled);
        match self {
            Deck::Off => (end, Recording::None),
            Deck::Recording(_) if is_stopped => (end, Recording::Stopped),
            Deck::Recording(recorder) => (end, recorder.finish()),
            Deck::Playing(_) if matches!(end, End::Cancelled) => (end, Recording::None),
            Deck::Playing(player) => match player.finish(is_late) {
                Some(why) => (End::Diverged(why), Recording::None),
                None => (end, Recording::None),
            },
        }
    }
}
