//! Lint: an honest package has no finding, and each rule finds what it is for.

use std::time::{Duration, Instant};

use hotcell_package::{Level, Package, RULES, ReadLimits, lint};
use hotcell_testkit::archives::{self, PLAIN_CONTRACT, PLAIN_DOCUMENT};
use serde_json::json;

use crate::{Files, read, write_folder};

/// The honest package with one file replaced or added, and the rules that must find it.
struct Case {
    path: &'static str,
    contents: String,
    expected: &'static [&'static str],
}

fn case(
    path: &'static str,
    contents: impl Into<String>,
    expected: &'static [&'static str],
) -> Case {
    let contents = contents.into();
    Case {
        path,
        contents,
        expected,
    }
}

impl Case {
    fn codes(&self) -> Vec<&'static str> {
        lint_codes(archives::plain_package_with(
            self.path,
            self.contents.as_bytes(),
        ))
    }
}

fn lint_codes(files: Files) -> Vec<&'static str> {
    let package = read(files).unwrap_or_else(|error| panic!("{error}"));
    lint(&package).iter().map(|found| found.code).collect()
}

fn check(cases: Vec<Case>) {
    for case in cases {
        let codes = case.codes();
        for code in case.expected {
            let path = case.path;
            assert!(codes.contains(code), "{code} is not in {codes:?} of {path}");
        }
    }
}

/// How often the document with these words more is said to name a tool that is not there.
fn undeclared(words: &str) -> usize {
    let document = format!("{PLAIN_DOCUMENT}\n{words}\n");
    let codes = lint_codes(archives::plain_package_with(
        "SKILL.md",
        document.as_bytes(),
    ));
    let is_it = |code: &&&str| **code == "undeclared_tool";
    codes.iter().filter(is_it).count()
}

#[test]
fn a_tool_of_another_skill_is_no_undeclared_one() {
    for named in [
        "The skill `crm` finds a contact: `find_contact`.",
        "Then the `crm` skill's turn: `find_contact(name)`\nand `update_contact`.",
        "- Skills `crm` and `mail`: call `find_contact`.",
        "`crm.find_contact` finds a contact.",
    ] {
        assert_eq!(undeclared(named), 0, "{named}");
    }
    for (unnamed, expected) in [
        ("Call `find_contact` of `crm`.", 1),
        ("This skill has `find_contact`.", 1),
        ("The skill `parcel-rates` has `find_contact`.", 1),
        (
            "The skill `crm`: `find_contact`, then `parcel-rates.quote_all`.",
            1,
        ),
        ("- The skill `crm`.\n- Then `quote_all`.", 1),
        ("The skill `crm`.\n\nThen `quote_all` and `quote_none`.", 2),
        ("1. The skill `crm`.\n2. Then `quote_all`.", 1),
    ] {
        assert_eq!(undeclared(unnamed), expected, "{unnamed}");
    }
}

#[test]
fn an_honest_package_has_no_finding() {
    assert_eq!(lint_codes(archives::plain_package()), Vec::<&str>::new());
    assert!(RULES.len() >= 20);
}

fn document_cases() -> Vec<Case> {
    let document = |from: &str, to: &str| PLAIN_DOCUMENT.replace(from, to);
    let more = |text: &str| format!("{PLAIN_DOCUMENT}{text}");
    let dull =
        "---\nname: parcel-rates\ndescription: Parcels.\nallowed-tools: Read\n---\n`quote`\n";
    let dull_codes = &[
        "no_when_to_use",
        "description_short",
        "license_missing",
        "allowed_tools",
    ];
    let mute = dull.replace("`quote`\n", "");
    let on = |contents: String, expected| case("SKILL.md", contents, expected);
    vec![
        on(
            document("the weight", "the\u{200b} weight"),
            &["hidden_character"],
        ),
        on(document("1. Ask", "TODO: 1. Ask"), &["placeholder_text"]),
        on(document("1. Ask", "VTODO and TODOS: 1. Ask"), &[]),
        on(
            document("1. Ask", "<your name>: 1. Ask"),
            &["placeholder_text"],
        ),
        on(dull.to_owned(), dull_codes),
        on(mute, &["body_empty", "unmentioned_tool"]),
        on(
            document("version: 1.2", "version: 9.9"),
            &["metadata_version"],
        ),
        on(more(&"word ".repeat(6_000)), &["body_tokens"]),
        on(more(&"x\n".repeat(600)), &["body_lines"]),
        on(more("Call `quote_all`."), &["undeclared_tool"]),
        on(more("[x](references/none.md)"), &["broken_link"]),
    ]
}

