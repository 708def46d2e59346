//! What a call changes at /work, as people read changes: a unified diff.
//!
//! Names and lines are a skill's, so each is escaped on its own: none can pass for another line.

use std::fmt::Write as _;
use std::time::Duration;

use hotcell_host::WorkChange;
use hotcell_package::printable;
use hotcell_policy::{Change, ChangeKind, Changes};
use similar::TextDiff;

/// Texts above this are told by their size: comparing them would take long.
const DIFF_BYTES_MAX: usize = 1 << 20;
/// How long one file's lines are compared before the diff is made longer than it has to be.
const DIFF_TIME_MAX: Duration = Duration::from_millis(500);
/// Lines around a change.
const CONTEXT_LINES: usize = 3;

/// Shows all changes.
pub(super) fn diff(told: &Changes, changes: &[WorkChange]) -> String {
    let mut text = String::new();
    for change in &told.files {
        let bytes = changes.iter().find(|one| one.path == change.path);
        text += &match bytes.and_then(texts) {
            Some((before, after)) => unified(change, before, after),
            None => summary(change),
        };
    }
    text
}

/// Tells a change in one line.
pub(super) fn summary(change: &Change) -> String {
    let (path, kind) = (printable(&change.path), change.kind.as_str());
    let digest = change.sha256.as_deref().map_or(String::new(), |sha256| {
        format!(", {} bytes, sha256 {sha256}", change.bytes)
    });
    format!("{kind}: {path}{digest}\n")
}

/// Returns both texts, where that is what they are and they are short enough to be compared.
fn texts(change: &WorkChange) -> Option<(&str, &str)> {
    let is_file = matches!(
        change.kind,
        ChangeKind::Created | ChangeKind::Modified | ChangeKind::Deleted
    );
    let before = change.before.as_deref().unwrap_or_default();
    let after = change.after.as_deref().unwrap_or_default();
    if !is_file || before.len() + after.len() > DIFF_BYTES_MAX {
        return None;
    }
    let (before, after) = (str::from_utf8(before).ok()?, str::from_utf8(after).ok()?);
    (!before.contains('\0') && !after.contains('\0')).then_some((before, after))
}

fn unified(change: &Change, before: &str, after: &str) -> String {
    let path = printable(&change.path);
    let (old, new) = match change.kind {
        ChangeKind::Created => ("/dev/null".to_owned(), format!("b/{path}")),
        ChangeKind::Deleted => (format!("a/{path}"), "/dev/null".to_owned()),
        _ => (format!("a/{path}"), format!("b/{path}")),
    };
    let mut text = format!("--- {old}\n+++ {new}\n");
    let diff = TextDiff::configure()
        .timeout(DIFF_TIME_MAX)
        .diff_lines(before, after);
    for hunk in diff
        .unified_diff()
        .context_radius(CONTEXT_LINES)
        .iter_hunks()
    {
        writeln!(text, "{}", hunk.header()).expect("writing to a String cannot fail");
        for line in hunk.iter_changes() {
            let value = line.value();
            let value = value.strip_suffix('\n').unwrap_or(value);
            writeln!(text, "{}{}", line.tag(), printable(value))
                .expect("writing to a String cannot fail");
            if line.missing_newline() {
                text += "\\ No newline at end of file\n";
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: Option<&[u8]>, after: Option<&[u8]>, expected: &str) {
        let kind = match (before, after) {
            (None, _) => ChangeKind::Created,
            (_, None) => ChangeKind::Deleted,
            _ => ChangeKind::Modified,
        };
        let told = Changes {
            applied: false,
            digest: String::new(),
            files: vec![Change {
                path: "a.txt".to_owned(),
                kind,
                bytes: after.map_or(0, |bytes| bytes.len() as u64),
                sha256: after.map(|_| "5e".to_owned()),
                was_sha256: None,
            }],
        };
        let change = WorkChange {
            path: "a.txt".to_owned(),
            kind,
            before: before.map(Into::into),
            after: after.map(Into::into),
        };
        assert_eq!(diff(&told, &[change]), expected);
    }

    #[test]
    fn a_text_is_shown_line_by_line() {
        let expected = "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+\\u{1b}[2J\n\\ No newline at end of file\n";
        check(Some(b"one\ntwo\n"), Some(b"one\n\x1b[2J"), expected);
    }

    #[test]
    fn what_is_new_or_gone_has_one_side() {
        check(
            None,
            Some(b"a\n"),
            "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+a\n",
        );
        check(
            Some(b"a\n"),
            None,
            "--- a/a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
        );
    }

    #[test]
    fn a_line_cannot_pass_for_a_header() {
        let expected = "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1,2 @@\n+x\\r\n+--- a/b\n\\ No newline at end of file\n";
        check(None, Some(b"x\r--- a/b"), expected);
    }

    #[test]
    fn what_is_no_text_is_told_by_its_size() {
        let expected = "modified: a.txt, 2 bytes, sha256 5e\n";
        check(Some(b"a"), Some(b"\xff\x00"), expected);
    }
}
