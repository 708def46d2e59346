//! Packages as a whole: folder and archive, digest and pack, what is missing, lint.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use hotcell_package::{
    Digest, FileTree, Level, Manifest, Package, PackageError, RULES, ReadLimits, SkillDocument,
    check_path, lint, pack,
};
use hotcell_testkit::archives::{self, PLAIN_CONTRACT, PLAIN_DOCUMENT, PLAIN_MANIFEST};
use proptest::prelude::*;
use serde_json::json;

type Files = Vec<(String, Vec<u8>)>;

fn read(files: Files) -> Result<Package, PackageError> {
    Package::from_files(FileTree::new(files).unwrap())
}

fn write_folder(files: &Files, folder: &Path) {
    for (path, contents) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, contents).unwrap();
    }
}

#[test]
fn folder_and_archives_are_one_package() {
    let files = archives::plain_package();
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("parcel-rates");
    write_folder(&files, &folder);
    for left_out in [
        ".git/config",
        "target/x.bin",
        "node_modules/a/b.js",
        ".DS_Store",
    ] {
        write_folder(&vec![(left_out.to_owned(), b"x".to_vec())], &folder);
    }
    let from_folder = Package::read(&folder, &ReadLimits::STANDARD).unwrap();
    assert_eq!(from_folder.name, "parcel-rates");
    assert_eq!(from_folder.folder.as_deref(), Some("parcel-rates"));
    let packed = pack(&from_folder.files, &from_folder.name).unwrap();
    assert_eq!(packed, pack(&from_folder.files, &from_folder.name).unwrap());
    let from_pack = Package::from_zip(&packed, &ReadLimits::STANDARD).unwrap();
    let from_root = Package::from_zip(&archives::plain_zip(), &ReadLimits::STANDARD).unwrap();
    assert_eq!(from_pack.digest, from_folder.digest);
    assert_eq!(from_root.digest, from_folder.digest);
    assert_eq!(from_root.folder, None);
    assert_eq!(&from_pack.component()[..], archives::EMPTY_COMPONENT);
}

#[test]
fn a_crates_sources_at_the_top_are_not_the_package() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("parcel-rates");
    write_folder(&archives::plain_package(), &folder);
    let before = Package::read(&folder, &ReadLimits::STANDARD).unwrap();
    let add = |path: &str| write_folder(&vec![(path.to_owned(), b"x".to_vec())], &folder);
    // Without a Cargo.toml a folder `src` is as much the package as any other.
    add("src/lib.rs");
    let with_folder = Package::read(&folder, &ReadLimits::STANDARD).unwrap();
    assert_ne!(with_folder.digest, before.digest);
    for path in ["Cargo.toml", "build.rs", "tests/a.rs", "examples/a.json"] {
        add(path);
    }
    let crate_too = Package::read(&folder, &ReadLimits::STANDARD).unwrap();
    assert_eq!(crate_too.digest, before.digest);
    // Below the top the names mean nothing.
    add("assets/src/a.txt");
    let deeper = Package::read(&folder, &ReadLimits::STANDARD).unwrap();
    assert_ne!(deeper.digest, before.digest);
}

#[cfg(unix)]
#[test]
fn links_in_a_folder_are_refused() {
    let temporary = tempfile::tempdir().unwrap();
    write_folder(&archives::plain_package(), temporary.path());
    std::os::unix::fs::symlink("/etc", temporary.path().join("assets")).unwrap();
    let error = Package::read(temporary.path(), &ReadLimits::STANDARD).unwrap_err();
    assert_eq!(error.code(), "symlink");
}

