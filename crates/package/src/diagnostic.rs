//! One finding about a package: what is wrong, where, and how to mend it.
//!
//! Readers and lint speak in diagnostics only; they never print, and they never guess at a
//! repair. Text that came from the package is passed through [`printable`] on its way in.

use std::fmt;

use serde::Serialize;

use crate::printable::printable;

/// Most mistakes of one file that a reader tells at once. It stops looking there: each takes a
/// look through the text for its place, and a hostile file can hold a hundred thousand.
pub const DIAGNOSTICS_MAX: usize = 50;

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The package cannot be loaded, or must not be published.
    Error,
    /// It loads, and somebody will be sorry later.
    Warning,
    /// Advice.
    Note,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// One finding about a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable `snake_case` name of the rule that found it.
    pub code: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// The file inside the package, or the name of the archive; safe to print.
    pub file: Box<str>,
    /// Line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// JSON pointer into `schema.json`, where the finding has one; safe to print.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<Box<str>>,
    /// What is wrong; safe to print.
    pub message: String,
    /// What to do about it; safe to print.
    pub hint: String,
}

impl Diagnostic {
    /// Returns an error about `file`.
    pub fn error(code: &'static str, file: &str, message: impl AsRef<str>) -> Self {
        Self::new(code, Level::Error, file, message.as_ref())
    }

    /// Returns a warning about `file`.
    pub fn warning(code: &'static str, file: &str, message: impl AsRef<str>) -> Self {
        Self::new(code, Level::Warning, file, message.as_ref())
    }

    /// Returns a finding of any level about `file`.
    pub fn new(code: &'static str, level: Level, file: &str, message: &str) -> Self {
        Self {
            code,
            level,
            file: printable(file).into(),
            line: None,
            column: None,
            pointer: None,
            message: printable(message).into_owned(),
            hint: String::new(),
        }
    }

    /// Adds the place: a line and a column, both from 1.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.line = Some(place.line);
        self.column = Some(place.column);
        self
    }

    /// Adds the JSON pointer.
    #[must_use]
    pub fn pointer(mut self, pointer: &str) -> Self {
        self.pointer = Some(printable(pointer).into());
        self
    }

    /// Adds the mend.
    #[must_use]
    pub fn hint(mut self, hint: impl AsRef<str>) -> Self {
        self.hint = printable(hint.as_ref()).into_owned();
        self
    }
}

/// Writes `skill.toml:7:1: error[unknown_key]: …`, and the mend on a line of its own.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        write!(f, ": {}[{}]: {}", self.level, self.code, self.message)?;
        if self.line.is_none()
            && let Some(pointer) = &self.pointer
        {
            write!(f, " (at {pointer})")?;
        }
        if !self.hint.is_empty() {
            write!(f, "\n  mend: {}", self.hint)?;
        }
        Ok(())
    }
}

/// A place in a text file: line and column, both from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// Returns the place of the byte at `offset` of `text`; past the end, the end.
    pub fn of_offset(text: &str, offset: usize) -> Self {
        let end = text.floor_char_boundary(offset.min(text.len()));
        let before = &text[..end];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        Self {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_one_line_and_a_mend() {
        let place = Place::of_offset("a\nbc\ndé x", 9);
        assert_eq!((place.line, place.column), (3, 4));
        let shown = Diagnostic::error("unknown_key", "skill.toml", "no key `a\u{1b}[31m`")
            .at(place)
            .hint("remove it")
            .to_string();
        assert_eq!(
            shown,
            "skill.toml:3:4: error[unknown_key]: no key `a\\u{1b}[31m`\n  mend: remove it"
        );
    }
}
