//! `spreadsheet`: Excel workbooks in and out.
//!
//! `book` reads a workbook cell by cell, so that a sheet of a few cells far apart costs nothing;
//! `date` turns Excel's day numbers into dates; `table` writes. The same input makes the same bytes.

mod book;
mod date;
mod error;
mod list_sheets;
mod read_sheet;
mod table;
mod write_workbook;

use hotcell_sdk::Skill;

/// Returns the table of tools.
pub fn skill() -> Skill {
    Skill::new()
        .tool(
            "list_sheets",
            "Lists the sheets of an Excel workbook that was passed, with their size and first row.",
            list_sheets::list_sheets,
        )
        .tool(
            "read_sheet",
            "Reads rows of a sheet: texts, numbers, yes or no, dates as texts.",
            read_sheet::read_sheet,
        )
        .tool(
            "write_workbook",
            "Writes tables as an Excel workbook to /out, with formats, a frozen header and totals.",
            write_workbook::write_workbook,
        )
}

hotcell_sdk::export!(skill);

#[cfg(test)]
mod tests;
