//! What is refused, of templates and of callers.

use hotcell_sdk::serde_json::{Value, json};
use hotcell_sdk::{Context, ToolError};
use office_parts::archive::{Part, write};

use super::{made, template, template_parts};
use crate::read_deck::texts;
use crate::template::Template;

fn check_template(name: &str, from: &str, to: &str, code: &str) {
    let mut parts = template_parts();
    let part = parts.iter_mut().find(|part| part.name == name).unwrap();
    let text = String::from_utf8(part.bytes.clone()).unwrap();
    assert!(text.contains(from), "{name} holds no {from}");
    part.bytes = text.replacen(from, to, 1).into_bytes();
    let error = Template::read(&write(&parts).unwrap()).err();
    assert_eq!(error.map(|error| error.code()), Some(code), "{to}");
}

const SLIDE: &str = "ppt/slides/slide1.xml";
const SLIDE_RELS: &str = "ppt/slides/_rels/slide1.xml.rels";
const TYPES: &str = "[Content_Types].xml";

#[test]
fn what_leads_out_of_a_template_is_refused() {
    let rel = |rest: &str| format!("<Relationship Id=\"x\" {rest}/></Relationships>");
    for rest in [
        "Type=\"t/image\" Target=\"https://example.com/a.png\" TargetMode=\"External\"",
        "Type=\"t/oleObject\" Target=\"file:///etc/passwd\" TargetMode=\"External\"",
        "Type=\"t/image\" Target=\"../../../etc/passwd\"",
        "Type=\"t/image\" Target=\"\\\\host\\share\\a.png\"",
        "Type=\"t/image\" Target=\"https://example.com/a.png\"",
    ] {
        check_template(
            SLIDE_RELS,
            "</Relationships>",
            &rel(rest),
            "TEMPLATE_UNSAFE",
        );
    }
    check_template(
        TYPES,
        "presentationml.presentation.main+xml",
        "macroEnabled.main+xml",
        "TEMPLATE_UNSAFE",
    );
}

#[test]
fn a_link_that_a_person_follows_is_left_alone() {
    let mut parts = template_parts();
    let part = parts
        .iter_mut()
        .find(|part| part.name == SLIDE_RELS)
        .unwrap();
    let text = String::from_utf8(part.bytes.clone()).unwrap();
    let rel = "<Relationship Id=\"x\" Type=\"t/hyperlink\" Target=\"https://example.com/\" TargetMode=\"External\"/></Relationships>";
    part.bytes = text.replace("</Relationships>", rel).into_bytes();
    let template = Template::read(&write(&parts).unwrap()).unwrap();
    let parts = super::parts(&template, &one("title", json!({"title": "T"})));
    assert!(super::text(&parts, SLIDE_RELS).contains("TargetMode=\"External\""));
}

#[test]
fn a_broken_template_is_refused() {
    let missing =
        "<Relationship Id=\"x\" Type=\"t/image\" Target=\"../media/no.png\"/></Relationships>";
    let twice =
        "<Relationship Id=\"rId1\" Type=\"t/image\" Target=\"slide2.xml\"/></Relationships>";
    check_template(SLIDE_RELS, "</Relationships>", missing, "FILE_UNREADABLE");
    check_template(SLIDE_RELS, "</Relationships>", twice, "FILE_UNREADABLE");
    check_template(SLIDE_RELS, "slideLayout\"", "other\"", "FILE_UNREADABLE");
    check_template(
        SLIDE,
        "<p:sld ",
        "<!DOCTYPE p [<!ENTITY a \"b\">]><p:sld ",
        "FILE_UNREADABLE",
    );
    check_template(
        "ppt/theme/theme1.xml",
        "<a:theme ",
        "<!DOCTYPE a><a:theme ",
        "FILE_UNREADABLE",
    );
    check_template(SLIDE, "</p:cSld>", "", "FILE_UNREADABLE");
    check_template(
        "ppt/presentation.xml",
        "r:id=\"rId4\"",
        "r:id=\"rId444\"",
        "FILE_UNREADABLE",
    );
    check_template(
        "_rels/.rels",
        "officeDocument\"",
        "other\"",
        "FILE_UNREADABLE",
    );
    check_template(
        "ppt/presentation.xml",
        "<p:presentation ",
        "<q:presentation ",
        "FILE_UNREADABLE",
    );
}

#[test]
fn part_names_that_differ_in_case_are_refused() {
    let mut parts = template_parts();
    parts.push(Part {
        name: "PPT/slides/Slide1.xml".to_owned(),
        bytes: Vec::new(),
    });
    let error = Template::read(&write(&parts).unwrap()).err().unwrap();
    assert!(error.to_string().contains("twice"), "{error}");
}

