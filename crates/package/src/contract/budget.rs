//! What a whole contract may cost to load; its schemas all draw on one budget.
//!
//! Measuring a schema takes work as well, and compiling its patterns takes time and memory:
//! bounds on each schema alone would let a contract of 128 schemas take 128 times as much.

use std::collections::HashMap;

use crate::contract::cost::CostError;

/// Most steps of measuring the cost of all schemas together: a step is a look at one pair of
/// a subschema and another that it applies to the same value, or to a child. Honest contracts
/// take a few thousand; all of it takes some 100 ms.
const STEPS_MAX: usize = 200_000;
/// Most bytes of the automata of all different patterns together: what building them takes.
/// Honest patterns have 2 to 300 KB. The worst take 0.2 ms for each KB, so all take 0.8 s.
const BUILT_BYTES_MAX: usize = 4 << 20;
/// Most bytes of the automata of all patterns together, each schema's counted by itself, for
/// each schema holds its own once it is used.
const HELD_BYTES_MAX: usize = 16 << 20;

/// What is left for the schemas that are still to come.
pub(super) struct LoadBudget {
    steps_left: usize,
    built_bytes_left: usize,
    held_bytes_left: usize,
    /// The bytes of each pattern that has been built.
    built: HashMap<String, usize>,
}

impl Default for LoadBudget {
    fn default() -> Self {
        Self {
            steps_left: STEPS_MAX,
            built_bytes_left: BUILT_BYTES_MAX,
            held_bytes_left: HELD_BYTES_MAX,
            built: HashMap::new(),
        }
    }
}

impl LoadBudget {
    /// Takes steps of measuring.
    ///
    /// # Errors
    /// When there are not so many left.
    pub(super) fn spend_steps(&mut self, steps: usize) -> Result<(), CostError> {
        let left = self.steps_left.checked_sub(steps);
        self.steps_left = left.ok_or(CostError::TooCostly)?;
        Ok(())
    }

    /// Takes what a pattern of one schema costs, and returns whether there was so much left.
    /// `build` tells the bytes of the automata of a pattern that is new.
    ///
    /// # Errors
    /// What `build` finds wrong.
    pub(super) fn spend_pattern<E>(
        &mut self,
        pattern: &str,
        build: impl FnOnce() -> Result<usize, E>,
    ) -> Result<bool, E> {
        let bytes = match self.built.get(pattern) {
            Some(bytes) => *bytes,
            None => {
                let bytes = build()?;
                self.built.insert(pattern.to_owned(), bytes);
                if !take(&mut self.built_bytes_left, bytes) {
                    return Ok(false);
                }
                bytes
            }
        };
        Ok(take(&mut self.held_bytes_left, bytes))
    }
}

fn take(left: &mut usize, bytes: usize) -> bool {
    let rest = left.checked_sub(bytes);
    *left = rest.unwrap_or(0);
    rest.is_some()
}
