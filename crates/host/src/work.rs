//! A call's work in a host folder that the operator grants: `/work`.
//!
//! The folder is listed before the guest runs, and its files are read when the guest opens them;
//! what the guest writes stays in memory. Only when the call has gone well are the changes checked
//! against the disk, staged beside it with a note of intent, and, once the end of the call is on
//! record, moved into place: all of them, or none. What a crash leaves behind is finished or thrown
//! away by whoever uses the folder next, as the record says.
//!
//! Nothing here follows a link, opens a device, or names a path that the package's rules refuse.
//! Read `work/settle.rs` first: the way of one call's changes. Then `work/list.rs`, `work/disk.rs`
//! and `work/stage.rs`.

mod disk;
mod intent;
mod list;
mod plan;
mod recover;
mod seen;
mod settle;
mod stage;
#[cfg(test)]
mod tests;
mod told;

use hotcell_policy::egress::WorkAllowed;
use hotcell_policy::{Failure, Retry, WorkAccess};
use hotcell_sandbox::WorkError;

pub(crate) use disk::DiskSource;
pub(crate) use seen::{RecordedWork, WORK, is_kept};
pub(crate) use settle::{Kept, NOT_APPROVED, WorkDone, commit, discard};
pub(crate) use told::told;

/// Who says yes to the changes that a call makes at `/work`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Consent {
    /// The grant: changes are applied, unless it wants a preview; then they are told, and not
    /// applied.
    #[default]
    AsGranted,
    /// Nobody: the changes are told, and not applied. Such a call sends no request.
    Preview,
    /// Somebody who has seen the changes of this digest: they are applied if they are the same.
    To(String),
    /// Somebody who wants whatever they are.
    Any,
    /// As [`Consent::AsGranted`]; and where the grant lets the caller say yes, the Reply has an
    /// [`Offer`](crate::Offer).
    Offer,
    /// The caller, to the offer of this id: the changes are applied if they are the same.
    Accepted(String),
    /// As [`Consent::AsGranted`]: the caller said no to the offer of this id.
    Declined(String),
}

impl Consent {
    /// Returns whether nobody but the grant has said anything.
    pub(crate) fn is_as_granted(&self) -> bool {
        match self {
            Consent::AsGranted | Consent::Offer | Consent::Declined(_) => true,
            Consent::Preview | Consent::To(_) | Consent::Any | Consent::Accepted(_) => false,
        }
    }
}

/// The host folder of one call, as it was granted.
#[derive(Debug, Clone)]
pub(crate) struct WorkPlan {
    pub(crate) allowed: WorkAllowed,
    /// What its tool may do there.
    pub(crate) access: WorkAccess,
    pub(crate) consent: Consent,
}

impl WorkPlan {
    /// Returns whether nothing that the call does may reach the world: its changes are told only.
    pub(crate) fn is_preview(&self) -> bool {
        match self.consent {
            // An answer to an offer is worth nothing before it is redeemed.
            Consent::Preview | Consent::Accepted(_) => true,
            Consent::AsGranted | Consent::Offer | Consent::Declined(_) => {
                self.allowed.preview && self.access == WorkAccess::Write
            }
            Consent::To(_) | Consent::Any => false,
        }
    }
}

/// Returns why a call failed at its folder.
pub(crate) fn failure(error: &WorkError) -> Failure {
    let (code, retry, hint) = match error {
        WorkError::Limit(limit) => return Failure::work_limit(*limit),
        WorkError::Changed(_) => (
            "work_changed",
            Retry::SameKey,
            "nothing was applied; call again, and it begins with the folder as it is then",
        ),
        WorkError::Unreadable(..) => (
            "work_unreadable",
            Retry::Never,
            "nothing was applied; look at the folder, and at who may read and write it",
        ),
    };
    Failure {
        code: code.to_owned(),
        message: crate::conclude::short(&error.to_string()),
        retry,
        hint: Some(hint.to_owned()),
        details: None,
    }
}
