//! The word that ends a call from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Ends a call within a tick of the epoch, whether its guest computes or waits. All clones are
/// one handle; a call that nobody is to cancel has a handle of its own.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_cancelled: AtomicBool,
    told: Notify,
}

impl Cancel {
    /// Returns a handle that nobody has used.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Ends every call that has this handle, and those that are yet to begin with it.
    pub fn cancel(&self) {
        self.0.is_cancelled.store(true, Ordering::Release);
        self.0.told.notify_waiters();
    }

    /// Returns whether it was used.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled.load(Ordering::Acquire)
    }

    /// Waits until it is used.
    pub async fn cancelled(&self) {
        // It hears of everything after this line, and the flag tells of everything before.
        let told = self.0.told.notified();
        if !self.is_cancelled() {
            told.await;
        }
    }
}
