//! `[jobs]`: how jobs are worked off, tried again, and told of.

use hotcell_package::Origin;

/// `[jobs]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobsTable {
    /// Jobs that one process carries out at one time.
    pub workers: u32,
    /// Attempts that a job may have.
    pub attempts: u32,
    /// Milliseconds before the second attempt; they double with each that follows.
    pub backoff_ms: u64,
    /// The most milliseconds between two attempts, unless the failure advises more.
    pub backoff_max_ms: u64,
    /// Milliseconds after which another process may take over a job whose worker is silent.
    pub lease_ms: u64,
    /// The servers that may be told of a job's end; where there is none, no caller may ask for it.
    pub callback_origins: Vec<Origin>,
    /// Attempts to deliver one callback.
    pub callback_attempts: u32,
    /// The `[secret.NAME]` whose value signs callbacks (Standard Webhooks: `whsec_…`). It is
    /// there wherever there are origins.
    pub callback_secret: Option<String>,
}

impl JobsTable {
    /// What holds where the operator says nothing.
    pub const STANDARD: Self = Self {
        workers: 2,
        attempts: 5,
        backoff_ms: 1_000,
        backoff_max_ms: 3_600_000,
        lease_ms: 30_000,
        callback_origins: Vec::new(),
        callback_attempts: 12,
        callback_secret: None,
    };
}

impl Default for JobsTable {
    fn default() -> Self {
        Self::STANDARD
    }
}
