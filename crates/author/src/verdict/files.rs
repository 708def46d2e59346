//! The files that a call left at `/out`, and its changes at `/work`, beside what a case expects.

use hotcell_host::Reply;
use hotcell_package::printable;
use hotcell_policy::{Change, ChangeKind};
use serde_json::Value;

use super::end::difference;
use crate::cases::{Case, Content, ExpectedChange, ExpectedContent};
use crate::report::Problem;

/// Checks the files that a call produced.
pub(super) fn check_artifacts(case: &Case, reply: &Reply) -> Vec<Problem> {
    let Some(expected) = &case.expected.artifacts else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for artifact in expected {
        let name = &artifact.name;
        let Some(bytes) = reply.files.get(name) else {
            let message = format!("the file {} was not produced", printable(name));
            found.push(Problem::new("artifact", message));
            continue;
        };
        let told = reply.outcome.artifacts.iter().find(|a| a.name == *name);
        let left = Left {
            code: "artifact",
            name,
            sha256: told.map(|told| told.sha256.as_str()).unwrap_or_default(),
            bytes,
        };
        found.extend(other_content(artifact.content.as_ref(), &left));
    }
    let known = |path: &&str| !expected.iter().any(|artifact| artifact.name == *path);
    for path in reply.files.paths().filter(known) {
        let message = format!("the file {} was produced as well", printable(path));
        found.push(Problem::new("artifact", message));
    }
    found
}

/// Checks what a call changed at `/work`. What was not applied is no change.
pub(super) fn check_changes(case: &Case, reply: &Reply) -> Vec<Problem> {
    let Some(expected) = &case.expected.changes else {
        return Vec::new();
    };
    let told = reply.outcome.changes.as_ref();
    let applied = told.filter(|changes| changes.applied);
    let actual: &[Change] = applied.map_or(&[], |changes| &changes.files);
    let mut found = Vec::new();
    for change in expected {
        let same = actual.iter().find(|one| one.path == change.path);
        found.extend(other_change(change, same, reply));
    }
    for change in actual {
        if !expected.iter().any(|one| one.path == change.path) {
            let path = printable(&change.path);
            let message = format!("{path} was {} as well", happened(change.kind));
            found.push(Problem::new("change", message));
        }
    }
    found
}

fn other_change(
    expected: &ExpectedChange,
    actual: Option<&Change>,
    reply: &Reply,
) -> Option<Problem> {
    let path = printable(&expected.path);
    let wanted = happened(expected.kind);
    let Some(actual) = actual else {
        let message = format!("{path} was not {wanted}: nothing was changed there");
        return Some(Problem::new("change", message));
    };
    if actual.kind != expected.kind {
        let message = format!("{path} was {}, not {wanted}", happened(actual.kind));
        return Some(Problem::new("change", message));
    }
    let same = reply.changes.iter().find(|one| one.path == expected.path);
    let bytes = same.and_then(|change| change.after.as_deref());
    let left = Left {
        code: "change",
        name: &expected.path,
        sha256: actual.sha256.as_deref().unwrap_or_default(),
        bytes: bytes.unwrap_or_default(),
    };
    other_content(expected.content.as_ref(), &left)
}

fn happened(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Created => "created",
        ChangeKind::Modified => "modified",
        ChangeKind::Deleted => "deleted",
        ChangeKind::FolderCreated => "created as a folder",
        ChangeKind::FolderDeleted => "deleted as a folder",
    }
}

/// A file that a call left.
struct Left<'a> {
    /// The code of a problem with it.
    code: &'static str,
    name: &'a str,
    sha256: &'a str,
    bytes: &'a [u8],
}

/// Returns a problem where a file does not hold what it must.
fn other_content(expected: Option<&ExpectedContent>, left: &Left<'_>) -> Option<Problem> {
    let (name, sha256) = (printable(left.name), left.sha256);
    let shown = || String::from_utf8_lossy(left.bytes);
    match expected? {
        ExpectedContent::Sha256(expected) => {
            let message = format!("the file {name} has sha256 {sha256}, not {expected}");
            (sha256 != *expected).then(|| Problem::new(left.code, message))
        }
        ExpectedContent::Content(content) => {
            if same_content(content, left.bytes) {
                return None;
            }
            let expected = content.bytes();
            let difference = difference(&String::from_utf8_lossy(&expected), &shown());
            let problem = Problem::new(left.code, format!("the file {name} differs"));
            Some(problem.detail(difference))
        }
        ExpectedContent::Contains(texts) => {
            let missed = texts
                .iter()
                .find(|text| !has(left.bytes, text.as_bytes()))?;
            let message = format!("the file {name} does not contain `{}`", printable(missed));
            Some(Problem::new(left.code, message).detail(difference("", &shown())))
        }
    }
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// Returns whether bytes are what a case wrote; JSON is compared as such.
pub(super) fn same_content(expected: &Content, actual: &[u8]) -> bool {
    match expected {
        Content::Bytes(expected) => expected == actual,
        Content::Json(expected) => {
            serde_json::from_slice(actual).is_ok_and(|actual: Value| actual == *expected)
        }
    }
}
