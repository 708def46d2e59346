//! What is written down of an invocation, and what is told of one that was.
//!
//! The events of an invocation hold no private word; arguments, answers and exchanges are payloads
//! beside them, kept as the operator says. Read `invoke.rs` first: its numbered steps call the
//! functions here.

mod lease;
mod payloads;
mod tell;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::SystemTime;

use hotcell_broker::meter::Meter;
use hotcell_journal::{
    Begin, Begun, End, Entry, Finish, Hold, InvocationRow, Journal, Kind, Lease, Mode, NewPayload,
    Signer,
};
use hotcell_package::{Digest, Effect, FileTree, Idempotency};
use hotcell_policy::config::{Config, JobsTable, RecordTable};
use hotcell_policy::{LimitName, Outcome, Recorded, Refusal, Retry, Status, backoff};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use crate::Skill;
use crate::artifacts::hex;
use crate::conclude::Attempt;
use crate::fault::Fault;
use crate::invoke::{Ask, Ids, Ready, Reply, ms, random};
use crate::offers::on_record;
use crate::registry::Registry;
use crate::work::{commit, discard};

pub(crate) use lease::{Beat, Held};
use payloads::is_sampled;
pub(crate) use payloads::{Part, Payloads, read_files};

/// Records of calls without effect that may wait to be written; more callers wait.
const PENDING_MAX: u32 = 4_096;

/// What a host records with.
pub struct RecordOptions {
    /// The record.
    pub journal: Arc<dyn Journal>,
    /// The installed skills.
    pub registry: Registry,
    /// Names this process among those that share the record.
    pub owner: String,
    /// How often callers may call, counted together with other processes.
    pub meter: Meter,
    /// Signs the log.
    pub signer: Signer,
    /// Encrypts payloads, where the operator wants that.
    pub seal: Option<hotcell_broker::secrets::PayloadKey>,
}

/// A host's hand on the record.
pub(crate) struct Recorder {
    pub(crate) options: RecordOptions,
    pub(crate) table: RecordTable,
    pub(crate) jobs: JobsTable,
    clock: fn() -> SystemTime,
    /// A permit for each record that is yet to be written.
    pending: Arc<Semaphore>,
    /// Calls under way, by the key under which they are counted.
    under_way: Mutex<BTreeMap<String, Weak<()>>>,
}

/// What came of beginning.
pub(crate) enum Started {
    /// It is ours to run.
    Ours(Box<Ready>, Recording),
    /// It is queued: a worker runs it.
    Queued(Box<InvocationRow>),
    /// Somebody else runs it, or will.
    Theirs(Box<InvocationRow>),
    /// There is nothing to run.
    Told(Box<Reply>),
}

/// How an invocation is recorded.
pub(crate) enum Recording {
    /// It begins and ends in one stroke, after the reply: it has no effect and no key.
    Whole(Box<Begin>),
    /// Step by step.
    Steps(Held),
}

impl Recorder {
    pub(crate) fn new(
        options: RecordOptions,
        config: Option<&Config>,
        clock: fn() -> SystemTime,
    ) -> Recorder {
        let table = config.map_or(RecordTable::STANDARD, |config| config.record.clone());
        let jobs = config.map_or(JobsTable::STANDARD, |config| config.jobs.clone());
        Recorder {
            options,
            table,
            jobs,
            clock,
            pending: Arc::new(Semaphore::new(PENDING_MAX as usize)),
            under_way: Mutex::default(),
        }
    }

    pub(crate) fn journal(&self) -> &Arc<dyn Journal> {
        &self.options.journal
    }

    pub(crate) fn now_ms(&self) -> u64 {
        ms((self.clock)())
    }

    /// Writes down a call that was refused, and tells the caller.
    pub(crate) async fn refuse(
        &self,
        ask: &Ask,
        skill: Option<&Arc<Skill>>,
        ids: Ids,
        refusal: Refusal,
    ) -> Result<Reply, Fault> {
        let code = refusal.code;
        let reply = ids.clone().reply(Attempt::refused(refusal), Recorded::Yes);
        let payloads = self.payloads(skill.map_or("", |s| &s.package.name), &ask.invocation.tool);
        let begin = Begin {
            payloads: payloads.all([Part::json("input", &ask.invocation.input)]),
            ..self.begin_of(ask, skill, &ids, false)
        };
        let finish = Finish {
            end: End::Freed(Status::Refused),
            forgets: false,
            body: body([("code", json!(code))]),
            payloads: payloads.all([Part::outcome(&reply.outcome)]),
        };
        self.journal().complete(begin, finish).await?;
        Ok(reply)
    }

