//! The note of intent: what is about to be done to a folder, so that a crash can be mended.

use std::sync::Arc;

use hotcell_policy::ChangeKind;
use hotcell_sandbox::WorkChange;
use serde::{Deserialize, Serialize};

use super::told::sha256;

/// The folder inside a granted one that holds the note and the new files. No guest sees it, since
/// its name begins with a dot.
pub(super) const STAGE: &str = ".hotcell-work";
/// The note.
pub(super) const NOTE: &str = "intent.json";
/// The note before it is whole.
pub(super) const DRAFT: &str = "intent.draft";
/// Most bytes of a note: a thousand changes with paths of 240 bytes.
pub(super) const NOTE_BYTES_MAX: u64 = 1 << 20;

/// What is about to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Intent {
    pub(super) version: u32,
    /// The invocation.
    pub(super) invocation: String,
    /// Its attempt.
    pub(super) attempt: u32,
    /// Whether the record tells whether it is to be done. Else the note alone does.
    pub(super) is_recorded: bool,
    /// In the order in which they are done.
    pub(super) steps: Vec<Step>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) path: String,
    pub(super) kind: ChangeKind,
    /// The name of the new file in the stage.
    pub(super) staged: Option<String>,
    /// What the file holds before and afterwards.
    pub(super) was: Option<String>,
    pub(super) becomes: Option<String>,
}

/// A version of the note that this program reads.
pub(super) const VERSION: u32 = 1;

/// Returns the steps of `changes` with the bytes of each new file: first what goes, the deepest
/// first; then folders, the outermost first; then files.
pub(super) fn steps(changes: &[WorkChange]) -> Vec<(Step, Option<Arc<[u8]>>)> {
    let of = |kinds: &'static [ChangeKind]| {
        let all = changes.iter().enumerate();
        all.filter(move |(_, change)| kinds.contains(&change.kind))
    };
    let mut order: Vec<(usize, &WorkChange)> = of(&[ChangeKind::Deleted]).collect();
    let mut gone: Vec<_> = of(&[ChangeKind::FolderDeleted]).collect();
    // Sorted by path, a folder stands before what is in it.
    gone.reverse();
    order.extend(gone);
    order.extend(of(&[ChangeKind::FolderCreated]));
    order.extend(of(&[ChangeKind::Created, ChangeKind::Modified]));
    let step = |(number, change): (usize, &WorkChange)| {
        let step = Step {
            path: change.path.clone(),
            kind: change.kind,
            staged: change.after.as_ref().map(|_| number.to_string()),
            was: change.before.as_deref().map(sha256),
            becomes: change.after.as_deref().map(sha256),
        };
        (step, change.after.clone())
    };
    order.into_iter().map(step).collect()
}
