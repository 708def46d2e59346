//! Writing in memory.

use std::collections::BTreeSet;

use super::{Bound, Kept, State as All};
use crate::fold::Fold;
use crate::journal::{JournalError, Result};
use crate::leaf::{event_of, leaf_of};
use crate::store::{Draft, Tx};
use crate::tree::{Edge, leaf_hash};
use crate::words::*;

/// Takes one change back.
type Undo<'all> = Box<dyn FnOnce(&mut All) + 'all>;

/// A transaction: each change leaves a way back, so that an operation that fails leaves nothing.
pub(super) struct MemoryTx<'all> {
    all: &'all mut All,
    edge: Edge,
    back: Vec<Undo<'all>>,
}

impl<'all> MemoryTx<'all> {
    pub(super) fn new(all: &'all mut All) -> MemoryTx<'all> {
        MemoryTx {
            edge: all.edge.clone(),
            all,
            back: Vec::new(),
        }
    }

    /// Takes everything back, the latest first.
    pub(super) fn undo(self) {
        for step in self.back.into_iter().rev() {
            step(self.all);
        }
        self.all.edge = self.edge;
    }

    fn put(&mut self, fold: Fold) {
        let seq = fold.row.begun_seq;
        let before = self.all.folds.insert(seq, fold);
        self.back.push(Box::new(move |all| {
            match before {
                Some(fold) => all.folds.insert(seq, fold),
                None => all.folds.remove(&seq),
            };
        }));
    }

    fn found(&self, id: &str) -> Option<Fold> {
        let seq = self.all.ids.get(id)?;
        self.all.folds.get(seq).cloned()
    }

    fn free(&mut self, row: &InvocationRow) {
        let Some(bound) = bound_by(row) else { return };
        if self.all.keys.get(&bound) != Some(&row.begun_seq) {
            return;
        }
        if let Some(seq) = self.all.keys.remove(&bound) {
            self.back.push(Box::new(move |all| {
                all.keys.insert(bound, seq);
            }));
        }
    }

    fn drop_payload(&mut self, key: (u64, String)) -> u64 {
        let Some(payload) = self.all.payloads.remove(&key) else {
            return 0;
        };
        self.back.push(Box::new(move |all| {
            all.payloads.insert(key, payload);
        }));
        1
    }
}

fn bound_by(row: &InvocationRow) -> Option<Bound> {
    let key = row.key.clone()?;
    Some((row.caller.clone(), row.skill.clone(), row.tool.clone(), key))
}

impl Tx for MemoryTx<'_> {
    fn now_ms(&self) -> u64 {
        self.all.now_ms
    }

    fn next_seq(&self) -> u64 {
        self.all.edge.size()
    }

    fn push(&mut self, draft: Draft) -> Result<u64> {
        let seq = self.next_seq();
        let (event, payloads) = draft.at(seq, self.all.now_ms);
        let leaf = leaf_of(&event)?;
        // What is read is what was hashed: canonical JSON has one kind of number.
        let event = event_of(seq, &leaf)?;
        let hash = leaf_hash(leaf.as_bytes());
        self.all.edge.push(hash);
        self.all.events.push(Kept { event, leaf, hash });
        self.back.push(Box::new(|all| {
            all.events.pop();
        }));
        for payload in payloads.into_iter().filter(|one| one.is_kept) {
            let key = (seq, payload.name);
            let (bytes, salt) = (payload.bytes, payload.salt);
            self.all
                .payloads
                .insert(key.clone(), Payload { bytes, salt });
            self.back.push(Box::new(move |all| {
                all.payloads.remove(&key);
            }));
        }
        Ok(seq)
    }

    fn fold(&mut self, id: &str) -> Result<Option<Fold>> {
        Ok(self.found(id))
    }

    fn bound(&mut self, begin: &Begin, key: &str) -> Result<Option<Fold>> {
        let bound = (
            begin.caller.clone(),
            begin.skill.clone(),
            begin.tool.clone(),
            key.to_owned(),
        );
        let seq = self.all.keys.get(&bound);
        Ok(seq.and_then(|seq| self.all.folds.get(seq)).cloned())
    }

    fn add_fold(&mut self, fold: &Fold) -> Result<()> {
        let (id, seq) = (fold.row.id.clone(), fold.row.begun_seq);
        if self.all.ids.contains_key(&id) {
            return Err(JournalError::Misuse("an invocation's id twice".to_owned()));
        }
        self.all.ids.insert(id.clone(), seq);
        self.back.push(Box::new(move |all| {
            all.ids.remove(&id);
        }));
        if let (true, Some(bound)) = (fold.is_bound, bound_by(&fold.row)) {
            self.all.keys.insert(bound.clone(), seq);
            self.back.push(Box::new(move |all| {
                all.keys.remove(&bound);
            }));
        }
        self.put(fold.clone());
        Ok(())
    }

    fn set_fold(&mut self, fold: &Fold) -> Result<()> {
        self.put(fold.clone());
        Ok(())
    }

    fn unbind(&mut self, fold: &Fold) -> Result<()> {
        self.free(&fold.row);
        let mut fold = fold.clone();
        fold.is_bound = false;
        self.put(fold);
        Ok(())
    }

