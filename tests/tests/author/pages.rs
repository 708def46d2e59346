//! "Your first skill": each page of docs/authors, followed word for word.

use std::fs;

use serde_json::Value;

use crate::bench::Bench;

/// A fenced block: what stands behind its fence, and its text.
struct Block<'p> {
    info: &'p str,
    text: &'p str,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("```") {
        let (info, after) = after.split_once('\n').unwrap();
        let (text, after) = after.split_once("```").unwrap();
        found.push(Block { info, text });
        rest = after;
    }
    found
}

fn follow(page: &str) {
    let bench = Bench::new();
    let mut told = String::new();
    for Block { info, text } in blocks(page) {
        if let Some((_, file)) = info.split_once("file=") {
            bench.write(&format!("first-skill/{file}"), text);
        } else if info == "json" {
            let told: Value = serde_json::from_str(&told).unwrap();
            assert_eq!(told, serde_json::from_str::<Value>(text).unwrap());
        } else {
            assert_eq!(info, "sh");
            for line in text.lines() {
                told = run(&bench, line);
            }
        }
    }
    let schema = fs::read_to_string(bench.at("first-skill/schema.json")).unwrap();
    for word in ["find_order", "NOT_FOUND", "TRANSIENT_UPSTREAM"] {
        assert!(schema.contains(word), "{schema}");
    }
}

fn run(bench: &Bench, line: &str) -> String {
    if let Some(files) = line.strip_prefix("rm ") {
        for file in files.split(' ') {
            fs::remove_file(bench.at(file)).unwrap();
        }
        return String::new();
    }
    let line = line.strip_prefix("hotcell ").unwrap();
    let (words, input) = match line.split_once(" --input ") {
        Some((words, input)) => (words, Some(input.trim_matches('\''))),
        None => (line, None),
    };
    let mut arguments: Vec<_> = words.split(' ').collect();
    if arguments[0] == "build" {
        arguments.extend(["--cache", crate::bench::TOOLS]);
    }
    if let Some(input) = input {
        arguments.extend(["--input", input]);
    }
    let ran = bench.run(&arguments);
    assert_eq!(ran.code, 0, "{line}: {}{}", ran.stdout, ran.stderr);
    ran.stdout
}

#[test]
fn rust() {
    follow(include_str!("../../../docs/authors/rust.md"));
}

#[test]
fn javascript() {
    follow(include_str!("../../../docs/authors/javascript.md"));
}

#[test]
fn typescript() {
    follow(include_str!("../../../docs/authors/typescript.md"));
}

#[test]
fn python() {
    follow(include_str!("../../../docs/authors/python.md"));
}