fn contract_cases() -> Vec<Case> {
    let bare = json!({"name": "quote", "description": "d", "input_schema": {
        "type": "object", "properties": {"a": {"type": "string", "format": "date"}}, "required": ["b"]}});
    let bare_codes = &[
        "tool_description_short",
        "no_output_schema",
        "no_errors",
        "open_input",
        "undescribed_property",
        "format_unchecked",
        "undefined_required",
    ];
    let plain = |n: usize| json!({"name": format!("t{n}"), "description": "d", "parameters": {"type": "object"}});
    let many: Vec<_> = (0..9).map(plain).collect();
    let many = json!(many)
        .to_string()
        .replace("\"t0\"", "\"quote\"")
        .replace("\"t1\"", "\"parcel-rates\"");
    let many_codes = &["many_tools", "same_description", "tool_is_skill"];
    let escaped = PLAIN_CONTRACT.replace("Weight in", "Weight\\u200b in");
    let on = |contents: String, expected| case("schema.json", contents, expected);
    vec![
        on(json!({"tools": [bare]}).to_string(), bare_codes),
        on(many, many_codes),
        on(escaped, &["hidden_character"]),
    ]
}

fn manifest_cases() -> Vec<Case> {
    let http = "[[http]]\nid = \"a\"\norigin = \"http://a.example\"\nmethods = [\"POST\"]\npath = \"/{x}\"\n";
    let on = |rest: &str, expected| {
        let text = format!("[skill]\nversion = \"1.2.0\"\n{rest}");
        case("skill.toml", text, expected)
    };
    vec![
        on(
            "[tool.quote]\neffect = \"write\"\n",
            &["write_without_key", "effect_without_http"],
        ),
        on(
            "[tool.quote]\nidempotency = \"optional\"\n",
            &["key_without_effect"],
        ),
        on(
            "[tool.quote]\nidempotency = \"derived\"\n",
            &["key_without_effect"],
        ),
        on(
            "[tool.quote]\neffect = \"write\"\nidempotency = \"derived\"\n",
            &["effect_without_http"],
        ),
        on("[files]\nwork = \"write\"\n", &["unused_work"]),
        on(http, &["unused_http", "plain_http", "wide_path"]),
        on(
            &format!("[tool.quote]\neffect = \"read\"\n{http}"),
            &["method_above_effect"],
        ),
        on(
            "[[config]]\nkey = \"api_token\"\ndescription = \"d\"\n",
            &["secret_in_config"],
        ),
        on("[limits]\ntime_ms = 9999999\n", &["large_limit"]),
        on(
            &request(
                "*",
                "GET",
                "/{*page}",
                "[[credential]]\nname = \"c\"\non = [\"a\"]\n",
            ),
            &["credential_anywhere", "operators_origin"],
        ),
        on(&request("*", "GET", "/{*page}", ""), &["rest_path"]),
    ]
}

/// A tool that reads and writes, and one request; `rest` follows.
fn request(origin: &str, method: &str, path: &str, rest: &str) -> String {
    format!(
        "[tool.quote]\neffect = \"write\"\nidempotency = \"required\"\n[[http]]\nid = \"a\"\n\
         origin = \"{origin}\"\nmethods = [\"{method}\"]\npath = \"{path}\"\n{rest}"
    )
}

