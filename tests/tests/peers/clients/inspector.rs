//! The Inspector's command line, over stdio and HTTP, in both eras.

use std::process::Command;

use serde_json::{Value, json};

use super::{at_home, example, mcp_words, place, programs, quote};
use crate::place::Place;

/// Runs the Inspector against a server, and returns what it printed.
fn inspect(place: &Place, arguments: &[&str], server: &[String]) -> String {
    let programs = programs();
    let mut command = Command::new(&programs.node);
    command.arg(&programs.inspector).arg("--cli");
    command
        .args(["--quiet", "--connect-timeout", "120000"])
        .args(arguments);
    match server {
        [url] => command.args(["--transport", "http", "--server-url", url]),
        words => command.arg("--").args(words),
    };
    at_home(place, &mut command);
    let ran = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let stdout = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success(), "{arguments:?}: {stdout} {stderr}");
    stdout
}

fn json_of(place: &Place, arguments: &[&str], server: &[String]) -> Value {
    let told = inspect(place, arguments, server);
    serde_json::from_str(&told).unwrap_or_else(|_| panic!("{arguments:?}: {told}"))
}

fn check(place: &Place, era: &str, server: &[String]) {
    let ask = |arguments: &[&str]| {
        json_of(
            place,
            &[&["--protocol-era", era], arguments].concat(),
            server,
        )
    };
    let tools = ask(&["--method", "tools/list", "--strict"]);
    assert_eq!(tools["tools"].as_array().map(Vec::len), Some(6), "{tools}");

    let call = |skill: &str, tool: &str, arguments: Value| {
        let named = json!({ "skill": skill, "tool": tool, "arguments": arguments });
        let named = named.to_string();
        ask(&[
            "--method",
            "tools/call",
            "--tool-name",
            "call_tool",
            "--tool-args-json",
            &named,
        ])
    };
    let checked = call(
        "tax-check",
        "check_invoice",
        example("tax-check/examples/faulty.json"),
    );
    let findings = checked["structuredContent"]["findings"].as_array();
    assert!(findings.is_some_and(|all| !all.is_empty()), "{checked}");

    let made = call(
        "quote-docx",
        "make_quote",
        example("quote-docx/examples/office.json"),
    );
    let blocks = made["content"].as_array().unwrap();
    let link = blocks
        .iter()
        .find(|block| block["type"] == "resource_link")
        .unwrap();
    let uri = link["uri"].as_str().unwrap();
    let file = place.at(&format!("read-{era}.docx"));
    let output = ["--output-format", "raw", "--output", file.to_str().unwrap()];
    let read = [
        "--protocol-era",
        era,
        "--method",
        "resources/read",
        "--uri",
        uri,
    ];
    inspect(place, &[&read[..], &output].concat(), server);
    assert!(
        std::fs::read(&file).unwrap() == quote(place),
        "the document, byte for byte"
    );
    skills_are_as_told(place, era, server);
}

/// The Inspector fetches every file of every skill, and holds it to its digest.
fn skills_are_as_told(place: &Place, era: &str, server: &[String]) {
    let verified = inspect(
        place,
        &["--protocol-era", era, "--method", "skills/list", "--verify"],
        server,
    );
    let reports = verified
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let reports: Vec<_> = reports
        .filter(|report| report.get("outcome").is_some())
        .collect();
    assert_eq!(reports.len(), 3, "{verified}");
    assert!(
        reports.iter().all(|report| report["outcome"] == "verified"),
        "{verified}"
    );
}

#[test]
fn over_stdio_with_a_session() {
    let place = place();
    check(&place, "legacy", &mcp_words(&place));
}

#[test]
fn over_stdio_without_a_session() {
    let place = place();
    check(&place, "modern", &mcp_words(&place));
}

#[test]
fn over_http_in_both_eras() {
    let place = place();
    let served = place.serve(&[]);
    for era in ["legacy", "modern"] {
        std::fs::remove_dir_all(place.at("out")).unwrap_or_default();
        check(&place, era, &[served.url()]);
    }
    served.end();
}
