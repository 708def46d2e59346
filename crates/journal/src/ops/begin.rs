//! Beginning an invocation, and finding the one that a key is bound to.

use hotcell_policy::Status;
use serde_json::{Map, Value};

use super::end;
use crate::fold::Fold;
use crate::journal::Result;
use crate::leaf::Digested;
use crate::store::{Draft, Tx};
use crate::words::*;

/// Begins an invocation, or tells where the one with its key stands.
pub(super) fn begin(tx: &mut dyn Tx, begin: Begin, payloads: Vec<Digested>) -> Result<Begun> {
    if let Some(key) = &begin.key
        && let Some(found) = tx.bound(&begin, key)?
    {
        return again(tx, found, &begin);
    }
    let fold = Fold::new(&begin, tx.next_seq(), tx.now_ms());
    tx.add_fold(&fold)?;
    let draft = begun(&fold, begin.body, payloads);
    tx.push(draft)?;
    if fold.row.state == State::Queued {
        return Ok(Begun::Queued);
    }
    Ok(Begun::New(Lease {
        id: fold.row.id,
        fence: fold.fence,
        attempt: fold.row.attempt,
        lease_ms: begin.lease_ms,
    }))
}

/// Returns the event `begun`.
///
/// Key and fingerprint are not in it: they tell of the arguments, and an event cannot be erased.
/// Nor is the callback's address, which may hold a token.
pub(super) fn begun(fold: &Fold, body: Map<String, Value>, payloads: Vec<Digested>) -> Draft {
    let row = &fold.row;
    let attempt = (row.attempt > 0).then_some(row.attempt);
    let mut draft = Draft::of(row, Kind::Begun, attempt);
    draft.body = body;
    draft.payloads = payloads;
    draft
        .with("skill", row.skill.as_str())
        .with("version", row.version.as_str())
        .with("digest", row.digest.as_str())
        .with("tool", row.tool.as_str())
        .with("mode", mode_name(row.mode))
        .with("attempts_max", row.attempts_max)
        .with("keyed", fold.is_bound)
        .with("callback", row.callback.is_some())
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Sync => "sync",
        Mode::Async => "async",
    }
}

/// A second call with a key.
fn again(tx: &mut dyn Tx, mut found: Fold, begin: &Begin) -> Result<Begun> {
    if found.fingerprint != begin.fingerprint {
        return Ok(Begun::Conflict(found.row));
    }
    let now = tx.now_ms();
    let is_open_for_callers = match (found.row.state, found.row.mode) {
        (State::Done | State::Failed | State::Cancelled, _) => {
            return Ok(Begun::Recorded(found.row));
        }
        // A worker takes a job on, never its caller.
        (State::Queued, _) | (_, Mode::Async) => false,
        (State::Running, Mode::Sync) => found.is_expired(now),
        (State::Waiting, Mode::Sync) => found.row.due_ms.is_none_or(|due| due <= now),
    };
    if !is_open_for_callers {
        return Ok(Begun::Pending(found.row));
    }
    if !found.has_attempts() {
        end::spend(tx, &mut found)?;
        return Ok(Begun::Recorded(found.row));
    }
    let lease = found.lend(&begin.owner, begin.lease_ms, now);
    tx.push(attempt(&found, false))?;
    tx.set_fold(&found)?;
    Ok(Begun::Again(lease, found.row))
}

/// Returns the event `attempt` of one that was just lent.
pub(super) fn attempt(fold: &Fold, is_spent: bool) -> Draft {
    let owner = fold.owner.as_deref().unwrap_or_default();
    Draft::of(&fold.row, Kind::Attempt, Some(fold.row.attempt))
        .with("owner", owner)
        .with("fence", fold.fence)
        .with("spent", is_spent)
}

/// Writes beginning and end at once.
pub(super) fn complete(
    tx: &mut dyn Tx,
    begin: Begin,
    given: Vec<Digested>,
    finish: Finish,
    told: Vec<Digested>,
) -> Result<()> {
    let mut fold = Fold::new(&begin, tx.next_seq(), tx.now_ms());
    fold.is_bound = false;
    fold.row.attempt = 1;
    tx.add_fold(&fold)?;
    tx.push(begun(&fold, begin.body, given))?;
    let status = match finish.end {
        End::Ended(status) | End::Freed(status) => status,
        // Nothing will follow.
        End::Open { .. } => Status::Failed,
    };
    let mut draft = Draft::of(&fold.row, Kind::Ended, Some(1));
    draft.body = finish.body;
    draft.payloads = told;
    end::end(tx, &mut fold, status, draft)
}
