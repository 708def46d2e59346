//! A call's changes, checked and told.

use std::collections::BTreeMap;

use hotcell_package::{check_path, printable, twin_key};
use hotcell_policy::{Change, ChangeKind, Changes, Failure, Retry, WorkLimit, WorkLimits};
use hotcell_sandbox::{WorkChange, WorkEntry, WorkError};
use sha2::{Digest, Sha256};

use super::failure;
use crate::artifacts::hex;

/// Returns the changes as an Outcome lists them, not applied; none where there are none.
///
/// # Errors
///
/// Fails where a name is refused, or a limit is passed.
pub(crate) fn told(
    changes: &[WorkChange],
    entries: &[WorkEntry],
) -> Result<Option<Changes>, Failure> {
    if changes.is_empty() {
        return Ok(None);
    }
    let limits = WorkLimits::STANDARD;
    let written = changes.iter().filter_map(|change| change.after.as_deref());
    let written: u64 = written.map(|bytes| bytes.len() as u64).sum();
    if changes.len() as u64 > limits.changes {
        return Err(failure(&WorkError::Limit(WorkLimit::Changes)));
    }
    if written > limits.written_bytes {
        return Err(failure(&WorkError::Limit(WorkLimit::WrittenBytes)));
    }
    check_names(changes, entries)?;
    let files: Vec<Change> = changes.iter().map(change).collect();
    let text = serde_json::to_vec(&files).expect("changes are JSON");
    Ok(Some(Changes {
        applied: false,
        digest: hex(&Sha256::digest(text)),
        files,
    }))
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn change(change: &WorkChange) -> Change {
    Change {
        path: change.path.clone(),
        kind: change.kind,
        bytes: change.after.as_ref().map_or(0, |bytes| bytes.len() as u64),
        sha256: change.after.as_deref().map(sha256),
        was_sha256: change.before.as_deref().map(sha256),
    }
}

/// What is new has a name that a package may hold, and that no other in the folder could be taken
/// for on another file system.
fn check_names(changes: &[WorkChange], entries: &[WorkEntry]) -> Result<(), Failure> {
    let is_new = |kind| matches!(kind, ChangeKind::Created | ChangeKind::FolderCreated);
    let is_gone = |kind| matches!(kind, ChangeKind::Deleted | ChangeKind::FolderDeleted);
    let gone: Vec<&str> = changes
        .iter()
        .filter(|change| is_gone(change.kind))
        .map(|change| change.path.as_str())
        .collect();
    let new = || changes.iter().filter(|change| is_new(change.kind));
    if new().next().is_none() {
        return Ok(());
    }
    let mut left: BTreeMap<String, &str> = BTreeMap::new();
    for entry in entries.iter().filter(|e| !gone.contains(&e.path.as_str())) {
        left.insert(twin_key(&entry.path), &entry.path);
    }
    for change in new() {
        let path = change.path.as_str();
        if let Err(error) = check_path(path) {
            return Err(refused_name(path, error.message));
        }
        if gone.contains(&path) {
            let why = "was a folder's and becomes a file's, or the other way around";
            return Err(refused_name(path, why));
        }
        match left.insert(twin_key(path), path) {
            Some(other) if other != path => {
                let other = printable(other);
                return Err(refused_name(
                    path,
                    &format!("differs from `{other}` only in case or form"),
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn refused_name(path: &str, why: &str) -> Failure {
    let path = crate::conclude::short(path);
    Failure {
        code: "work_name".to_owned(),
        message: format!("the skill made `{path}` at /work, and that name {why}"),
        retry: Retry::Never,
        hint: Some(
            "nothing was applied; this is a fault of the skill, or of what it was asked".to_owned(),
        ),
        details: None,
    }
}
