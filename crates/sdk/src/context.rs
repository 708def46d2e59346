//! What the host tells a tool about the call that it serves.

/// The call that a tool serves. `Context::default()` is a first attempt with no time set, for
/// tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The host's own id of this invocation; the same on every attempt.
    pub invocation_id: String,
    /// Ties together all that happens on behalf of one request of the caller.
    pub correlation_id: String,
    /// The caller's idempotency key, where there is one.
    pub idempotency_key: Option<String>,
    /// 1 for the first attempt at this invocation, 2 for the next, and so on.
    pub attempt: u32,
    /// Milliseconds that this attempt may still take when it begins.
    pub time_left_ms: u64,
}

impl Default for Context {
    fn default() -> Self {
        Self {
            invocation_id: String::new(),
            correlation_id: String::new(),
            idempotency_key: None,
            attempt: 1,
            time_left_ms: u64::MAX,
        }
    }
}
