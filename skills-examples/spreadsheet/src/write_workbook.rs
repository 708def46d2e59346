//! Tool `write_workbook`.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use crate::error::TableError;
use crate::table::write;

/// The workbook.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct WorkbookInput {
    /// The file's name without its ending.
    #[schemars(regex(pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"))]
    pub(crate) file_name: String,
    /// Its sheets.
    #[schemars(length(min = 1, max = 20))]
    pub(crate) sheets: Vec<Table>,
}

/// A sheet: a table with a header.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Table {
    /// The sheet's name.
    #[schemars(length(min = 1, max = 31))]
    pub(crate) name: String,
    /// The columns.
    #[schemars(length(min = 1, max = 100))]
    pub(crate) columns: Vec<Column>,
    /// The rows, each with a cell for each column; fewer leave the last ones empty.
    #[schemars(length(max = 20_000))]
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A column.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Column {
    /// What stands above it.
    #[schemars(length(min = 1, max = 200))]
    pub(crate) title: String,
    /// What stands in it.
    pub(crate) kind: Kind,
    /// Whether its sum stands below it. Only for numbers and money.
    #[serde(default)]
    pub(crate) total: bool,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Texts.
    Text,
    /// Numbers as they are.
    Number,
    /// Amounts with two places.
    Money,
    /// Shares of one: 0.19 is 19 %.
    Percent,
    /// Days, written as `2026-05-17`.
    Date,
    /// Yes or no.
    Boolean,
}

/// A cell.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Cell {
    /// An empty one.
    Empty(()),
    /// Yes or no.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A text, or a day.
    Text(#[schemars(length(max = 32_000))] String),
}

/// What was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Written {
    /// The file's name in /out.
    file: String,
    /// Its bytes.
    bytes: usize,
    /// Rows of all sheets, headers and totals left out.
    rows: usize,
}

/// Writes the workbook to `/out`.
pub(crate) fn write_workbook(input: WorkbookInput, _: &Context) -> Result<Written, TableError> {
    let bytes = write(&input.sheets)?;
    let file = format!("{}.xlsx", input.file_name);
    let written = std::fs::write(format!("/out/{file}"), &bytes);
    written.map_err(|error| TableError(format!("The file cannot be written: {error}.")))?;
    Ok(Written {
        file,
        bytes: bytes.len(),
        rows: input.sheets.iter().map(|table| table.rows.len()).sum(),
    })
}
