//! A typed failure as it crosses to the host.

/// What the caller should do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same call will fail again.
    Never,
    /// The same call, with the same idempotency key, may succeed.
    SameKey,
    /// As `SameKey`, but not before this many milliseconds have passed.
    AfterMs(u64),
}

impl Retry {
    /// Returns the advice's name in `schema.json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::SameKey => "same-key",
            Self::AfterMs(_) => "after-ms",
        }
    }
}

/// A typed failure. Authors write a [`ToolError`](crate::ToolError); the SDK makes this of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// One of the tool's declared codes.
    pub code: String,
    /// One or two sentences that are safe to show to a model and to a person.
    pub message: String,
    /// What to do next.
    pub retry: Retry,
    /// More about it, as the text of one JSON value.
    pub details: Option<String>,
}
