//! An entry of a tape, and how it looks in bytes.
//!
//! An entry is a tag and its values. Numbers are LEB128 in its shortest form. An entry that
//! stands many times in a row is written once, and then how often it is repeated: a guest that
//! reads the clock in a loop would fill the tape otherwise.

use std::fmt;

use super::{TAPE_BYTES_MAX, TapeError};
use crate::checkpoints::CheckpointError;
use crate::outbound::Denial;
use crate::skill_host::CredentialStatus;

/// The first byte of a tape.
pub(crate) const VERSION: u8 = 1;

/// Bytes of the text of a trap that are kept.
pub(super) const TRAP_BYTES_MAX: usize = 256;

/// What the guest was told, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// The wall clock, in milliseconds since the last reading of any clock.
    WallClock(u64),
    /// The monotonic clock, in the same.
    MonotonicClock(u64),
    /// What a poll found: places in its list, in the order of the answer.
    Poll(Vec<u32>),
    /// What `ready` of a pollable said.
    Ready(bool),
    /// A wait for one pollable ended.
    Block,
    /// An operation on a stream ended.
    Stream(Op, Ended),
    /// The status of a credential; none where it is not declared.
    Status(Option<CredentialStatus>),
    /// The last denial.
    Denial(Option<Kept>),
    /// The loaded checkpoint.
    Load(Option<Vec<u8>>),
    /// How a save ended.
    Save(Result<(), CheckpointError>),
}

/// A [`Denial`] whose code is read from a tape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) code: String,
    pub(crate) retry_after_ms: Option<u64>,
}

/// An operation on a stream. Splices are made of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Read,
    BlockingRead,
    Skip,
    BlockingSkip,
    CheckWrite,
    WriteReady,
    Write,
    BlockingWrite,
    WriteZeroes,
    BlockingWriteZeroes,
    Flush,
    BlockingFlush,
}

/// How an operation on a stream ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Well: bytes that came or may be written; 0 where there is no number.
    Done(u64),
    /// The stream is closed.
    Closed,
    /// With an error, which whoever plays the tape has to cause again.
    Failed,
    /// With the end of the guest, and this text.
    Trapped(String),
}

const REPEAT: u8 = 0;
const WALL_CLOCK: u8 = 1;
const MONOTONIC_CLOCK: u8 = 2;
const POLL: u8 = 3;
const NOT_READY: u8 = 4;
const READY: u8 = 5;
const BLOCK: u8 = 6;
const STATUS: u8 = 7;
const DENIAL: u8 = 8;
const LOAD: u8 = 9;
const SAVE: u8 = 10;
const STREAM: u8 = 16;

/// The place of an operation here is what is added to `STREAM` for its tag.
const OPS: [Op; 12] = [
    Op::Read,
    Op::BlockingRead,
    Op::Skip,
    Op::BlockingSkip,
    Op::CheckWrite,
    Op::WriteReady,
    Op::Write,
    Op::BlockingWrite,
    Op::WriteZeroes,
    Op::BlockingWriteZeroes,
    Op::Flush,
    Op::BlockingFlush,
];

/// The place of a status here is its byte.
const STATUSES: [Option<CredentialStatus>; 4] = [
    None,
    Some(CredentialStatus::Granted),
    Some(CredentialStatus::NotGranted),
    Some(CredentialStatus::Suspended),
];

/// The place of an end here is its byte.
const SAVES: [Result<(), CheckpointError>; 3] = [
    Ok(()),
    Err(CheckpointError::Unavailable),
    Err(CheckpointError::TooLarge),
];

