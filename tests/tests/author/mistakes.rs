//! Each mistake of an author has one clear error, with its place and its mend.

use std::fs;

use crate::bench::Bench;

fn check(language: &str, file: &str, source: &str, words: &[&str]) {
    let bench = Bench::new();
    bench.make("wrong", &["--lang", language]);
    bench.write(&format!("wrong/{file}"), source);
    let told = bench.refused("wrong");
    for word in words {
        assert!(told.contains(word), "no `{word}` in: {told}");
    }
    assert!(told.contains("mend: "), "{told}");
}

#[test]
fn a_syntax_error_has_its_line() {
    check(
        "rust",
        "src/lib.rs",
        "fn a() {}\nfn b( {}\n",
        &["src/lib.rs:2"],
    );
    check(
        "js",
        "src/index.js",
        "\n\nexport default {{;\n",
        &["src/index.js:3"],
    );
    check(
        "ts",
        "src/index.ts",
        "const a = 1;\nconst b = = 2;\n",
        &["src/index.ts:2"],
    );
    check(
        "python",
        "src/skill.py",
        "a = 1\ndef b(:\n",
        &["src/skill.py:2"],
    );
}

#[test]
fn a_module_that_fails_while_it_is_loaded_has_its_line() {
    check(
        "js",
        "src/index.js",
        "import { files } from 'hotcell';\n\n  [1].missing.no;\n/**\n * Greets.\n * @param {{ a: string }} i\n * @returns {string}\n */\n\
         export function greet(i) { return files.read(i.a); }\n",
        &["src/index.js:3:3: error[build_failed]", "TypeError"],
    );
    check(
        "ts",
        "src/index.ts",
        "/** Greets. */\nfunction greet(i: { a: string }): { b: number } {\n  return { b: early };\n}\n\
         const early: number = Math.random();\nexport default { greet };\n",
        &[
            "src/index.ts: error[build_failed]",
            "random numbers (Math.random, crypto)",
        ],
    );
    check(
        "python",
        "src/skill.py",
        "from hotcell import tool\n\n\n@tool\ndef greet(name: str) -> str:\n    'Greets.'\n    return name\n\n\n\
         None.foo\n",
        &["src/skill.py:10:1: error[build_failed]", "AttributeError"],
    );
}

#[test]
fn a_type_error_has_its_line() {
    let source = "/** Adds. */\nfunction add(input: { a: number }): { b: string } {\n  return { b: input.a };\n}\n\
                  export default { add };\n";
    check("ts", "src/index.ts", source, &["src/index.ts:3", "TS2322"]);
}

#[test]
fn a_type_that_no_schema_can_say() {
    let source = "/** Waits. */\nfunction wait(input: { until: Date }): { ok: boolean } {\n  return { ok: true };\n}\n\
                  export default { wait };\n";
    check(
        "ts",
        "src/index.ts",
        source,
        &["src/index.ts:2", "Date", "no JSON"],
    );
    let source = "from hotcell import tool\n\n@tool\ndef wait(until: complex) -> str:\n    'Waits.'\n    return ''\n";
    check(
        "python",
        "src/skill.py",
        source,
        &["src/skill.py:4", "complex"],
    );
    let source = "/** Waits. */\nfunction wait(input) { return {}; }\nexport default { wait };\n";
    check(
        "js",
        "src/index.js",
        source,
        &["src/index.js:2", "has no type"],
    );
}

#[test]
fn a_tool_that_is_no_function() {
    let source = "/** Does. */\nconst does = () => 'done';\nexport default { does, other: 1 };\n";
    check(
        "js",
        "src/index.js",
        source,
        &["src/index.js:3", "`other` is no function"],
    );
}

#[test]
fn a_type_error_of_rust_says_what_was_expected() {
    check(
        "rust",
        "src/lib.rs",
        "pub fn a() -> String {\n    5\n}\n",
        &["src/lib.rs:2", "mismatched types: expected `String`"],
    );
}

#[test]
fn a_file_beside_the_skill() {
    let bench = Bench::new();
    bench.make("wrong", &["--lang", "js"]);
    bench.write("shared/words.js", "export const word = 'shared';\n");
    let source = fs::read_to_string(bench.at("wrong/src/index.js")).unwrap();
    let import = "import { word } from '../../shared/words.js';\n";
    bench.write(
        "wrong/src/index.js",
        &format!("{import}globalThis.word = word;\n{source}"),
    );
    let told = bench.refused("wrong");
    assert!(
        told.contains("../shared/words.js") && told.contains("outside"),
        "{told}"
    );
}

#[test]
fn a_schema_that_does_not_fit_the_code() {
    let bench = Bench::new();
    bench.make("wrong", &["--lang", "python"]);
    let schema =
        r#"{"tools":[{"name":"greet","description":"Does.","input_schema":{"type":"object"}}]}"#;
    bench.write("wrong/schema.json", schema);
    let told = bench.refused("wrong");
    assert!(
        told.contains("schema_differs") && told.contains("delete it"),
        "{told}"
    );
}

#[test]
fn two_languages_ask_for_one() {
    let bench = Bench::new();
    bench.make("wrong", &["--lang", "python"]);
    bench.write("wrong/package.json", "{}");
    let told = bench.refused("wrong");
    assert!(told.contains("--lang js or --lang python"), "{told}");
}

#[test]
fn a_missing_toolchain_is_named() {
    for (language, word) in [
        ("js", "no_node"),
        ("python", "no_python"),
        ("rust", "no_rust"),
    ] {
        let bench = Bench::new();
        bench.make("bare", &["--lang", language]);
        let ran = bench.run_with(&["build", "bare", "--cache", "cache"], |command| {
            command.env("PATH", "/nowhere");
        });
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(word), "{}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 2, "{}", ran.stderr);
    }
}

/// A registry that nobody serves: the loopback's port 9.
#[test]
fn a_registry_that_is_offline_is_named() {
    for (language, name, value) in [
        ("js", "npm_config_registry", "http://127.0.0.1:9/"),
        ("python", "PIP_INDEX_URL", "http://127.0.0.1:9/"),
    ] {
        let bench = Bench::new();
        bench.make("alone", &["--lang", language]);
        let ran = bench.run_with(&["build", "alone", "--cache", "cache"], |command| {
            command
                .env(name, value)
                .env("npm_config_fetch_retries", "0");
            command
                .env("npm_config_cache", bench.at("npm"))
                .env("PIP_RETRIES", "0");
            command
                .env("npm_config_replace_registry_host", "always")
                .env("PIP_NO_CACHE_DIR", "1");
        });
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("registry_offline"), "{}", ran.stderr);
    }
}
