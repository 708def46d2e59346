//! A workbook that was passed, read cell by cell.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use hotcell_sdk::serde_json::{Number, Value, json};

use crate::date::iso;
use crate::error::ReadError;

/// Bytes of a file.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// Cells of a sheet that are looked at.
const CELLS_MAX: usize = 2_000_000;
/// Characters of a text that are passed on.
const TEXT_CHARS_MAX: usize = 2_000;

pub(crate) struct Book(Xlsx<Cursor<Vec<u8>>>);

/// Some rows of a sheet.
pub(crate) struct Rows {
    /// The cells by row and column, both from 0.
    pub(crate) cells: BTreeMap<(u32, u32), Value>,
    /// Rows and columns of the whole sheet.
    pub(crate) rows: u32,
    pub(crate) columns: u32,
}

impl Book {
    /// Opens a file of `/in`.
    pub(crate) fn open(name: &str) -> Result<Book, ReadError> {
        let path = format!("/in/{name}");
        let found = std::fs::metadata(&path)
            .ok()
            .filter(std::fs::Metadata::is_file);
        let found = found.ok_or_else(|| ReadError::NotFound(name.to_owned()))?;
        if found.len() > FILE_BYTES_MAX {
            let why = format!("it is larger than {FILE_BYTES_MAX} bytes");
            return Err(ReadError::Unreadable(why));
        }
        let bytes = std::fs::read(&path);
        Book::read(bytes.map_err(|error| ReadError::Unreadable(error.to_string()))?)
    }

    pub(crate) fn read(bytes: Vec<u8>) -> Result<Book, ReadError> {
        Xlsx::new(Cursor::new(bytes)).map(Book).map_err(unreadable)
    }

    /// Returns the names of its sheets.
    pub(crate) fn sheets(&self) -> Vec<String> {
        self.0.sheet_names()
    }

    /// Reads the rows from `first` on, at most `count`.
    pub(crate) fn rows(&mut self, sheet: &str, first: u32, count: u32) -> Result<Rows, ReadError> {
        if !self.0.sheet_names().iter().any(|name| name == sheet) {
            return Err(ReadError::NoSuchSheet(sheet.to_owned()));
        }
        let mut reader = self.0.worksheet_cells_reader(sheet).map_err(unreadable)?;
        let mut all = Rows {
            cells: BTreeMap::new(),
            rows: 0,
            columns: 0,
        };
        let mut left = CELLS_MAX;
        while let Some(cell) = reader.next_cell().map_err(unreadable)? {
            left = left.checked_sub(1).ok_or_else(|| {
                ReadError::Unreadable(format!("the sheet has more than {CELLS_MAX} cells"))
            })?;
            let (row, column) = cell.get_position();
            let Some(value) = value(cell.get_value()) else {
                continue;
            };
            all.rows = all.rows.max(row.saturating_add(1));
            all.columns = all.columns.max(column.saturating_add(1));
            if row >= first && row - first < count {
                all.cells.insert((row, column), value);
            }
        }
        Ok(all)
    }
}

/// Returns a cell as JSON; none where it is empty.
fn value(data: &DataRef<'_>) -> Option<Value> {
    let text = |text: &str| Some(json!(text.chars().take(TEXT_CHARS_MAX).collect::<String>()));
    let number = |number: f64| Some(Number::from_f64(number).map_or(Value::Null, Value::Number));
    match data {
        DataRef::Empty => None,
        DataRef::Int(int) => Some(json!(int)),
        DataRef::Float(float) => number(*float),
        DataRef::String(one) => text(one),
        DataRef::SharedString(one) => text(one),
        DataRef::Bool(yes) => Some(json!(yes)),
        DataRef::DateTime(time) if time.is_datetime() => match iso(time.as_f64(), false) {
            Some(date) => Some(json!(date)),
            None => number(time.as_f64()),
        },
        DataRef::DateTime(duration) => number(duration.as_f64()),
        DataRef::DateTimeIso(one) | DataRef::DurationIso(one) => text(one),
        DataRef::Error(error) => Some(json!(format!("{error}"))),
    }
}

fn unreadable(error: impl std::fmt::Display) -> ReadError {
    let why: String = error.to_string().chars().take(200).collect();
    ReadError::Unreadable(why)
}
