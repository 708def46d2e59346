//! An invocation as the stores keep it: its row, and what only the journal itself needs.

use hotcell_policy::Status;

use crate::words::{Begin, InvocationRow, Lease, Mode, State};

/// A row and what stands behind it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fold {
    pub(crate) row: InvocationRow,
    /// Digest of the arguments; zeros once it is erased.
    pub(crate) fingerprint: [u8; 32],
    /// Whether its key leads to it.
    pub(crate) is_bound: bool,
    /// The fence of the last lease; 0 where there was none.
    pub(crate) fence: u64,
    /// Who held the last lease.
    pub(crate) owner: Option<String>,
    /// Since when it waits for somebody, or from when it may be taken on: orders claims.
    pub(crate) wait_ms: u64,
    /// The event of the last checkpoint.
    pub(crate) checkpoint_seq: Option<u64>,
    /// Whether [`crate::Erase::EndedBefore`] has been here.
    pub(crate) is_erased: bool,
}

impl Fold {
    /// Returns a new one as `begun_seq` says it: running with attempt 1, or queued.
    pub(crate) fn new(begin: &Begin, begun_seq: u64, now_ms: u64) -> Fold {
        let runs = begin.mode == Mode::Sync;
        let due_ms = runs.then(|| now_ms.saturating_add(begin.lease_ms));
        Fold {
            row: InvocationRow {
                id: begin.id.clone(),
                caller: begin.caller.clone(),
                skill: begin.skill.clone(),
                version: begin.version.clone(),
                digest: begin.digest.clone(),
                tool: begin.tool.clone(),
                key: begin.key.clone(),
                correlation: begin.correlation.clone(),
                mode: begin.mode,
                state: if runs { State::Running } else { State::Queued },
                status: None,
                attempt: u32::from(runs),
                attempts_max: begin.attempts_max.max(1),
                begun_ms: now_ms,
                ended_ms: None,
                due_ms,
                is_cancel_asked: false,
                progress: None,
                callback: begin.callback.clone(),
                begun_seq,
                ended_seq: None,
            },
            fingerprint: begin.fingerprint,
            is_bound: begin.key.is_some(),
            fence: u64::from(runs),
            owner: runs.then(|| begin.owner.clone()),
            wait_ms: due_ms.unwrap_or(now_ms),
            checkpoint_seq: None,
            is_erased: false,
        }
    }

    /// Returns whether the lease is the one that holds. Time has no say: who was not taken over
    /// holds it still.
    pub(crate) fn is_held(&self, lease: &Lease) -> bool {
        self.row.state == State::Running && self.fence == lease.fence
    }

    /// Returns whether somebody may take it over.
    pub(crate) fn is_expired(&self, now_ms: u64) -> bool {
        self.row.state == State::Running && self.row.due_ms.is_none_or(|due| due <= now_ms)
    }

    /// Returns whether attempts are left.
    pub(crate) fn has_attempts(&self) -> bool {
        self.row.attempt < self.row.attempts_max
    }

    /// Sets from when it may be taken on.
    pub(crate) fn set_due(&mut self, due_ms: u64) {
        self.row.due_ms = Some(due_ms);
        self.wait_ms = due_ms;
    }

    /// Gives it to a new holder, with the next fence and, where one is left, the next attempt.
    pub(crate) fn lend(&mut self, owner: &str, lease_ms: u64, now_ms: u64) -> Lease {
        self.row.state = State::Running;
        self.row.attempt = (self.row.attempt + 1).min(self.row.attempts_max);
        self.fence += 1;
        self.owner = Some(owner.to_owned());
        self.set_due(now_ms.saturating_add(lease_ms));
        Lease {
            id: self.row.id.clone(),
            fence: self.fence,
            attempt: self.row.attempt,
            lease_ms,
        }
    }

    /// Ends it.
    pub(crate) fn end(&mut self, status: Status, ended_seq: u64, now_ms: u64) {
        self.row.state = match status {
            Status::Ok | Status::Accepted => State::Done,
            Status::Cancelled => State::Cancelled,
            Status::Failed | Status::Refused | Status::Limit | Status::Unknown => State::Failed,
        };
        self.row.status = Some(status);
        self.row.ended_ms = Some(now_ms);
        self.row.ended_seq = Some(ended_seq);
        self.row.due_ms = None;
    }
}

impl State {
    /// Returns whether nothing follows.
    pub fn is_ended(self) -> bool {
        matches!(self, State::Done | State::Failed | State::Cancelled)
    }
}