#[test]
fn what_is_missing_is_told_at_once_with_a_mend() {
    let codes = |files: Files| -> Vec<&'static str> {
        let error = read(files).unwrap_err();
        error.diagnostics().iter().map(|found| found.code).collect()
    };
    let source = |path: &str| vec![(path.to_owned(), b"x".to_vec())];
    for path in ["tools.py", "index.js", "src/lib.ts", "Cargo.toml"] {
        assert_eq!(
            codes(source(path)),
            ["no_document", "no_manifest", "no_contract", "not_built"]
        );
    }
    let component = |bytes: &[u8]| codes(archives::plain_package_with("skill.wasm", bytes));
    assert_eq!(component(b"\0asm\x01\0\0\0"), ["core_module"]);
    assert_eq!(component(b"\0asm\x09\0\x01\0"), ["component_version"]);
    assert_eq!(component(b"\x7fELF"), ["not_wasm"]);
    assert_eq!(component(b""), ["not_wasm"]);
    let broken = archives::plain_package_with("skill.toml", b"[skill\n");
    assert_eq!(codes(broken), ["toml_syntax"]);
    assert_eq!(
        codes(archives::plain_package_with("SKILL.md", b"\xff\xfe")),
        ["not_utf8"]
    );
    let unknown = PLAIN_MANIFEST.replace("tool.quote", "tool.qoute");
    let error = read(archives::plain_package_with(
        "skill.toml",
        unknown.as_bytes(),
    ))
    .unwrap_err();
    let shown = error.to_string();
    assert!(shown.starts_with("skill.toml:4:"), "{shown}");
    assert!(
        shown.contains("error[unknown_tool]") && shown.contains("[tool.quote]"),
        "{shown}"
    );
}

