//! The codes with which the tools fail, and which tool may use which.

use std::fmt;
use std::io;
use std::marker::PhantomData;

use hotcell_sdk::{Declared, ToolError};

const INVALID_PATH: Declared = Declared::never(
    "INVALID_PATH",
    "The path leads out of the folder, or has a name that is not allowed. Write another.",
);
const NOT_FOUND: Declared = Declared::never("NOT_FOUND", "Nothing has this path. List the folder.");
const NOT_A_FILE: Declared = Declared::never(
    "NOT_A_FILE",
    "A folder has this path, or a file stands where a folder is meant.",
);
const NOT_TEXT: Declared = Declared::never("NOT_TEXT", "The file is no text in UTF-8.");
const TOO_LARGE: Declared = Declared::never(
    "TOO_LARGE",
    "The file is too large for this. Read some lines, or search.",
);
const EXISTS: Declared = Declared::never(
    "EXISTS",
    "A file has this path. Edit it, or say \"replace\": true if it is to go.",
);
const NO_MATCH: Declared = Declared::never(
    "NO_MATCH",
    "The text to find does not stand in the file. Read the file again.",
);
const AMBIGUOUS: Declared = Declared::never(
    "AMBIGUOUS",
    "The text to find stands there more than once. Give more lines around it, or \"all\": true.",
);
const NOT_ALLOWED: Declared = Declared::never(
    "NOT_ALLOWED",
    "The operator granted reading only, or the disk refuses. Tell the user.",
);

/// What can go wrong with any file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileError {
    InvalidPath(String),
    NotFound(String),
    NotAFile(String),
    NotText(String),
    TooLarge(String, u64),
    Exists(String),
    NoMatch(usize),
    Ambiguous(usize, usize),
    NotAllowed(String),
}

impl FileError {
    /// Returns what the system's error at a path means.
    pub(crate) fn at(path: &str, error: &io::Error) -> FileError {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => FileError::NotFound(path),
            io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => FileError::NotAFile(path),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidFilename => {
                FileError::InvalidPath(path)
            }
            _ => FileError::NotAllowed(path),
        }
    }

    fn declared(&self) -> Declared {
        match self {
            FileError::InvalidPath(_) => INVALID_PATH,
            FileError::NotFound(_) => NOT_FOUND,
            FileError::NotAFile(_) => NOT_A_FILE,
            FileError::NotText(_) => NOT_TEXT,
            FileError::TooLarge(..) => TOO_LARGE,
            FileError::Exists(_) => EXISTS,
            FileError::NoMatch(_) => NO_MATCH,
            FileError::Ambiguous(..) => AMBIGUOUS,
            FileError::NotAllowed(_) => NOT_ALLOWED,
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileError::InvalidPath(path) => write!(f, "{path:?} is no path in the folder."),
            FileError::NotFound(path) => write!(f, "There is no {path:?}."),
            FileError::NotAFile(path) => write!(f, "{path:?} is not the kind of thing meant."),
            FileError::NotText(path) => write!(f, "{path:?} is no text."),
            FileError::TooLarge(path, most) => write!(f, "{path:?} is larger than {most}."),
            FileError::Exists(path) => write!(f, "{path:?} is there already."),
            FileError::NoMatch(edit) => write!(f, "The text of edit {edit} is not in the file."),
            FileError::Ambiguous(edit, times) => {
                write!(
                    f,
                    "The text of edit {edit} stands {times} times in the file."
                )
            }
            FileError::NotAllowed(path) => write!(f, "{path:?} cannot be read or written."),
        }
    }
}

/// A failure of a tool that may use the codes of `K`.
#[derive(Debug)]
pub(crate) struct Failed<K>(FileError, PhantomData<K>);

/// Which codes a kind of tool may use.
pub(crate) trait Codes {
    const CODES: &'static [Declared];
}

/// Tools that list folders.
#[derive(Debug)]
pub(crate) enum Lists {}
/// Tools that read a file.
#[derive(Debug)]
pub(crate) enum Reads {}
/// Tools that write a whole file.
#[derive(Debug)]
pub(crate) enum Writes {}
/// Tools that change a file.
#[derive(Debug)]
pub(crate) enum Edits {}

impl Codes for Lists {
    const CODES: &'static [Declared] = &[INVALID_PATH, NOT_FOUND, NOT_A_FILE, NOT_ALLOWED];
}

impl Codes for Reads {
    const CODES: &'static [Declared] = &[
        INVALID_PATH,
        NOT_FOUND,
        NOT_A_FILE,
        NOT_TEXT,
        TOO_LARGE,
        NOT_ALLOWED,
    ];
}

impl Codes for Writes {
    const CODES: &'static [Declared] = &[INVALID_PATH, NOT_A_FILE, EXISTS, NOT_ALLOWED];
}

impl Codes for Edits {
    const CODES: &'static [Declared] = &[
        INVALID_PATH,
        NOT_FOUND,
        NOT_A_FILE,
        NOT_TEXT,
        TOO_LARGE,
        NO_MATCH,
        AMBIGUOUS,
        NOT_ALLOWED,
    ];
}

impl<K> From<FileError> for Failed<K> {
    fn from(error: FileError) -> Self {
        Self(error, PhantomData)
    }
}

impl<K> fmt::Display for Failed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K: Codes> ToolError for Failed<K> {
    const DECLARED: &'static [Declared] = K::CODES;

    fn code(&self) -> &'static str {
        let code = self.0.declared().code;
        let known = K::CODES.iter().any(|declared| declared.code == code);
        if known { code } else { NOT_ALLOWED.code }
    }
}
