//! The record in memory: for tests, and for hosts that keep none.

mod tx;
mod view;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::fold::Fold;
use crate::journal::{JournalError, Result};
use crate::store::{Store, Tx, View};
use crate::tree::{Edge, Hash};
use crate::words::*;

/// What tells the time.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Returns the time in milliseconds since 1970; 0 before.
pub(crate) fn clock_ms(clock: &Clock) -> u64 {
    let since = clock().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The record in memory. It goes with the value, and has the same meaning as the one in a file.
pub struct Memory {
    state: Mutex<State>,
    clock: Clock,
}

/// Everything.
#[derive(Default)]
struct State {
    now_ms: u64,
    events: Vec<Kept>,
    edge: Edge,
    payloads: BTreeMap<(u64, String), Payload>,
    /// By the place of the event `begun`.
    folds: BTreeMap<u64, Fold>,
    ids: HashMap<String, u64>,
    keys: HashMap<Bound, u64>,
    releases: BTreeMap<(String, String), (Release, bool)>,
    callbacks: BTreeMap<String, (u64, Callback)>,
    seals: BTreeMap<u64, SealedLog>,
}

/// What a key is bound by: caller, skill, tool and key.
type Bound = (String, String, String, String);

/// An event and what is hashed of it.
struct Kept {
    event: Event,
    leaf: String,
    hash: Hash,
}

impl Memory {
    /// Returns an empty record.
    pub fn new(clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Memory {
        Memory {
            state: Mutex::default(),
            clock: Arc::new(clock),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = self.state().events.len();
        f.debug_struct("Memory").field("events", &events).finish()
    }
}

impl Store for Memory {
    async fn write<T: Send + 'static>(
        &self,
        op: impl FnOnce(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut state = self.state();
        state.now_ms = clock_ms(&self.clock);
        let mut tx = tx::MemoryTx::new(&mut state);
        let result = op(&mut tx);
        if result.is_err() {
            tx.undo();
        }
        result
    }

    async fn read<T: Send + 'static>(
        &self,
        op: impl FnOnce(&dyn View) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        op(&*self.state())
    }

    async fn copy(&self, to: &Path) -> Result<()> {
        Err(JournalError::File {
            path: to.to_owned(),
            why: "this record is in memory only and is copied into no file".to_owned(),
            mend: "keep the record in a data folder".to_owned(),
        })
    }

    async fn scrub(&self) -> Result<()> {
        Ok(())
    }

    fn clock_ms(&self) -> u64 {
        clock_ms(&self.clock)
    }
}