#[test]
fn documents_are_read_strictly_and_leniently() {
    let check = |text: &str, strict: &str, lenient: &str| {
        let got = SkillDocument::parse_strict(text).map_or_else(|found| found[0].code, |_| "ok");
        assert_eq!(got, strict, "strict: {text:?}");
        let got = match SkillDocument::parse_lenient(text, Some("a")) {
            Ok((_, warnings)) => warnings.first().map_or("ok", |found| found.code),
            Err(skipped) => skipped.code,
        };
        assert_eq!(got, lenient, "lenient: {text:?}");
    };
    let file = |yaml: &str| format!("---\n{yaml}\n---\nbody\n");
    check(&file("name: a\ndescription: d"), "ok", "ok");
    check(
        &file("name: a\ndescription: d").replace('\n', "\r\n"),
        "ok",
        "ok",
    );
    check(
        &format!("\u{feff}{}", file("name: a\ndescription: d")),
        "byte_order_mark",
        "ok",
    );
    check(&file("name: b\ndescription: d"), "ok", "name_folder");
    check(
        &file(&format!("name: {}\ndescription: d", "a".repeat(65))),
        "name_too_long",
        "name_too_long",
    );
    check(
        &file("name: A--b\ndescription: d"),
        "name_invalid",
        "name_invalid",
    );
    check(
        &file("name: a"),
        "description_missing",
        "description_missing",
    );
    check(
        &file("name: a\ndescription: d\nmodel: x"),
        "unknown_key",
        "ok",
    );
    check(
        &file("name: a\ndescription: d\nname: b"),
        "frontmatter_yaml",
        "frontmatter_yaml",
    );
    check(
        &file("name: a\ndescription: d: e"),
        "frontmatter_yaml",
        "frontmatter_yaml",
    );
    check(
        &file("name: a\ndescription: d\nmetadata: {a: {b: c}}"),
        "frontmatter_yaml",
        "ok",
    );
    check(
        &file("name: a\ndescription: d\nallowed-tools: [Read]"),
        "frontmatter_yaml",
        "ok",
    );
    check("name: a", "no_frontmatter", "no_frontmatter");
    check("---\nname: a\n", "no_frontmatter", "no_frontmatter");
    let mut bomb = "name: a\ndescription: d\nmetadata:\n  a0: &a0 [x]\n".to_owned();
    for n in 1..30 {
        bomb.push_str(&format!("  a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1));
    }
    check(
        &file(bomb.trim_end()),
        "frontmatter_yaml",
        "frontmatter_yaml",
    );
    let deep = format!("name: a\ndescription: d\nmetadata: {}", "[".repeat(30_000));
    check(&file(&deep), "frontmatter_yaml", "frontmatter_yaml");
    let huge = format!("name: a\ndescription: {}", "d".repeat(100_000));
    check(
        &file(&huge),
        "frontmatter_too_large",
        "frontmatter_too_large",
    );
    let document =
        SkillDocument::parse_strict(&file("name: a\ndescription: d\nmetadata: {v: 1.0}")).unwrap();
    assert_eq!(document.metadata["v"], "1.0");
    assert_eq!((document.body.as_str(), document.body_line), ("body\n", 6));
}

#[test]
fn manifests_are_refused_with_line_and_mend() {
    let head = "[skill]\nversion = \"1.0.0\"\n";
    let http = "[[http]]\nid = \"runs\"\norigin = \"https://a.example\"\nmethods = [\"GET\"]\npath = \"/a/{x}\"\n";
    let check = |rest: &str, expected: &str| {
        let text = format!("{head}{rest}");
        let shown = Manifest::parse(&text).map_or_else(
            |found| format!("{}:{}", found[0].line.unwrap(), found[0].code),
            |_| "ok".to_owned(),
        );
        assert_eq!(shown, expected, "{rest}");
    };
    check("", "ok");
    check(http, "ok");
    check(
        &format!("{http}[[credential]]\nname = \"ci\"\non = [\"runs\"]\nscopes = [\"read\"]\n"),
        "ok",
    );
    check(
        "[tool.x]\neffect = \"read\"\nmode = \"async\"\nidempotency = \"required\"\n",
        "ok",
    );
    check("[limits]\nfuel = 1_000\nhandles = 0x10\n", "ok");
    check("[tool.x]\nefect = \"read\"\n", "4:unknown_key");
    check("[tool.x]\neffect = \"all\"\n", "4:wrong_value");
    check("[tools]\n", "3:unknown_key");
    check("[skill]\n", "3:duplicate_key");
    check("[limits]\nfuel = 0\n", "4:wrong_type");
    check("[limits]\nfuel = -1\n", "4:wrong_type");
    check(&http.replace("[\"GET\"]", "[]"), "6:empty_pattern");
    check(&http.replace("GET", "get"), "6:wrong_value");
    check(&http.replace("/a/{x}", ""), "7:empty_pattern");
    check(&http.replace("/a/{x}", "/a/../b"), "7:wrong_path");
    for origin in [
        "https://*.example",
        "https://A.example",
        "https://a.example/",
        "https://u@a.example",
        "https://a.example:443",
        "ftp://a.example",
        "https://0x7f.1",
        "https://a.example:0",
        "https://",
    ] {
        check(&http.replace("https://a.example", origin), "5:wrong_origin");
    }
    check(
        &format!("{http}{}", http.replace("runs", "more").replace("{x}", "b")),
        "8:overlap",
    );
    check(
        &format!(
            "{http}{}",
            http.replace("runs", "more").replace("GET", "POST")
        ),
        "ok",
    );
    check(
        &format!("{http}[[credential]]\nname = \"ci\"\non = [\"rnus\"]\n"),
        "10:undeclared_id",
    );
    check("[[config]]\nkey = \"url\"\n", "3:missing_key");
    assert_eq!(Manifest::parse("").unwrap_err()[0].code, "missing_key");
    assert_eq!(
        Manifest::parse("[skill]\nversion = \"1.0\"\n").unwrap_err()[0].code,
        "wrong_version"
    );
}

#[test]
fn contracts_are_refused_with_line_and_pointer() {
    let text = PLAIN_CONTRACT.replace("\"minimum\": 1,", "\"minimum\": \"1\",");
    let error = read(archives::plain_package_with("schema.json", text.as_bytes())).unwrap_err();
    let found = &error.diagnostics()[0];
    assert_eq!((found.code, found.line), ("schema_invalid", Some(10)));
    let pointer = found.pointer.as_deref();
    assert_eq!(
        pointer,
        Some("/tools/0/input_schema/properties/weight_g/minimum")
    );
}

#[test]
fn violations_are_told_at_once_in_words() {
    let package = read(archives::plain_package()).unwrap();
    let tool = package.contract.tool("quote").unwrap();
    assert_eq!(
        tool.check_input(&json!({"weight_g": 5, "country": "DE"})),
        Ok(())
    );
    let wrong = json!({"weight_g": "5", "country": "FR", "servce": "x"});
    let told = tool.check_input(&wrong).unwrap_err();
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "/weight_g: must be an integer, not the string \"5\"",
            "/country: must be one of \"DE\", \"AT\", \"CH\", not the string \"FR\"",
            "/servce: no such property; did you mean `service`?",
        ]
    );
    let told = tool.check_input(&json!({})).unwrap_err();
    assert_eq!(
        told[0].message,
        "the properties `weight_g`, `country` are missing"
    );
    assert_eq!(
        tool.check_output(&json!({"price_cents": -1})).unwrap_err()[0].pointer,
        "/price_cents"
    );
}

