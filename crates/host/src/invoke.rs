//! The way of one invocation.
//!
//! [`Host::call`] is read top to bottom: the version is picked, the policy decides, the arguments
//! are checked, the intent is written down, the sandbox runs, its requests are written down one by
//! one, the answer is checked, the end is written down, the caller is told. Every exit is an
//! [`Outcome`], or a [`Fault`] of ours. [`Host::invoke`] is the same way without a record.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hotcell_broker::{CallIdentity, Record};
use hotcell_package::json::canonical_json;
use hotcell_package::{Effect, FileTree, Idempotency, Mode};
use hotcell_policy::config::LOCAL_CALLER;
use hotcell_policy::{
    CallerGrant, Decision, Exchange, Grant, Invocation, Outcome, Recorded, Refusal, Status, Usage,
    decide_for, derived_key,
};
use hotcell_sandbox::{
    Call, Cancel, Checkpoints, Context, DenyAll, Log, Outbound, ProgressSink, Tape, WorkChange,
    WorkFolder,
};

use crate::artifacts::{artifacts, hex};
use crate::conclude::{Attempt, conclude};
use crate::fault::Fault;
use crate::load::read_tree;
use crate::offers::Offer;
use crate::outside::{Exchanges, Outside};
use crate::ready::{check_input, check_name, find_tool, require_key};
use crate::record::Started;
use crate::work::{Consent, Kept, WorkPlan, commit};
use crate::{Host, Skill};

/// What a caller asks of a skill.
#[derive(Clone)]
pub struct Ask {
    /// The call.
    pub invocation: Invocation,
    /// Who calls.
    pub caller: String,
    /// By way of which assistant: its skills are the ones that can be called, in its versions.
    pub assistant: Option<String>,
    /// The files that the tool sees at `/in`.
    pub input: FileTree,
    /// Who is told of its progress.
    pub progress: Option<ProgressSink>,
    /// How long the caller waits for what somebody else carries out: a job, or another call with
    /// the same key. After that it is told that the call was accepted.
    pub wait: Duration,
    /// Whether a tool that answers at once is made a job as well.
    pub queue: bool,
    /// Where a job's end is told: a URL of an origin that the operator listed.
    pub callback: Option<String>,
    /// Who says yes to the changes that it makes at `/work`.
    pub consent: Consent,
    /// Ends the call while it runs here, or its wait for somebody else. A job goes on.
    pub cancel: Cancel,
}

impl Ask {
    /// Returns the ask of the local caller, without files, who does not wait.
    pub fn new(invocation: Invocation) -> Ask {
        Ask {
            invocation,
            caller: LOCAL_CALLER.to_owned(),
            assistant: None,
            input: FileTree::default(),
            progress: None,
            wait: Duration::ZERO,
            queue: false,
            callback: None,
            consent: Consent::default(),
            cancel: Cancel::new(),
        }
    }
}

/// What an invocation gives back.
#[derive(Debug)]
pub struct Reply {
    /// What came of it.
    pub outcome: Outcome,
    /// The files behind [`Outcome::artifacts`], at the paths that these name.
    pub files: FileTree,
    /// What the skill printed: untrusted bytes, for people who look for an error.
    pub log: Log,
    /// What it sent or wished to send, for the operator: a refusal explains itself here, and
    /// tells the guest its code only.
    pub exchanges: Vec<Exchange>,
    /// The changes behind [`Outcome::changes`], with the bytes before and after, for a preview.
    pub changes: Vec<WorkChange>,
    /// The same, where they wait for a yes that the caller may say.
    pub offer: Option<Offer>,
}

impl Reply {
    /// Says of an end that is told that it is another call's, on record.
    pub(crate) fn told_again(mut self) -> Reply {
        self.outcome.replayed = self.outcome.status != Status::Accepted;
        self
    }
}

