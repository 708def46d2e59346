//! State that outlives a crash: the next attempt begins with the last checkpoint saved.
//!
//! Off wasm there is no journal: nothing is saved, as for a tool that is not asynchronous.

/// Why a checkpoint was not saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointError {
    /// This call keeps no checkpoints.
    Unavailable,
    /// The state is larger than the host allows.
    TooLarge,
}

/// Saves `state` in place of the checkpoint before it. When this returns `Ok`, it is durable.
///
/// # Errors
/// Where the call keeps no checkpoints, or the state is too large.
pub fn save(state: &[u8]) -> Result<(), CheckpointError> {
    #[cfg(target_family = "wasm")]
    {
        use crate::bindings::hotcell::skill::checkpoint;
        checkpoint::save(state).map_err(|error| match error {
            checkpoint::Error::Unavailable => CheckpointError::Unavailable,
            checkpoint::Error::TooLarge => CheckpointError::TooLarge,
        })
    }
    #[cfg(not(target_family = "wasm"))]
    {
        let _ = state;
        Err(CheckpointError::Unavailable)
    }
}

/// Returns the last saved state; none where there is none.
pub fn load() -> Option<Vec<u8>> {
    #[cfg(target_family = "wasm")]
    return crate::bindings::hotcell::skill::checkpoint::load();
    #[cfg(not(target_family = "wasm"))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_wasm_nothing_is_kept() {
        assert_eq!(save(b"state"), Err(CheckpointError::Unavailable));
        assert_eq!(load(), None);
    }
}
