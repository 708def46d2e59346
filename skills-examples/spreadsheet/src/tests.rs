//! Workbooks that are written and read again.
#![allow(clippy::unwrap_used)]

use hotcell_sdk::Context;
use hotcell_sdk::serde_json::{Value, from_value, json, to_value};

use crate::book::Book;
use crate::table::write;
use crate::write_workbook::Table;
use crate::{list_sheets, read_sheet};

#[test]
fn schema_json_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
    hotcell_sdk::assert_schema_current(path, &crate::skill());
}

fn tables(value: Value) -> Vec<Table> {
    from_value(value).unwrap()
}

fn offers() -> Value {
    json!([{
        "name": "Offers",
        "columns": [
            {"title": "Customer", "kind": "text"},
            {"title": "Day", "kind": "date"},
            {"title": "Net", "kind": "money", "total": true},
            {"title": "Rate", "kind": "percent"},
            {"title": "Sent", "kind": "boolean"},
        ],
        "rows": [
            ["=cmd|' /C calc'!A0", "2026-05-17", 1250.5, 0.19, true],
            ["Weber", null, 0.25],
        ],
    }, {"name": "Empty", "columns": [{"title": "A", "kind": "number", "total": true}], "rows": []}])
}

/// The cases read the workbook that this skill writes.
#[test]
fn offers_xlsx_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/offers.xlsx");
    let bytes = write(&tables(offers())).unwrap();
    if std::env::var_os("HOTCELL_BLESS").is_some() {
        std::fs::write(path, &bytes).unwrap();
    }
    assert!(
        std::fs::read(path).unwrap() == bytes,
        "HOTCELL_BLESS=1 writes it anew"
    );
}

fn read(bytes: Vec<u8>, input: Value) -> Result<Value, String> {
    let input = from_value(input).unwrap();
    let rows = read_sheet::rows(Book::read(bytes).unwrap(), input);
    rows.map(|rows| to_value(rows).unwrap())
        .map_err(|error| error.to_string())
}

#[test]
fn what_is_written_is_read_again() {
    let bytes = write(&tables(offers())).unwrap();
    let sheets = list_sheets::sheets(Book::read(bytes.clone()).unwrap()).unwrap();
    let sheets = to_value(sheets).unwrap();
    assert_eq!(sheets["sheets"][0]["first_row"][2], "Net");
    assert_eq!(
        (&sheets["sheets"][0]["rows"], &sheets["sheets"][1]["rows"]),
        (&json!(4), &json!(1))
    );
    let rows = read(bytes, json!({"file": "a.xlsx", "from_row": 2})).unwrap();
    let expected = json!([
        ["=cmd|' /C calc'!A0", "2026-05-17", 1250.5, 0.19, true],
        ["Weber", null, 0.25, null, null],
        [null, null, 1250.75, null, null],
    ]);
    assert_eq!(rows["rows"], expected);
    assert_eq!(rows["next_row"], Value::Null);
}

#[test]
fn the_same_tables_make_the_same_bytes() {
    let twice = [
        write(&tables(offers())).unwrap(),
        write(&tables(offers())).unwrap(),
    ];
    assert_eq!(twice[0], twice[1]);
}

#[test]
fn a_long_sheet_is_read_in_pieces() {
    let rows: Vec<_> = (0..250).map(|n| json!([n])).collect();
    let columns = json!([{"title": "N", "kind": "number"}]);
    let bytes = write(&tables(
        json!([{"name": "S", "columns": columns, "rows": rows}]),
    ))
    .unwrap();
    let first = read(bytes.clone(), json!({"file": "a.xlsx"})).unwrap();
    assert_eq!(
        (&first["next_row"], &first["rows_total"]),
        (&json!(101), &json!(251))
    );
    let last = read(
        bytes,
        json!({"file": "a.xlsx", "from_row": 201, "sheet": "S"}),
    )
    .unwrap();
    assert_eq!(last["rows"].as_array().unwrap().len(), 51);
}

fn check_refused(table: Value, words: &str) {
    let error = write(&tables(json!([table]))).unwrap_err();
    assert!(error.0.contains(words), "{error}");
}

#[test]
fn what_cannot_be_written_is_said() {
    let table = |name: &str, kind: &str, cell: Value| json!({"name": name, "columns": [{"title": "C", "kind": kind}], "rows": [[cell]]});
    check_refused(table("a/b", "text", json!("x")), "\"a/b\"");
    check_refused(table("S", "number", json!("x")), "row 2, column \"C\"");
    check_refused(table("S", "date", json!("17.5.2026")), "is no day");
    check_refused(table("S", "text", json!("x".repeat(40_000))), "row 2");
    let long =
        json!({"name": "S", "columns": [{"title": "C", "kind": "text"}], "rows": [["a", "b"]]});
    check_refused(long, "2 cells");
    let total = json!({"name": "S", "columns": [{"title": "C", "kind": "text", "total": true}], "rows": []});
    check_refused(total, "only numbers");
    let twins = write(&tables(json!([
        {"name": "S", "columns": [{"title": "C", "kind": "text"}], "rows": []},
        {"name": "s", "columns": [{"title": "C", "kind": "text"}], "rows": []},
    ])));
    twins.unwrap_err();
}

#[test]
fn what_is_no_workbook_is_said() {
    for bytes in [&b""[..], b"PK\x03\x04", b"no workbook at all"] {
        assert!(Book::read(bytes.to_vec()).is_err());
    }
    let bytes = write(&tables(offers())).unwrap();
    assert!(read(bytes, json!({"file": "a.xlsx", "sheet": "None"})).is_err());
    let input = r#"{"file": "missing.xlsx"}"#;
    let failure = crate::skill().call("list_sheets", input, &Context::default());
    assert_eq!(failure.unwrap_err().code, "FILE_NOT_FOUND");
}

/// A byte changed anywhere is an answer or an error, and never a panic.
#[test]
fn a_damaged_workbook_is_never_a_panic() {
    let bytes = write(&tables(offers())).unwrap();
    for at in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        if let Ok(mut book) = Book::read(damaged) {
            for sheet in book.sheets() {
                let _ = book.rows(&sheet, 0, 10);
            }
        }
    }
}