impl Host {
    /// Calls a tool of an installed skill, on record.
    ///
    /// Whatever happens on account of the caller, the skill or the policy is an Outcome.
    ///
    /// # Errors
    ///
    /// Fails where the record or the registry cannot be used: nothing has run then, or its end
    /// could not be written down, and the next one with its key finds out.
    pub async fn call(&self, ask: Ask) -> Result<Reply, Fault> {
        let record = self.record()?;
        let ids = Ids::new(&ask.invocation, (self.options.clock)());
        // 1: the version. A skill that is hidden from the caller looks absent.
        let skill = match self.pick(&ask).await? {
            Ok(skill) => skill,
            Err(refusal) => return record.refuse(&ask, None, ids, refusal).await,
        };
        // 2 and 3: what the policy says, and the contract. Neither binds the key.
        let mut ready = match self.ready(&skill, &ask, ids.clone()) {
            Ok(ready) => ready,
            Err(refusal) => return record.refuse(&ask, Some(&skill), ids, refusal).await,
        };
        let admitted = self.admit(&ready);
        let admitted = admitted.and_then(|turn| self.redeem(&ask, &mut ready).map(|()| turn));
        let _turn = match admitted {
            Ok(turn) => turn,
            Err(refusal) => return record.refuse(&ask, Some(&skill), ids, refusal).await,
        };
        // 4: the intent is durable before the guest runs.
        let (ready, recording) = match record.begin(&ask, ready).await? {
            Started::Ours(ready, recording) => (ready, recording),
            Started::Queued(row) => return record.wait(&row, ask.wait, &ask.cancel).await,
            Started::Theirs(row) => {
                let reply = record.wait(&row, ask.wait, &ask.cancel).await?;
                return Ok(reply.told_again());
            }
            Started::Told(reply) => return Ok(*reply),
        };
        // 5 and 6: the guest runs, and each of its requests is on record before it sees the answer.
        let under_way = UnderWay {
            progress: ask.progress.clone(),
            cancel: ask.cancel.clone(),
        };
        let attempt = self.attempt(&ready, &recording, under_way).await?;
        // 7: the end is durable before the caller is told.
        let mut reply = record.finish(&ready, recording, attempt).await?;
        reply.offer = self.offer(&ask, &ready, &reply);
        Ok(reply)
    }

    /// Runs one tool of `skill` once, off the record.
    pub async fn invoke(&self, skill: &Arc<Skill>, ask: Ask) -> Reply {
        let through = |outside| Arc::new(outside) as Arc<dyn Outbound>;
        self.invoke_through(skill, ask, through).await
    }

    /// Runs one tool off the record; its requests go through what `through` makes of its way out.
    pub(crate) async fn invoke_through(
        &self,
        skill: &Arc<Skill>,
        ask: Ask,
        through: impl FnOnce(Outside) -> Arc<dyn Outbound>,
    ) -> Reply {
        let ids = Ids::new(&ask.invocation, (self.options.clock)());
        let checked = check_name(skill, &ask.invocation);
        let ready = match checked.and_then(|()| self.ready(skill, &ask, ids.clone())) {
            Ok(ready) => ready,
            Err(refusal) => return ids.reply(Attempt::refused(refusal), Recorded::No),
        };
        let exchanges = Arc::<Exchanges>::default();
        let attempt = match self.outside(&ready, &exchanges) {
            Ok(outside) => {
                let way = Way {
                    progress: ask.progress,
                    cancel: ask.cancel,
                    ..Way::through(through(outside))
                };
                self.run_alone(&ready, way).await
            }
            Err(refusal) => Attempt::refused(refusal),
        };
        let attempt = attempt.with_exchanges(exchanges.take());
        ready.ids.reply(attempt, Recorded::No)
    }

    /// Runs a guest off the record, and applies what it changed.
    async fn run_alone(&self, ready: &Ready, way: Way) -> Attempt {
        let (source, folder) = match self.open_work(ready).await {
            Ok(opened) => opened.unzip(),
            Err(failure) => return Attempt::failed(Status::Failed, *failure),
        };
        let way = Way {
            work: folder,
            ..way
        };
        let attempt = self.run(ready, way).await;
        let mut attempt = self
            .stage_work(ready, source, Kept::OffRecord, attempt)
            .await;
        if let Some(staged) = attempt.work.staged.take() {
            match commit(Some(staged)).await {
                Ok(()) => attempt.apply(),
                Err(fault) => attempt.fail(&fault),
            }
        }
        attempt
    }

