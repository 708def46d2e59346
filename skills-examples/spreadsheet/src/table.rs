//! Tables as a workbook.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

use crate::date;
use crate::error::TableError;
use crate::write_workbook::{Cell, Column, Kind, Table};

/// Cells of all sheets.
const CELLS_MAX: usize = 200_000;
/// Width of a column in pixels, however long its texts are.
const WIDTH_PIXELS_MAX: u32 = 400;

/// Returns the workbook's bytes.
pub(crate) fn write(tables: &[Table]) -> Result<Vec<u8>, TableError> {
    let cells = |table: &Table| table.rows.iter().map(Vec::len).sum::<usize>();
    if tables.iter().map(cells).sum::<usize>() > CELLS_MAX {
        return Err(TableError(format!(
            "There are more than {CELLS_MAX} cells."
        )));
    }
    let mut book = Workbook::new();
    // Nothing reads a clock: the same tables make the same bytes.
    let day = ExcelDateTime::from_ymd(2000, 1, 1).map_err(|error| refused("workbook", &error))?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&day));
    for table in tables {
        let sheet = book.add_worksheet();
        sheet
            .set_name(&table.name)
            .map_err(|error| refused(&table.name, &error))?;
        write_table(sheet, table)?;
    }
    book.save_to_buffer()
        .map_err(|error| refused("workbook", &error))
}

fn write_table(sheet: &mut Worksheet, table: &Table) -> Result<(), TableError> {
    let failed = |error: XlsxError| refused(&table.name, &error);
    let header = Format::new()
        .set_bold()
        .set_border_bottom(FormatBorder::Thin);
    for (number, column) in (0..).zip(&table.columns) {
        sheet
            .write_string_with_format(0, number, &column.title, &header)
            .map_err(failed)?;
    }
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
    let mut sums = vec![0.0; table.columns.len()];
    for (row, cells) in (1..).zip(&table.rows) {
        if cells.len() > table.columns.len() {
            let message = format!(
                "Sheet {:?}, row {}: it has {} cells, and there are {} columns.",
                table.name,
                row + 1,
                cells.len(),
                table.columns.len()
            );
            return Err(TableError(message));
        }
        for ((number, column), cell) in (0..).zip(&table.columns).zip(cells) {
            if let Cell::Number(value) = cell {
                sums[usize::from(number)] += value;
            }
            write_cell(sheet, (row, number), column.kind, cell).map_err(|why| {
                let title = &column.title;
                let row = row + 1;
                TableError(format!(
                    "Sheet {:?}, row {row}, column {title:?}: {why}.",
                    table.name
                ))
            })?;
        }
    }
    for ((number, column), sum) in (0..).zip(&table.columns).zip(sums) {
        write_total(sheet, table, (number, column), sum)?;
    }
    sheet.set_autofit_max_width(WIDTH_PIXELS_MAX);
    sheet.autofit();
    Ok(())
}

/// Writes a cell of its column's kind; a text that begins with `=` stays a text.
fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    kind: Kind,
    cell: &Cell,
) -> Result<(), String> {
    let format = format(kind);
    let done = match (kind, cell) {
        (_, Cell::Empty(())) => return Ok(()),
        (Kind::Text, Cell::Text(text)) => sheet.write_string(row, column, text),
        (Kind::Number | Kind::Money | Kind::Percent, Cell::Number(number))
            if number.is_finite() =>
        {
            sheet.write_number_with_format(row, column, *number, &format)
        }
        (Kind::Boolean, Cell::Boolean(yes)) => sheet.write_boolean(row, column, *yes),
        (Kind::Date, Cell::Text(text)) => {
            let (year, month, day) = date::parse(text)
                .ok_or_else(|| format!("{text:?} is no day; write it as 2026-05-17"))?;
            let day = ExcelDateTime::from_ymd(year, month, day).map_err(|e| e.to_string())?;
            sheet.write_datetime_with_format(row, column, &day, &format)
        }
        _ => return Err(format!("the cell is not of the kind {kind:?}")),
    };
    done.map(drop).map_err(|error| error.to_string())
}

/// Writes a column's sum below it: a formula with its result, so that every reader sees it.
fn write_total(
    sheet: &mut Worksheet,
    table: &Table,
    (number, column): (u16, &Column),
    sum: f64,
) -> Result<(), TableError> {
    if !column.total {
        return Ok(());
    }
    if !matches!(column.kind, Kind::Number | Kind::Money) {
        let (name, title) = (&table.name, &column.title);
        return Err(TableError(format!(
            "Sheet {name:?}, column {title:?}: only numbers and money have a total."
        )));
    }
    let last = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    if last == 0 {
        return Ok(());
    }
    let letters = rust_xlsxwriter::column_number_to_name(number);
    let sum_of = format!("=SUM({letters}2:{letters}{})", last + 1);
    let format = format(column.kind)
        .set_bold()
        .set_border_top(FormatBorder::Thin);
    let formula = Formula::new(sum_of).set_result(sum.to_string());
    sheet
        .write_formula_with_format(last + 1, number, formula, &format)
        .map(drop)
        .map_err(|error| refused(&table.name, &error))
}

fn format(kind: Kind) -> Format {
    match kind {
        Kind::Money => Format::new().set_num_format("#,##0.00"),
        Kind::Percent => Format::new().set_num_format("0.0%"),
        Kind::Date => Format::new().set_num_format("yyyy-mm-dd"),
        Kind::Text | Kind::Number | Kind::Boolean => Format::new(),
    }
}

fn refused(name: &str, error: &XlsxError) -> TableError {
    TableError(format!("Sheet {name:?}: {error}."))
}