    /// Writes down what is about to happen, where that has to be known after a crash.
    pub(crate) async fn begin(&self, ask: &Ask, mut ready: Ready) -> Result<Started, Fault> {
        let begin = self.begin_ready(ask, &ready);
        if is_whole(&ready) {
            let whole = Recording::Whole(Box::new(begin));
            return Ok(Started::Ours(Box::new(ready), whole));
        }
        let id = begin.id.clone();
        Ok(match self.journal().begin(begin).await? {
            Begun::New(lease) => Started::Ours(Box::new(ready), self.steps(lease)),
            Begun::Again(lease, row) => {
                let steps = self.steps(lease.clone());
                self.resume(&mut ready, &lease, &row).await?;
                Started::Ours(Box::new(ready), steps)
            }
            Begun::Queued => Started::Queued(Box::new(self.row(&id).await?)),
            Begun::Pending(row) => Started::Theirs(Box::new(row)),
            Begun::Recorded(row) => {
                Started::Told(Box::new(self.told_before(&row).await?.told_again()))
            }
            Begun::Conflict(row) => {
                let reply = self.refuse(ask, Some(&ready.skill), ready.ids, conflict(&row));
                Started::Told(Box::new(reply.await?))
            }
        })
    }

    /// Takes what was begun or claimed in hand.
    pub(crate) fn steps(&self, lease: Lease) -> Recording {
        Recording::Steps(Held::new(self.journal(), lease))
    }

    /// Goes on with an invocation that somebody else began: its id and its randomness stay.
    pub(crate) async fn resume(
        &self,
        ready: &mut Ready,
        lease: &Lease,
        row: &InvocationRow,
    ) -> Result<(), Fault> {
        ready.attempt = lease.attempt;
        ready.ids.invocation_id.clone_from(&row.id);
        ready.ids.correlation_id.clone_from(&row.correlation);
        let begun = self.event(row.begun_seq).await?;
        if let Some(seed) = begun.body.get("seed").and_then(Value::as_str) {
            ready.ids.seed = unhex(seed).unwrap_or(ready.ids.seed);
        }
        Ok(())
    }

    /// Writes down how an attempt ended, and tells the caller.
    pub(crate) async fn finish(
        &self,
        ready: &Ready,
        recording: Recording,
        mut attempt: Attempt,
    ) -> Result<Reply, Fault> {
        let body = self.end_body(ready, &attempt);
        let staged = attempt.work.staged.take();
        if staged.is_some() {
            attempt.apply();
        }
        let seen = attempt.work_seen();
        let tape = attempt.tape.clone();
        let log = attempt.log.bytes.clone();
        let is_whole = matches!(recording, Recording::Whole(_));
        let recorded = match is_whole {
            true => Recorded::Pending,
            false => Recorded::Yes,
        };
        let mut reply = ready.ids.clone().reply(attempt, recorded);
        if let Recording::Steps(_) = recording
            && ready.is_job
        {
            reply.outcome.job_id = Some(ready.ids.invocation_id.clone());
        }
        let payloads = self.payloads_of(ready);
        let mut kept = reply.outcome.clone();
        kept.recorded = Recorded::Yes;
        let mut parts = vec![Part::outcome(&kept), Part::bytes("log", log)];
        parts.extend(Part::tape(&tape));
        parts.extend(seen.as_ref().map(Part::work));
        parts.extend(Part::artifacts(&reply.files));
        let finish = Finish {
            end: self.end(ready, &recording, &reply.outcome),
            forgets: !payloads.are_whole(),
            body,
            payloads: payloads.all(parts),
        };
        match recording {
            Recording::Whole(begin) => self.write_later(*begin, finish).await,
            Recording::Steps(held) => {
                let hold = self.journal().finish(&held, finish).await;
                let lease = held.leave();
                if hold? == Hold::Lost {
                    discard(staged).await;
                    return self.overtaken(&lease).await;
                }
                commit(staged).await?;
            }
        }
        Ok(reply)
    }

