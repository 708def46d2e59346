//! Finds secret values in what crosses the wall, in whatever form they are written.

use std::sync::Arc;

use bytes::Bytes;

use crate::secrets::SecretValue;

/// What is looked for: built once from values, shared by every scan.
#[derive(Debug, Default)]
pub struct Needles {}

/// Something was found: which of the values, by its place in the list that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The index.
    pub needle: usize,
}

impl Needles {
    /// Prepares a scan for `values`.
    pub fn new(values: &[SecretValue]) -> Self {
        let _ = values;
        Self {}
    }

    /// Looks through one whole text, such as a header's value.
    pub fn find(&self, text: &[u8]) -> Option<Hit> {
        let _ = text;
        None
    }

    /// Begins to look through a stream.
    pub fn stream(self: &Arc<Self>) -> Scan {
        Scan {}
    }
}

/// A scan of one stream, across the edges of its chunks.
#[derive(Debug)]
pub struct Scan {}

impl Scan {
    /// Takes the next chunk; returns what may be passed on now, which may be empty.
    ///
    /// # Errors
    /// Returns the hit; nothing more may be passed on then.
    pub fn push(&mut self, chunk: Bytes) -> Result<Bytes, Hit> {
        Ok(chunk)
    }

    /// Ends the stream; returns what was held back.
    ///
    /// # Errors
    /// As [`Scan::push`].
    pub fn finish(&mut self) -> Result<Bytes, Hit> {
        Ok(Bytes::new())
    }
}
