//! Checkpoints: what a guest saves, and what it is told.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use hotcell_sandbox::{CHECKPOINT_BYTES_MAX, Call, CheckpointError, Checkpoints, End};
use hotcell_testkit::components::state;

use crate::house::{call, prepare, sandbox};

const MAX: u32 = CHECKPOINT_BYTES_MAX as u32;

/// Keeps the last state in memory, in a future that is not ready at once.
#[derive(Default)]
struct Shelf {
    state: Mutex<Option<Vec<u8>>>,
    refuses: AtomicBool,
}

#[async_trait::async_trait]
impl Checkpoints for Shelf {
    async fn save(&self, state: Vec<u8>) -> Result<(), CheckpointError> {
        assert!(state.len() <= CHECKPOINT_BYTES_MAX);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        if self.refuses.load(Ordering::Relaxed) {
            return Err(CheckpointError::Unavailable);
        }
        *self.state.lock().unwrap() = Some(state);
        Ok(())
    }

    async fn load(&self) -> Option<Vec<u8>> {
        tokio::task::yield_now().await;
        self.state.lock().unwrap().clone()
    }
}

async fn check(bytes: u32, shelf: Option<Arc<Shelf>>, expected: u64) {
    let prepared = prepare(&state::save_and_load(bytes)).await;
    let call = Call {
        checkpoints: shelf.map(|shelf| shelf as Arc<dyn Checkpoints>),
        ..call()
    };
    let report = sandbox().run(&prepared, call).await;
    let answered = matches!(&report.end, End::Answer(text) if *text == expected.to_string());
    assert!(answered, "{:?}, not {expected}", report.end);
}

/// What [`state::save_and_load`] answers: 1 more than the bytes loaded before and after, 0 for
/// none, and how saving went.
fn told(before: u32, saving: u64, after: u32) -> u64 {
    u64::from(before) * 100_000_000_000 + saving * 10_000_000_000 + u64::from(after)
}

#[tokio::test]
async fn without_a_keeper_they_are_unavailable() {
    check(5, None, told(0, 1, 0)).await;
}

#[tokio::test]
async fn what_is_saved_is_loaded_by_this_call_and_the_next() {
    let shelf = Arc::new(Shelf::default());
    check(5, Some(Arc::clone(&shelf)), told(0, 0, 6)).await;
    assert_eq!(shelf.state.lock().unwrap().as_deref(), Some(&b"sssss"[..]));
    check(0, Some(Arc::clone(&shelf)), told(6, 0, 1)).await;
}

#[tokio::test]
async fn a_keeper_that_cannot_save_says_so_to_the_guest() {
    let shelf = Arc::new(Shelf::default());
    shelf.refuses.store(true, Ordering::Relaxed);
    check(5, Some(shelf), told(0, 1, 0)).await;
}

#[tokio::test]
async fn the_largest_state_is_saved_and_one_byte_more_is_not() {
    let shelf = Arc::new(Shelf::default());
    check(MAX, Some(Arc::clone(&shelf)), told(0, 0, MAX + 1)).await;
    check(MAX + 1, Some(shelf), told(MAX + 1, 2, MAX + 1)).await;
    // The limit is the sandbox's own, but without a keeper it is not the reason.
    check(MAX + 1, None, told(0, 1, 0)).await;
}
