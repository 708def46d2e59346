//! Every example skill passes its cases, with trouble and made-up arguments.

use crate::room::{Room, example};

/// The example skills.
pub(super) const GALLERY: [&str; 13] = [
    "calendar",
    "ci",
    "crm",
    "crm-py",
    "datev-export",
    "datev-export-js",
    "file-ops",
    "pdf-extract",
    "quote-docx",
    "slides",
    "spreadsheet",
    "tax-check",
    "web",
];

fn check(skill: &str) {
    let room = Room::new();
    let ran = room.run(&["test", &example(skill), "--fuzz", "200", "--chaos"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains(", 0 failed, "), "{}", ran.stdout);
}

#[test]
fn ci() {
    check("ci");
}

#[test]
fn crm() {
    check("crm");
}

#[test]
fn datev_export() {
    check("datev-export");
}

#[test]
fn file_ops() {
    check("file-ops");
}

#[test]
fn quote_docx() {
    check("quote-docx");
}

#[test]
fn slides() {
    check("slides");
}

#[test]
fn spreadsheet() {
    check("spreadsheet");
}

#[test]
fn tax_check() {
    check("tax-check");
}

#[test]
fn web() {
    check("web");
}

#[test]
fn calendar() {
    check("calendar");
}

#[test]
fn crm_py() {
    check("crm-py");
}

#[test]
fn datev_export_js() {
    check("datev-export-js");
}

#[test]
fn pdf_extract() {
    check("pdf-extract");
}
