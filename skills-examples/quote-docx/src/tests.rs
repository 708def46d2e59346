//! The document, from the real template, and the built template itself.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use hotcell_sdk::serde_json::{Value, from_str, from_value, json};
use hotcell_sdk::{Context, ToolError};

use office_parts::archive::{Part, read, write};

use crate::error::QuoteError;
use crate::make_quote::make;
use crate::quote::Quote;
use crate::template::{Template, UNPACKED};

const OFFICE: &str = include_str!("../examples/office.json");

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn blessing() -> bool {
    std::env::var_os("HOTCELL_BLESS").is_some_and(|value| value == "1")
}

/// Returns the template as its sources say it.
fn built_template() -> Vec<u8> {
    let names = [
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/core.xml",
        "word/_rels/document.xml.rels",
        "word/document.xml",
        "word/footer1.xml",
        "word/header1.xml",
        "word/settings.xml",
        "word/styles.xml",
    ];
    let parts = names.map(|name| {
        let path: PathBuf = folder().join("src/template").join(name);
        Part {
            name: name.to_owned(),
            bytes: std::fs::read(path).unwrap(),
        }
    });
    write(&parts).unwrap()
}

fn template() -> Template {
    Template::read(&built_template()).unwrap()
}

fn office() -> Value {
    from_str(OFFICE).unwrap()
}

/// Returns one part of the quote that the input makes.
fn part(input: &Value, name: &str) -> String {
    let quote: Quote = from_value(input.clone()).unwrap();
    let (bytes, _) = make(&quote, &template()).unwrap();
    let parts = read(&bytes, UNPACKED).unwrap();
    let part = parts.into_iter().find(|part| part.name == name).unwrap();
    String::from_utf8(part.bytes).unwrap()
}

/// Returns the texts of a part, one paragraph a line.
fn lines(xml: &str) -> Vec<String> {
    let paragraph = |xml: &str| {
        let texts = xml
            .split("<w:t")
            .skip(1)
            .filter(|text| text.starts_with(['>', ' ']));
        let text = texts
            .map(|text| text[text.find('>').unwrap() + 1..text.find("</w:t>").unwrap()].to_owned());
        text.collect::<Vec<_>>().concat()
    };
    xml.split("</w:p>")
        .map(paragraph)
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn template_docx_is_current() {
    let path = folder().join("assets/template.docx");
    if blessing() {
        std::fs::write(&path, built_template()).unwrap();
    }
    // By its parts: how they are packed depends on the compressor that this build chose.
    let found = read(&std::fs::read(&path).unwrap(), UNPACKED).unwrap();
    assert!(
        found == read(&built_template(), UNPACKED).unwrap(),
        "run with HOTCELL_BLESS=1 after a change of src/template"
    );
}

#[test]
fn schema_json_is_current() {
    hotcell_sdk::assert_schema_current(folder().join("schema.json"), &crate::skill());
}

#[test]
fn the_quote_says_what_was_offered() {
    let lines = lines(&part(&office(), "word/document.xml"));
    for expected in [
        "Weber &amp; Partner Steuerberatung mbB",
        "Angebot AN-2026-118",
        "19.12.2026",
        "Konferenztisch „Havel“, Eiche massiv",
        "abzüglich 5\u{a0}% Rabatt",
        "3.480,00\u{a0}€",
        "6,5",
        "442,00\u{a0}€",
        "7.695,21\u{a0}€",
        "USt. 19\u{a0}% auf 7.626,05\u{a0}€",
        "1.448,95\u{a0}€",
        "USt. 7\u{a0}% auf 69,16\u{a0}€",
        "4,84\u{a0}€",
        "9.149,00\u{a0}€",
        "Lieferzeit: sechs Wochen ab Auftragseingang.",
    ] {
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected}: {lines:#?}"
        );
    }
}

