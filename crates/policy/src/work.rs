//! Words for a call's work in a host folder: its limits, and the changes that it made.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How far one call may go in the folder at `/work`. What it writes is bounded by the limit
/// `file_bytes` as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkLimits {
    /// Files and folders that are listed, and so may be in the folder.
    pub entries: u64,
    /// Bytes of one file that is read.
    pub file_bytes: u64,
    /// Bytes of all files that are read. What is replaced or removed is read too, so that it can
    /// be shown and compared.
    pub read_bytes: u64,
    /// Bytes of all files that are written.
    pub written_bytes: u64,
    /// Files and folders that are made, changed or removed.
    pub changes: u64,
}

impl WorkLimits {
    /// What holds for every call.
    pub const STANDARD: WorkLimits = WorkLimits {
        entries: 20_000,
        file_bytes: 32 << 20,
        read_bytes: 64 << 20,
        written_bytes: 64 << 20,
        changes: 1_000,
    };
}

/// The name of a limit of [`WorkLimits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkLimit {
    /// See [`WorkLimits::entries`].
    Entries,
    /// See [`WorkLimits::file_bytes`].
    FileBytes,
    /// See [`WorkLimits::read_bytes`].
    ReadBytes,
    /// See [`WorkLimits::written_bytes`].
    WrittenBytes,
    /// See [`WorkLimits::changes`].
    Changes,
}

impl WorkLimit {
    /// Returns the name as text.
    pub fn as_str(self) -> &'static str {
        match self {
            WorkLimit::Entries => "work_entries",
            WorkLimit::FileBytes => "work_file_bytes",
            WorkLimit::ReadBytes => "work_read_bytes",
            WorkLimit::WrittenBytes => "work_written_bytes",
            WorkLimit::Changes => "work_changes",
        }
    }

    /// Returns its value.
    pub fn value(self) -> u64 {
        let limits = WorkLimits::STANDARD;
        match self {
            WorkLimit::Entries => limits.entries,
            WorkLimit::FileBytes => limits.file_bytes,
            WorkLimit::ReadBytes => limits.read_bytes,
            WorkLimit::WrittenBytes => limits.written_bytes,
            WorkLimit::Changes => limits.changes,
        }
    }
}

impl fmt::Display for WorkLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What happened to a file or folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A file is new.
    Created,
    /// A file has other bytes.
    Modified,
    /// A file is gone.
    Deleted,
    /// A folder is new.
    FolderCreated,
    /// A folder is gone.
    FolderDeleted,
}

impl ChangeKind {
    /// Returns the word in which it is told.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Created => "created",
            ChangeKind::Modified => "modified",
            ChangeKind::Deleted => "deleted",
            ChangeKind::FolderCreated => "folder created",
            ChangeKind::FolderDeleted => "folder deleted",
        }
    }
}

/// One change in the folder at `/work`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The path below `/work`, `/`-separated, allowed by the package's path rules.
    pub path: String,
    /// What happened.
    pub kind: ChangeKind,
    /// Bytes that the file has afterwards.
    pub bytes: u64,
    /// SHA-256 of what the file holds afterwards, in hex; none for what is gone, and folders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// SHA-256 of what it held before, in hex; none for what is new, and folders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was_sha256: Option<String>,
}

/// All changes that a call made in the folder at `/work`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Whether they are on the disk: all of them, or none.
    pub applied: bool,
    /// SHA-256 over the list, in hex: who says yes to it says yes to exactly these.
    pub digest: String,
    /// The list, sorted by path.
    pub files: Vec<Change>,
}