/// How wide an ask is, in pairs: what is found of its origin and path, and nothing else.
#[test]
fn wide_asks_are_told_from_narrow_ones() {
    let check = |origin: &str, method: &str, path: &str, rest: &str, expected: &[&str]| {
        let manifest = request(origin, method, path, rest);
        let text = format!("[skill]\nversion = \"1.2.0\"\n{manifest}");
        let found = case("skill.toml", text, &[]).codes();
        assert_eq!(found, expected, "{manifest}");
    };
    let exact = "https://a.example";
    let credential = "[[credential]]\nname = \"c\"\non = [\"a\"]\n";
    check(exact, "GET", "/v1/{id}", credential, &[]);
    check(exact, "GET", "/v1/{*all}", credential, &["rest_path"]);
    check(exact, "GET", "/{*all}", credential, &["wide_path"]);
    check(exact, "GET", "/{*all}", "", &["wide_path"]);
    check("*", "GET", "/v1/{id}", credential, &["operators_origin"]);
    check(
        "*",
        "GET",
        "/{*all}",
        "",
        &["rest_path", "operators_origin"],
    );
    check(
        "*",
        "POST",
        "/{*all}",
        "",
        &["wide_path", "operators_origin"],
    );
    let anywhere = &["credential_anywhere", "operators_origin"];
    check("*", "GET", "/v1/{*all}", credential, anywhere);
    check("*", "GET", "/{*all}", credential, anywhere);
}

fn file_cases() -> Vec<Case> {
    let secret = format!("ghp_ is how a token begins: ghp_{}", "a".repeat(36));
    let large = "x".repeat(17 << 20);
    vec![
        case("references/k.md", secret, &["secret_in_file"]),
        case("assets/a.zip", "PK", &["nested_archive"]),
        case("assets/SKILL.md", "x", &["second_document"]),
        case("scripts/a.sh", "x", &["script"]),
        case("assets/a.bin", large, &["large_file", "served_size"]),
    ]
}

/// What lint finds in the honest package below a folder of another name.
fn codes_in_another_folder() -> Vec<(&'static str, Level)> {
    let temporary = tempfile::tempdir().unwrap();
    write_folder(&archives::plain_package(), temporary.path());
    let package = Package::read(temporary.path(), &ReadLimits::STANDARD).unwrap();
    let found = lint(&package);
    found
        .iter()
        .map(|found| (found.code, found.level))
        .collect()
}

#[test]
fn documents_are_looked_at() {
    check(document_cases());
}

#[test]
fn contracts_are_looked_at() {
    check(contract_cases());
}

#[test]
fn manifests_are_looked_at() {
    check(manifest_cases());
}

#[test]
fn files_are_looked_at() {
    check(file_cases());
}

#[test]
fn the_folder_has_the_skills_name() {
    assert_eq!(codes_in_another_folder()[0], ("name_folder", Level::Error));
}

#[test]
fn no_rule_is_without_a_case() {
    let families = [document_cases, contract_cases, manifest_cases, file_cases];
    let cases = families.into_iter().flat_map(|family| family());
    let mut seen: Vec<&str> = cases.flat_map(|case| case.codes()).collect();
    seen.extend(codes_in_another_folder().iter().map(|(code, _)| code));
    let unseen: Vec<_> = RULES
        .iter()
        .filter(|rule| !seen.contains(&rule.code))
        .collect();
    assert!(unseen.is_empty(), "rules without a test: {unseen:?}");
}

/// A text of 1 MiB that names ninety thousand tools, and schemas of as much.
#[test]
fn large_documents_are_looked_at_soon() {
    let names: String = (0..90_000).map(|n| format!("`a_{n:06}` ")).collect();
    let options: Vec<String> = (0..60_000).map(|n| format!("v{n:08}")).collect();
    let input = json!({"type": "object", "properties": {"a": {"enum": options}}});
    let tool = json!({"name": "quote", "description": "d", "input_schema": input});
    let mut files = archives::plain_package_with(
        "schema.json",
        json!({"tools": [tool]}).to_string().as_bytes(),
    );
    files.retain(|(path, _)| path != "SKILL.md");
    let document = format!("{PLAIN_DOCUMENT}{names}");
    files.push(("SKILL.md".to_owned(), document.into_bytes()));
    let package = read(files).unwrap();
    let started = Instant::now();
    let found = lint(&package);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert!(found.iter().any(|found| found.code == "undeclared_tool"));
    assert!(found.len() < 2_000, "{}", found.len());
}
