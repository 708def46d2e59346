//! State of a guest that outlives its call.

use std::fmt;

/// Bytes of one saved state.
pub const CHECKPOINT_BYTES_MAX: usize = 1 << 20;

/// Keeps the checkpoints of one invocation.
#[async_trait::async_trait]
pub trait Checkpoints: Send + Sync {
    /// Saves `state` in place of the one before it. The guest goes on when the future has
    /// ended, so what it is told is durable has to be so by then. Never more than
    /// [`CHECKPOINT_BYTES_MAX`].
    ///
    /// # Errors
    ///
    /// Returns why it was not saved; then the one before it is still there.
    async fn save(&self, state: Vec<u8>) -> Result<(), CheckpointError>;

    /// Returns the last saved state, of this attempt or one before it.
    async fn load(&self) -> Option<Vec<u8>>;
}

/// Why a checkpoint was not saved, as the guest is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointError {
    /// There is nowhere to keep it.
    Unavailable,
    /// It is larger than the host allows.
    TooLarge,
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CheckpointError::Unavailable => "no checkpoints are kept",
            CheckpointError::TooLarge => "the state is larger than the host allows",
        })
    }
}

impl std::error::Error for CheckpointError {}
