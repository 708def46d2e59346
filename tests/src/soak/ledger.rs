//! What callers were told, and whether the record and the server say the same.

use std::collections::{BTreeMap, BTreeSet};

use hotcell_host::Host;
use hotcell_host::journal::{Event, InvocationRow, Kind, State, Verdict};
use hotcell_policy::Status;

use super::place::{Failed, STEPS};
use super::reading;
use super::table::Figures;
use super::upstream::{Effect, Upstream};
use super::words::{Line, Said, Tool};

/// How many violations are told in full.
const TOLD_MAX: usize = 20;

/// What callers were told.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The last end that was told of each invocation, and whether it was on record.
    ended: BTreeMap<String, (Status, bool)>,
    /// The tool of each effect that was asked for.
    asked: BTreeMap<String, Tool>,
    accepted: BTreeSet<String>,
    /// What does not fit.
    violations: Vec<String>,
    /// What was counted.
    pub figures: Figures,
}

impl Ledger {
    /// Notes a line of a caller.
    pub fn note(&mut self, line: &Line) {
        match &line.said {
            Said::Asks => {
                self.asked.insert(line.effect.clone(), line.tool);
            }
            Said::Accepted(id) => {
                self.accepted.insert(id.clone());
            }
            Said::Again(_) => self.figures.again += 1,
            Said::Fault(_) => self.figures.faults += 1,
            Said::Ended {
                id,
                status,
                is_recorded,
            } => {
                self.figures.acknowledged += 1;
                let told = (*status, *is_recorded);
                match self.ended.insert(id.clone(), told) {
                    Some(before) if before != told => self.violation(format!(
                        "{}: told as {before:?}, then as {told:?}",
                        line.effect
                    )),
                    _ => {}
                }
            }
        }
    }

    /// Compares what was told with the record and the server, after all has ended.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be read.
    pub async fn judge(&mut self, host: &Host, upstream: &Upstream) -> Result<(), Failed> {
        let journal = host.journal()?;
        let rows = reading::invocations(journal.as_ref()).await?;
        let events = reading::events(journal.as_ref()).await?;
        let plain = reading::effects_of(journal.as_ref(), &rows, Tool::Plain).await?;
        self.figures.invocations = rows.len() as u64;
        self.figures.events = events.len() as u64;
        self.judge_told(&rows);
        self.judge_events(&rows, &events);
        self.judge_effects(&rows, &upstream.effects());
        self.judge_plain(&plain, &upstream.effects());
        self.figures.arrivals = upstream.arrivals();
        match host.verify_log(None).await? {
            Verdict::Sound { seals, .. } => self.figures.seals = seals as u64,
            Verdict::Broken(flaw) => self.violation(format!("the log is broken: {flaw:?}")),
        }
        Ok(())
    }

    /// Returns what does not fit, of which the first are told in full.
    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    fn violation(&mut self, what: String) {
        self.figures.violations += 1;
        if self.violations.len() < TOLD_MAX {
            self.violations.push(what);
        }
    }

    /// What was acknowledged is on record, with the end that was told.
    fn judge_told(&mut self, rows: &BTreeMap<String, InvocationRow>) {
        for (id, (status, is_recorded)) in self.ended.clone() {
            match rows.get(&id) {
                Some(row) if row.status == Some(status) => {}
                None if !is_recorded => self.figures.lost_pending += 1,
                found => {
                    self.figures.lost += 1;
                    let found = found.map(|row| (row.state, row.status));
                    self.violation(format!("{id} was told as {status:?}, and is {found:?}"));
                }
            }
        }
        for id in self.accepted.clone() {
            if !rows.contains_key(&id) {
                self.figures.lost += 1;
                self.violation(format!("{id} was accepted, and is not on record"));
            }
        }
    }

