//! Values that are shorter than the shortest run: found as a whole only.

use super::form::forms;
use super::spelling::same_byte;
use super::view::CONTEXT;
use super::{WINDOW, form::Form};

/// The forms of the short values. A configuration refuses such values, so that this search is
/// simple rather than fast: it costs some nanoseconds a byte, and nothing where there are none.
#[derive(Default)]
pub(super) struct Short(Vec<(Form, usize)>);

impl Short {
    /// Adds a value; an empty one is in every text, and is no value.
    pub(super) fn insert(&mut self, value: &[u8], needle: usize) {
        debug_assert!(value.len() < WINDOW);
        for mut form in forms(value) {
            form.text
                .iter_mut()
                .for_each(|byte| *byte = same_byte(*byte));
            if !form.text.is_empty() {
                self.0.push((form, needle));
            }
        }
    }

    /// Looks for runs that end behind `from`.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<usize> {
        self.0.iter().find_map(|(form, needle)| {
            let begin = from.saturating_sub(CONTEXT);
            text[begin..]
                .windows(form.text.len())
                .any(|run| same(run, &form.text))
                .then_some(*needle)
        })
    }
}

fn same(run: &[u8], form: &[u8]) -> bool {
    run.iter().zip(form).all(|(a, b)| same_byte(*a) == *b)
}
