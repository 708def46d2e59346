//! What went wrong, and what to do about it.

use std::fmt;

/// The result of everything here that can fail.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// One failure: what happened in one sentence, and the mend in another.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    hint: String,
    next: Option<String>,
}

impl Failure {
    /// Says what happened, and what the reader does next.
    pub(crate) fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: hint.into(),
            next: None,
        }
    }

    /// Adds which commands follow once it is mended.
    pub(crate) fn with_next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "error: {}\n hint: {}", self.what, self.hint)?;
        match &self.next {
            Some(next) => write!(out, "\n next: {next}"),
            None => Ok(()),
        }
    }
}
