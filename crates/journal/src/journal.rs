//! The one trait, and how it fails.

use std::fmt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use crate::tree::TreeHead;
use crate::words::*;

/// What an operation gives.
pub type Result<T, E = JournalError> = std::result::Result<T, E>;

/// The record. Each operation is one transaction: it is durable when it returns, or nothing of
/// it has happened.
#[async_trait]
pub trait Journal: Send + Sync + fmt::Debug {
    /// Begins an invocation, or finds the one that its key is bound to.
    ///
    /// A key is bound by caller, skill and tool. Looking up, binding and the event `begun` are
    /// one transaction, so of many that begin with one key exactly one gets [`Begun::New`].
    /// An asynchronous one is queued: nobody holds a lease until [`Journal::claim`].
    ///
    /// With a key that is bound: other arguments are a conflict; one that ended is recorded; a
    /// call whose lease ran out, or that waits and is due, is taken on again; all else is
    /// pending, and so is every open job, because workers take those on. A call to be taken on
    /// that has no attempt left is ended as failed, with the code [`crate::ATTEMPTS_SPENT`], and
    /// is recorded.
    async fn begin(&self, begin: Begin) -> Result<Begun>;

    /// Appends events to a running invocation; actor, invocation, correlation and attempt are
    /// the invocation's. The payloads of a `checkpoint` take the place of those of the one before.
    ///
    /// A lease that ran out holds until somebody takes over. Kinds that tell of an invocation's
    /// way, such as `ended`, are refused: the journal writes them.
    ///
    /// Nothing is written where the lease is lost.
    async fn append(&self, lease: &Lease, entries: Vec<Entry>) -> Result<Hold>;

    /// Keeps the lease for as long again as it was given for, and notes how far the job is.
    async fn renew(&self, lease: &Lease, progress: Option<JobProgress>) -> Result<Hold>;

    /// Ends an attempt, as [`Finish::end`] says. The lease ends with it. The event is `ended`, or
    /// `attempt_ended` where another may follow; with `ended` goes the callback, if there is one.
    ///
    /// A job that somebody asked to end and that is left open is due at once, so that a worker
    /// ends it.
    ///
    /// Nothing is written where the lease is lost.
    async fn finish(&self, lease: &Lease, finish: Finish) -> Result<Hold>;

    /// Writes a whole invocation at once, its beginning and its end. It binds no key, and one
    /// that is left open has failed.
    async fn complete(&self, begin: Begin, finish: Finish) -> Result<()>;

    /// Takes on the invocation that waits longest of those that nobody carries out: a queued job,
    /// a waiting one that is due, or any whose lease ran out. Writes the event `attempt`.
    ///
    /// A call that waits for its caller's next try is none of these: its caller may come back
    /// at any time, and somebody may cancel it.
    async fn claim(&self, claim: Claim) -> Result<Option<Claimed>>;

    /// Tells an invocation to end, or a waiting job to go on now.
    async fn command(&self, id: &str, command: Command, by: &str) -> Result<Commanded>;

    /// Writes events that belong to no lease: what operators do, and notes.
    async fn record(&self, entries: Vec<Entry>) -> Result<()>;

    /// Adds, changes or removes a release, and writes `entry` where that changed anything.
    async fn change_release(&self, change: ReleaseChange, entry: Entry) -> Result<Changed>;

    /// Returns all releases, by name and version. One that was removed is not among them, and its
    /// version keeps its digest for ever.
    async fn releases(&self) -> Result<Vec<Release>>;

    /// Takes on the callback that is due longest.
    async fn claim_callback(&self, owner: &str, lease_ms: u64) -> Result<Option<Callback>>;

    /// Tells what came of a callback. Returns whether it was still ours.
    async fn settle_callback(&self, callback: &Callback, settled: Settled) -> Result<bool>;

    /// Returns one invocation.
    async fn invocation(&self, id: &str) -> Result<Option<InvocationRow>>;

    /// Returns invocations, the latest first.
    async fn invocations(&self, query: &InvocationQuery) -> Result<Vec<InvocationRow>>;

    /// Returns events in the order of the log.
    async fn events(&self, query: &EventQuery) -> Result<Vec<Event>>;

    /// Returns a payload of an event; none where it was erased or never kept.
    async fn payload(&self, seq: u64, name: &str) -> Result<Option<Payload>>;

    /// Erases payloads, and what the folds hold of them, or frees keys. Events stay. Returns how
    /// many payloads went, or keys. Writes the event `erased` where any did. What has not ended is
    /// never erased.
    ///
    /// The one operation that may be several transactions: of [`crate::ERASE_BATCH`] invocations
    /// each, so that nobody waits long behind it.
    async fn erase(&self, erase: &Erase, by: &str) -> Result<u64>;

    /// Returns the rows of the log as they are kept, for whoever checks them: from `from` on, at
    /// most `limit` and [`crate::READ_ROWS_MAX`].
    async fn rows(&self, from: u64, limit: usize) -> Result<Vec<LogRow>>;

    /// Returns how long the log is and the root of its tree, as they were last written.
    async fn head(&self) -> Result<TreeHead>;

    /// Signs the log as it stands and keeps the checkpoint; none where the last one covers it.
    async fn seal(&self, signer: &(dyn Sign + Sync)) -> Result<Option<SealedLog>>;

    /// Returns the checkpoints that were signed, the smallest log first.
    async fn seals(&self) -> Result<Vec<SealedLog>>;

    /// Copies the whole record as of one moment into a new file, while others write.
    async fn backup(&self, to: &Path) -> Result<()>;
}

/// Signs a tree head.
pub trait Sign {
    /// Returns the signed note (C2SP signed-note, tlog-checkpoint) of a log of `size` events with
    /// this root.
    fn sign(&self, size: u64, root: &[u8; 32]) -> String;
}

/// Why the record could not be written or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalError {
    /// The file cannot be used: what is wrong, and what to do about it.
    File {
        /// The database.
        path: PathBuf,
        /// What is wrong.
        why: String,
        /// What to do about it.
        mend: String,
    },
    /// The disk is full. What was acknowledged is kept.
    Full(PathBuf),
    /// Another process held the database for longer than is waited.
    Busy(PathBuf),
    /// A row is not what this program writes.
    Corrupt(String),
    /// The record does not keep such a thing: an event beyond its limits, or an id that is there.
    /// A fault of the program that asked.
    Misuse(String),
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JournalError::File { path, why, .. } => write!(f, "{}: {why}", path.display()),
            JournalError::Full(path) => write!(f, "{}: the disk is full", path.display()),
            JournalError::Busy(path) => {
                write!(f, "{}: another process holds it", path.display())
            }
            JournalError::Corrupt(why) => write!(f, "the record is damaged: {why}"),
            JournalError::Misuse(why) => write!(f, "the record does not keep {why}"),
        }
    }
}

impl std::error::Error for JournalError {}

impl JournalError {
    /// Returns what to do about it.
    pub fn mend(&self) -> String {
        match self {
            JournalError::File { mend, .. } => mend.clone(),
            JournalError::Full(_) => "make room, and call again: nothing is lost".to_owned(),
            JournalError::Busy(_) => "call again".to_owned(),
            JournalError::Corrupt(_) => {
                "`hotcell audit verify` names the row; restore a backup".to_owned()
            }
            JournalError::Misuse(_) => "report it: this is a fault of Hotcell's own".to_owned(),
        }
    }
}
