//! The tools as the host calls them, on the example invoices.
#![allow(clippy::unwrap_used)]

use hotcell_sdk::serde_json::{Value, from_str, json};
use hotcell_sdk::{Context, Failure};

const DOMESTIC: &str = include_str!("../examples/domestic.json");
const REVERSE_CHARGE: &str = include_str!("../examples/reverse-charge.json");
const FAULTY: &str = include_str!("../examples/faulty.json");

fn call(tool: &str, input: &Value) -> Result<Value, Failure> {
    let answer = crate::skill().call(tool, &input.to_string(), &Context::default());
    answer.map(|text| from_str(&text).unwrap())
}

/// Returns an example with some values replaced.
fn with(example: &str, changes: &[(&str, Value)]) -> Value {
    let mut input: Value = from_str(example).unwrap();
    for (pointer, value) in changes {
        *input.pointer_mut(pointer).unwrap() = value.clone();
    }
    input
}

fn check(example: &str, changes: &[(&str, Value)], expected: &[(&str, &str)]) {
    let report = call("check_invoice", &with(example, changes)).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let found: Vec<_> = findings
        .iter()
        .map(|f| (text(f, "code"), text(f, "pointer")))
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(code, at)| ((*code).to_owned(), (*at).to_owned()))
        .collect();
    assert_eq!(found, expected, "{changes:?}: {report:#}");
    let errors = findings
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .count();
    assert_eq!(report["ok"], errors == 0);
}

#[test]
fn schema_json_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
    hotcell_sdk::assert_schema_current(path, &crate::skill());
}

#[test]
fn honest_invoices_have_no_findings() {
    check(DOMESTIC, &[], &[]);
    check(REVERSE_CHARGE, &[], &[]);
}

#[test]
fn a_faulty_invoice_has_one_finding_for_each_fault() {
    check(
        FAULTY,
        &[],
        &[
            ("vat_number_check_digits", "/invoice/seller/vat_number"),
            ("line_net", "/invoice/lines/0/net"),
            ("rate_not_in_force", "/invoice/lines/1/vat_rate"),
            ("rate_unknown", "/invoice/lines/2/vat_rate"),
            ("total_vat", "/invoice/totals/vat"),
            ("total_gross", "/invoice/totals/gross"),
        ],
    );
}

#[test]
fn rates_depend_on_the_day_of_supply() {
    let pointer = "/invoice/lines/0/vat_rate";
    let late_2020 = ("/invoice/supply_date", json!("2020-12-31"));
    let all = [
        ("rate_not_in_force", pointer),
        ("rate_not_in_force", "/invoice/lines/1/vat_rate"),
    ];
    check(DOMESTIC, &[late_2020], &all);
    let before = ("/invoice/supply_date", json!("2019-12-31"));
    let all = [
        ("rate_not_checked", pointer),
        ("rate_not_checked", "/invoice/lines/1/vat_rate"),
    ];
    check(DOMESTIC, &[before], &all);
}

#[test]
fn meals_have_the_rate_of_their_day() {
    let meals = ("/invoice/lines/1/supply", json!("restaurant_meals"));
    check(DOMESTIC, std::slice::from_ref(&meals), &[]);
    let in_2025 = ("/invoice/supply_date", json!("2025-12-31"));
    check(
        DOMESTIC,
        &[meals, in_2025],
        &[("rate_wrong_for_supply", "/invoice/lines/1/vat_rate")],
    );
}

#[test]
fn no_vat_needs_a_reason() {
    let none = [
        ("/invoice/lines/0/vat_rate", json!("0")),
        ("/invoice/lines/1/vat_rate", json!("0")),
        ("/invoice/totals/vat", json!("0.00")),
        ("/invoice/totals/gross", json!("1850.00")),
    ];
    let missing = [
        ("exemption_missing", "/invoice/lines/0/vat_rate"),
        ("exemption_missing", "/invoice/lines/1/vat_rate"),
    ];
    check(DOMESTIC, &none, &missing);
    let mut small = none.to_vec();
    small.push(("/invoice/exemption", json!("small_enterprise")));
    check(DOMESTIC, &small, &[]);
}