#[test]
fn the_plain_list_of_tools_is_read() {
    let text = br#"[{"name": "quote", "description": "d", "parameters": {"type": "object"}}]"#;
    let package = read(archives::plain_package_with("schema.json", text)).unwrap();
    assert!(package.contract.tools[0].output_schema.is_none());
}

fn lint_codes(files: Files) -> Vec<&'static str> {
    let package = read(files).unwrap_or_else(|error| panic!("{error}"));
    lint(&package).iter().map(|found| found.code).collect()
}

#[test]
fn an_honest_package_has_no_finding() {
    assert_eq!(lint_codes(archives::plain_package()), Vec::<&str>::new());
    assert!(RULES.len() >= 20);
}

/// Each rule finds what it is for, and the honest package, above, has none of it.
#[test]
fn every_rule_finds_what_it_is_for() {
    let mut seen: Vec<&str> = Vec::new();
    let mut check = |path: &str, contents: String, expected: &[&'static str]| {
        let codes = lint_codes(archives::plain_package_with(path, contents.as_bytes()));
        for code in expected {
            assert!(codes.contains(code), "{code} is not in {codes:?} of {path}");
        }
        seen.extend(codes);
    };
    let document = |from: &str, to: &str| PLAIN_DOCUMENT.replace(from, to);
    check(
        "SKILL.md",
        document("the weight", "the\u{200b} weight"),
        &["hidden_character"],
    );
    check(
        "SKILL.md",
        document("1. Ask", "TODO: 1. Ask"),
        &["placeholder_text"],
    );
    let dull =
        "---\nname: parcel-rates\ndescription: Parcels.\nallowed-tools: Read\n---\n`quote`\n";
    let dull_codes = [
        "no_when_to_use",
        "description_short",
        "license_missing",
        "allowed_tools",
    ];
    check("SKILL.md", dull.to_owned(), &dull_codes);
    check(
        "SKILL.md",
        dull.replace("`quote`\n", ""),
        &["body_empty", "unmentioned_tool"],
    );
    check(
        "SKILL.md",
        document("version: 1.2", "version: 9.9"),
        &["metadata_version"],
    );
    check(
        "SKILL.md",
        format!("{PLAIN_DOCUMENT}{}", "word ".repeat(6_000)),
        &["body_tokens"],
    );
    check(
        "SKILL.md",
        format!("{PLAIN_DOCUMENT}{}", "x\n".repeat(600)),
        &["body_lines"],
    );
    check(
        "SKILL.md",
        format!("{PLAIN_DOCUMENT}Call `quote_all`."),
        &["undeclared_tool"],
    );
    check(
        "SKILL.md",
        format!("{PLAIN_DOCUMENT}[x](references/none.md)"),
        &["broken_link"],
    );
    let bare = json!({"name": "quote", "description": "d", "input_schema": {
        "type": "object", "properties": {"a": {"type": "string", "format": "date"}}, "required": ["b"]}});
    let bare_codes = [
        "tool_description_short",
        "no_output_schema",
        "no_errors",
        "open_input",
        "undescribed_property",
        "format_unchecked",
        "undefined_required",
    ];
    check(
        "schema.json",
        json!({"tools": [bare]}).to_string(),
        &bare_codes,
    );
    let many: Vec<_> = (0..9).map(|n| json!({"name": format!("t{n}"), "description": "d", "parameters": {"type": "object"}})).collect();
    let many = json!(many)
        .to_string()
        .replace("\"t0\"", "\"quote\"")
        .replace("\"t1\"", "\"parcel-rates\"");
    check(
        "schema.json",
        many,
        &["many_tools", "same_description", "tool_is_skill"],
    );
    let escaped = PLAIN_CONTRACT.replace("Weight in", "Weight\\u200b in");
    check("schema.json", escaped, &["hidden_character"]);
    let manifest = |rest: &str| format!("[skill]\nversion = \"1.2.0\"\n{rest}");
    check(
        "skill.toml",
        manifest("[tool.quote]\neffect = \"write\"\n"),
        &["write_without_key", "effect_without_http"],
    );
    check(
        "skill.toml",
        manifest("[tool.quote]\nidempotency = \"optional\"\n"),
        &["key_without_effect"],
    );
    let http = "[[http]]\nid = \"a\"\norigin = \"http://a.example\"\nmethods = [\"POST\"]\npath = \"/{x}\"\n";
    check(
        "skill.toml",
        manifest(http),
        &["unused_http", "plain_http", "wide_path"],
    );
    check(
        "skill.toml",
        manifest(&format!("[tool.quote]\neffect = \"read\"\n{http}")),
        &["method_above_effect"],
    );
    check(
        "skill.toml",
        manifest("[[config]]\nkey = \"api_token\"\ndescription = \"d\"\n"),
        &["secret_in_config"],
    );
    check(
        "skill.toml",
        manifest("[limits]\ntime_ms = 9999999\n"),
        &["large_limit"],
    );
    check(
        "references/k.md",
        format!("ghp_{}", "a".repeat(36)),
        &["secret_in_file"],
    );
    check("assets/a.zip", "PK".to_owned(), &["nested_archive"]);
    check("assets/SKILL.md", "x".to_owned(), &["second_document"]);
    check("scripts/a.sh", "x".to_owned(), &["script"]);
    check(
        "assets/a.bin",
        "x".repeat(17 << 20),
        &["large_file", "served_size"],
    );
    let temporary = tempfile::tempdir().unwrap();
    write_folder(&archives::plain_package(), temporary.path());
    let package = Package::read(temporary.path(), &ReadLimits::STANDARD).unwrap();
    let found = lint(&package);
    assert_eq!(
        (found[0].code, found[0].level),
        ("name_folder", Level::Error)
    );
    seen.push(found[0].code);
    let unseen: Vec<_> = RULES
        .iter()
        .filter(|rule| !seen.contains(&rule.code))
        .collect();
    assert!(unseen.is_empty(), "rules without a test: {unseen:?}");
}

