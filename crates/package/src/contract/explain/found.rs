//! The first violations, in words, and how many came after them.

use crate::contract::check::{VIOLATIONS_MAX, Violation};
use crate::contract::explain::at::At;
use crate::printable::printable;

/// Most characters of a message before it is made safe to print.
const MESSAGE_CHARS_MAX: usize = 1_000;

/// What a walk has found.
pub(super) struct Found {
    list: Vec<Violation>,
    list_max: usize,
    more: usize,
}

impl Found {
    /// Keeps the first violations.
    pub(super) fn telling() -> Self {
        Self {
            list: Vec::new(),
            list_max: VIOLATIONS_MAX,
            more: 0,
        }
    }

    /// Only counts: no word is written.
    pub(super) fn counting() -> Self {
        Self {
            list: Vec::new(),
            list_max: 0,
            more: 0,
        }
    }

    /// Adds a violation. Its words are asked for only where they are kept.
    pub(super) fn add(&mut self, at: &At<'_>, message: impl FnOnce() -> String) {
        if self.list.len() >= self.list_max {
            self.more += 1;
            return;
        }
        let pointer = printable(&at.pointer()).into_owned();
        self.list.push(Violation {
            pointer,
            message: cut(&message()),
        });
    }

    pub(super) fn only_counts(&self) -> bool {
        self.list_max == 0
    }

    /// Adds violations without words.
    pub(super) fn count_more(&mut self, violations: usize) {
        self.more += violations;
    }

    pub(super) fn count(&self) -> usize {
        self.list.len() + self.more
    }

    /// Returns the list, with a last word on what it leaves out. `is_whole` is false where the
    /// walk ended before the value did.
    pub(super) fn into_list(mut self, is_whole: Whole) -> Vec<Violation> {
        let message = match (is_whole, self.more) {
            (Whole::Yes, 0) => return self.list,
            (Whole::No, 0) if self.list.len() < VIOLATIONS_MAX => return self.list,
            (Whole::Yes, more) => format!("and {more} more"),
            (Whole::No, _) => "and more".to_owned(),
        };
        self.list.push(Violation {
            pointer: String::new(),
            message,
        });
        self.list
    }
}

/// Whether a walk has seen all of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    Yes,
    No,
}

fn cut(message: &str) -> String {
    match message.char_indices().nth(MESSAGE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", printable(&message[..end])),
        None => printable(message).into_owned(),
    }
}
