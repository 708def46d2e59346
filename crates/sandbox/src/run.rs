//! One call of one tool: a fresh store, an instance, the answer, and what it used.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hotcell_policy::{LimitName, Limits};
use wasmtime::{Store, Trap};
use wasmtime_wasi::{I32Exit, ResourceTableError};

use crate::files::{OutFile, ReadTree};
use crate::guest::Guest;
use crate::log::Log;
use crate::outbound::Outbound;
use crate::sandbox::Prepared;
use crate::skill_host::{CredentialStatus, ProgressSink};

pub use crate::bindings::exports::hotcell::skill::tools::{Context, Failure, Retry};

/// One call: what to run, on what, and how far it may go.
pub struct Call {
    /// The tool's name.
    pub tool: String,
    /// The arguments as JSON text; the sandbox does not look into it.
    pub arguments: String,
    /// What the tool is told of the call; its `time_left_ms` is set by the sandbox.
    pub context: Context,
    /// How much the call may use.
    pub limits: Limits,
    /// What the guest sees at `/skill`.
    pub package: Arc<ReadTree>,
    /// What the guest sees at `/in`.
    pub input: Arc<ReadTree>,
    /// Where its requests go.
    pub outbound: Arc<dyn Outbound>,
    /// The credentials that its manifest declares.
    pub credentials: Arc<BTreeMap<String, CredentialStatus>>,
    /// Its settings.
    pub settings: Arc<BTreeMap<String, String>>,
    /// Who is told of its progress.
    pub progress: Option<ProgressSink>,
    /// From this follows all randomness that the guest sees.
    pub seed: [u8; 32],
    /// The time since 1970 that its wall clock shows at the start.
    pub wall_clock: Duration,
}

/// How a call ended, and what it left.
#[derive(Debug)]
pub struct Report {
    /// How it ended.
    pub end: End,
    /// What it printed: untrusted bytes.
    pub log: Log,
    /// What it wrote to `/out`, sorted by path. Of use only after [`End::Answer`].
    pub files: Vec<OutFile>,
    /// Fuel that it used; none where the clock stopped it, since the count is then wrong.
    pub fuel: Option<u64>,
    /// The most bytes that its memories had together.
    pub memory_peak_bytes: u64,
    /// How long it took.
    pub wall: Duration,
}

/// How a call ended. All text in it is the guest's: untrusted.
#[derive(Debug)]
pub enum End {
    /// The tool answered with this text, which is to be JSON.
    Answer(String),
    /// The tool failed by its own word.
    Failure(Failure),
    /// A limit stopped it.
    Limit(LimitName),
    /// It trapped: what happened, in the sandbox's words.
    Trap(String),
}

/// Runs `call` on `prepared` in a store of its own.
pub(crate) async fn run(prepared: &Prepared, call: Call) -> Report {
    let started = Instant::now();
    let mut store = Guest::store(prepared.engine(), &call, started);
    let time = Duration::from_millis(call.limits.time_ms);
    let finished = tokio::time::timeout(time, answer(prepared, &mut store, &call)).await;
    let fuel_left = store.get_fuel().unwrap_or(0);
    let guest = store.into_data();
    let (end, fuel) = match finished {
        Ok(result) => {
            let end = result.unwrap_or_else(|error| classify(&error, &guest));
            let fuel = call.limits.fuel - fuel_left.min(call.limits.fuel);
            (whole_files(end, &guest), Some(fuel))
        }
        Err(_elapsed) => (End::Limit(LimitName::TimeMs), None),
    };
    Report {
        end,
        log: guest.log.take(),
        memory_peak_bytes: guest.limiter.memory_peak_bytes(),
        files: guest.files.into_out(),
        fuel,
        wall: started.elapsed(),
    }
}

async fn answer(
    prepared: &Prepared,
    store: &mut Store<Guest>,
    call: &Call,
) -> wasmtime::Result<End> {
    let skill = prepared.skill().instantiate_async(&mut *store).await?;
    let context = Context {
        time_left_ms: call.limits.time_ms,
        ..call.context.clone()
    };
    let result = skill
        .hotcell_skill_tools()
        .call_call(store, &call.tool, &call.arguments, &context)
        .await?;
    Ok(match result {
        Ok(answer) if answer.len() as u64 > call.limits.output_bytes => {
            End::Limit(LimitName::OutputBytes)
        }
        Ok(answer) => End::Answer(answer),
        Err(failure) => End::Failure(failure),
    })
}

/// A guest that lives with a refused write would hand over half a file and call it an answer,
/// so a call that met its file quota does not succeed.
fn whole_files(end: End, guest: &Guest) -> End {
    match (end, guest.files_exceeded()) {
        (End::Answer(_), Some(name)) => End::Limit(name),
        (end, _) => end,
    }
}

/// Tells a limit from a trap. A guest whose allocation was denied mostly dies of something
/// else a moment later; then the denial is the reason.
fn classify(error: &wasmtime::Error, guest: &Guest) -> End {
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => return End::Limit(LimitName::Fuel),
        Some(Trap::StackOverflow) => return End::Trap("it ran out of stack".to_owned()),
        _ => {}
    }
    if let Some(ResourceTableError::Full) = error.downcast_ref() {
        return End::Limit(LimitName::Handles);
    }
    if let Some(name) = guest.limiter.exceeded().or_else(|| guest.files_exceeded()) {
        return End::Limit(name);
    }
    if let Some(I32Exit(code)) = error.downcast_ref() {
        return End::Trap(format!("it ended its own process with exit code {code}"));
    }
    let root = error.root_cause().to_string();
    if root.contains("hostcalls has been exhausted") {
        return End::Limit(LimitName::OutputBytes);
    }
    if root.contains("store handle limit exceeded") {
        return End::Limit(LimitName::Handles);
    }
    End::Trap(root)
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("tool", &self.tool)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