impl Event {
    /// Appends this entry.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Event::WallClock(ms) => tagged(bytes, WALL_CLOCK, *ms),
            Event::MonotonicClock(ms) => tagged(bytes, MONOTONIC_CLOCK, *ms),
            Event::Poll(ready) => {
                tagged(bytes, POLL, ready.len() as u64);
                for place in ready {
                    write_number(bytes, u64::from(*place));
                }
            }
            Event::Ready(false) => bytes.push(NOT_READY),
            Event::Ready(true) => bytes.push(READY),
            Event::Block => bytes.push(BLOCK),
            Event::Stream(op, ended) => {
                bytes.push(STREAM + place(&OPS, op));
                write_ended(bytes, ended);
            }
            Event::Status(status) => bytes.extend([STATUS, place(&STATUSES, status)]),
            Event::Denial(None) => bytes.extend([DENIAL, 0]),
            Event::Denial(Some(denial)) => {
                let retry = denial.retry_after_ms;
                bytes.extend([DENIAL, if retry.is_some() { 2 } else { 1 }]);
                write_bytes(bytes, denial.code.as_bytes());
                if let Some(ms) = retry {
                    write_number(bytes, ms);
                }
            }
            Event::Load(None) => bytes.extend([LOAD, 0]),
            Event::Load(Some(state)) => {
                bytes.extend([LOAD, 1]);
                write_bytes(bytes, state);
            }
            Event::Save(saved) => bytes.extend([SAVE, place(&SAVES, saved)]),
        }
    }
}

/// Appends that the entry before it stands `times` more.
pub(super) fn write_repeat(bytes: &mut Vec<u8>, times: u64) {
    tagged(bytes, REPEAT, times);
}

fn write_ended(bytes: &mut Vec<u8>, ended: &Ended) {
    match ended {
        Ended::Done(number) => tagged(bytes, 0, *number),
        Ended::Closed => bytes.push(1),
        Ended::Failed => bytes.push(2),
        Ended::Trapped(text) => {
            bytes.push(3);
            write_bytes(bytes, text.as_bytes());
        }
    }
}

fn place<T: PartialEq>(all: &[T], one: &T) -> u8 {
    let place = all.iter().position(|other| other == one);
    u8::try_from(place.expect("each stands in its table")).expect("the tables are short")
}

fn tagged(bytes: &mut Vec<u8>, tag: u8, number: u64) {
    bytes.push(tag);
    write_number(bytes, number);
}

fn write_bytes(bytes: &mut Vec<u8>, more: &[u8]) {
    write_number(bytes, more.len() as u64);
    bytes.extend_from_slice(more);
}

fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Reads a tape's entries one by one. The bytes are handed in each time, so that a reader can
/// be kept beside them.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    at: usize,
    /// Where the last entry stands, unless it is a repeat.
    last: Option<(usize, usize)>,
}

/// One entry, and how often it stands in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) event: Event,
    pub(super) times: u64,
}

impl Reader {
    /// Begins at this byte.
    pub(super) fn new(at: usize) -> Reader {
        Reader { at, last: None }
    }

    /// Returns the next entry; none at the end.
    pub(super) fn next(&mut self, bytes: &[u8]) -> Result<Option<Entry>, TapeError> {
        let start = self.at;
        if start == bytes.len() {
            return Ok(None);
        }
        let wrong = TapeError::Entry(start);
        let event = self.event(bytes).ok_or(wrong)?;
        let written = &bytes[start..self.at];
        // What was repeated was to be written as a repeat.
        if self
            .last
            .is_some_and(|(from, to)| bytes[from..to] == *written)
        {
            return Err(wrong);
        }
        self.last = Some((start, self.at));
        let mut times = 1;
        if bytes.get(self.at) == Some(&REPEAT) {
            let wrong = TapeError::Entry(self.at);
            self.at += 1;
            let more = self.number(bytes).filter(|more| *more > 0).ok_or(wrong)?;
            times = more.checked_add(1).ok_or(wrong)?;
        }
        Ok(Some(Entry { event, times }))
    }

    fn event(&mut self, bytes: &[u8]) -> Option<Event> {
        Some(match self.byte(bytes)? {
            WALL_CLOCK => Event::WallClock(self.number(bytes)?),
            MONOTONIC_CLOCK => Event::MonotonicClock(self.number(bytes)?),
            POLL => Event::Poll(self.places(bytes)?),
            NOT_READY => Event::Ready(false),
            READY => Event::Ready(true),
            BLOCK => Event::Block,
            STATUS => Event::Status(*STATUSES.get(usize::from(self.byte(bytes)?))?),
            DENIAL => Event::Denial(self.denial(bytes)?),
            LOAD => Event::Load(match self.byte(bytes)? {
                0 => None,
                1 => Some(self.bytes(bytes)?.to_vec()),
                _ => return None,
            }),
            SAVE => Event::Save(*SAVES.get(usize::from(self.byte(bytes)?))?),
            tag => {
                let op = OPS.get(usize::from(tag.checked_sub(STREAM)?))?;
                Event::Stream(*op, self.ended(bytes)?)
            }
        })
    }