#[test]
fn nothing_is_left_to_fill() {
    for name in [
        "word/document.xml",
        "word/header1.xml",
        "word/footer1.xml",
        "docProps/core.xml",
    ] {
        let text = part(&office(), name);
        assert!(!text.contains("{{") && !text.contains("}}"), "{name}");
    }
}

#[test]
fn the_same_input_makes_the_same_bytes() {
    let quote: Quote = from_value(office()).unwrap();
    let (first, written) = make(&quote, &template()).unwrap();
    let (second, _) = make(&quote, &template()).unwrap();
    assert_eq!(first, second);
    assert_eq!(written.file, "Angebot_AN-2026-118.docx");
    if let Some(path) = std::env::var_os("QUOTE_DOCX_SHOW") {
        std::fs::write(path, first).unwrap();
    }
}

#[test]
fn what_is_not_given_leaves_no_gap() {
    let mut input = office();
    input["customer"]["contact"] = Value::Null;
    input["customer"]["vat_number"] = Value::Null;
    input["sender"]["iban"] = Value::Null;
    input["notes"] = json!([]);
    let document = lines(&part(&input, "word/document.xml"));
    assert!(
        !document.iter().any(|line| line.contains("USt-IdNr")),
        "{document:#?}"
    );
    assert!(!document.iter().any(|line| line.contains("Lieferzeit")));
    assert!(
        !lines(&part(&input, "word/footer1.xml"))
            .iter()
            .any(|line| line.contains("IBAN"))
    );
}

#[test]
fn markup_in_the_data_stays_text() {
    let mut input = office();
    input["positions"][0]["title"] = json!("</w:t><w:br/>{{totals.net}} & \"x\"");
    let lines = lines(&part(&input, "word/document.xml"));
    let expected = "&lt;/w:t&gt;&lt;w:br/&gt;{{totals.net}} &amp; &quot;x&quot;";
    assert!(lines.iter().any(|line| line == expected), "{lines:#?}");
}

#[test]
fn english_speaks_english() {
    let mut input = office();
    input["language"] = json!("en");
    input["currency"] = json!("CHF");
    let lines = lines(&part(&input, "word/document.xml"));
    for expected in [
        "Quote AN-2026-118",
        "19 December 2026",
        "CHF\u{a0}9,149.00",
        "less 5% discount",
    ] {
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected}: {lines:#?}"
        );
    }
}

fn check_error(template: &[Part], input: &Value, code: &str) {
    let quote: Quote = from_value(input.clone()).unwrap();
    let error =
        Template::read(&write(template).unwrap()).and_then(|template| make(&quote, &template));
    assert_eq!(error.err().map(|error| error.code()), Some(code));
}

#[test]
fn what_cannot_be_filled_is_a_typed_failure() {
    let document = |xml: &str| {
        vec![Part {
            name: "word/document.xml".to_owned(),
            bytes: xml.as_bytes().to_vec(),
        }]
    };
    let paragraph = document("<w:p><w:r><w:t>{{customer.shoe_size}}</w:t></w:r></w:p>");
    check_error(&paragraph, &office(), "UNKNOWN_FIELDS");
    check_error(&document("<w:p>"), &office(), "TEMPLATE_UNREADABLE");
    check_error(&[], &office(), "TEMPLATE_UNREADABLE");
    let mut input = office();
    input["quote"]["intro"] = json!("a\u{1b}[31m");
    check_error(&document("<w:p></w:p>"), &input, "CONTROL_CHARACTER");
    input["positions"][1]["quantity"] = json!("-1");
    check_error(&document("<w:p></w:p>"), &input, "POSITION_OUT_OF_RANGE");
}

#[test]
fn a_template_that_is_not_there_is_named() {
    let mut input = office();
    input["template"] = json!("no-such-template.docx");
    let answer = crate::skill().call("make_quote", &input.to_string(), &Context::default());
    assert_eq!(answer.unwrap_err().code, "TEMPLATE_NOT_FOUND");
    assert!(matches!(
        Template::read(b"%PDF"),
        Err(QuoteError::TemplateUnreadable(_))
    ));
}
