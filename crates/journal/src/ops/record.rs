//! Events without a lease.

use crate::journal::Result;
use crate::leaf::Digested;
use crate::store::{Draft, Tx};
use crate::words::Entry;

/// Appends events as they are.
pub(super) fn record(tx: &mut dyn Tx, entries: Vec<(Entry, Vec<Digested>)>) -> Result<()> {
    for (entry, payloads) in entries {
        tx.push(Draft {
            kind: entry.kind,
            actor: entry.actor,
            invocation: entry.invocation,
            correlation: entry.correlation,
            attempt: None,
            body: entry.body,
            payloads,
        })?;
    }
    Ok(())
}
