//! Erasing: payloads go, events stay.

use serde_json::Map;

use super::ERASE_BATCH;
use crate::journal::Result;
use crate::store::{Draft, Tx};
use crate::words::*;

/// What one transaction erased.
pub(super) struct Erased {
    /// Payloads, or keys.
    pub(super) payloads: u64,
    /// Whether there may be more.
    pub(super) goes_on: bool,
}

/// Erases of one invocation, or of a batch of those that ended; one that has not ended stays.
pub(super) fn erase(tx: &mut dyn Tx, what: &Erase, by: &str) -> Result<Erased> {
    match what {
        Erase::Invocation(id) => one(tx, id, by),
        Erase::EndedBefore(before_ms) => batch(tx, *before_ms, by),
        Erase::KeysEndedBefore(before_ms) => keys(tx, *before_ms, by),
    }
}

fn one(tx: &mut dyn Tx, id: &str, by: &str) -> Result<Erased> {
    let mut payloads = 0;
    if let Some(fold) = tx.fold(id)?
        && fold.row.state.is_ended()
    {
        payloads = tx.erase_one(id)?;
        if payloads > 0 {
            let mut draft = Draft::of(&fold.row, Kind::Erased, None);
            draft.actor = Some(by.to_owned());
            tx.push(draft.with("payloads", payloads))?;
        }
    }
    Ok(Erased {
        payloads,
        goes_on: false,
    })
}

/// Erases a batch, with the keys and fingerprints: what is left tells nothing of the arguments.
fn batch(tx: &mut dyn Tx, before_ms: u64, by: &str) -> Result<Erased> {
    let ids = tx.erasable(before_ms, ERASE_BATCH)?;
    let mut payloads = 0;
    for id in &ids {
        payloads += tx.erase_one(id)?;
        tx.forget_key(id)?;
    }
    if payloads > 0 {
        let draft = erased_before(before_ms, by).with("invocations", ids.len());
        tx.push(draft.with("payloads", payloads))?;
    }
    Ok(Erased {
        payloads,
        goes_on: ids.len() == ERASE_BATCH,
    })
}

/// Frees a batch of keys.
fn keys(tx: &mut dyn Tx, before_ms: u64, by: &str) -> Result<Erased> {
    let ids = tx.bound_before(before_ms, ERASE_BATCH)?;
    for id in &ids {
        if let Some(fold) = tx.fold(id)? {
            tx.unbind(&fold)?;
        }
    }
    if !ids.is_empty() {
        tx.push(erased_before(before_ms, by).with("keys", ids.len()))?;
    }
    Ok(Erased {
        payloads: ids.len() as u64,
        goes_on: ids.len() == ERASE_BATCH,
    })
}

/// The event of what was erased of all that ended before a time.
fn erased_before(before_ms: u64, by: &str) -> Draft {
    let draft = Draft {
        kind: Kind::Erased,
        actor: Some(by.to_owned()),
        invocation: None,
        correlation: None,
        attempt: None,
        body: Map::new(),
        payloads: Vec::new(),
    };
    draft.with("ended_before_ms", before_ms)
}
