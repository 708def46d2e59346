//! The way of one call's changes: listed, run, told, staged; applied once the call is on record.

use std::sync::Arc;

use hotcell_policy::{Changes, Failure, Refusal, Status};
use hotcell_sandbox::{WorkChange, WorkFolder};

use super::recover::blocking;
use super::stage::{Locked, Staged, Whose};
use super::{Consent, DiskSource, WorkPlan, failure, told};
use crate::Host;
use crate::conclude::Attempt;
use crate::fault::Fault;
use crate::invoke::Ready;

/// The code of a call whose changes wait for a yes.
pub(crate) const NOT_APPROVED: &str = "changes_not_approved";

/// What a call did at `/work`.
#[derive(Default)]
pub(crate) struct WorkDone {
    /// What it saw; none where it has no folder.
    pub(crate) source: Option<Arc<DiskSource>>,
    /// What it changed.
    pub(crate) changes: Vec<WorkChange>,
    /// The same, as it is told.
    pub(crate) told: Option<Changes>,
    /// What is to be applied.
    pub(crate) staged: Option<Box<Staged>>,
    /// Whether something was changed and is not to be applied.
    pub(crate) is_withheld: bool,
}

/// Whether a call's end is on record before its changes are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    OnRecord,
    OffRecord,
}

impl Host {
    /// Lists the folder that a call works in; none where it has none.
    ///
    /// # Errors
    ///
    /// Fails where the folder cannot be listed, or holds what nobody can finish.
    pub(crate) async fn open_work(
        &self,
        ready: &Ready,
    ) -> Result<Option<(Arc<DiskSource>, WorkFolder)>, Box<Failure>> {
        let Some(plan) = &ready.work else {
            return Ok(None);
        };
        let source = self.list_work(plan).await?;
        let folder = source.folder();
        Ok(Some((source, folder)))
    }

    /// Tells what a call changed, and stages it where somebody said yes.
    pub(crate) async fn stage_work(
        &self,
        ready: &Ready,
        source: Option<Arc<DiskSource>>,
        kept: Kept,
        mut attempt: Attempt,
    ) -> Attempt {
        let (Some(plan), Some(source)) = (&ready.work, source) else {
            return attempt;
        };
        attempt.work.source = Some(Arc::clone(&source));
        if attempt.status != Status::Ok || attempt.work.changes.is_empty() {
            return attempt;
        }
        match told(&attempt.work.changes, source.entries()) {
            Ok(told) => attempt.work.told = told,
            Err(failure) => return attempt.withhold(Status::Failed, failure),
        }
        let digest = attempt.work.told.as_ref().map_or("", |told| &told.digest);
        if let Some(refusal) = refusal(plan, digest) {
            return attempt.withhold(Status::Refused, refusal.into());
        }
        if plan.is_preview() {
            attempt.work.is_withheld = true;
            return attempt;
        }
        let whose = Whose {
            invocation: ready.ids.invocation_id.clone(),
            attempt: ready.attempt,
            is_recorded: kept == Kept::OnRecord,
        };
        let folder = plan.allowed.folder.clone();
        let changes = attempt.work.changes.clone();
        let staged = blocking(move || {
            let lock = Locked::alone(&folder);
            let lock = lock.map_err(|error| super::list::unreadable("", &error))?;
            Staged::new(&source, lock, &whose, &changes, &|| Ok(()))
        });
        match staged.await {
            Ok(staged) => attempt.work.staged = Some(Box::new(staged)),
            Err(error) => return attempt.withhold(Status::Failed, failure(&error)),
        }
        attempt
    }
}

/// Puts staged changes into place.
///
/// # Errors
///
/// Fails where the disk refuses: then the next call on the folder goes on.
pub(crate) async fn commit(staged: Option<Box<Staged>>) -> Result<(), Fault> {
    let Some(staged) = staged else {
        return Ok(());
    };
    let done = blocking(move || staged.commit(&|| Ok(()))).await;
    done.map_err(|error| {
        let message = format!("the call's changes are not all applied: {error}");
        Fault::new(message, "mend that; the next call on the folder goes on")
    })
}

/// Throws staged changes away.
pub(crate) async fn discard(staged: Option<Box<Staged>>) {
    let Some(staged) = staged else {
        return;
    };
    // What is left is thrown away by the next call on the folder.
    if let Err(error) = blocking(move || staged.discard()).await {
        tracing::warn!("staged changes are left behind: {error}");
    }
}

/// Returns why changes of this digest are not applied, where the caller did not ask for a preview.
fn refusal(plan: &WorkPlan, digest: &str) -> Option<Refusal> {
    if plan.is_preview() && plan.consent != Consent::Preview {
        return Some(not_approved(digest));
    }
    match &plan.consent {
        Consent::To(seen) if seen != digest => Some(
            Refusal::new(
                "changes_differ",
                "the changes are not the ones that were approved; none was applied",
            )
            .hint(format!(
                "look at them anew, then call again with --apply {digest}"
            )),
        ),
        _ => None,
    }
}

fn not_approved(digest: &str) -> Refusal {
    let message = "the operator wants each change at /work seen before it is applied; none was";
    Refusal::new(NOT_APPROVED, message).hint(format!(
        "look at the changes, then call again with --apply {digest}"
    ))
}

impl Attempt {
    /// Says that its changes are applied.
    pub(crate) fn apply(&mut self) {
        if let Some(told) = &mut self.work.told {
            told.applied = true;
        }
    }

    /// Ends it where its changes could not all be applied.
    pub(crate) fn fail(&mut self, fault: &Fault) {
        self.status = Status::Unknown;
        self.output = None;
        self.error = Some(Failure::in_doubt(&fault.message));
    }

    /// Ends it without its changes, and so without its answer.
    fn withhold(mut self, status: Status, failure: Failure) -> Attempt {
        self.status = status;
        self.error = Some(failure);
        self.output = None;
        self.files = hotcell_package::FileTree::default();
        self.work.is_withheld = true;
        self
    }
}
