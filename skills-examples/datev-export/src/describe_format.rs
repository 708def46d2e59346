//! Tool `describe_format`: the columns, for questions about the file.

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, NoError};
use serde::{Deserialize, Serialize};

use crate::format::{COLUMNS, FILLED, headings, is_text};

/// Which columns to list.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Question {
    #[serde(default)]
    which: Which,
}

/// Which columns to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Which {
    /// Those that this skill fills (the default).
    #[default]
    Filled,
    /// All 125.
    All,
}

/// The format.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Description {
    /// The format's name and versions.
    format: &'static str,
    /// How the bytes are written.
    encoding: &'static str,
    /// How many columns a row has.
    column_count: usize,
    columns: Vec<Column>,
}

/// One column.
#[derive(Debug, Serialize, JsonSchema)]
struct Column {
    /// The published number, from 1.
    number: usize,
    /// The heading in the file.
    heading: String,
    kind: ColumnKind,
    /// What this skill writes there; null where it leaves the column empty.
    written: Option<&'static str>,
}

/// How a column's values are written.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ColumnKind {
    /// In quotes.
    Text,
    /// Bare digits, with a decimal comma where there are decimals.
    Number,
}

/// Lists the columns.
pub(crate) fn describe_format(question: Question, _: &Context) -> Result<Description, NoError> {
    let column = |(at, heading): (usize, String)| Column {
        number: at + 1,
        heading,
        kind: if is_text(at + 1) {
            ColumnKind::Text
        } else {
            ColumnKind::Number
        },
        written: FILLED
            .iter()
            .find(|(column, _)| *column == at + 1)
            .map(|(_, what)| *what),
    };
    let all = headings().into_iter().enumerate().map(column);
    let asked = |column: &Column| question.which == Which::All || column.written.is_some();
    Ok(Description {
        format: "DATEV EXTF 700, category 21 (Buchungsstapel), format version 13",
        encoding: "Windows-1252, CRLF, semicolons, decimal comma",
        column_count: COLUMNS,
        columns: all.filter(asked).collect(),
    })
}
