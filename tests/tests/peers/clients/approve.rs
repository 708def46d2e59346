//! The Python client answers what a call asks for: `tests/clients/approve.py`.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{at_home, mcp_words, programs};
use crate::place::{Place, repository};

/// Returns a place with `file-ops`, whose folder `notes` wants a yes that a client may say.
fn place() -> Place {
    let place = Place::new(
        "[[grant]]\nskill = \"file-ops@1\"\nwork = \"notes\"\naccess = \"write\"\n\
         preview = true\napproval = \"client\"\n",
    );
    fs::create_dir(place.at("notes")).unwrap();
    fs::write(place.at("notes/a.md"), "one\n").unwrap();
    place.install_example("file-ops");
    let package = repository().join("skills-examples/file-ops");
    place.run(&["approve", package.to_str().unwrap(), "--yes"]);
    place
}

fn check(place: &Place, era: &str, server: &[String]) {
    for (answer, status, note) in [
        ("refuse", "refused", "one\n"),
        ("approve once", "ok", "ONE\n"),
    ] {
        let mut command = Command::new(&programs().python);
        command.arg(repository().join("tests/clients/approve.py"));
        command.args([era, answer]).args(server);
        at_home(place, &mut command);
        let ran = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{stderr}");
        let seen: Value = serde_json::from_slice(&ran.stdout).unwrap();
        assert_eq!(seen["outcome"]["status"], status, "{seen}");
        assert_eq!(seen["asked"].as_array().map(Vec::len), Some(1), "{seen}");
        assert_eq!(fs::read_to_string(place.at("notes/a.md")).unwrap(), note);
    }
}

#[test]
fn over_stdio_with_a_session() {
    let place = place();
    check(&place, "legacy", &mcp_words(&place));
}

#[test]
fn over_stdio_without_a_session() {
    let place = place();
    check(&place, "2026-07-28", &mcp_words(&place));
}

#[test]
fn over_http_with_a_session() {
    let place = place();
    let served = place.serve(&[]);
    check(&place, "legacy", &[served.url()]);
    served.end();
}

#[test]
fn over_http_without_a_session() {
    let place = place();
    let served = place.serve(&[]);
    check(&place, "2026-07-28", &[served.url()]);
    served.end();
}