/// The cases pass a deck that leads out of itself.
#[test]
fn unsafe_pptx_is_current() {
    let types = "<Types><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";
    let rels = "<Relationships><Relationship Id=\"rId1\" Type=\"t/officeDocument\" Target=\"../../etc/passwd\"/></Relationships>";
    let parts = [(TYPES, types), ("_rels/.rels", rels)].map(|(name, text)| Part {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    });
    let path = super::folder().join("tests/unsafe.pptx");
    if super::blessing() {
        std::fs::write(&path, write(&parts).unwrap()).unwrap();
    }
    let found = std::fs::read(&path).unwrap();
    assert_eq!(
        office_parts::archive::read(&found, crate::package::UNPACKED).unwrap(),
        parts
    );
}

fn one(slide: &str, fields: Value) -> Value {
    json!({"file_name": "a", "slides": [{"slide": slide, "fields": fields}]})
}

fn check(input: &Value, code: &str, message: &str) {
    let error = made(&template(), input).err().unwrap();
    assert_eq!(error.code(), code);
    assert!(error.to_string().contains(message), "{error}");
}

#[test]
fn what_does_not_fit_is_a_typed_failure() {
    check(&one("agenda", json!({})), "UNKNOWN_SLIDE", "\"agenda\"");
    check(
        &one("bullets", json!({"titel": "T"})),
        "UNKNOWN_FIELDS",
        "titel",
    );
    let shared = json!({"file_name": "a", "fields": {"foot": "x"}, "slides": [{"slide": "quote"}]});
    check(&shared, "UNKNOWN_FIELDS", "foot");
    check(
        &one("table", json!({"table": "T"})),
        "INVALID_CONTENT",
        "takes [table]",
    );
    let row = json!({"columns": [{"title": "A"}], "rows": [["1", "2"]]});
    check(
        &one("table", json!({"table": row})),
        "INVALID_CONTENT",
        "more cells",
    );
    let long = json!({"columns": [{"title": "A"}], "rows": vec![["1"]; 30]});
    check(
        &one("table", json!({"table": long})),
        "TOO_LONG",
        "30 rows, and about 1",
    );
    for text in ["a\u{1b}[31m", "a\0", "a\u{FFFF}", "a\rb"] {
        check(
            &one("title", json!({ "title": text })),
            "CONTROL_CHARACTER",
            "/slides/0/fields/title",
        );
    }
    let items = json!({"file_name": "a", "slides": vec![json!({"slide": "quote", "items": vec![json!({}); 60]}); 6]});
    check(&items, "TOO_LONG", "1 to 300");
    let none = json!({"file_name": "a", "slides": [{"slide": "quote", "items": []}]});
    check(&none, "TOO_LONG", "1 to 300");
}

#[test]
fn what_is_no_picture_is_refused() {
    check(
        &one("picture", json!({"picture": {"picture": "no.png"}})),
        "FILE_NOT_FOUND",
        "no.png",
    );
    check(
        &one("picture", json!({"picture": {"picture": "text.png"}})),
        "FILE_UNREADABLE",
        "neither PNG nor JPEG",
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let call = |tool: &str, input: Value| {
        crate::skill()
            .call(tool, &input.to_string(), &Context::default())
            .unwrap_err()
    };
    let failure = call("list_slides", json!({"template": "no-such.pptx"}));
    assert_eq!(failure.code, "FILE_NOT_FOUND");
    assert_eq!(
        call("read_deck", json!({"file": "no-such.pptx"})).code,
        "FILE_NOT_FOUND"
    );
}

#[test]
fn a_long_deck_is_read_in_pieces() {
    let slide = json!({"slide": "quote", "items": vec![json!({"fields": {"quote": "x".repeat(4000)}}); 60]});
    let bytes = made(&template(), &json!({"file_name": "a", "slides": [slide]}))
        .unwrap()
        .bytes;
    let first = texts(&bytes, 1, 2).unwrap();
    let first = hotcell_sdk::serde_json::to_value(first).unwrap();
    assert_eq!(
        (&first["slides_total"], &first["next_slide"]),
        (&json!(60), &json!(3))
    );
    // No answer becomes longer than it may.
    let all = hotcell_sdk::serde_json::to_value(texts(&bytes, 1, 200).unwrap()).unwrap();
    assert_eq!(all["next_slide"], json!(51));
}

/// Whatever a part holds, it is filled, read or refused.
#[test]
fn damaged_parts_never_panic() {
    let mut state = 17_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below.max(1)
    };
    let snippets: [&[u8]; 8] = [
        b"<",
        b"/>",
        b"\"",
        b"{{title}}",
        b"<a:t>",
        b"-9",
        b"&#x",
        b"\xC3",
    ];
    let all = template_parts();
    for _ in 0..60 {
        let mut parts = all.clone();
        for _ in 0..=next(3) {
            let at = next(parts.len());
            let bytes = &mut parts[at].bytes;
            let from = next(bytes.len());
            let to = bytes.len().min(from + next(12));
            bytes.splice(from..to, snippets[next(8)].iter().copied());
        }
        let bytes = write(&parts).unwrap();
        let _ = texts(&bytes, 1, 50);
        if let Ok(template) = Template::read(&bytes) {
            let _ = crate::list_slides::offered(&template, 1);
            let _ = made(&template, &super::review());
        }
    }
}
