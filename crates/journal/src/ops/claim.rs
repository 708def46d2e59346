//! Taking on what nobody carries out.

use super::begin;
use crate::fold::Fold;
use crate::journal::Result;
use crate::store::Tx;
use crate::words::*;

/// Takes on the one that waits longest.
///
/// A queued job waits since it was queued, any other since it was due: time orders them, and only
/// what is due by a time looks at the clock.
pub(super) fn claim(tx: &mut dyn Tx, claim: &Claim) -> Result<Option<Claimed>> {
    let now = tx.now_ms();
    let mut found = vec![tx.longest(State::Running, Mode::Sync, Some(now))?];
    if claim.jobs {
        found.push(tx.longest(State::Queued, Mode::Async, None)?);
        found.push(tx.longest(State::Waiting, Mode::Async, Some(now))?);
        found.push(tx.longest(State::Running, Mode::Async, Some(now))?);
    }
    let waits = |fold: &Fold| (fold.wait_ms, fold.row.begun_seq);
    let Some(mut fold) = found.into_iter().flatten().min_by_key(waits) else {
        return Ok(None);
    };
    // Nobody waits for a call whose host died, and a job that is to end is not run once more.
    let is_spent = fold.row.mode == Mode::Sync || fold.row.is_cancel_asked || !fold.has_attempts();
    let lease = fold.lend(&claim.owner, claim.lease_ms, now);
    tx.push(begin::attempt(&fold, is_spent))?;
    tx.set_fold(&fold)?;
    Ok(Some(Claimed {
        lease,
        row: fold.row,
        is_spent,
    }))
}
