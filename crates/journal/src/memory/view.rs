//! Reading in memory.

use super::{Kept, State};
use crate::journal::Result;
use crate::store::View;
use crate::tree::TreeHead;
use crate::words::{
    Event, EventQuery, InvocationQuery, InvocationRow, LogRow, Mode, Payload, Release, SealedLog,
};

/// Returns whether an optional wish is met.
fn fits(wish: Option<&String>, is: Option<&String>) -> bool {
    wish.is_none() || wish == is
}

impl View for State {
    fn invocation(&self, id: &str) -> Result<Option<InvocationRow>> {
        let fold = self.ids.get(id).and_then(|seq| self.folds.get(seq));
        Ok(fold.map(|fold| fold.row.clone()))
    }

    fn invocations(&self, query: &InvocationQuery) -> Result<Vec<InvocationRow>> {
        let before = query.before_seq.unwrap_or(u64::MAX);
        let rows = self.folds.range(..before).rev().map(|(_, fold)| &fold.row);
        let found = rows.filter(|row| {
            fits(query.correlation.as_ref(), Some(&row.correlation))
                && fits(query.caller.as_ref(), Some(&row.caller))
                && fits(query.skill.as_ref(), Some(&row.skill))
                && (!query.jobs || row.mode == Mode::Async)
                && (!query.open || !row.state.is_ended())
        });
        Ok(found.take(query.limit).cloned().collect())
    }

    fn events(&self, query: &EventQuery) -> Result<Vec<Event>> {
        let events = self.events.iter().map(|kept| &kept.event);
        let found = events.filter(|event| {
            event.seq >= query.from
                && fits(query.invocation.as_ref(), event.invocation.as_ref())
                && fits(query.correlation.as_ref(), event.correlation.as_ref())
                && (query.kinds.is_empty() || query.kinds.contains(&event.kind))
        });
        Ok(found.take(query.limit).cloned().collect())
    }

    fn payload(&self, seq: u64, name: &str) -> Result<Option<Payload>> {
        Ok(self.payloads.get(&(seq, name.to_owned())).cloned())
    }

    fn rows(&self, from: u64, limit: usize) -> Result<Vec<LogRow>> {
        let skip = usize::try_from(from).unwrap_or(usize::MAX);
        let row = |kept: &Kept| {
            let seq = kept.event.seq;
            let of = (seq, String::new())..(seq + 1, String::new());
            let payloads = self.payloads.range(of);
            LogRow {
                seq,
                leaf: kept.leaf.clone(),
                hash: kept.hash,
                payloads: payloads
                    .map(|((_, name), one)| (name.clone(), one.clone()))
                    .collect(),
                odd_column: None,
            }
        };
        Ok(self.events.iter().skip(skip).take(limit).map(row).collect())
    }

    fn releases(&self) -> Result<Vec<Release>> {
        let listed = self.releases.values().filter(|(_, is_listed)| *is_listed);
        Ok(listed.map(|(release, _)| release.clone()).collect())
    }

    fn seals(&self) -> Result<Vec<SealedLog>> {
        Ok(self.seals.values().cloned().collect())
    }

    fn last_seal(&self) -> Result<Option<u64>> {
        Ok(self.seals.keys().next_back().copied())
    }

    fn head(&self) -> Result<TreeHead> {
        Ok(self.edge.head())
    }
}
