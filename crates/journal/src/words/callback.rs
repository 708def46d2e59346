//! Callbacks: where the end of a job is told.

/// A callback that is due: it tells of the end of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// Its id: the same for each delivery, so that a receiver can tell.
    pub id: String,
    /// The job.
    pub invocation: String,
    /// Where to.
    pub url: String,
    /// The event of the end.
    pub seq: u64,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// The fence of this try.
    pub fence: u64,
}

/// What came of a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The receiver has it.
    Delivered,
    /// Once more at this time.
    Again {
        /// When.
        due_ms: u64,
    },
    /// No more.
    GivenUp {
        /// Why, safe to print.
        why: String,
    },
}
