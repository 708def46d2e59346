//! A new skill is whole, and nothing is overwritten.

use std::fs;

use serde_json::json;

use crate::bench::Bench;

/// A new skill builds, answers and lints clean.
fn check_new(language: &str) {
    let bench = Bench::new();
    bench.make("first-skill", &["--lang", language]);
    bench.built("first-skill");
    assert_eq!(
        bench.call("first-skill", "greet", r#"{"name":"Ada"}"#),
        json!({"text": "Hello, Ada!"}),
        "{language}"
    );
    assert_eq!(
        bench.call("first-skill", "count_words", r#"{"text":"one two  three"}"#),
        json!({"words": 3, "letters": 11}),
        "{language}"
    );
    let lint = bench.run(&["lint", "first-skill"]);
    assert_eq!(lint.code, 0, "{language}: {}", lint.stdout);
}

/// A skill that asks a server builds, and declares what may go wrong.
fn check_asking(language: &str) {
    let bench = Bench::new();
    let origin = "https://api.example.com";
    bench.make("asking", &["--lang", language, "--http", origin]);
    bench.built("asking");
    let schema = fs::read_to_string(bench.at("asking/schema.json")).unwrap();
    assert!(
        schema.contains("TRANSIENT_UPSTREAM"),
        "{language}: {schema}"
    );
}

#[test]
fn nothing_is_overwritten() {
    let bench = Bench::new();
    bench.write("mine/notes.txt", "mine");
    let ran = bench.run(&["new", "mine", "--lang", "python"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("is there already"), "{}", ran.stderr);
    assert_eq!(
        fs::read_to_string(bench.at("mine/notes.txt")).unwrap(),
        "mine"
    );
    assert_eq!(fs::read_dir(bench.at("")).unwrap().count(), 1);
}

#[test]
fn a_place_where_no_folder_can_be_made_is_named() {
    let bench = Bench::new();
    bench.write("file", "mine");
    let ran = bench.run(&["new", "file/inner", "--lang", "js"]);
    assert_eq!(ran.code, 2);
    let words = "file/inner: error[not_made]: the folder cannot be made";
    assert!(ran.stderr.contains(words), "{}", ran.stderr);
    let ran = bench.run(&["build", "file"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr
            .starts_with("file: error[folder_unreadable]: this is no folder")
    );
}

#[test]
fn what_is_missing_is_said_where_nobody_can_be_asked() {
    let bench = Bench::new();
    for (arguments, mend) in [
        (&["new"][..], "hotcell new my-skill --lang python"),
        (&["new", "some"], "--lang rust, js, ts or python"),
        (
            &["new", "Some", "--lang", "js"],
            "Some: error[name_invalid]",
        ),
        (
            &["new", "so me", "--lang", "js"],
            "`so me` cannot name a skill",
        ),
        (&["new", "..", "--lang", "js"], "this names no new folder"),
        (&["new", "/", "--lang", "js"], "this names no new folder"),
        (
            &["new", "some", "--lang", "js", "--http", "ftp://x"],
            "--http: error[wrong_origin]",
        ),
        (
            &[
                "new",
                "some",
                "--lang",
                "js",
                "--http",
                "https://a.example",
                "--http",
                "https://a.example",
            ],
            "--http: error[duplicate]",
        ),
    ] {
        let ran = bench.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.stderr.contains(mend), "{arguments:?}: {}", ran.stderr);
        assert!(!bench.at("some").exists() && !bench.at("Some").exists());
    }
}

#[test]
fn a_new_skill_is_whole_in_rust() {
    check_new("rust");
}

#[test]
fn a_new_skill_is_whole_in_js() {
    check_new("js");
}

#[test]
fn a_new_skill_is_whole_in_ts() {
    check_new("ts");
}

#[test]
fn a_new_skill_is_whole_in_python() {
    check_new("python");
}

#[test]
fn a_skill_that_asks_a_server_builds_in_rust() {
    check_asking("rust");
}

#[test]
fn a_skill_that_asks_a_server_builds_in_js() {
    check_asking("js");
}

#[test]
fn a_skill_that_asks_a_server_builds_in_ts() {
    check_asking("ts");
}

#[test]
fn a_skill_that_asks_a_server_builds_in_python() {
    check_asking("python");
}
