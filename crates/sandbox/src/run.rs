//! The run of one call: a fresh store, an instance, the answer, and how it ended.

use std::time::{Duration, Instant};

use hotcell_policy::LimitName;
use wasmtime::{Store, Trap};
use wasmtime_wasi::{I32Exit, ResourceTableError};

use crate::bindings::SkillPre;
use crate::call::{Call, Context, End, Report};
use crate::files::{Overlay, WorkChange};
use crate::guest::Guest;
use crate::log::Log;
use crate::tape::Recording;

/// Runs `call` on `skill` in a store of its own.
pub(crate) async fn run(skill: &SkillPre<Guest>, call: Call) -> Report {
    let started = Instant::now();
    let mut store = Guest::store(skill.engine(), &call, started);
    let time = Duration::from_millis(call.limits.time_ms);
    let finished = tokio::select! {
        biased;
        () = call.cancel.cancelled() => Err(End::Cancelled),
        answered = tokio::time::timeout(time, answer(skill, &mut store, &call)) => {
            answered.map_err(|_elapsed| End::Limit(LimitName::TimeMs))
        }
    };
    let fuel_left = store.get_fuel().unwrap_or(0);
    let guest = store.into_data();
    let end = match finished {
        Ok(result) => result.unwrap_or_else(|error| classify(&error, &guest, &call)),
        Err(stopped) => stopped,
    };
    // wasmtime's count is wrong where the guest was stopped in the middle.
    let stopped = matches!(end, End::Limit(LimitName::TimeMs) | End::Cancelled);
    let fuel = (!stopped).then(|| call.limits.fuel - fuel_left.min(call.limits.fuel));
    let end = if stopped {
        end
    } else {
        whole_files(end, &guest)
    };
    let (end, tape) = guest.deck.finish(end);
    let (end, changes) = work_of(end, &guest.files);
    Report {
        end,
        log: guest.log.take(),
        memory_peak_bytes: guest.limiter.memory_peak_bytes(),
        file_peak_bytes: guest.files.peak_bytes(),
        files: guest.files.into_out(),
        changes,
        fuel,
        wall: started.elapsed(),
        tape,
    }
}

/// The report of a call that was cancelled before there was room for it.
pub(crate) fn never_begun() -> Report {
    Report {
        end: End::Cancelled,
        log: Log::default(),
        files: Vec::new(),
        changes: Vec::new(),
        fuel: None,
        memory_peak_bytes: 0,
        file_peak_bytes: 0,
        wall: Duration::ZERO,
        tape: Recording::None,
    }
}

async fn answer(
    skill: &SkillPre<Guest>,
    store: &mut Store<Guest>,
    call: &Call,
) -> wasmtime::Result<End> {
    let instance = skill.instantiate_async(&mut *store).await?;
    let context = Context {
        time_left_ms: call.limits.time_ms,
        ..call.context.clone()
    };
    let result = instance
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
/// so a call that met its file quota does not succeed, and its limit is the reason even where
/// the guest fails by its own word: it saw no more than an I/O error.
fn whole_files(end: End, guest: &Guest) -> End {
    match (guest.files.work_trouble(), guest.files_exceeded()) {
        (Some(trouble), _) => End::Work(trouble),
        (None, Some(name)) => End::Limit(name),
        (None, None) => end,
    }
}

/// Returns what a call that went well changed in its host folder.
fn work_of(end: End, files: &Overlay) -> (End, Vec<WorkChange>) {
    if !matches!(end, End::Answer(_)) {
        return (end, Vec::new());
    }
    match files.take_work() {
        Ok(changes) => (end, changes),
        Err(trouble) => (End::Work(trouble), Vec::new()),
    }
}

/// Tells a limit from a trap. A guest whose allocation was denied mostly dies of something
/// else a moment later; then the denial is the reason.
fn classify(error: &wasmtime::Error, guest: &Guest, call: &Call) -> End {
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => return End::Limit(LimitName::Fuel),
        Some(Trap::Interrupt) if call.cancel.is_cancelled() => return End::Cancelled,
        Some(Trap::Interrupt) => return End::Limit(LimitName::TimeMs),
        Some(Trap::StackOverflow) => return End::Trap("it ran out of stack".to_owned()),
        _ => {}
    }
    if let Some(ResourceTableError::Full) = error.downcast_ref() {
        return End::Limit(LimitName::Handles);
    }
    if let Some(name) = guest.limiter.exceeded() {
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