    fn places(&mut self, bytes: &[u8]) -> Option<Vec<u32>> {
        let count = usize::try_from(self.number(bytes)?).ok()?;
        // Each takes a byte at least. A poll that found nothing did not end.
        if count == 0 || count > bytes.len() - self.at {
            return None;
        }
        let place = |_| u32::try_from(self.number(bytes)?).ok();
        (0..count).map(place).collect()
    }

    fn ended(&mut self, bytes: &[u8]) -> Option<Ended> {
        Some(match self.byte(bytes)? {
            0 => Ended::Done(self.number(bytes)?),
            1 => Ended::Closed,
            2 => Ended::Failed,
            3 => Ended::Trapped(self.text(bytes)?),
            _ => return None,
        })
    }

    fn denial(&mut self, bytes: &[u8]) -> Option<Option<Kept>> {
        let with_retry = match self.byte(bytes)? {
            0 => return Some(None),
            1 => false,
            2 => true,
            _ => return None,
        };
        let code = self.text(bytes)?;
        let retry_after_ms = match with_retry {
            true => Some(self.number(bytes)?),
            false => None,
        };
        Some(Some(Kept {
            code,
            retry_after_ms,
        }))
    }

    fn text(&mut self, bytes: &[u8]) -> Option<String> {
        String::from_utf8(self.bytes(bytes)?.to_vec()).ok()
    }

    fn bytes<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number(bytes)?).ok()?;
        let end = self.at.checked_add(length)?;
        let found = bytes.get(self.at..end)?;
        self.at = end;
        Some(found)
    }

    /// Reads a number in its shortest form.
    fn number(&mut self, bytes: &[u8]) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte(bytes)?;
            let part = u64::from(byte & 0x7f);
            if (part << shift) >> shift != part || (byte == 0 && shift > 0) {
                return None;
            }
            number |= part << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn byte(&mut self, bytes: &[u8]) -> Option<u8> {
        let byte = bytes.get(self.at)?;
        self.at += 1;
        Some(*byte)
    }
}

impl From<Denial> for Kept {
    fn from(denial: Denial) -> Kept {
        Kept {
            code: denial.code.into_owned(),
            retry_after_ms: denial.retry_after_ms,
        }
    }
}

/// Names the entry as a divergence tells of it.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::WallClock(_) => f.write_str("the wall clock"),
            Event::MonotonicClock(_) => f.write_str("the monotonic clock"),
            Event::Poll(_) => f.write_str("poll"),
            Event::Ready(_) => f.write_str("ready of a pollable"),
            Event::Block => f.write_str("block of a pollable"),
            Event::Stream(op, _) => op.fmt(f),
            Event::Status(_) => f.write_str("the status of a credential"),
            Event::Denial(_) => f.write_str("the last denial"),
            Event::Load(_) => f.write_str("the load of a checkpoint"),
            Event::Save(_) => f.write_str("the save of a checkpoint"),
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Op::Read => "read of a stream",
            Op::BlockingRead => "blocking-read of a stream",
            Op::Skip => "skip of a stream",
            Op::BlockingSkip => "blocking-skip of a stream",
            Op::CheckWrite => "check-write of a stream",
            Op::WriteReady => "a wait to write to a stream",
            Op::Write => "write to a stream",
            Op::BlockingWrite => "blocking-write-and-flush to a stream",
            Op::WriteZeroes => "write-zeroes to a stream",
            Op::BlockingWriteZeroes => "blocking-write-zeroes-and-flush to a stream",
            Op::Flush => "flush of a stream",
            Op::BlockingFlush => "blocking-flush of a stream",
        })
    }
}

#[cfg(test)]
mod tests;

/// The longest entry but for its bytes: a tag, two numbers and a repeat.
pub(super) const ENTRY_BYTES_MAX: usize = 32;

const _: () = assert!(TAPE_BYTES_MAX > crate::checkpoints::CHECKPOINT_BYTES_MAX + ENTRY_BYTES_MAX);
