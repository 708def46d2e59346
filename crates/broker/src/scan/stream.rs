//! A scan of a stream: what may go on, and what is held back.

use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::levels::Levels;
use super::{Hit, Needles};

/// The most bytes that are held back.
pub const HELD_MAX: usize = 4096;

/// Near the end of a chunk the text is taken in small parts, so that little is held back.
const END: usize = 32;
/// The length of such a part.
const END_PART: usize = 8;
/// The length of any other part.
const PART: usize = 2048;

/// A scan of one stream, across the edges of its chunks.
///
/// Of a run that is a hit, less than four bytes of the value were passed on before it is found:
/// three bytes, three signs of base64, or seven digits of hex. For a text that ends in more of
/// any form of a value, or in an escape that is not complete, is held back from a point before
/// that. The exception is a run whose beginning is spread over more than [`HELD_MAX`] bytes, by
/// line breaks or leading zeros: of that, up to eleven bytes of the value were passed on.
///
/// Honest text is rarely held back: some chunks in a hundred end so by chance, and less of those
/// that end with a line. It is a few dozen bytes then, until the next chunk or the end.
pub struct Scan {
    needles: Arc<Needles>,
    /// Made when there is something to look through.
    levels: Option<Box<Levels>>,
    held: BytesMut,
    hit: Option<Hit>,
}

impl Scan {
    pub(super) fn new(needles: Arc<Needles>) -> Self {
        Self {
            needles,
            levels: None,
            held: BytesMut::new(),
            hit: None,
        }
    }

    /// Takes the next chunk; returns what may be passed on now, which may be empty.
    ///
    /// # Errors
    /// Returns the hit; nothing more may be passed on then. Any later call returns it again.
    pub fn push(&mut self, chunk: Bytes) -> Result<Bytes, Hit> {
        if self.needles.is_empty() {
            return Ok(chunk);
        }
        let safe = self.scan(&chunk)?;
        if self.held.is_empty() {
            let safe = safe.unwrap_or(0).max(chunk.len().saturating_sub(HELD_MAX));
            self.held.extend_from_slice(&chunk[safe..]);
            return Ok(chunk.slice(..safe));
        }
        let before = self.held.len();
        self.held.extend_from_slice(&chunk);
        let safe = safe.map_or(0, |safe| before + safe);
        let safe = safe.max(self.held.len().saturating_sub(HELD_MAX));
        Ok(self.held.split_to(safe).freeze())
    }

    /// Ends the stream; returns what was held back.
    ///
    /// # Errors
    /// As [`Scan::push`].
    pub fn finish(&mut self) -> Result<Bytes, Hit> {
        if let Some(hit) = self.hit {
            return Err(hit);
        }
        let levels = self.levels.as_mut();
        match levels.and_then(|levels| levels.end(&self.needles)) {
            Some(needle) => Err(self.stop(needle)),
            None => Ok(self.held.split().freeze()),
        }
    }

    /// Scans a chunk; returns the last place in it at which nothing was open, if there is one.
    fn scan(&mut self, chunk: &[u8]) -> Result<Option<usize>, Hit> {
        if let Some(hit) = self.hit {
            return Err(hit);
        }
        if chunk.is_empty() {
            return Ok(None);
        }
        let (bulk, end) = chunk.split_at(chunk.len().saturating_sub(END));
        let levels = self.levels.get_or_insert_with(Box::default);
        let mut safe = None;
        let mut at = 0;
        for part in bulk.chunks(PART).chain(end.chunks(END_PART)) {
            if let Some(needle) = levels.push(part, &self.needles) {
                return Err(self.stop(needle));
            }
            at += part.len();
            if levels.is_settled(&self.needles) {
                safe = Some(at);
            }
        }
        Ok(safe)
    }

    fn stop(&mut self, needle: usize) -> Hit {
        let hit = Hit { needle };
        self.hit = Some(hit);
        self.held.clear();
        hit
    }
}

/// Shows nothing of the text.
impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scan")
    }
}
