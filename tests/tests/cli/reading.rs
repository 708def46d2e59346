//! `hotcell show` and `hotcell lint` on every example skill.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::room::{Room, example};

/// Every folder of skills-examples with a skill.toml.
fn examples() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let entries = fs::read_dir(root.join("skills-examples")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("skill.toml").exists())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert!(names.len() >= 3, "{names:?}");
    names
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn show_says_what_a_skill_is() {
    let room = Room::new();
    for name in examples() {
        let package = example(&name);
        let ran = room.run(&["show", &package]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        assert!(
            ran.stdout.starts_with(&format!("{name}: ")),
            "{}",
            ran.stdout
        );
        let shown = room.run(&["show", &package, "--json"]).json();
        let expected = [
            "name",
            "version",
            "digest",
            "menu_line",
            "tokens",
            "tools",
            "asks",
            "files",
        ];
        assert_eq!(keys(&shown), expected);
        assert_eq!(shown["name"], *name);
        assert!(shown["digest"].as_str().unwrap().starts_with("sha256:"));
        assert_eq!(
            keys(&shown["tokens"]),
            ["tokenizer", "menu", "document", "tools"]
        );
        assert_eq!(
            keys(&shown["asks"]),
            ["http", "credentials", "config", "limits"]
        );
        let tools = shown["tools"].as_array().unwrap();
        assert!(
            (2..=8).contains(&tools.len()),
            "{name} has {} tools",
            tools.len()
        );
        for tool in tools {
            let tool_name = tool["name"].as_str().unwrap();
            assert!(ran.stdout.contains(tool_name), "{}", ran.stdout);
            for key in [
                "description",
                "effect",
                "idempotency",
                "mode",
                "input_schema",
                "errors",
            ] {
                assert!(tool.get(key).is_some(), "{tool_name} lacks {key}");
            }
        }
        let files = shown["files"].as_array().unwrap();
        let has = |path: &str| files.iter().any(|file| file["path"] == path);
        assert!(
            has("SKILL.md") && has("skill.wasm") && !has("Cargo.toml"),
            "{files:?}"
        );
    }
}

#[test]
fn the_examples_are_clean() {
    let room = Room::new();
    for name in examples() {
        let package = example(&name);
        let ran = room.run(&["lint", &package]);
        assert_eq!(
            (ran.code, ran.stderr.as_str()),
            (0, "clean\n"),
            "{name}:\n{}",
            ran.stdout
        );
        let found = room.run(&["lint", &package, "--json"]).json();
        assert_eq!(keys(&found), ["diagnostics", "errors", "warnings"]);
        assert_eq!(
            (&found["errors"], &found["warnings"]),
            (&0.into(), &0.into())
        );
    }
}

#[test]
fn lint_lists_its_rules() {
    let room = Room::new();
    let rules = room.run(&["lint", "--rules", "--json"]).json();
    let listed = room.run(&["lint", "--rules"]).stdout;
    let rules = rules.as_array().unwrap();
    assert_eq!(listed.lines().count(), rules.len());
    for rule in rules {
        assert!(listed.contains(rule["code"].as_str().unwrap()), "{rule}");
    }
}
