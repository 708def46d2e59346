//! Tool `list_sheets`.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::serde_json::Value;
use serde::{Deserialize, Serialize};

use crate::book::Book;
use crate::error::OpenError;

/// Sheets and columns of one answer.
const SHEETS_MAX: usize = 50;
const COLUMNS_MAX: u32 = 100;

/// Which file.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct FileInput {
    /// The name of a file that was passed.
    #[schemars(regex(pattern = "^[^/\\\\]{1,120}$"))]
    file: String,
}

/// What is in a workbook.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Sheets {
    /// Its sheets, at most 50.
    sheets: Vec<Sheet>,
}

/// A sheet.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Sheet {
    /// Its name.
    name: String,
    /// Rows down to the last that holds something.
    rows: u32,
    /// Columns up to the last that holds something.
    columns: u32,
    /// The first row, at most 100 cells; null for an empty one.
    first_row: Vec<Value>,
}

/// Lists the sheets.
pub(crate) fn list_sheets(input: FileInput, _: &Context) -> Result<Sheets, OpenError> {
    sheets(Book::open(&input.file)?)
}

pub(crate) fn sheets(mut book: Book) -> Result<Sheets, OpenError> {
    let mut sheets = Vec::new();
    for name in book.sheets().into_iter().take(SHEETS_MAX) {
        let rows = book.rows(&name, 0, 1)?;
        let cell = |column| rows.cells.get(&(0, column)).cloned().unwrap_or_default();
        sheets.push(Sheet {
            rows: rows.rows,
            columns: rows.columns,
            first_row: (0..rows.columns.min(COLUMNS_MAX)).map(cell).collect(),
            name,
        });
    }
    Ok(Sheets { sheets })
}
