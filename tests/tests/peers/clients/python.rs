//! The Python client, over stdio and HTTP, in both revisions: `tests/clients/session.py`.

use std::process::Command;

use serde_json::{Value, json};

use super::{at_home, mcp_words, place, programs, quote, sha256};
use crate::place::{Place, repository};

fn session(place: &Place, era: &str, server: &[String]) -> Value {
    let mut command = Command::new(&programs().python);
    command.arg(repository().join("tests/clients/session.py"));
    command.arg(era).args(server);
    at_home(place, &mut command);
    let ran = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{stderr}");
    serde_json::from_slice(&ran.stdout).unwrap_or_else(|_| panic!("{stderr}"))
}

/// Asserts what every session sees.
fn check(place: &Place, seen: &Value, version: &str) {
    assert_eq!(seen["version"], version, "{seen}");
    assert_eq!(seen["before"].as_array().map(Vec::len), Some(6), "{seen}");
    assert!(
        seen["instructions"]
            .as_str()
            .unwrap()
            .contains("# Tax check"),
        "{seen}"
    );
    assert!(
        seen["checked"]["findings"]
            .as_array()
            .is_some_and(|all| !all.is_empty()),
        "{seen}"
    );
    let document = &seen["document"];
    let expected = quote(place);
    assert_eq!(document["sha256"], sha256(&expected), "{document}");
    assert_eq!(document["bytes"], expected.len());
    assert_eq!(document["listed_bytes"], expected.len());
    assert_eq!(seen["quote"]["bytes"], expected.len());
    assert_eq!(seen["progress"], json!([[1.0, 2.0]]), "{seen}");
    assert_eq!(seen["echoed"], json!({ "a": 1 }), "{seen}");
    assert_eq!(
        seen["prompts"],
        json!(["intruder", "quote-docx", "tax-check"])
    );
    let after = seen["after"].as_array();
    match version {
        "2025-11-25" => {
            assert!(after.unwrap().len() > 6, "tools have appeared: {seen}");
        }
        _ => assert!(after.is_none()),
    }
}

fn over_stdio(era: &str, version: &str) {
    let place = place();
    let seen = session(&place, era, &mcp_words(&place));
    check(&place, &seen, version);
    assert_eq!(
        place.ends("wait"),
        ["cancelled"],
        "the client's cancel ends the guest"
    );
}

fn over_http(era: &str, version: &str) {
    let place = place();
    let served = place.serve(&[]);
    let seen = session(&place, era, &[served.url()]);
    check(&place, &seen, version);
    served.end();
    assert_eq!(
        place.ends("wait"),
        ["cancelled"],
        "the client's cancel ends the guest"
    );
}

#[test]
fn over_stdio_with_a_session() {
    over_stdio("legacy", "2025-11-25");
}

#[test]
fn over_stdio_without_a_session() {
    over_stdio("2026-07-28", "2026-07-28");
}

#[test]
fn over_stdio_it_finds_the_revision_out() {
    over_stdio("auto", "2026-07-28");
}

#[test]
fn over_http_with_a_session() {
    over_http("legacy", "2025-11-25");
}

#[test]
fn over_http_without_a_session() {
    over_http("2026-07-28", "2026-07-28");
}