    fn longest(&mut self, state: State, mode: Mode, until: Option<u64>) -> Result<Option<Fold>> {
        let waits = |fold: &&Fold| (fold.wait_ms, fold.row.begun_seq);
        let found = self.all.folds.values().filter(|fold| {
            let is_due = until.is_none_or(|until| fold.wait_ms <= until);
            fold.row.state == state && fold.row.mode == mode && is_due
        });
        Ok(found.min_by_key(waits).cloned())
    }

    fn drop_payloads(&mut self, seq: u64) -> Result<u64> {
        let all = (seq, String::new())..(seq + 1, String::new());
        let keys: Vec<_> = self
            .all
            .payloads
            .range(all)
            .map(|(key, _)| key.clone())
            .collect();
        Ok(keys.into_iter().map(|key| self.drop_payload(key)).sum())
    }

    fn drop_needed(&mut self, id: &str) -> Result<()> {
        let of = |kept: &&Kept| kept.event.invocation.as_deref() == Some(id);
        let events = self.all.events.iter().filter(of);
        let seqs: BTreeSet<u64> = events.map(|kept| kept.event.seq).collect();
        let is_needed =
            |(seq, name): &&(u64, String)| seqs.contains(seq) && name.starts_with(NEEDED);
        let keys: Vec<_> = self
            .all
            .payloads
            .keys()
            .filter(is_needed)
            .cloned()
            .collect();
        for key in keys {
            self.drop_payload(key);
        }
        Ok(())
    }

    fn erase_one(&mut self, id: &str) -> Result<u64> {
        let of = |kept: &&Kept| kept.event.invocation.as_deref() == Some(id);
        let seqs: Vec<u64> = self
            .all
            .events
            .iter()
            .filter(of)
            .map(|kept| kept.event.seq)
            .collect();
        let mut payloads = 0;
        for seq in seqs {
            payloads += self.drop_payloads(seq)?;
        }
        if let Some(mut fold) = self.found(id) {
            fold.row.progress = None;
            self.put(fold);
        }
        Ok(payloads)
    }

    fn erasable(&mut self, before_ms: u64, limit: usize) -> Result<Vec<String>> {
        let ended = |fold: &&Fold| fold.row.ended_ms.is_some_and(|ended| ended < before_ms);
        let found = self
            .all
            .folds
            .values()
            .filter(|fold| !fold.is_erased)
            .filter(ended);
        let mut found: Vec<&Fold> = found.collect();
        found.sort_by_key(|fold| (fold.row.ended_ms, fold.row.begun_seq));
        Ok(found
            .iter()
            .take(limit)
            .map(|fold| fold.row.id.clone())
            .collect())
    }

    fn bound_before(&mut self, before_ms: u64, limit: usize) -> Result<Vec<String>> {
        let ended = |fold: &&Fold| fold.row.ended_ms.is_some_and(|ended| ended < before_ms);
        let folds = self.all.folds.values().filter(|fold| fold.is_bound);
        let ids = folds.filter(ended).take(limit);
        Ok(ids.map(|fold| fold.row.id.clone()).collect())
    }

    fn forget_key(&mut self, id: &str) -> Result<()> {
        if let Some(mut fold) = self.found(id) {
            self.free(&fold.row);
            fold.row.key = None;
            fold.is_bound = false;
            fold.fingerprint = [0; 32];
            fold.is_erased = true;
            self.put(fold);
        }
        Ok(())
    }

    fn release(&mut self, name: &str, version: &str) -> Result<Option<(Release, bool)>> {
        let key = (name.to_owned(), version.to_owned());
        Ok(self.all.releases.get(&key).cloned())
    }

    fn set_release(&mut self, release: &Release, is_listed: bool) -> Result<()> {
        let key = (release.name.clone(), release.version.clone());
        let new = (release.clone(), is_listed);
        let before = self.all.releases.insert(key.clone(), new);
        self.back.push(Box::new(move |all| {
            match before {
                Some(before) => all.releases.insert(key, before),
                None => all.releases.remove(&key),
            };
        }));
        Ok(())
    }

    fn set_callback(&mut self, callback: &Callback, due_ms: u64) -> Result<()> {
        let id = callback.id.clone();
        let before = self
            .all
            .callbacks
            .insert(id.clone(), (due_ms, callback.clone()));
        self.back.push(Box::new(move |all| {
            match before {
                Some(before) => all.callbacks.insert(id, before),
                None => all.callbacks.remove(&id),
            };
        }));
        Ok(())
    }

    fn callback(&mut self, id: &str) -> Result<Option<Callback>> {
        Ok(self
            .all
            .callbacks
            .get(id)
            .map(|(_, callback)| callback.clone()))
    }

    fn due_callback(&mut self, now_ms: u64) -> Result<Option<Callback>> {
        let due = self
            .all
            .callbacks
            .values()
            .filter(|(due, _)| *due <= now_ms);
        let first = due.min_by_key(|(due, callback)| (*due, &callback.invocation, callback.seq));
        Ok(first.map(|(_, callback)| callback.clone()))
    }

    fn drop_callback(&mut self, id: &str) -> Result<()> {
        if let Some((id, before)) = self.all.callbacks.remove_entry(id) {
            self.back.push(Box::new(move |all| {
                all.callbacks.insert(id, before);
            }));
        }
        Ok(())
    }

    fn add_seal(&mut self, seal: &SealedLog) -> Result<()> {
        // One write, the last of its operation: nothing can fail after it.
        self.all
            .seals
            .entry(seal.size)
            .or_insert_with(|| seal.clone());
        Ok(())
    }
}
