//! One level of a text, as it came or decoded, and the search in it.

use zeroize::Zeroizing;

use super::Needles;
use super::escape::ESCAPE_MAX;
use super::form::RUN_MAX;
use super::grams::{GRAM, may_hold};
use super::windows::LEFT;

/// How far apart the text is looked at: the shortest run holds a gram at each residue.
const STRIDE: usize = super::WINDOW - GRAM + 1;
/// What a view keeps of the text behind: a run that is not complete, and an escape that
/// begins before it is seen to be one.
pub(super) const CONTEXT: usize = RUN_MAX + ESCAPE_MAX;
/// A view that is longer drops what it no longer needs.
const LENGTH_MAX: usize = 4096;

/// The end of a text, and where the search in it stands.
pub(super) struct View {
    text: Zeroizing<Vec<u8>>,
    /// Where the next gram is looked up. All runs that hold an earlier one were seen whole.
    next: usize,
    /// How much of the text was searched.
    searched: usize,
}

impl View {
    pub(super) fn new() -> Self {
        Self {
            text: Zeroizing::new(Vec::new()),
            next: 0,
            searched: 0,
        }
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Returns the text, for adding to its end.
    pub(super) fn text_mut(&mut self) -> &mut Vec<u8> {
        &mut self.text
    }

    /// Begins anew, with the end of another text as context.
    pub(super) fn restart(&mut self, before: &[u8]) {
        self.text.clear();
        // The end of a chunk comes in small parts.
        self.text.reserve(2 * CONTEXT);
        let context = before.len().min(CONTEXT);
        self.text
            .extend_from_slice(&before[before.len() - context..]);
        self.next = 0;
        self.searched = context;
    }

    /// Returns whether the text ends in what may be the beginning of a run.
    pub(super) fn may_open(&self, needles: &Needles) -> bool {
        needles.grams.may_open(&self.text)
    }

    /// Searches what was added; returns the value that was found.
    pub(super) fn search(&mut self, needles: &Needles) -> Option<usize> {
        let from = self.searched;
        self.searched = self.text.len();
        let hit = needles.short.find(&self.text, from);
        let hit = hit.or_else(|| search_runs(&self.text, self.next, needles));
        // A gram near the end is looked up again when the rest of its run may be there.
        let whole = (self.text.len() + 1).saturating_sub(RUN_MAX);
        self.next += whole.saturating_sub(self.next).div_ceil(STRIDE) * STRIDE;
        hit
    }

    /// Searches `piece` where it is, and keeps of it and of what was before no more than its end.
    pub(super) fn pass(&mut self, piece: &[u8], needles: &Needles) -> Option<usize> {
        if piece.len() < CONTEXT {
            self.text.extend_from_slice(piece);
            let hit = self.search(needles);
            self.trim();
            return hit;
        }
        let mut hit = None;
        if !self.text.is_empty() {
            // A run that begins before the piece ends within this much of it.
            self.text.extend_from_slice(&piece[..RUN_MAX]);
            hit = self.search(needles);
        }
        self.restart(piece);
        hit.or_else(|| search_whole(piece, needles))
    }

    /// Drops what no later search needs, if that is much.
    pub(super) fn trim(&mut self) {
        if self.text.len() < LENGTH_MAX {
            return;
        }
        let keep = self
            .next
            .saturating_sub(LEFT)
            .min(self.text.len() - CONTEXT);
        self.text.drain(..keep);
        self.next -= keep;
        self.searched -= keep;
    }
}

/// Searches a whole text as it stands; returns the value that was found.
pub(super) fn search_whole(text: &[u8], needles: &Needles) -> Option<usize> {
    let hit = needles.short.find(text, 0);
    hit.or_else(|| search_runs(text, 0, needles))
}

/// Looks up the grams from `next` on, and the runs around those that some value has.
fn search_runs(text: &[u8], next: usize, needles: &Needles) -> Option<usize> {
    let filter = needles.grams.filter();
    let mut at = next;
    while let Some(gram) = text.get(at..).and_then(|rest| rest.first_chunk()) {
        if may_hold(filter, *gram)
            && let Some(kinds) = needles.grams.kinds(*gram)
            && let Some(needle) = needles.windows.find(text, at, kinds)
        {
            return Some(needle);
        }
        at += STRIDE;
    }
    None
}
