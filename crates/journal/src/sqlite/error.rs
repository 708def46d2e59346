//! SQLite's errors in our words.

use std::path::Path;

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

use crate::journal::JournalError;

/// Returns what an error of SQLite means for the record at `path`.
pub(super) fn told(path: &Path, error: rusqlite::Error) -> JournalError {
    let path_buf = path.to_owned();
    let Some(cause) = error.sqlite_error() else {
        return JournalError::Corrupt(format!("{}: {error}", path.display()));
    };
    if cause.extended_code == SQLITE_IOERR_SHMSIZE {
        return JournalError::Full(path_buf);
    }
    match cause.code {
        ErrorCode::DiskFull => JournalError::Full(path_buf),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => JournalError::Busy(path_buf),
        ErrorCode::DatabaseCorrupt | ErrorCode::ConstraintViolation => {
            JournalError::Corrupt(format!("{}: {error}", path.display()))
        }
        ErrorCode::NotADatabase => file(
            path,
            "it is not a record of Hotcell's",
            "choose another data folder, or move the file away",
        ),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => file(
            path,
            &format!("it cannot be opened for writing: {error}"),
            "let the user that Hotcell runs as own the file and its folder",
        ),
        _ => file(
            path,
            &error.to_string(),
            "check the disk and the file system's messages",
        ),
    }
}

/// Returns an error about the file itself.
pub(super) fn file(path: &Path, why: &str, mend: &str) -> JournalError {
    JournalError::File {
        path: path.to_owned(),
        why: why.to_owned(),
        mend: mend.to_owned(),
    }
}