    /// Decides and checks, as far as this can be done before anything runs.
    pub(crate) fn ready(&self, skill: &Arc<Skill>, ask: &Ask, ids: Ids) -> Result<Ready, Refusal> {
        let name = &skill.package.name;
        let visible = |tool: &str| self.shows_tool(&ask.caller, name, tool);
        let tool = find_tool(skill, &ask.invocation, visible)?;
        let caller = self.may_call(&ask.caller, name, &tool.name)?;
        let manifest = &skill.package.manifest;
        let grant = decide_for(&self.options.policy, manifest, tool, &caller)?;
        self.check_callback(ask)?;
        require_key(skill, &ask.invocation)?;
        let is_job = ask.queue || manifest.tool(&tool.name).mode == Mode::Async;
        let work = self.plan_work(skill, ask, is_job)?;
        let arguments = check_input(tool, &ask.invocation.input, grant.limits())?;
        Ok(Ready {
            skill: Arc::clone(skill),
            tool: tool.name.clone(),
            key: self.key(skill, ask),
            caller,
            input: ask.input.clone(),
            attempt: 1,
            is_job,
            work,
            grant,
            arguments,
            ids,
        })
    }

    /// Returns where the guest's requests go, as things stand now.
    pub(crate) fn outside(
        &self,
        ready: &Ready,
        exchanges: &Arc<Exchanges>,
    ) -> Result<Outside, Refusal> {
        let package = &ready.skill.package;
        let effect = package.manifest.tool(&ready.tool).effect;
        let operator = match &self.options.operator {
            Some(operator)
                if effect != Effect::None
                    && !package.manifest.http.is_empty()
                    && !ready.is_preview() =>
            {
                operator
            }
            _ => return Ok(self.closed(ready)),
        };
        let call = CallIdentity {
            caller: ready.caller.caller.clone(),
            skill: package.name.clone(),
            digest: package.digest.to_string(),
            tool: ready.tool.clone(),
            effect,
            correlation_id: ready.ids.correlation_id.clone(),
            idempotency_key: ready.upstream_key(),
        };
        let record = Arc::clone(exchanges) as Arc<dyn Record>;
        let egress = operator.egress(package)?;
        Ok(Outside::Brokered(Box::new(
            operator.broker.session(egress, call, record),
        )))
    }

    /// Returns the way out of a guest that has none.
    pub(crate) fn closed(&self, ready: &Ready) -> Outside {
        let asked = &ready.skill.package.manifest.credentials;
        let declared = asked.iter().map(|ask| ask.name.clone()).collect();
        Outside::Closed(DenyAll { declared })
    }

    /// Runs the guest once, and checks what it answers.
    pub(crate) async fn run(&self, ready: &Ready, way: Way) -> Attempt {
        let limits = ready.grant.limits();
        let skill = &ready.skill;
        let input = match ready.input.is_empty() {
            true => Arc::clone(&self.no_input),
            false => Arc::new(read_tree(&ready.input)),
        };
        let call = Call {
            tool: ready.tool.clone(),
            arguments: ready.arguments.clone(),
            context: Context {
                invocation_id: ready.ids.invocation_id.clone(),
                correlation_id: ready.ids.correlation_id.clone(),
                idempotency_key: ready.key.clone(),
                attempt: ready.attempt,
                time_left_ms: limits.time_ms,
            },
            limits: limits.clone(),
            package: Arc::clone(&skill.tree),
            input,
            work: way.work,
            outbound: way.outbound,
            settings: Arc::clone(&skill.settings),
            progress: way.progress,
            checkpoints: way.checkpoints,
            tape: way.tape,
            cancel: way.cancel,
            seed: ready.ids.seed,
            wall_clock: Duration::from_millis(ready.ids.clock_ms),
        };
        let report = self.options.sandbox.run(&skill.prepared, call).await;
        let contract = &skill.package.contract;
        let tool = contract.tool(&ready.tool).expect("it was found before");
        conclude(tool, limits, report)
    }

    /// Returns the key under which this is done once: the caller's, or the one that follows from
    /// its request where the tool asks for that.
    fn key(&self, skill: &Skill, ask: &Ask) -> Option<String> {
        let asked = skill
            .package
            .manifest
            .tool(&ask.invocation.tool)
            .idempotency;
        let given = ask.invocation.idempotency_key.clone();
        match (asked, &ask.invocation.correlation_id) {
            (Idempotency::Derived, Some(request)) if given.is_none() => {
                let input = canonical_json(&ask.invocation.input);
                Some(derived_key(&ask.caller, request, &input))
            }
            _ => given,
        }
    }
}

/// A call that may run.
pub(crate) struct Ready {
    pub(crate) skill: Arc<Skill>,
    pub(crate) tool: String,
    pub(crate) caller: CallerGrant,
    pub(crate) key: Option<String>,
    pub(crate) arguments: String,
    pub(crate) input: FileTree,
    pub(crate) grant: Grant,
    pub(crate) attempt: u32,
    /// Whether a worker does it.
    pub(crate) is_job: bool,
    /// The host folder that it works in.
    pub(crate) work: Option<WorkPlan>,
    pub(crate) ids: Ids,
}

