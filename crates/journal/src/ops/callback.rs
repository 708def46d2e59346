//! The outbox: callbacks are delivered at least once.

use serde_json::Map;

use crate::journal::Result;
use crate::store::{Draft, Tx};
use crate::words::*;

/// Takes on the one that is due longest.
pub(super) fn claim(tx: &mut dyn Tx, lease_ms: u64) -> Result<Option<Callback>> {
    let now = tx.now_ms();
    let Some(mut callback) = tx.due_callback(now)? else {
        return Ok(None);
    };
    callback.attempt += 1;
    callback.fence += 1;
    tx.set_callback(&callback, now.saturating_add(lease_ms))?;
    Ok(Some(callback))
}

/// Keeps what came of one, where it is still ours: nobody has taken it on since.
pub(super) fn settle(tx: &mut dyn Tx, callback: &Callback, settled: Settled) -> Result<bool> {
    let ours = tx.callback(&callback.id)?;
    let Some(ours) = ours.filter(|now| now.fence == callback.fence) else {
        return Ok(false);
    };
    match settled {
        Settled::Again { due_ms } => {
            // The next fence: what this try says from now on comes too late.
            let next = Callback {
                fence: ours.fence + 1,
                ..ours
            };
            tx.set_callback(&next, due_ms)?;
        }
        Settled::Delivered => close(tx, &ours, "delivered", None)?,
        Settled::GivenUp { why } => close(tx, &ours, "given_up", Some(why))?,
    }
    Ok(true)
}

fn close(tx: &mut dyn Tx, callback: &Callback, result: &str, why: Option<String>) -> Result<()> {
    let row = tx.fold(&callback.invocation)?.map(|fold| fold.row);
    let mut draft = Draft {
        kind: Kind::Callback,
        actor: None,
        invocation: Some(callback.invocation.clone()),
        correlation: row.map(|row| row.correlation),
        attempt: None,
        body: Map::new(),
        payloads: Vec::new(),
    }
    .with("callback", callback.id.as_str())
    .with("result", result)
    .with("tries", callback.attempt);
    if let Some(why) = why {
        draft = draft.with("why", why);
    }
    tx.push(draft)?;
    tx.drop_callback(&callback.id)
}
