//! Exit codes: what a shell script learns of a command.

use hotcell_policy::{Outcome, Status};

/// It went well, or the job was taken on.
pub(crate) const OK: u8 = 0;
/// The skill failed.
pub(crate) const SKILL_FAILED: u8 = 1;
/// Wrong usage, or a package or configuration that cannot be read.
pub(crate) const USAGE: u8 = 2;
/// The host refused: wrong arguments, unknown tool, no grant, conflict.
pub(crate) const REFUSED: u8 = 3;
/// A limit.
pub(crate) const LIMIT: u8 = 4;
/// Cancelled, or an effect in doubt.
pub(crate) const CANCELLED: u8 = 5;
/// A fault of Hotcell or of its machine.
pub(crate) const FAULT: u8 = 70;

/// Returns the exit code that tells `outcome`.
pub(crate) fn of_outcome(outcome: &Outcome) -> u8 {
    match outcome.status {
        Status::Ok | Status::Accepted => OK,
        Status::Failed => SKILL_FAILED,
        Status::Refused => REFUSED,
        Status::Limit => LIMIT,
        Status::Cancelled | Status::Unknown => CANCELLED,
    }
}
