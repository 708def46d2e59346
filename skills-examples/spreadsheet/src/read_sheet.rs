//! Tool `read_sheet`.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::serde_json::Value;
use serde::{Deserialize, Serialize};

use crate::book::Book;
use crate::error::ReadError;

/// Columns of one answer, and its bytes as JSON.
const COLUMNS_MAX: u32 = 100;
const ANSWER_BYTES_MAX: usize = 256 << 10;

/// Which rows to read.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct ReadInput {
    /// The name of a file that was passed.
    #[schemars(regex(pattern = "^[^/\\\\]{1,120}$"))]
    file: String,
    /// The sheet; the first one where none is named.
    #[schemars(length(min = 1, max = 31))]
    sheet: Option<String>,
    /// The first row, from 1.
    #[schemars(range(min = 1, max = 1_048_576))]
    #[serde(default = "first")]
    from_row: u32,
    /// How many rows.
    #[schemars(range(min = 1, max = 1_000))]
    #[serde(default = "hundred")]
    rows: u32,
}

fn first() -> u32 {
    1
}

fn hundred() -> u32 {
    100
}

/// Some rows of a sheet.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SheetRows {
    /// The sheet.
    sheet: String,
    /// The rows, each with as many cells as the sheet has columns, at most 100; null for an empty one.
    rows: Vec<Vec<Value>>,
    /// The row to go on from; none at the end.
    next_row: Option<u32>,
    /// Rows of the whole sheet.
    rows_total: u32,
}

/// Reads rows, as many as fit an answer.
pub(crate) fn read_sheet(input: ReadInput, _: &Context) -> Result<SheetRows, ReadError> {
    let book = Book::open(&input.file)?;
    rows(book, input)
}

pub(crate) fn rows(mut book: Book, input: ReadInput) -> Result<SheetRows, ReadError> {
    let none = || ReadError::NoSuchSheet(String::new());
    let sheet = match input.sheet {
        Some(sheet) => sheet,
        None => book.sheets().into_iter().next().ok_or_else(none)?,
    };
    let first = input.from_row.saturating_sub(1);
    let all = book.rows(&sheet, first, input.rows)?;
    let end = first.saturating_add(input.rows).min(all.rows);
    let mut rows = Vec::new();
    let mut bytes = 0;
    let mut next = first;
    while next < end {
        let cell = |column| all.cells.get(&(next, column)).cloned().unwrap_or_default();
        let row: Vec<Value> = (0..all.columns.min(COLUMNS_MAX)).map(cell).collect();
        bytes += row
            .iter()
            .map(|cell| cell.to_string().len() + 1)
            .sum::<usize>();
        if bytes > ANSWER_BYTES_MAX && !rows.is_empty() {
            break;
        }
        rows.push(row);
        next += 1;
    }
    Ok(SheetRows {
        sheet,
        rows,
        next_row: (next < all.rows && next > first).then_some(next + 1),
        rows_total: all.rows,
    })
}
