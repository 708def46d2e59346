//! What is asked for, and what is erased.

use super::Kind;

/// Which invocations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InvocationQuery {
    /// Of this correlation.
    pub correlation: Option<String>,
    /// Of this caller.
    pub caller: Option<String>,
    /// Of this skill.
    pub skill: Option<String>,
    /// Only jobs.
    pub jobs: bool,
    /// Only those that have not ended.
    pub open: bool,
    /// Begun before this event.
    pub before_seq: Option<u64>,
    /// At most so many, and at most [`crate::READ_ROWS_MAX`]: whoever wants more pages on.
    pub limit: usize,
}

/// Which events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// Of this invocation.
    pub invocation: Option<String>,
    /// Of this correlation.
    pub correlation: Option<String>,
    /// Of these kinds; of all where empty.
    pub kinds: Vec<Kind>,
    /// From this place on.
    pub from: u64,
    /// At most so many, and at most [`crate::READ_ROWS_MAX`]: whoever wants more pages on.
    pub limit: usize,
}

/// What is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erase {
    /// The payloads of one invocation and its progress, once it has ended. Its key stays.
    Invocation(String),
    /// The payloads of invocations that ended before this time, their progress, keys and
    /// fingerprints: the keys are free then.
    EndedBefore(u64),
    /// The bindings of keys of invocations that ended before this time: a call with such a key is
    /// a new one. Payloads stay.
    KeysEndedBefore(u64),
}
