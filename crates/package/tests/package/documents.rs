//! SKILL.md: what the strict and the lenient reading make of it.

use hotcell_package::SkillDocument;

/// The least that both readings take.
const LEAST: &str = "name: a\ndescription: d";

fn check(text: &str, strict: &str, lenient: &str) {
    let got = SkillDocument::parse_strict(text).map_or_else(|found| found[0].code, |_| "ok");
    assert_eq!(got, strict, "strict: {text:?}");
    let got = match SkillDocument::parse_lenient(text, Some("a")) {
        Ok((_, warnings)) => warnings.first().map_or("ok", |found| found.code),
        Err(skipped) => skipped.code,
    };
    assert_eq!(got, lenient, "lenient: {text:?}");
}

/// Refused in both readings, by one name.
fn refused(text: &str, code: &str) {
    check(text, code, code);
}

fn file(yaml: &str) -> String {
    format!("---\n{yaml}\n---\nbody\n")
}

#[test]
fn line_ends_and_fences() {
    check(&file(LEAST), "ok", "ok");
    check(&file(LEAST).replace('\n', "\r\n"), "ok", "ok");
    let marked = format!("\u{feff}{}", file(LEAST));
    check(&marked, "byte_order_mark", "ok");
    refused("name: a", "no_frontmatter");
    refused("---\nname: a\n", "no_frontmatter");
}

#[test]
fn names_and_descriptions() {
    check(&file("name: b\ndescription: d"), "ok", "name_folder");
    let long = format!("name: {}\ndescription: d", "a".repeat(65));
    refused(&file(&long), "name_too_long");
    refused(&file("name: A--b\ndescription: d"), "name_invalid");
    refused(&file("name: a"), "description_missing");
}

#[test]
fn keys_and_the_form_of_their_values() {
    let with = |line: &str| file(&format!("{LEAST}\n{line}"));
    check(&with("model: x"), "unknown_key", "ok");
    refused(&with("name: b"), "frontmatter_yaml");
    refused(&file("name: a\ndescription: d: e"), "frontmatter_yaml");
    check(&with("metadata: {a: {b: c}}"), "frontmatter_yaml", "ok");
    check(&with("allowed-tools: [Read]"), "frontmatter_yaml", "ok");
    let document = SkillDocument::parse_strict(&with("metadata: {v: 1.0}")).unwrap();
    assert_eq!(document.metadata["v"], "1.0");
    assert_eq!((document.body.as_str(), document.body_line), ("body\n", 6));
}

#[test]
fn bombs() {
    let mut bomb = format!("{LEAST}\nmetadata:\n  a0: &a0 [x]\n");
    for n in 1..30 {
        bomb.push_str(&format!("  a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1));
    }
    refused(&file(bomb.trim_end()), "frontmatter_yaml");
    let deep = format!("{LEAST}\nmetadata: {}", "[".repeat(30_000));
    refused(&file(&deep), "frontmatter_yaml");
    let huge = format!("name: a\ndescription: {}", "d".repeat(100_000));
    refused(&file(&huge), "frontmatter_too_large");
}

#[test]
fn fences_that_other_readers_do_not_see() {
    for space in ["\u{a0}", "\u{2003}", "\u{b}", "\u{c}", "\u{85}"] {
        refused(
            &format!("---\n{LEAST}\n---{space}\nbody\n"),
            "no_frontmatter",
        );
        refused(
            &format!("---{space}\n{LEAST}\n---\nbody\n"),
            "no_frontmatter",
        );
    }
    check(&format!("--- \t\n{LEAST}\n---\t \nbody\n"), "ok", "ok");
    // A rule in the body is no fence, nor is one inside a text.
    let document = SkillDocument::parse_strict(&format!("{}---\nmore\n", file(LEAST))).unwrap();
    assert_eq!(document.body, "body\n---\nmore\n");
    check(
        &file("name: a\ndescription: |\n  d\n  ---\n  e"),
        "ok",
        "ok",
    );
}

#[test]
fn a_second_document_is_not_ignored() {
    for second in ["...\nmodel: x", "...\n--- x", "--- x", "\r---\rmodel: x"] {
        refused(&file(&format!("{LEAST}\n{second}")), "frontmatter_yaml");
    }
}

#[test]
fn forms_in_which_readers_differ() {
    for line in [
        "license: !foo MIT",
        "license: !include /etc/passwd",
        "license: !!python/object/apply:os.system [x]",
        "license: &l MIT",
        "license: *l",
        "<<: {license: MIT}",
        "\"na\\x6de\": b",
    ] {
        refused(&file(&format!("{LEAST}\n{line}")), "frontmatter_yaml");
    }
    // The bytes behind the tag would be a text that no reviewer reads.
    let tagged = file(&format!("{LEAST}\nlicense: !!binary TUlU"));
    let document = SkillDocument::parse_strict(&tagged).unwrap();
    assert_eq!(document.license.as_deref(), Some("TUlU"));
}
