//! Plays a tape: gives back what stands on it, in its order, or says where the guest left it.

use std::fmt::Display;
use std::sync::Arc;

use wasmtime::{Error, format_err};
use wasmtime_wasi_io::streams::StreamError;

use super::TapeData;
use super::event::{Ended, Entry, Event, Op, Reader};

/// A tape that is being played.
#[derive(Debug)]
pub(crate) struct Player {
    tape: Arc<TapeData>,
    reader: Reader,
    next: Option<Entry>,
    /// How many entries were taken.
    step: u64,
    /// The last reading of a clock.
    ms: u64,
    /// What is really waited for at the moment.
    waiting: bool,
    diverged: Option<String>,
}

impl Player {
    pub(super) fn new(tape: Arc<TapeData>) -> Player {
        let mut player = Player {
            tape,
            reader: Reader::new(1),
            next: None,
            step: 0,
            ms: 0,
            waiting: false,
            diverged: None,
        };
        player.next = player.read();
        player
    }

    /// Takes the next entry, of which `pick` has to give what the guest asked for.
    pub(super) fn take<T>(
        &mut self,
        asked: &dyn Display,
        pick: impl FnOnce(Event) -> Option<T>,
    ) -> Result<T, Error> {
        let Some(entry) = &mut self.next else {
            return Err(self.diverge(format!("the guest asks for {asked}, and the tape ends")));
        };
        entry.times -= 1;
        let last = entry.times == 0;
        let event = entry.event.clone();
        if last {
            self.next = self.read();
        }
        let name = event.to_string();
        self.step += 1;
        pick(event).ok_or_else(|| {
            self.diverge(format!(
                "the guest asks for {asked}, and the tape has {name}"
            ))
        })
    }

    /// Takes the end of an operation on a stream.
    pub(super) fn ended(&mut self, op: Op) -> Result<Ended, StreamError> {
        let pick = |event| match event {
            Event::Stream(found, ended) if found == op => Some(ended),
            _ => None,
        };
        self.take(&op, pick).map_err(StreamError::Trap)
    }

    /// Returns the reading of a clock that stands this far after the last.
    pub(super) fn after_last(&mut self, since: u64) -> Result<u64, Error> {
        match self.ms.checked_add(since) {
            Some(ms) => {
                self.ms = ms;
                Ok(ms)
            }
            None => Err(self.diverge("no clock goes that far")),
        }
    }

    /// Waits for what the record says has come.
    pub(super) async fn wait<T>(&mut self, coming: impl Future<Output = T>) -> T {
        self.waiting = true;
        let come = coming.await;
        self.waiting = false;
        come
    }

    /// Returns the error that ends the guest here, and remembers why.
    pub(super) fn diverge(&mut self, why: impl Display) -> Error {
        let text = format!("entry {}: {why}", self.step);
        let error = format_err!("{text}");
        self.diverged.get_or_insert(text);
        error
    }

    /// Returns where the run left the tape; none if it did not. `is_late` tells that time ran
    /// out.
    pub(super) fn finish(mut self, is_late: bool) -> Option<String> {
        if self.diverged.is_some() {
            return self.diverged;
        }
        match self.next.take() {
            _ if is_late && self.waiting => {
                self.diverge("what the tape says came does not come");
            }
            Some(entry) if !is_late => {
                let event = entry.event;
                self.diverge(format!("the guest ends, and the tape goes on with {event}"));
            }
            _ => {}
        }
        self.diverged
    }

    fn read(&mut self) -> Option<Entry> {
        let entry = self.reader.next(&self.tape.bytes);
        entry.expect("the tape was checked when it was read")
    }
}
