//! The one way in which an invocation ends.

use hotcell_policy::Status;

use crate::fold::Fold;
use crate::journal::Result;
use crate::store::{Draft, Tx};
use crate::words::*;

/// Why an invocation ended that had no attempt left, in its event.
pub const ATTEMPTS_SPENT: &str = "attempts_spent";

/// Writes the event `ended`, the row's end and the callback that tells of it.
pub(super) fn end(tx: &mut dyn Tx, fold: &mut Fold, status: Status, draft: Draft) -> Result<()> {
    let now = tx.now_ms();
    let seq = tx.push(draft.with("status", status.as_str()))?;
    fold.end(status, seq, now);
    tx.set_fold(fold)?;
    let Some(url) = &fold.row.callback else {
        return Ok(());
    };
    let callback = Callback {
        id: format!("msg_{}", fold.row.id),
        invocation: fold.row.id.clone(),
        url: url.clone(),
        seq,
        attempt: 0,
        fence: 0,
    };
    tx.set_callback(&callback, now)
}

/// Ends one that has no attempt left.
pub(super) fn spend(tx: &mut dyn Tx, fold: &mut Fold) -> Result<()> {
    let draft = Draft::of(&fold.row, Kind::Ended, Some(fold.row.attempt));
    end(tx, fold, Status::Failed, draft.with("code", ATTEMPTS_SPENT))
}
