//! A guest that asks for the secret where it could read it.

use hotcell_testkit::servers::{Authority, Request};

use crate::ledger::Tally;
use crate::world::{CANARY, Setup, World, honest, request};

/// What other hosts replace by a secret.
const PLACEHOLDERS: &[&str] = &[
    "{{s}}",
    "{{ s }}",
    "{{secret.s}}",
    "{{credential.c}}",
    "{s}",
    "{secret}",
    "{token}",
    "{signature}",
    "${S}",
    "${{ secrets.S }}",
    "$S",
    "$(S)",
    "%S%",
    "env:S",
    "vault:s",
    "file:/etc/passwd",
    "<%= S %>",
    "#{S}",
    "@S@",
    "__S__",
    "[[s]]",
    "Bearer {s}",
    "secret://s",
    "hotcell:secret:s",
    "{{c}}",
    "${c}",
];

#[tokio::test]
async fn attack_10_placeholder_in_a_visible_place() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(&authority, &server, Setup::default());
    let mut tally = Tally::default();
    let escape = |text: &str| -> String { text.bytes().map(|b| format!("%{b:02X}")).collect() };
    for placeholder in PLACEHOLDERS {
        let query = format!("q={}", escape(placeholder));
        let url = format!("{}/v1/x?{query}", world.origin);
        let json = format!("{{\"a\":\"{placeholder}\",\"{placeholder}\":1}}");
        let headers = [
            ("x-note", *placeholder),
            ("content-type", "application/json"),
        ];
        world
            .send(request("POST", &url, &headers, json.as_bytes()))
            .await
            .unwrap();
        let seen = server.requests().pop().unwrap();
        tally.without_effect("in the query", seen.query() == Some(&query));
        tally.without_effect("in a header", seen.header("x-note") == Some(placeholder));
        tally.without_effect("in the body", seen.body == json.as_bytes());
        assert_eq!(places(&seen), 1, "the secret stands in its header alone");
    }
    world.records_hold_none(&["x-note", "q="]);
    tally.note(
        10,
        "placeholder in a visible place",
        "templates of many tools in query, header and body: all of them are sent as they stand",
    );
}

fn places(seen: &Request) -> usize {
    let raw = String::from_utf8_lossy(&seen.raw).into_owned();
    raw.matches(CANARY).count()
}
