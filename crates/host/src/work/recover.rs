//! What a crash left behind in a granted folder is finished, or thrown away.
//!
//! The note of intent says what was about to be done, and the record whether its call went well:
//! its end is written down after the note and before the first step.

use std::path::Path;
use std::sync::Arc;

use cap_std::fs::Dir;
use hotcell_policy::config::GrantSubject;
use hotcell_policy::{Failure, Retry, Status, WorkAccess};
use hotcell_sandbox::WorkError;

use super::disk::DiskSource;
use super::intent::{Intent, STAGE};
use super::list::{list, open};
use super::stage::{Locked, read_note, redo, remove_stage};
use super::{WorkPlan, failure};
use crate::Host;
use crate::conclude::short;

/// How often a folder is looked at that others leave unfinished.
const LOOKS_MAX: usize = 8;

/// A folder that somebody left in the middle of its changes.
struct Unfinished {
    root: Dir,
    _lock: Locked,
    note: Option<Intent>,
}

/// What is to be done about it.
enum Verdict {
    Redo(Intent),
    Discard,
}

impl Host {
    /// Lists a granted folder, after what was left unfinished there is settled.
    pub(super) async fn list_work(&self, plan: &WorkPlan) -> Result<Arc<DiskSource>, Failure> {
        let (folder, access) = (plan.allowed.folder.as_path(), plan.access);
        for _ in 0..LOOKS_MAX {
            let path = folder.to_owned();
            let looked = blocking(move || look(&path, access)).await;
            if let Some(source) = looked.map_err(|error| failure(&error))? {
                return Ok(Arc::new(source));
            }
            self.settle_work(folder).await?;
        }
        Err(failure(&WorkError::Changed(STAGE.to_owned())))
    }

    /// Finishes or throws away what a crash left behind in a granted folder.
    pub(crate) async fn settle_work(&self, folder: &Path) -> Result<(), Failure> {
        let path = folder.to_owned();
        let taken = blocking(move || take(&path)).await;
        let Some(left) = taken.map_err(|error| failure(&error))? else {
            return Ok(());
        };
        let verdict = self.verdict(left.note.clone(), folder).await?;
        let settled = blocking(move || match verdict {
            Verdict::Redo(intent) => redo(&left.root, &intent, &|| Ok(())),
            Verdict::Discard => remove_stage(&left.root, &|| Ok(()))
                .map_err(|error| super::list::unreadable(STAGE, &error)),
        });
        settled.await.map_err(|error| match error {
            WorkError::Changed(path) => unfinished(
                folder,
                &format!("somebody changed {path} since, so it cannot be finished"),
            ),
            other => failure(&other),
        })
    }

    /// Settles all folders that the operator grants, as far as that can be done now.
    pub(crate) async fn settle_folders(&self) {
        let operator = self.options.operator.as_ref();
        let grants = operator.map_or(&[][..], |operator| &operator.config.grants);
        for grant in grants {
            if let GrantSubject::Work(work) = &grant.subject
                && let Err(failure) = self.settle_work(&work.folder).await
            {
                tracing::warn!("{}: {}", work.folder.display(), failure.message);
            }
        }
    }

    async fn verdict(&self, note: Option<Intent>, folder: &Path) -> Result<Verdict, Failure> {
        let Some(intent) = note else {
            return Ok(Verdict::Discard);
        };
        if !intent.is_recorded {
            return Ok(Verdict::Redo(intent));
        }
        let other = "its call is on another record than this one";
        let record = self.record().map_err(|_| unfinished(folder, other))?;
        let row = record.journal().invocation(&intent.invocation).await;
        let row = row.map_err(|error| unfinished(folder, &error.to_string()))?;
        let row = row.ok_or_else(|| unfinished(folder, other))?;
        let went_well = row.status == Some(Status::Ok) && row.attempt == intent.attempt;
        Ok(match went_well {
            true => Verdict::Redo(intent),
            false => Verdict::Discard,
        })
    }
}

/// Runs what waits for the disk, or for a lock.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let done = tokio::task::spawn_blocking(work).await;
    done.expect("work on a folder does not panic")
}

/// Lists a folder; none where something was left unfinished there.
pub(super) fn look(folder: &Path, access: WorkAccess) -> Result<Option<DiskSource>, WorkError> {
    let root = open(folder)?;
    let lock = Locked::shared(folder);
    let _lock = lock.map_err(|error| super::list::unreadable("", &error))?;
    if root.symlink_metadata(STAGE).is_ok() {
        return Ok(None);
    }
    let listing = list(&root)?;
    Ok(Some(DiskSource::new(root, listing, access)))
}

fn take(folder: &Path) -> Result<Option<Unfinished>, WorkError> {
    let root = open(folder)?;
    let lock = Locked::alone(folder).map_err(|error| super::list::unreadable("", &error))?;
    if root.symlink_metadata(STAGE).is_err() {
        return Ok(None);
    }
    let note = read_note(&root)?;
    Ok(Some(Unfinished {
        root,
        _lock: lock,
        note,
    }))
}

fn unfinished(folder: &Path, why: &str) -> Failure {
    Failure {
        code: "work_unfinished".to_owned(),
        message: "the folder at /work holds changes that a call left unfinished".to_owned(),
        retry: Retry::Never,
        hint: Some(short(&format!(
            "{why}; what was to be done stands in {}: do it or not, and remove {STAGE}",
            folder.join(STAGE).display()
        ))),
        details: None,
    }
}
