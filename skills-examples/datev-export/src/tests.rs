//! The tools as the host calls them, and the file byte for byte.
#![allow(clippy::unwrap_used)]

use hotcell_sdk::serde_json::{Value, from_str, json};
use hotcell_sdk::{Context, Failure};

use crate::export_bookings::make;

const OCTOBER: &str = include_str!("../examples/october.json");
const GOLDEN: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/EXTF_Buchungsstapel_29098_55003_20261001_20261031.csv"
);

fn call(tool: &str, input: &Value) -> Result<Value, Failure> {
    let answer = crate::skill().call(tool, &input.to_string(), &Context::default());
    answer.map(|text| from_str(&text).unwrap())
}

/// Returns the October example with one value replaced.
fn october(pointer: &str, value: Value) -> Value {
    let mut input: Value = from_str(OCTOBER).unwrap();
    *input.pointer_mut(pointer).unwrap() = value;
    input
}

fn check_finding(pointer: &str, value: Value, code: &str, place: &str) {
    let preview = call("check_bookings", &october(pointer, value)).unwrap();
    let found: Vec<_> = preview["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            (
                finding["code"].as_str().unwrap().to_owned(),
                finding["pointer"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    assert_eq!(found, [(code.to_owned(), place.to_owned())], "{pointer}");
}

#[test]
fn the_file_is_the_golden_one_byte_for_byte() {
    let (name, bytes, _) = make(&from_str(OCTOBER).unwrap()).unwrap();
    assert_eq!(
        name,
        "EXTF_Buchungsstapel_29098_55003_20261001_20261031.csv"
    );
    if std::env::var_os("HOTCELL_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(GOLDEN, &bytes).unwrap();
    }
    let golden = std::fs::read(GOLDEN).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        String::from_utf8_lossy(&golden)
    );
    assert_eq!(bytes, golden);
}

#[test]
fn the_file_has_the_shape_of_the_format() {
    let (_, bytes, exported) = make(&from_str(OCTOBER).unwrap()).unwrap();
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    assert_eq!(lines.last(), Some(&&b""[..]), "the last line ends too");
    assert_eq!(lines.len(), 2 + exported.totals.bookings + 1);
    for line in &lines[..lines.len() - 1] {
        assert_eq!(line.last(), Some(&b'\r'));
    }
    let fields = |line: &[u8]| line.split(|byte| *byte == b';').count();
    assert_eq!(fields(lines[0]), 31);
    assert_eq!(fields(lines[1]), 125);
    assert_eq!(fields(lines[2]), 125);
    assert!(
        lines[0].starts_with(b"\"EXTF\";700;21;\"Buchungsstapel\";13;20261102091500000;;\"RE\";")
    );
    assert!(
        lines[2]
            .starts_with(b"1190,00;\"S\";\"EUR\";;;\"\";10001;8400;\"\";0510;\"RE-2026-1001\";")
    );
    assert!(
        bytes.windows(5).any(|bytes| bytes == b"f\xE8vre"),
        "Windows-1252, not UTF-8"
    );
}

#[test]
fn the_example_has_no_findings() {
    let preview = call("check_bookings", &from_str(OCTOBER).unwrap()).unwrap();
    assert_eq!(preview["findings"], json!([]));
    assert_eq!(preview["exportable"], true);
    assert_eq!(
        preview["totals"],
        json!({"bookings": 7, "debit": "4337.25", "credit": "1054.90"})
    );
}

/// Each place, a value that breaks a rule there, and the finding's code. The finding has the
/// place of the value.
fn check_findings(cases: &[(&str, Value, &str)]) {
    for (pointer, value, code) in cases {
        check_finding(pointer, value.clone(), code, pointer);
    }
}

#[test]
fn headers_and_numbers_that_datev_refuses() {
    check_findings(&[
        (
            "/batch/created_at",
            json!("2026-11-31T09:00:00"),
            "creation_time",
        ),
        (
            "/batch/created_at",
            json!("2026-11-30T24:00:00"),
            "creation_time",
        ),
        ("/invoices/0/number", json!("RE 1"), "document_number"),
        (
            "/invoices/1/number",
            json!("RE-2026-1001"),
            "duplicate_number",
        ),
        (
            "/invoices/0/date",
            json!("2026-11-01"),
            "date_outside_period",
        ),
    ]);
}

#[test]
fn accounts_have_their_length_and_range() {
    let rate = json!({"by": "rate", "rate": "19"});
    check_findings(&[
        ("/invoices/0/partner/account", json!(70001), "account"),
        ("/invoices/0/partner/account", json!(1001), "account"),
        ("/invoices/0/lines/0/account", json!(84000), "account"),
        ("/invoices/0/lines/0/tax", rate, "key_on_automatic_account"),
    ]);
}

#[test]
fn amounts_and_texts_that_a_row_cannot_hold() {
    let (gross, text) = ("/invoices/0/lines/0/gross", "/invoices/0/lines/0/text");
    check_findings(&[
        (gross, json!("0"), "amount"),
        (gross, json!("-1.00"), "amount"),
        (gross, json!("1.005"), "amount"),
        (gross, json!("10000000000"), "amount"),
        (text, json!("a\nb"), "text"),
        (text, json!("x".repeat(61)), "text"),
        (text, json!("Łódź"), "not_in_windows_1252"),
    ]);
}

#[test]
fn what_dates_without_a_year_can_say_is_one_fiscal_year() {
    check_finding(
        "/batch/fiscal_year_start",
        json!("2026-10-02"),
        "period",
        "/batch/from",
    );
    check_finding(
        "/batch/fiscal_year_start",
        json!("2025-10-31"),
        "period",
        "/batch/from",
    );
}

#[test]
fn a_warning_does_not_stop_the_export() {
    let input = october("/invoices/2/partner/vat_number", Value::Null);
    let (_, _, exported) = make(&from_str(&input.to_string()).unwrap()).unwrap();
    assert_eq!(exported.warnings.len(), 1);
    assert_eq!(exported.warnings[0].pointer, "/invoices/2/partner");
}

#[test]
fn a_broken_rule_is_a_typed_failure() {
    let failure = call(
        "export_bookings",
        &october("/invoices/0/date", json!("2026-11-01")),
    )
    .unwrap_err();
    assert_eq!(failure.code, "RULES_BROKEN");
    let details: Value = from_str(&failure.details.unwrap()).unwrap();
    assert_eq!(details["findings"][0]["pointer"], "/invoices/0/date");
}

#[test]
fn a_character_that_the_file_cannot_hold_is_a_failure_of_its_own() {
    let input = october("/invoices/2/partner/name", json!("Zakład Łódź"));
    let failure = call("export_bookings", &input).unwrap_err();
    assert_eq!(failure.code, "NOT_IN_WINDOWS_1252");
    assert!(failure.message.contains("U+0142"), "{}", failure.message);
}

#[test]
fn quotes_in_a_text_are_doubled() {
    let input = october("/invoices/0/lines/0/text", json!("Tisch \"Eiche\"; geölt"));
    let (_, bytes, _) = make(&from_str(&input.to_string()).unwrap()).unwrap();
    let expected = b"\"Tisch \"\"Eiche\"\"; ge\xF6lt\"";
    assert!(bytes.windows(expected.len()).any(|bytes| bytes == expected));
}

#[test]
fn the_format_can_be_asked_for() {
    let filled = call("describe_format", &json!({})).unwrap();
    assert_eq!(filled["columns"].as_array().unwrap().len(), 15);
    let all = call("describe_format", &json!({"which": "all"})).unwrap();
    assert_eq!(all["columns"][124]["heading"], "Abw. Skontokonto");
}

#[test]
fn schema_json_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
    hotcell_sdk::assert_schema_current(path, &crate::skill());
}