    /// Writes a whole invocation in a group with others, behind the caller's back. What has no
    /// effect can be lost in a crash, and its Outcome says so.
    async fn write_later(&self, begin: Begin, finish: Finish) {
        let pending = Arc::clone(&self.pending);
        let permit = pending.acquire_owned().await.expect("it is never closed");
        let journal = Arc::clone(self.journal());
        tokio::spawn(async move {
            if let Err(error) = journal.complete(begin, finish).await {
                tracing::error!("a call is not on record: {error}");
            }
            drop(permit);
        });
    }

    /// Waits until all that was told is on record.
    pub(crate) async fn flush(&self) {
        let all = self.pending.acquire_many(PENDING_MAX).await;
        drop(all.expect("it is never closed"));
    }

    /// What the end of an attempt means for its invocation.
    fn end(&self, ready: &Ready, recording: &Recording, outcome: &Outcome) -> End {
        let Recording::Steps(lease) = recording else {
            return End::Ended(outcome.status);
        };
        let retry = outcome.error.as_ref().map(|error| error.retry);
        let is_open = ready.key.is_some() || ready.is_job;
        match (outcome.status, retry) {
            (Status::Failed, Some(retry @ (Retry::SameKey | Retry::AfterMs(_)))) if is_open => {
                let wait = match (ready.is_job, retry) {
                    (true, retry) => backoff(&self.jobs, lease.attempt, retry, random_u64()),
                    (false, Retry::AfterMs(ms)) => ms,
                    (false, _) => 0,
                };
                let due_ms = self.now_ms().saturating_add(wait);
                End::Open { due_ms }
            }
            (Status::Refused, _) => End::Freed(Status::Refused),
            // A preview did nothing, so its key is for the call that does.
            (status, _) if ready.is_preview() => End::Freed(status),
            (status, _) => End::Ended(status),
        }
    }

    /// What there is to know of an end. Nothing of it is private.
    fn end_body(&self, ready: &Ready, attempt: &Attempt) -> Map<String, Value> {
        let code = attempt.error.as_ref().map(|error| &error.code);
        let used: Vec<_> = attempt.used_exchanges.iter().collect();
        let payloads = self.payloads_of(ready);
        let not_replayable = match payloads.are_whole() {
            true => attempt.not_replayable(),
            false => Some("its payloads are not kept whole"),
        };
        body([
            ("code", json!(code)),
            ("clock_ms", json!(ready.ids.clock_ms)),
            ("usage", json!(attempt.usage)),
            ("used_exchanges", json!(used)),
            ("not_replayable", json!(not_replayable)),
        ])
    }

    fn begin_ready(&self, ask: &Ask, ready: &Ready) -> Begin {
        let payloads = self.payloads_of(ready);
        let limits = ready.grant.limits();
        let limits: Map<String, Value> = LimitName::ALL
            .into_iter()
            .map(|name| (name.to_string(), json!(limits.get(name))))
            .collect();
        let mut begin = self.begin_of(ask, Some(&ready.skill), &ready.ids, ready.is_job);
        if ready.key.is_some() {
            begin.key.clone_from(&ready.key);
            begin.fingerprint = fingerprint(&ask.invocation.input, &ask.input);
        }
        begin.body.extend(body([
            ("limits", Value::Object(limits)),
            ("approved", on_record(ask, ready)),
        ]));
        let mut parts = vec![Part::json("input", &ask.invocation.input)];
        parts.extend(Part::files(&ask.input));
        parts.extend(Part::settings(&ready.skill.settings));
        begin.payloads = match ready.is_job {
            true => payloads.all_needed(parts),
            false => payloads.all(parts),
        };
        begin
    }

