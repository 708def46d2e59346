//! What a store can do inside of a transaction. The operations in `ops` are written against it
//! once, so that what they mean does not depend on where the record is kept.

use std::fmt;
use std::future::Future;
use std::path::Path;

use serde_json::{Map, Value};

use crate::fold::Fold;
use crate::journal::Result;
use crate::leaf::Digested;
use crate::tree::TreeHead;
use crate::words::*;

/// A store: it runs operations, each whole or not at all.
pub(crate) trait Store: Send + Sync + fmt::Debug {
    /// Runs an operation and returns when it is durable.
    fn write<T: Send + 'static>(
        &self,
        op: impl FnOnce(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T>> + Send;

    /// Runs a reading operation on what is durable.
    fn read<T: Send + 'static>(
        &self,
        op: impl FnOnce(&dyn View) -> Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T>> + Send;

    /// Copies all into a new file.
    fn copy(&self, to: &Path) -> impl Future<Output = Result<()>> + Send;

    /// Overwrites copies of what was erased that the store still has, as far as readers let it.
    fn scrub(&self) -> impl Future<Output = Result<()>> + Send;

    /// Returns the time.
    fn clock_ms(&self) -> u64;
}

/// What is read. The limits in queries hold already.
pub(crate) trait View {
    fn invocation(&self, id: &str) -> Result<Option<InvocationRow>>;
    fn invocations(&self, query: &InvocationQuery) -> Result<Vec<InvocationRow>>;
    fn events(&self, query: &EventQuery) -> Result<Vec<Event>>;
    fn payload(&self, seq: u64, name: &str) -> Result<Option<Payload>>;
    fn rows(&self, from: u64, limit: usize) -> Result<Vec<LogRow>>;
    /// Listed ones, in any order.
    fn releases(&self) -> Result<Vec<Release>>;
    fn seals(&self) -> Result<Vec<SealedLog>>;
    fn last_seal(&self) -> Result<Option<u64>>;
    fn head(&self) -> Result<TreeHead>;
}

/// What is read and written in a transaction.
pub(crate) trait Tx {
    /// Returns the time of the operation.
    fn now_ms(&self) -> u64;
    /// Returns the place of the next event.
    fn next_seq(&self) -> u64;
    /// Appends an event, and the payloads of it that are kept.
    fn push(&mut self, draft: Draft) -> Result<u64>;

    fn fold(&mut self, id: &str) -> Result<Option<Fold>>;
    /// Returns the one that a key is bound to.
    fn bound(&mut self, begin: &Begin, key: &str) -> Result<Option<Fold>>;
    /// Adds a new one; refuses an id that is there.
    fn add_fold(&mut self, fold: &Fold) -> Result<()>;
    /// Keeps what may change of one; not its key, fingerprint and whether it is bound.
    fn set_fold(&mut self, fold: &Fold) -> Result<()>;
    /// Frees the key of one.
    fn unbind(&mut self, fold: &Fold) -> Result<()>;
    /// Returns the one that waits longest in this state and mode, by `wait_ms` and place; until
    /// this time, where one is given.
    fn longest(&mut self, state: State, mode: Mode, until: Option<u64>) -> Result<Option<Fold>>;

    /// Deletes the payloads of an event. Returns how many.
    fn drop_payloads(&mut self, seq: u64) -> Result<u64>;
    /// Deletes the payloads of an invocation that were kept for another attempt only.
    fn drop_needed(&mut self, id: &str) -> Result<()>;
    /// Deletes the payloads of all events of an invocation, and its progress. Returns how many.
    fn erase_one(&mut self, id: &str) -> Result<u64>;
    /// Returns ids that ended before a time and are not erased yet.
    fn erasable(&mut self, before_ms: u64, limit: usize) -> Result<Vec<String>>;
    /// Returns ids that ended before a time and to which a key is bound.
    fn bound_before(&mut self, before_ms: u64, limit: usize) -> Result<Vec<String>>;
    /// Frees the key of an ended one and forgets it, with its fingerprint, for ever.
    fn forget_key(&mut self, id: &str) -> Result<()>;

    /// Returns a release and whether it is listed; one that was removed is known for ever.
    fn release(&mut self, name: &str, version: &str) -> Result<Option<(Release, bool)>>;
    fn set_release(&mut self, release: &Release, is_listed: bool) -> Result<()>;

    fn set_callback(&mut self, callback: &Callback, due_ms: u64) -> Result<()>;
    fn callback(&mut self, id: &str) -> Result<Option<Callback>>;
    /// Returns the one that is due longest, by due time, invocation and place.
    fn due_callback(&mut self, now_ms: u64) -> Result<Option<Callback>>;
    fn drop_callback(&mut self, id: &str) -> Result<()>;

    /// Keeps a seal; where there is one of this size it stays.
    fn add_seal(&mut self, seal: &SealedLog) -> Result<()>;
}

/// An event before it has a place and a time.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) kind: Kind,
    pub(crate) actor: Option<String>,
    pub(crate) invocation: Option<String>,
    pub(crate) correlation: Option<String>,
    pub(crate) attempt: Option<u32>,
    pub(crate) body: Map<String, Value>,
    pub(crate) payloads: Vec<Digested>,
}

impl Draft {
    /// Returns one of an invocation, done by its caller.
    pub(crate) fn of(row: &InvocationRow, kind: Kind, attempt: Option<u32>) -> Draft {
        Draft {
            kind,
            actor: Some(row.caller.clone()),
            invocation: Some(row.id.clone()),
            correlation: Some(row.correlation.clone()),
            attempt,
            body: Map::new(),
            payloads: Vec::new(),
        }
    }

    /// Returns the same with one more field.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Draft {
        self.body.insert(name.to_owned(), value.into());
        self
    }

    /// Returns the event in its place, and its payloads.
    pub(crate) fn at(self, seq: u64, at_ms: u64) -> (Event, Vec<NewPayload>) {
        let (digests, payloads) = self
            .payloads
            .into_iter()
            .map(|one| (one.digest, one.payload))
            .unzip();
        let event = Event {
            seq,
            at_ms,
            kind: self.kind,
            actor: self.actor,
            invocation: self.invocation,
            correlation: self.correlation,
            attempt: self.attempt,
            body: self.body,
            payloads: digests,
        };
        (event, payloads)
    }
}
