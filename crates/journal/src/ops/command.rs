//! What people tell an invocation.

use hotcell_policy::Status;

use super::end;
use crate::fold::Fold;
use crate::journal::Result;
use crate::store::{Draft, Tx};
use crate::words::*;

/// Tells an invocation to end, or a waiting job to go on now.
pub(super) fn command(tx: &mut dyn Tx, id: &str, command: Command, by: &str) -> Result<Commanded> {
    let Some(fold) = tx.fold(id)? else {
        return Ok(Commanded::Unknown);
    };
    match command {
        Command::Cancel => cancel(tx, fold, by),
        Command::RunNow => run_now(tx, fold, by),
    }
}

fn draft(fold: &Fold, kind: Kind, by: &str) -> Draft {
    let mut draft = Draft::of(&fold.row, kind, None);
    draft.actor = Some(by.to_owned());
    draft
}

/// Ends one that does not run; asks one that does, once.
fn cancel(tx: &mut dyn Tx, mut fold: Fold, by: &str) -> Result<Commanded> {
    match fold.row.state {
        State::Done | State::Failed | State::Cancelled => Ok(Commanded::TooLate),
        State::Queued | State::Waiting => {
            let ended = draft(&fold, Kind::Ended, by).with("code", "cancelled");
            end::end(tx, &mut fold, Status::Cancelled, ended)?;
            Ok(Commanded::Done)
        }
        State::Running => {
            if !fold.row.is_cancel_asked {
                tx.push(draft(&fold, Kind::CancelAsked, by))?;
                fold.row.is_cancel_asked = true;
                tx.set_fold(&fold)?;
            }
            Ok(Commanded::Asked)
        }
    }
}

/// Queues a waiting job.
fn run_now(tx: &mut dyn Tx, mut fold: Fold, by: &str) -> Result<Commanded> {
    if fold.row.state != State::Waiting || fold.row.mode != Mode::Async {
        return Ok(Commanded::TooLate);
    }
    tx.push(draft(&fold, Kind::RunNow, by))?;
    fold.row.state = State::Queued;
    fold.row.due_ms = None;
    fold.wait_ms = tx.now_ms();
    tx.set_fold(&fold)?;
    Ok(Commanded::Done)
}