#[test]
fn reverse_charge_has_its_conditions() {
    let place = "/invoice/notes";
    check(
        REVERSE_CHARGE,
        &[(place, json!("Danke!"))],
        &[("reverse_charge_note_missing", place)],
    );
    let number = "/invoice/buyer/vat_number";
    check(
        REVERSE_CHARGE,
        &[(number, Value::Null)],
        &[("vat_number_missing", "/invoice/buyer")],
    );
    check(
        REVERSE_CHARGE,
        &[(number, json!("ATU13585627"))],
        &[("vat_number_other_country", number)],
    );
    let supply = ("/invoice/exemption", json!("intra_community_supply"));
    let home = ("/invoice/buyer/country", json!("DE"));
    let number = (number, json!("DE129273398"));
    check(
        REVERSE_CHARGE,
        &[supply, home, number],
        &[("exemption_country", "/invoice/exemption")],
    );
}

#[test]
fn vat_across_a_border_is_worth_a_look() {
    let changes = [
        ("/invoice/exemption", Value::Null),
        ("/invoice/lines/0/vat_rate", json!("19")),
        ("/invoice/totals/vat", json!("532.00")),
        ("/invoice/totals/gross", json!("3332.00")),
    ];
    check(
        REVERSE_CHARGE,
        &changes,
        &[("reverse_charge_expected", "/invoice/exemption")],
    );
    let mut consumer = changes.to_vec();
    consumer.push(("/invoice/buyer_kind", json!("consumer")));
    check(REVERSE_CHARGE, &consumer, &[]);
    // A distance sale carries the rate of the buyer's country.
    consumer[1].1 = json!("20");
    consumer[2].1 = json!("560.00");
    consumer[3].1 = json!("3360.00");
    check(REVERSE_CHARGE, &consumer, &[]);
}

#[test]
fn the_other_rounding_method_is_a_warning() {
    let line = json!({"net": "0.39", "vat_rate": "19"});
    let changes = [
        ("/invoice/lines", json!([line, line, line])),
        (
            "/invoice/totals",
            json!({"net": "1.17", "vat": "0.21", "gross": "1.38"}),
        ),
    ];
    check(
        DOMESTIC,
        &changes,
        &[("rounding_method", "/invoice/totals/vat")],
    );
    let mut per_line = with(DOMESTIC, &changes);
    per_line["rounding"] = json!("per_line");
    assert_eq!(
        call("check_invoice", &per_line).unwrap()["findings"],
        json!([])
    );
}

#[test]
fn both_methods_are_shown() {
    let line = json!({"net": "0.39", "vat_rate": "19"});
    let report = call("round_totals", &json!({"lines": [line, line, line]})).unwrap();
    assert_eq!(report["per_total"]["gross"], "1.39");
    assert_eq!(report["per_line"]["gross"], "1.38");
    assert_eq!(report["difference"], "-0.01");
}

#[test]
fn rates_of_a_day() {
    let report = call("rates", &json!({"country": "GR", "date": "2026-11-21"})).unwrap();
    assert_eq!(report["country"], "EL");
    assert_eq!(report["rates"][0]["percent"], "24");
    let failure = |input: Value| call("rates", &input).unwrap_err().code;
    assert_eq!(
        failure(json!({"country": "US", "date": "2026-11-21"})),
        "COUNTRY_UNKNOWN"
    );
    assert_eq!(
        failure(json!({"country": "DE", "date": "2019-12-31"})),
        "DATE_BEFORE_TABLE"
    );
    assert_eq!(
        failure(json!({"country": "DE", "date": "2026-02-30"})),
        "INVALID_ARGUMENTS"
    );
}

#[test]
fn a_number_is_normalized_and_explained() {
    let report = call("check_vat_number", &json!({"number": "nl 000099998b57"})).unwrap();
    assert_eq!(
        report,
        json!({
            "valid": true, "number": "NL000099998B57", "country": "NL",
            "assurance": "check_digits", "finding": null,
        })
    );
    let report = call("check_vat_number", &json!({"number": "US12"})).unwrap();
    assert_eq!(report["finding"]["code"], "vat_number_country_unknown");
}
