//! The words in which a decision is made and a result is told, and the pure decision itself.
//!
//! What a caller may do is decided here from values that are handed in: this crate does no
//! network, file or database I/O and reads no clock. [`decide()`] turns what a package asks
//! for and what the operator allows into a [`Grant`] or a [`Refusal`]; [`Outcome`] is the
//! one shape in which every face tells what came of a call.
//!
//! Read `decide.rs` first.

mod assistant;
mod backoff;
mod caller;
pub mod config;
mod decide;
pub mod egress;
mod exchange;
mod invocation;
mod key;
mod limits;
mod outcome;
pub mod rate;
mod record;
mod reference;
mod transport;
mod work;

pub use assistant::{attachment, unknown_assistant, use_assistant};
pub use backoff::{ADVISED_MS_MAX, backoff};
pub use caller::{
    CallerGrant, TOO_MANY_RETRY_MS, is_tool_visible, is_visible, may_call, rate_limited,
    too_many_calls, unknown_skill, unknown_tool,
};
pub use decide::{Grant, Policy, decide, decide_for};
pub use exchange::{Decision, Exchange};
pub use hotcell_package::WorkAccess;
pub use invocation::{
    Invocation, InvocationError, MAX_CORRELATION_ID_BYTES, MAX_IDEMPOTENCY_KEY_BYTES,
};
pub use key::{DERIVED_KEY_PREFIX, derived_key};
pub use limits::{LimitError, LimitName, Limits};
pub use outcome::{Artifact, Failure, Outcome, Recorded, Refusal, Retry, Status, Usage};
pub use record::{REDACTED, capture_of, redact};
pub use reference::{Reference, ReferenceError};
pub use transport::Transport;
pub use work::{Change, ChangeKind, Changes, WorkLimit, WorkLimits};
