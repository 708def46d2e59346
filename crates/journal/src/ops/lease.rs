//! What the holder of a lease writes. Nothing is written where the lease is lost.

use hotcell_policy::Status;

use super::end;
use crate::fold::Fold;
use crate::journal::Result;
use crate::leaf::Digested;
use crate::store::{Draft, Tx};
use crate::words::*;

/// Returns the invocation of a lease that holds.
fn held(tx: &mut dyn Tx, lease: &Lease) -> Result<Option<Fold>> {
    Ok(tx.fold(&lease.id)?.filter(|fold| fold.is_held(lease)))
}

fn hold(fold: &Fold) -> Hold {
    if fold.row.is_cancel_asked {
        Hold::CancelAsked
    } else {
        Hold::Held
    }
}

/// Appends events. A checkpoint's payloads take the place of those of the one before.
pub(super) fn append(
    tx: &mut dyn Tx,
    lease: &Lease,
    entries: Vec<(Entry, Vec<Digested>)>,
) -> Result<Hold> {
    let Some(mut fold) = held(tx, lease)? else {
        return Ok(Hold::Lost);
    };
    let attempt = Some(fold.row.attempt);
    for (entry, payloads) in entries {
        let mut draft = Draft::of(&fold.row, entry.kind, attempt);
        draft.body = entry.body;
        draft.payloads = payloads;
        let seq = tx.push(draft)?;
        if entry.kind != Kind::Checkpoint {
            continue;
        }
        if let Some(before) = fold.checkpoint_seq.replace(seq) {
            tx.drop_payloads(before)?;
        }
        tx.set_fold(&fold)?;
    }
    Ok(hold(&fold))
}

/// Keeps the lease, and notes progress.
pub(super) fn renew(tx: &mut dyn Tx, lease: &Lease, progress: Option<JobProgress>) -> Result<Hold> {
    let Some(mut fold) = held(tx, lease)? else {
        return Ok(Hold::Lost);
    };
    fold.set_due(tx.now_ms().saturating_add(lease.lease_ms));
    if progress.is_some() {
        fold.row.progress = progress;
    }
    tx.set_fold(&fold)?;
    Ok(hold(&fold))
}

/// Ends an attempt.
pub(super) fn finish(
    tx: &mut dyn Tx,
    lease: &Lease,
    finish: Finish,
    payloads: Vec<Digested>,
) -> Result<Hold> {
    let Some(mut fold) = held(tx, lease)? else {
        return Ok(Hold::Lost);
    };
    let before = hold(&fold);
    let mut draft = Draft::of(&fold.row, Kind::Ended, Some(fold.row.attempt));
    draft.body = finish.body;
    draft.payloads = payloads;
    let forgets = finish.forgets;
    match finish.end {
        End::Ended(status) => end::end(tx, &mut fold, status, draft)?,
        End::Freed(status) => {
            end::end(tx, &mut fold, status, draft.with("freed", true))?;
            tx.unbind(&fold)?;
        }
        End::Open { .. } if !fold.has_attempts() => {
            end::end(tx, &mut fold, Status::Failed, draft)?;
        }
        End::Open { due_ms } => wait(tx, &mut fold, due_ms, draft)?,
    }
    if forgets && fold.row.state.is_ended() {
        tx.drop_needed(&fold.row.id)?;
    }
    Ok(before)
}

/// Lets it wait for its next attempt. A job that is to end is due at once: a worker ends it.
fn wait(tx: &mut dyn Tx, fold: &mut Fold, due_ms: u64, draft: Draft) -> Result<()> {
    let is_to_end = fold.row.is_cancel_asked && fold.row.mode == Mode::Async;
    let due_ms = if is_to_end { tx.now_ms() } else { due_ms };
    let mut draft = draft
        .with("status", Status::Failed.as_str())
        .with("due_ms", due_ms);
    draft.kind = Kind::AttemptEnded;
    let seq = tx.push(draft)?;
    fold.row.state = State::Waiting;
    fold.row.ended_seq = Some(seq);
    fold.set_due(due_ms);
    tx.set_fold(fold)
}
