//! What goes into the record and what comes out of it. All times are milliseconds since 1970.

mod callback;
mod query;
mod release;

use hotcell_policy::Status;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use callback::{Callback, Settled};
pub use query::{Erase, EventQuery, InvocationQuery};
pub use release::{Changed, Release, ReleaseChange};

/// What an event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An invocation began.
    Begun,
    /// Somebody took an invocation on: a worker a job, or a host one that was left behind.
    Attempt,
    /// A request is about to be sent.
    ExchangeBegun,
    /// A request came to its end: it was answered, failed or was refused.
    ExchangeEnded,
    /// The guest saved its state.
    Checkpoint,
    /// An attempt ended, and another will follow.
    AttemptEnded,
    /// An invocation ended. There is one for each, refusals and crashes included.
    Ended,
    /// Somebody asked a running invocation to end.
    CancelAsked,
    /// Somebody told a waiting job to go on now.
    RunNow,
    /// A callback was delivered, or given up.
    Callback,
    /// A caller's or a model's own words on a correlation.
    Note,
    /// A release was added.
    Added,
    /// A release was enabled.
    Enabled,
    /// A release was disabled.
    Disabled,
    /// A release was removed.
    Removed,
    /// A digest was approved.
    Approved,
    /// A grant was suspended.
    Suspended,
    /// A suspension was lifted.
    Lifted,
    /// A secret was set, rotated or removed; never its value.
    Secret,
    /// The operator's file says something else than before.
    Configured,
    /// An invocation was replayed.
    Replayed,
    /// Payloads were erased.
    Erased,
    /// Something of Hotcell's own failed.
    Fault,
}

/// An event that is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it tells.
    pub kind: Kind,
    /// Who did it: a caller, or an operator. Of an event with a lease, the invocation's caller.
    pub actor: Option<String>,
    /// The invocation; of an event with a lease, the lease's.
    pub invocation: Option<String>,
    /// What ties it to a request; of an event with a lease, the invocation's.
    pub correlation: Option<String>,
    /// What there is to know. Nothing in it is private: it cannot be erased. The event as
    /// canonical JSON has at most [`crate::EVENT_BYTES_MAX`]; integers beyond 2^53 are rounded.
    pub body: Map<String, Value>,
    /// What is large or private.
    pub payloads: Vec<NewPayload>,
}

/// A payload that is to be kept, or of which a digest is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayload {
    /// Its name in its event, such as `input`.
    pub name: String,
    /// Its bytes, as they are to be stored.
    pub bytes: Vec<u8>,
    /// Random; it goes with the bytes, and without it the digest tells nothing of them.
    pub salt: [u8; 16],
    /// Whether the bytes are kept, or their digest alone.
    pub is_kept: bool,
}

/// An event on record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its place in the log, from 0.
    pub seq: u64,
    /// When it was written.
    pub at_ms: u64,
    /// What it tells.
    pub kind: Kind,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The invocation that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invocation: Option<String>,
    /// What ties it to a request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// The attempt, from 1; none of an event without a lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// What there is to know.
    pub body: Map<String, Value>,
    /// Its payloads.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub payloads: Vec<PayloadDigest>,
}

/// What an event says of a payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayloadDigest {
    /// Its name in its event.
    pub name: String,
    /// SHA-256 of salt and bytes, in hex.
    pub sha256: String,
    /// How many bytes it has.
    pub bytes: u64,
}

/// A payload on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// Its bytes, as they were handed in.
    pub bytes: Vec<u8>,
    /// Its salt.
    pub salt: [u8; 16],
}

/// A row of the log as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Its place.
    pub seq: u64,
    /// The event as canonical JSON (RFC 8785): what is hashed.
    pub leaf: String,
    /// Its hash: SHA-256 of a zero byte and the leaf (RFC 6962, 2.1).
    pub hash: [u8; 32],
    /// The payloads that are kept: name, salt and bytes.
    pub payloads: Vec<(String, Payload)>,
    /// A column beside the leaf that says something else than the leaf; none where all fit.
    pub odd_column: Option<String>,
}

/// A signed state of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedLog {
    /// How many events it covers.
    pub size: u64,
    /// The root of their tree.
    pub root: [u8; 32],
    /// The signed note.
    pub note: String,
    /// When it was signed.
    pub at_ms: u64,
}

/// How an invocation is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The caller waits for it.
    Sync,
    /// A worker does it.
    Async,
}

/// The beginning of an invocation.
#[derive(Debug, Clone, PartialEq)]
pub struct Begin {
    /// Its id, new. One that sorts by time costs the store fewer pages.
    pub id: String,
    /// Who calls.
    pub caller: String,
    /// The skill's name.
    pub skill: String,
    /// Its version.
    pub version: String,
    /// The digest of its package.
    pub digest: String,
    /// The tool.
    pub tool: String,
    /// The caller's key. It is in no event, so that it can be erased.
    pub key: Option<String>,
    /// Digest of the arguments: a key is bound to it. It is in no event either.
    pub fingerprint: [u8; 32],
    /// What ties it to a request.
    pub correlation: String,
    /// How it is carried out.
    pub mode: Mode,
    /// How many attempts it may have; at least 1.
    pub attempts_max: u32,
    /// Who carries it out, where the caller waits: any text that names this process.
    pub owner: String,
    /// How long the lease holds.
    pub lease_ms: u64,
    /// Where its end is told, of a job.
    pub callback: Option<String>,
    /// More for the event `begun`: the journal adds skill, version, digest, tool, mode, attempts,
    /// and whether there is a key and a callback.
    pub body: Map<String, Value>,
    /// The arguments and what else is private.
    pub payloads: Vec<NewPayload>,
}

