//! A folder on the disk, and a call's changes to it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hotcell_policy::{ChangeKind, WorkAccess};
use hotcell_sandbox::{WorkChange, WorkError, WorkSource};

use super::super::disk::DiskSource;
use super::super::recover::look;
use super::super::stage::{Locked, Staged, Whose};

pub(super) struct Place {
    pub(super) at: tempfile::TempDir,
}

/// Lets all writes happen.
pub(super) fn go() -> io::Result<()> {
    Ok(())
}

impl Place {
    /// Returns a folder with `a.txt`, `keep/b.txt`, `old/c.txt` and the hidden `.git/config`.
    pub(super) fn new() -> Place {
        let place = Place {
            at: tempfile::tempdir().unwrap(),
        };
        for (path, text) in [
            ("a.txt", "one"),
            ("keep/b.txt", "two"),
            ("old/c.txt", "three"),
            (".git/config", "private"),
        ] {
            place.write(path, text);
        }
        place
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.at.path().join(path)
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn source(&self) -> Arc<DiskSource> {
        let source = look(self.at.path(), WorkAccess::Write).unwrap();
        Arc::new(source.expect("nothing is unfinished"))
    }

    /// Returns all files and folders, what they hold, and nothing of the stage.
    pub(super) fn tree(&self) -> Vec<String> {
        let mut all = Vec::new();
        add(self.at.path(), "", &mut all);
        all.sort_unstable();
        all
    }
}

fn add(dir: &Path, prefix: &str, all: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            all.push(format!("{path}/"));
            add(&entry.path(), &format!("{path}/"), all);
        } else if kind.is_file() {
            let text = fs::read(entry.path()).unwrap();
            all.push(format!("{path}={}", String::from_utf8_lossy(&text)));
        } else {
            all.push(format!("{path}?"));
        }
    }
}

/// Returns the number of an entry.
pub(super) fn entry(source: &DiskSource, path: &str) -> usize {
    let mut entries = source.entries().iter();
    entries.position(|entry| entry.path == path).unwrap()
}

/// Reads a file as a guest would.
pub(super) fn read(source: &DiskSource, path: &str) -> Result<Arc<[u8]>, WorkError> {
    source.read(entry(source, path))
}

/// Returns the change of a file that `source` holds, or of a new one.
pub(super) fn change(
    source: &DiskSource,
    kind: ChangeKind,
    path: &str,
    after: Option<&str>,
) -> WorkChange {
    let is_old = matches!(kind, ChangeKind::Modified | ChangeKind::Deleted);
    WorkChange {
        path: path.to_owned(),
        kind,
        before: is_old.then(|| read(source, path).unwrap()),
        after: after.map(|text| Arc::from(text.as_bytes())),
    }
}

/// Returns one change of each kind: `a.txt` is changed, `old` goes, `new/d.txt` comes.
pub(super) fn all_kinds(source: &DiskSource) -> Vec<WorkChange> {
    vec![
        change(source, ChangeKind::Modified, "a.txt", Some("ONE")),
        change(source, ChangeKind::FolderCreated, "new", None),
        change(source, ChangeKind::Created, "new/d.txt", Some("four")),
        change(source, ChangeKind::FolderDeleted, "old", None),
        change(source, ChangeKind::Deleted, "old/c.txt", None),
    ]
}

/// What the folder holds after [`all_kinds`].
pub(super) const AFTER: &[&str] = &[
    ".git/",
    ".git/config=private",
    "a.txt=ONE",
    "keep/",
    "keep/b.txt=two",
    "new/",
    "new/d.txt=four",
];

/// What it held before.
pub(super) const BEFORE: &[&str] = &[
    ".git/",
    ".git/config=private",
    "a.txt=one",
    "keep/",
    "keep/b.txt=two",
    "old/",
    "old/c.txt=three",
];

pub(super) fn whose() -> Whose {
    Whose {
        invocation: "inv-1".to_owned(),
        attempt: 1,
        is_recorded: false,
    }
}

/// Checks, stages and applies.
pub(super) fn apply(
    place: &Place,
    source: &DiskSource,
    changes: &[WorkChange],
) -> Result<(), WorkError> {
    let lock = Locked::alone(place.at.path()).unwrap();
    Staged::new(source, lock, &whose(), changes, &go)?.commit(&go)
}