#[test]
fn the_menu_line_is_short_and_counted() {
    let line = read(archives::plain_package()).unwrap().menu_line();
    assert!(
        line.text.starts_with("parcel-rates: Quotes the price"),
        "{}",
        line.text
    );
    assert!((20..60).contains(&line.tokens), "{}", line.tokens);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// A path that passes names one file inside any folder, whatever it is made of.
    #[test]
    fn accepted_paths_stay_inside(path in "[a-cA-C./\\\\: \u{308}u-]{1,12}") {
        if check_path(&path).is_ok() {
            let inside = Path::new(&path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
            prop_assert!(inside, "{path}");
            prop_assert!(!path.contains(['\\', ':']));
        }
    }

    /// The digest and the archive do not depend on the order in which files come, and the
    /// digest tells any two trees apart.
    #[test]
    fn digests_name_contents(
        files in proptest::collection::btree_map("[a-z]{1,6}", proptest::collection::vec(any::<u8>(), 0..40), 1..8),
    ) {
        let forward = FileTree::new(files.clone()).unwrap();
        let backward = FileTree::new(files.clone().into_iter().rev()).unwrap();
        prop_assert_eq!(Digest::of_tree(&forward), Digest::of_tree(&backward));
        prop_assert_eq!(pack(&forward, "x").unwrap(), pack(&backward, "x").unwrap());
        let mut changed = files.clone();
        changed.values_mut().next().unwrap().push(0);
        prop_assert_ne!(Digest::of_tree(&forward), Digest::of_tree(&FileTree::new(changed).unwrap()));
    }
}