    fn begin_of(&self, ask: &Ask, skill: Option<&Arc<Skill>>, ids: &Ids, is_job: bool) -> Begin {
        let package = skill.map(|skill| &skill.package);
        let asked = package.map(|package| package.manifest.tool(&ask.invocation.tool));
        let named = ask.invocation.skill.clone().unwrap_or_default();
        let is_keyed = asked
            .as_ref()
            .is_some_and(|asked| asked.idempotency != Idempotency::None);
        Begin {
            id: ids.invocation_id.clone(),
            caller: ask.caller.clone(),
            skill: package.map_or(named, |package| package.name.clone()),
            version: package.map_or(String::new(), |p| p.manifest.version.to_string()),
            digest: package.map_or(String::new(), |package| package.digest.to_string()),
            tool: ask.invocation.tool.clone(),
            key: None,
            // Only a key is bound to one.
            fingerprint: [0; 32],
            correlation: ids.correlation_id.clone(),
            mode: match is_job {
                true => Mode::Async,
                false => Mode::Sync,
            },
            attempts_max: match is_job || is_keyed {
                true => self.jobs.attempts,
                false => 1,
            },
            owner: self.options.owner.clone(),
            lease_ms: self.jobs.lease_ms,
            callback: ask.callback.clone(),
            body: body([
                ("assistant", json!(ask.assistant)),
                ("effect", json!(asked.as_ref().map(|asked| asked.effect))),
                ("seed", json!(hex(&ids.seed))),
                ("clock_ms", json!(ids.clock_ms)),
            ]),
            payloads: Vec::new(),
        }
    }

    /// Returns how payloads of a tool's calls are kept.
    pub(crate) fn payloads(&self, skill: &str, tool: &str) -> Payloads<'_> {
        Payloads::new(&self.table, self.options.seal.as_ref(), skill, tool)
    }

    /// Returns how the payloads of this call are kept: of one that nobody has to be told again, only
    /// so often as the operator wants.
    fn payloads_of(&self, ready: &Ready) -> Payloads<'_> {
        let payloads = self.payloads(&ready.skill.package.name, &ready.tool);
        let is_in = is_sampled(&ready.ids.invocation_id, self.table.sample_percent);
        match is_whole(ready) && !is_in {
            true => payloads.digests_only(),
            false => payloads,
        }
    }

    /// Counts a call among those under way under `key`; none where as many as may be are.
    pub(crate) fn take_turn(&self, key: &str, at_once: u32) -> Option<Arc<()>> {
        let mut all = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let all = all.entry(key.to_owned()).or_default();
        let turn = all.upgrade().unwrap_or_default();
        // One is ours, and one for each that is under way.
        if Arc::strong_count(&turn) > at_once as usize {
            return None;
        }
        *all = Arc::downgrade(&turn);
        Some(turn)
    }

    /// Writes an event that belongs to no invocation.
    pub(crate) async fn note(&self, entry: Entry) -> Result<(), Fault> {
        Ok(self.journal().record(vec![entry]).await?)
    }
}

/// Returns whether a call begins and ends in one stroke: it has no effect and no key, and nobody
/// waits for a worker.
fn is_whole(ready: &Ready) -> bool {
    let effect = ready.skill.package.manifest.tool(&ready.tool).effect;
    !ready.is_job && ready.key.is_none() && effect == Effect::None
}

/// Returns an event of an invocation, without payloads.
pub(crate) fn step(kind: Kind, body: Map<String, Value>, payloads: Vec<NewPayload>) -> Entry {
    Entry {
        kind,
        actor: None,
        invocation: None,
        correlation: None,
        body,
        payloads,
    }
}

/// Returns an object without its nulls.
pub(crate) fn body<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_null());
    pairs.map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Returns what a key is bound to: the arguments and the files.
pub(crate) fn fingerprint(input: &Value, files: &FileTree) -> [u8; 32] {
    let text = hotcell_package::json::canonical_json(input);
    let files = Digest::of_tree(files).to_string();
    let lengths = (text.len() as u64).to_be_bytes();
    *Digest::of_bytes(&[&lengths, text.as_bytes(), files.as_bytes()].concat()).as_bytes()
}

fn conflict(row: &InvocationRow) -> Refusal {
    let message = "the idempotency key was used for other arguments";
    Refusal::new("idempotency_conflict", message).hint(format!(
        "call with a new key, or with the arguments of {}",
        row.id
    ))
}

fn random_u64() -> u64 {
    u64::from_le_bytes(random())
}

/// Reads what [`hex`] wrote.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

impl fmt::Debug for RecordOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordOptions")
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.options.fmt(f)
    }
}
