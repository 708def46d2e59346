//! Why a request had no response, or a response no end.

use std::fmt;

use hotcell_policy::Transport;

/// Why a request was not answered. What of it a guest may know is its code alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// The broker refused it, or stopped its response.
    Denied(Denial),
    /// It was allowed, and failed on the way.
    Failed(Transport),
}

/// A refusal of the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// A stable snake_case code for the guest. It tells the same whether or not a secret is
    /// there, beyond what `credentials.status` tells.
    pub code: &'static str,
    /// Milliseconds after which the same request may pass; none where waiting is no use.
    pub retry_after_ms: Option<u64>,
    /// For the operator: what was refused, and what to write. It holds no secret and nothing
    /// that the guest wrote but what a manifest could name.
    pub explanation: String,
}

impl Denial {
    /// Returns a refusal for which waiting is no use.
    pub fn new(code: &'static str, explanation: impl Into<String>) -> Self {
        Self {
            code,
            retry_after_ms: None,
            explanation: explanation.into(),
        }
    }
}

impl From<Denial> for SendError {
    fn from(denial: Denial) -> Self {
        SendError::Denied(denial)
    }
}

impl From<Transport> for SendError {
    fn from(failure: Transport) -> Self {
        SendError::Failed(failure)
    }
}

/// Shows the code alone.
impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SendError::Denied(denial) => denial.code,
            SendError::Failed(failure) => failure.code(),
        })
    }
}

impl std::error::Error for SendError {}
