//! The second sieve: the shortest runs of each form that are a hit.

use super::form::{KINDS, Kind, RUN_MAX};
use super::grams::{GRAM, Kinds, SPREAD};
use super::spelling::same_byte;
use super::table::{NUMBER_MAX, Table};

/// Bytes to the left of a gram that can belong to a run which holds it.
pub(super) const LEFT: usize = RUN_MAX - GRAM;
/// A gram with all that can belong to a run which holds it.
const AROUND: usize = LEFT + RUN_MAX;

/// The hashes of all runs, with the value that each is of. Wiped when it goes.
pub(super) struct Windows(Table);

impl Windows {
    pub(super) fn new() -> Self {
        Self(Table::new())
    }

    /// Adds every run of a form; `same` is its text as it is compared.
    pub(super) fn insert(&mut self, kind: Kind, same: &[u8], needle: usize) {
        // A slot's number is never zero. Past its range a hit names the last one: still a hit.
        let number = (needle as u64 + 1).min(NUMBER_MAX);
        for run in same.windows(kind.run()) {
            self.0.put(hash(kind, run), |old| match old {
                0 => number,
                first => first,
            });
        }
    }

    /// Returns the value of which a run around the gram at `at` is a part.
    ///
    /// The work is bounded whatever the text and the values: one look for each run that could
    /// hold the gram, 30 at most.
    #[cold]
    pub(super) fn find(&self, text: &[u8], at: usize, kinds: Kinds) -> Option<usize> {
        let from = at.saturating_sub(LEFT);
        let to = text.len().min(at + RUN_MAX);
        let mut around = [0; AROUND];
        let around = &mut around[..to - from];
        for (same, byte) in around.iter_mut().zip(&text[from..to]) {
            *same = same_byte(*byte);
        }
        KINDS
            .into_iter()
            .filter(|kind| kinds.holds(*kind))
            .find_map(|kind| self.find_kind(around, at - from, kind))
    }

    fn find_kind(&self, around: &[u8], gram: usize, kind: Kind) -> Option<usize> {
        let first = (gram + GRAM).saturating_sub(kind.run());
        let last = gram.min(around.len().checked_sub(kind.run())?);
        (first..=last)
            .find_map(|from| self.0.get(hash(kind, &around[from..from + kind.run()])))
            .map(|number| number as usize - 1)
    }
}

/// Hashes a run of 8 to 24 bytes by three overlapping words.
fn hash(kind: Kind, run: &[u8]) -> u64 {
    let word = |at: usize| {
        let bytes = run[at..].first_chunk().expect("a run has a gram at least");
        u64::from_le_bytes(*bytes)
    };
    let mut hash = kind.bit();
    for at in [0, (run.len() - GRAM) / 2, run.len() - GRAM] {
        hash = (hash ^ word(at)).wrapping_mul(SPREAD);
        hash ^= hash >> 32;
    }
    hash.wrapping_mul(SPREAD)
}
