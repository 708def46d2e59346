//! The levels of a text: as it came, decoded once, twice, three times.

use super::fold::{END, Fold, first_change};
use super::view::{CONTEXT, View};
use super::{LEVELS, Needles};

/// How much of a text is taken at once, so that all levels of it stay in the near cache.
const PIECE: usize = 2048;
/// How much a level decodes before it asks whether it can rest.
const STEP: usize = 256;

/// A search through a text that comes in parts.
///
/// Its memory is bounded: `1 + LEVELS` views of at most some 7 KiB. Its work is at most
/// proportional to the length of the text, on each level.
pub(super) struct Levels {
    raw: View,
    decoded: [Level; LEVELS],
}

impl Default for Levels {
    fn default() -> Self {
        Self {
            raw: View::new(),
            decoded: std::array::from_fn(|_| Level::new()),
        }
    }
}

impl Levels {
    /// Takes the next part; returns the value that was found.
    pub(super) fn push(&mut self, part: &[u8], needles: &Needles) -> Option<usize> {
        for piece in part.chunks(PIECE) {
            // Where there is nothing to decode, what comes need not be copied.
            let hit = match self.decoded[0].rests && first_change(piece).is_none() {
                true => self.raw.pass(piece, needles),
                false => self.take(piece, needles),
            };
            if hit.is_some() {
                return hit;
            }
        }
        None
    }

    /// Adds a piece, decodes it, and searches it on every level.
    fn take(&mut self, piece: &[u8], needles: &Needles) -> Option<usize> {
        let fresh = self.raw.text().len();
        self.raw.text_mut().extend_from_slice(piece);
        let hit = self.raw.search(needles);
        let hit = hit.or_else(|| rise(&mut self.decoded, self.raw.text(), fresh, needles));
        self.raw.trim();
        hit
    }

    /// Ends the text: an escape that is not complete counts as far as it goes.
    pub(super) fn end(&mut self, needles: &Needles) -> Option<usize> {
        (0..LEVELS).find_map(|level| match self.decoded[level].rests {
            // It has none.
            true => None,
            false => rise(&mut self.decoded[level..], END, 0, needles),
        })
    }

    /// Returns whether nothing is open: on no level does the text end in an escape that is not
    /// complete, or in four bytes with which a run may begin or go on.
    pub(super) fn is_settled(&self, needles: &Needles) -> bool {
        let active = self.decoded.iter().filter(|level| !level.rests);
        !self.raw.may_open(needles)
            && active
                .map(|level| level.fold.is_pending() || level.view.may_open(needles))
                .all(|open| !open)
    }
}

/// One decoding of the level below.
///
/// Where there is nothing to decode it rests, as its text is that of the level below, which
/// was searched already. It rests only while all levels above it do.
struct Level {
    fold: Fold,
    view: View,
    rests: bool,
}

impl Level {
    fn new() -> Self {
        Self {
            fold: Fold::new(),
            view: View::new(),
            rests: true,
        }
    }

    fn wake(&mut self, before: &[u8]) {
        self.fold.restart();
        self.view.restart(before);
        self.rests = false;
    }
}

/// Decodes what is new in the level below, from `fresh` on, and searches it on every level.
fn rise(levels: &mut [Level], below: &[u8], fresh: usize, needles: &Needles) -> Option<usize> {
    let (level, above) = levels.split_first_mut()?;
    let mut at = fresh;
    while at < below.len() {
        let mut new = level.view.text().len();
        if level.rests {
            at += first_change(&below[at..])?;
            level.wake(&below[..at]);
            // What was no escape below may now become one together with what follows.
            new = 0;
        }
        let step = STEP.min(below.len() - at);
        level
            .fold
            .push(&below[at..at + step], level.view.text_mut());
        let hit = level.view.search(needles);
        let hit = hit.or_else(|| rise(above, level.view.text(), new, needles));
        if hit.is_some() {
            return hit;
        }
        level.view.trim();
        level.rests = above.first().is_none_or(|above| above.rests)
            && !level.fold.is_pending()
            && level.fold.unchanged() >= CONTEXT;
        at += step;
    }
    None
}