    /// Each invocation has one end, the last of its events, and no attempt writes after the next
    /// one began.
    fn judge_events(&mut self, rows: &BTreeMap<String, InvocationRow>, events: &[Event]) {
        let mut ends: BTreeMap<&str, u64> = BTreeMap::new();
        let mut attempts: BTreeMap<&str, u32> = BTreeMap::new();
        for event in events {
            let Some(id) = event.invocation.as_deref() else {
                continue;
            };
            if ends.contains_key(id) {
                self.violation(format!("{id}: {:?} after its end", event.kind));
            }
            let attempt = event.attempt.unwrap_or_default();
            let last = attempts.entry(id).or_default();
            if event.attempt.is_some() && attempt < *last {
                self.violation(format!("{id}: attempt {attempt} wrote after {last} began"));
            }
            *last = attempt.max(*last);
            match event.kind {
                Kind::Ended => *ends.entry(id).or_default() += 1,
                Kind::Attempt => self.figures.takeovers += 1,
                Kind::Checkpoint => self.figures.checkpoints += 1,
                _ => {}
            }
        }
        for (id, row) in rows {
            if ends.get(id.as_str()) != Some(&1) {
                let found = ends.get(id.as_str());
                self.violation(format!("{id}: {found:?} ends, and is {:?}", row.state));
            }
        }
    }

    /// What the server did is what the record says.
    fn judge_effects(
        &mut self,
        rows: &BTreeMap<String, InvocationRow>,
        effects: &BTreeMap<String, Effect>,
    ) {
        for (path, effect) in effects {
            let is_keyed = path.starts_with("/keyed/");
            self.figures.effects += u64::from(is_keyed);
            self.figures.repeats += effect.arrivals - effect.done;
            if effect.done > 1 {
                self.figures.twice += 1;
                self.violation(format!("{path} was done {} times", effect.done));
            }
        }
        let by_key: BTreeMap<_, _> = rows
            .values()
            .filter_map(|row| Some((row.key.clone()?, row)))
            .collect();
        let done = |path: String| effects.get(&path).map_or(0, |effect| effect.done);
        for (effect, tool) in self.asked.clone() {
            let wanted: Vec<_> = match tool {
                Tool::Keyed => vec![format!("/keyed/{effect}")],
                Tool::Job => (0..STEPS)
                    .map(|step| format!("/keyed/{effect}/{step}"))
                    .collect(),
                Tool::Plain | Tool::Echo => continue,
            };
            // A caller that died before its call began asked for nothing.
            let Some(row) = by_key.get(&effect) else {
                continue;
            };
            if row.state != State::Done || row.status != Some(Status::Ok) {
                let (state, status) = (row.state, row.status);
                self.violation(format!("{effect} ended as {state:?}, {status:?}"));
            }
            self.figures.keyed_ends += 1;
            for path in wanted.into_iter().filter(|path| done(path.clone()) == 0) {
                self.violation(format!("{path} was not done, and its call ended well"));
            }
        }
    }

    /// What has no key is done once at most; where the record says that it was not done, or was,
    /// that is so.
    fn judge_plain(
        &mut self,
        rows: &[(String, InvocationRow)],
        effects: &BTreeMap<String, Effect>,
    ) {
        let mut seen: BTreeMap<&str, &InvocationRow> = BTreeMap::new();
        for (effect, row) in rows {
            if let Some(other) = seen.insert(effect, row) {
                self.violation(format!("{effect} was called twice: {other:?} and {row:?}"));
            }
            let path = format!("/plain/{effect}");
            let done = effects.get(&path).map_or(0, |effect| effect.done);
            let fits = match row.status {
                Some(Status::Ok) => done == 1,
                Some(Status::Unknown) => {
                    self.figures.in_doubt += 1;
                    self.figures.in_doubt_done += done;
                    done <= 1
                }
                Some(Status::Failed) => {
                    self.figures.interrupted += 1;
                    done == 0
                }
                _ => false,
            };
            if !fits {
                let status = row.status;
                self.violation(format!(
                    "{path} was done {done} times, and ended as {status:?}"
                ));
            }
        }
    }
}
