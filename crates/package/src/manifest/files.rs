//! `[files]`: what a skill wishes of the host's own files.

use serde::Serialize;

use crate::diagnostic::Place;
use crate::manifest::MANIFEST_FILE;
use crate::table::{Reader, Table};

/// What a call may do with the host folder at `/work`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum WorkAccess {
    /// List and read it.
    #[default]
    Read,
    /// Change it as well.
    Write,
}

/// The `[files]` table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilesAsk {
    /// What the skill wishes to do at `/work`. A tool of effect `none` sees no `/work`, and one of
    /// effect `read` changes nothing there, whatever is asked here.
    pub work: WorkAccess,
    /// Where the table stands.
    #[serde(skip)]
    pub place: Place,
}

impl WorkAccess {
    /// Returns the word in which it is told.
    pub fn as_str(self) -> &'static str {
        match self {
            WorkAccess::Read => "read",
            WorkAccess::Write => "write",
        }
    }
}

/// The words of an access, for the files that name one.
pub const WORK_ACCESSES: [(&str, WorkAccess); 2] =
    [("read", WorkAccess::Read), ("write", WorkAccess::Write)];

/// Reads `[files]`, which may be absent.
pub(super) fn read_files(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<FilesAsk> {
    let files = reader.table(root, "files")?;
    reader.allow_keys(&files, &["work"]);
    if !files.values.contains_key("work") {
        let message = format!("`[files]` in {MANIFEST_FILE} asks for nothing");
        let hint = "write `work = \"read\"` or `work = \"write\"`, or remove the table";
        reader.error("missing_key", &files.span, message, hint);
        return None;
    }
    Some(FilesAsk {
        work: reader.choice(&files, "work", &WORK_ACCESSES),
        place: reader.place(&files.span),
    })
}
