//! What a soak counted, as a table.

use std::fmt;
use std::time::Duration;

/// What was counted.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Processes that were killed while they worked.
    pub kills_of_workers: u64,
    /// Processes that were killed while they called.
    pub kills_of_callers: u64,
    /// Processes that were held past their leases, and went on.
    pub holds: u64,
    /// How long it took.
    pub time: Duration,
    /// A write of 4 KiB and fdatasync on this disk, p50, in microseconds.
    pub fdatasync_us: u64,
    /// Invocations on record.
    pub invocations: u64,
    /// Events on record.
    pub events: u64,
    /// Attempts that took over what another process had left, or tried again.
    pub takeovers: u64,
    /// Checkpoints of jobs.
    pub checkpoints: u64,
    /// Ends that callers were told of.
    pub acknowledged: u64,
    /// Of them, or of accepted jobs: not on record, or otherwise. Must be 0.
    pub lost: u64,
    /// Calls without effect that were told as not yet recorded, and are not on record.
    pub lost_pending: u64,
    /// Failures that advised the same key.
    pub again: u64,
    /// Calls in which a host could not use the record.
    pub faults: u64,
    /// Effects with a key that arrived.
    pub effects: u64,
    /// Requests at the server.
    pub arrivals: u64,
    /// Requests whose key the server knew already.
    pub repeats: u64,
    /// Effects that were done twice. Must be 0.
    pub twice: u64,
    /// Calls and jobs with a key, each ended well.
    pub keyed_ends: u64,
    /// Writes without a key that ended as unknown.
    pub in_doubt: u64,
    /// Of them, those that were done.
    pub in_doubt_done: u64,
    /// Writes without a key that ended as interrupted before they were sent.
    pub interrupted: u64,
    /// Checkpoints of the log that were checked.
    pub seals: u64,
    /// What did not fit. Must be 0.
    pub violations: u64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.time.as_secs();
        let rows = [
            ("workers killed with SIGKILL", self.kills_of_workers),
            ("callers killed with SIGKILL", self.kills_of_callers),
            (
                "processes held past their leases (SIGSTOP, SIGCONT)",
                self.holds,
            ),
            ("seconds", seconds),
            (
                "fdatasync of 4 KiB on this disk, p50, µs",
                self.fdatasync_us,
            ),
            ("invocations", self.invocations),
            ("events", self.events),
            ("attempts after the first", self.takeovers),
            ("checkpoints", self.checkpoints),
            ("requests at the server", self.arrivals),
            ("of them repeated with the same key", self.repeats),
            ("effects with a key", self.effects),
            ("**effects done twice**", self.twice),
            ("ends acknowledged to a caller", self.acknowledged),
            ("**acknowledged and lost**", self.lost),
            (
                "told as not yet recorded, and lost (no effect, no key)",
                self.lost_pending,
            ),
            ("keyed calls and jobs, all ended well", self.keyed_ends),
            (
                "failures that advised the same key, called again",
                self.again,
            ),
            (
                "calls answered by a fault of the host, called again",
                self.faults,
            ),
            (
                "writes without a key in doubt: `unknown`, never sent again",
                self.in_doubt,
            ),
            ("of them, those that had been done", self.in_doubt_done),
            (
                "writes without a key interrupted before they were sent",
                self.interrupted,
            ),
            ("signed checkpoints checked; the log is whole", self.seals),
            ("**violations**", self.violations),
        ];
        writeln!(f, "| | |\n|---|---:|")?;
        for (name, number) in rows {
            writeln!(f, "| {name} | {number} |")?;
        }
        Ok(())
    }
}