impl Ready {
    /// Returns whether nothing that it does may reach the world.
    pub(crate) fn is_preview(&self) -> bool {
        self.work.as_ref().is_some_and(WorkPlan::is_preview)
    }

    /// Returns whether a server can tell that a request of this call is the same as before: it is
    /// sent a key, and the tool declares that its server heeds it.
    pub(crate) fn is_keyed(&self) -> bool {
        let asked = self.skill.package.manifest.tool(&self.tool).idempotency;
        asked != Idempotency::None && self.upstream_key().is_some()
    }

    /// Returns what the keys follow from that servers are sent: the caller's key; of a job without
    /// one its id, which stays the same over its attempts.
    pub(crate) fn upstream_key(&self) -> Option<String> {
        let id = || self.is_job.then(|| self.ids.invocation_id.clone());
        self.key.clone().or_else(id)
    }
}

/// What a caller sees of a call while it runs, and can do to it.
#[derive(Default)]
pub(crate) struct UnderWay {
    pub(crate) progress: Option<ProgressSink>,
    pub(crate) cancel: Cancel,
}

/// What a guest reaches outside, and who can end it.
pub(crate) struct Way {
    pub(crate) outbound: Arc<dyn Outbound>,
    pub(crate) work: Option<WorkFolder>,
    pub(crate) checkpoints: Option<Arc<dyn Checkpoints>>,
    pub(crate) progress: Option<ProgressSink>,
    pub(crate) tape: Tape,
    pub(crate) cancel: Cancel,
}

impl Way {
    /// Returns the way of a guest that has nothing but its requests.
    pub(crate) fn through(outbound: Arc<dyn Outbound>) -> Way {
        Way {
            outbound,
            work: None,
            checkpoints: None,
            progress: None,
            tape: Tape::None,
            cancel: Cancel::new(),
        }
    }
}

/// The ids of an invocation, and the randomness and the time that its guest sees.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    pub(crate) invocation_id: String,
    pub(crate) correlation_id: String,
    pub(crate) seed: [u8; 32],
    /// Milliseconds since 1970.
    pub(crate) clock_ms: u64,
}

impl Ids {
    pub(crate) fn new(invocation: &Invocation, now: SystemTime) -> Ids {
        let correlation_id = match &invocation.correlation_id {
            Some(given) => given.clone(),
            None => format!("cor-{}", new_id(now)),
        };
        Ids {
            invocation_id: format!("inv-{}", new_id(now)),
            correlation_id,
            seed: random(),
            clock_ms: ms(now),
        }
    }

    /// Tells what came of it.
    pub(crate) fn reply(self, attempt: Attempt, recorded: Recorded) -> Reply {
        let outcome = Outcome {
            status: attempt.status,
            output: attempt.output,
            job_id: None,
            error: attempt.error,
            artifacts: artifacts(&attempt.files),
            changes: attempt.work.told,
            usage: attempt.usage,
            invocation_id: self.invocation_id,
            correlation_id: self.correlation_id,
            replayed: false,
            recorded,
        };
        Reply {
            outcome,
            files: attempt.files,
            log: attempt.log,
            exchanges: attempt.exchanges,
            changes: attempt.work.changes,
            offer: None,
        }
    }
}

/// Adds what was sent to what was used.
pub(crate) fn count(usage: &mut Usage, exchanges: &[Exchange]) {
    let sent = |e: &&Exchange| !matches!(e.decision, Decision::Refused(_));
    usage.requests = exchanges.iter().filter(sent).count() as u64;
    let bytes = exchanges.iter().map(|e| e.request_bytes + e.response_bytes);
    usage.bytes = bytes.sum();
}

/// Returns 16 bytes in hex: the time in milliseconds, then 80 random bits. Ids that are made one
/// after the other stand near each other in an index, as those of UUID 7 (RFC 9562, 6.2).
fn new_id(now: SystemTime) -> String {
    let mut bytes = random::<16>();
    let time = ms(now).to_be_bytes();
    bytes[..6].copy_from_slice(&time[2..]);
    hex(&bytes)
}

/// Returns milliseconds since 1970.
pub(crate) fn ms(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}
