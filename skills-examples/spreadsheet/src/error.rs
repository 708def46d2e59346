//! The codes with which the tools fail.

use std::fmt;

use hotcell_sdk::{Declared, ToolError};

/// What can go wrong with a file that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReadError {
    NotFound(String),
    Unreadable(String),
    NoSuchSheet(String),
}

/// What can go wrong with a file that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableError(pub(crate) String);

const FILE_NOT_FOUND: Declared = Declared::never(
    "FILE_NOT_FOUND",
    "No file of this name was passed. Ask for it.",
);
const FILE_UNREADABLE: Declared = Declared::never(
    "FILE_UNREADABLE",
    "The file is no workbook that can be read; the message says why.",
);

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::NotFound(name) => write!(f, "No file {name:?} was passed."),
            ReadError::Unreadable(why) => write!(f, "The workbook cannot be read: {why}."),
            ReadError::NoSuchSheet(name) => write!(f, "The workbook has no sheet {name:?}."),
        }
    }
}

impl ToolError for ReadError {
    const DECLARED: &'static [Declared] = &[
        FILE_NOT_FOUND,
        FILE_UNREADABLE,
        Declared::never(
            "NO_SUCH_SHEET",
            "The workbook has no sheet of this name. List the sheets.",
        ),
    ];

    fn code(&self) -> &'static str {
        match self {
            ReadError::NotFound(_) => "FILE_NOT_FOUND",
            ReadError::Unreadable(_) => "FILE_UNREADABLE",
            ReadError::NoSuchSheet(_) => "NO_SUCH_SHEET",
        }
    }
}

/// A [`ReadError`] of a tool that names no sheet.
#[derive(Debug)]
pub(crate) struct OpenError(pub(crate) ReadError);

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ToolError for OpenError {
    const DECLARED: &'static [Declared] = &[FILE_NOT_FOUND, FILE_UNREADABLE];

    fn code(&self) -> &'static str {
        match self.0 {
            ReadError::NotFound(_) => "FILE_NOT_FOUND",
            _ => "FILE_UNREADABLE",
        }
    }
}

impl From<ReadError> for OpenError {
    fn from(error: ReadError) -> OpenError {
        OpenError(error)
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ToolError for TableError {
    const DECLARED: &'static [Declared] = &[Declared::never(
        "INVALID_TABLE",
        "A sheet cannot be written so. The message names the sheet, the row and the column.",
    )];

    fn code(&self) -> &'static str {
        "INVALID_TABLE"
    }
}