/// The right to carry out an invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The invocation.
    pub id: String,
    /// Its fence: greater than that of every lease before it.
    pub fence: u64,
    /// The attempt, from 1.
    pub attempt: u32,
    /// For how long it is given each time.
    pub lease_ms: u64,
}

/// What came of beginning.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun {
    /// It is new, and ours to carry out.
    New(Lease),
    /// It is new and queued.
    Queued,
    /// The key was left open by an attempt that failed, or whose host died: this is the next one.
    Again(Lease, InvocationRow),
    /// Somebody carries it out, it is queued, or its next attempt is not due.
    Pending(InvocationRow),
    /// It ended.
    Recorded(InvocationRow),
    /// The key is bound to other arguments.
    Conflict(InvocationRow),
}

/// Whether a lease still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It does.
    Held,
    /// It does, and somebody asked that the invocation end.
    CancelAsked,
    /// Somebody else has taken over, or it has ended: stop.
    Lost,
}

/// How far a job is, as its guest tells it: untrusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobProgress {
    /// Units that are finished.
    pub done: u64,
    /// All units, where that is known.
    pub total: Option<u64>,
    /// What it is about.
    pub message: String,
}

/// Payloads whose names begin so are kept only as long as their invocation goes on, for another
/// attempt: where [`Finish::forgets`] says so, they go in the transaction that ends it.
pub const NEEDED: &str = "needed/";

/// The end of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Finish {
    /// What it means for the invocation.
    pub end: End,
    /// Whether payloads that begin with [`NEEDED`] go, where the invocation has ended.
    pub forgets: bool,
    /// More for the event: the journal adds the status.
    pub body: Map<String, Value>,
    /// The Outcome and what else is private.
    pub payloads: Vec<NewPayload>,
}

/// What the end of an attempt means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The invocation has ended, and its key tells this end from now on.
    Ended(Status),
    /// The invocation has ended, and its key is free.
    Freed(Status),
    /// Another attempt may follow from this time on: a worker's of a job, else the caller's with
    /// the same key. Where it has no attempt left, the invocation has ended as `failed`.
    Open {
        /// From when on.
        due_ms: u64,
    },
}

/// What a claim looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who claims.
    pub owner: String,
    /// How long the lease holds.
    pub lease_ms: u64,
    /// Whether jobs are looked for as well, or only calls that a host left behind.
    pub jobs: bool,
}

/// An invocation that was taken on.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// The right to carry it out.
    pub lease: Lease,
    /// The invocation.
    pub row: InvocationRow,
    /// It had no attempt left before this one, or nobody waits for it: whoever claimed it is to
    /// end it, not to run it.
    pub is_spent: bool,
}

/// What is told to an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// To end.
    Cancel,
    /// Of a waiting job, to go on now.
    RunNow,
}

/// What came of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commanded {
    /// It was not running, and has ended; or a waiting job is queued.
    Done,
    /// It is running, and is asked to end.
    Asked,
    /// It cannot: it has ended already, or is not waiting.
    TooLate,
    /// There is no such invocation.
    Unknown,
}

/// Where an invocation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for a worker.
    Queued,
    /// Somebody carries it out.
    Running,
    /// An attempt failed; the next is due at [`InvocationRow::due_ms`].
    Waiting,
    /// It ended well.
    Done,
    /// It ended otherwise.
    Failed,
    /// It was cancelled.
    Cancelled,
}

/// An invocation as its events have left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvocationRow {
    /// Its id.
    pub id: String,
    /// Who called.
    pub caller: String,
    /// The skill's name.
    pub skill: String,
    /// Its version.
    pub version: String,
    /// The digest of its package.
    pub digest: String,
    /// The tool.
    pub tool: String,
    /// The caller's key, also where it is free by now; none once it is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What ties it to a request.
    pub correlation: String,
    /// How it is carried out.
    pub mode: Mode,
    /// Where it stands.
    pub state: State,
    /// How it ended, where it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Attempts so far.
    pub attempt: u32,
    /// Attempts that it may have.
    pub attempts_max: u32,
    /// When it began.
    pub begun_ms: u64,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_ms: Option<u64>,
    /// When the next attempt is due, or the lease of this one runs out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_ms: Option<u64>,
    /// Whether somebody asked it to end.
    pub is_cancel_asked: bool,
    /// How far it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<JobProgress>,
    /// Where its end is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback: Option<String>,
    /// The event `begun`.
    pub begun_seq: u64,
    /// The last event that ended an attempt: its payload `outcome` is what is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_seq: Option<u64>,
}
