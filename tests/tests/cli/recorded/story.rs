//! `hotcell timeline`: what happened under one correlation id.

use crate::broker::world::SEARCH;
use crate::recorded::calls::installed;
use crate::room::Room;

#[test]
fn a_story_has_calls_requests_refusals_and_notes() {
    let world = installed();
    let call = |more: &[&str]| {
        let call = ["call", "--correlation", "req-4"];
        world.hotcell(&[&call[..], more].concat(), "")
    };
    assert_eq!(call(&["crm.search_contacts", "--input", SEARCH]).code, 0);
    let hostile = "two fit \u{1b}[2J\u{202e}";
    let note = ["timeline", "req-4", "--note", hostile, "--as", "assistant"];
    world.done(&note, "");
    assert_eq!(call(&["crm.get_contact", "--input", "{}"]).code, 3);
    let told = world.hotcell(&["timeline", "req-4"], "").stdout;
    for words in [
        "local  called crm 1.0.0 search_contacts  inv-",
        "request 1: GET https://127.0.0.1",
        "→ 200",
        "ended ok: {",
        "assistant  note: two fit \\u{1b}[2J",
        "ended refused: ",
        "goes on at inv-",
    ] {
        assert!(told.contains(words), "no `{words}` in:\n{told}");
    }
    let told = world.hotcell(&["timeline", "req-4", "--json"], "").json();
    let kinds: Vec<_> = told["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["kind"])
        .collect();
    assert_eq!(
        kinds,
        ["begun", "exchange_ended", "ended", "note", "begun", "ended"]
    );
    assert_eq!(told["steps"][3]["note"], hostile);
    assert_eq!(told["resume_at"], told["steps"][4]["invocation_id"]);
    let latest = world.hotcell(&["timeline"], "").stdout;
    assert!(latest.contains("req-4  2 calls"), "{latest}");
}

#[test]
fn what_is_not_on_record_has_no_story() {
    let room = Room::new();
    room.run(&["timeline", "req-9"])
        .fails(2, &["nothing is on record under req-9"]);
    let long = "x".repeat(4_001);
    let ran = room.run(&["timeline", "req-9", "--note", &long]);
    assert!(
        ran.stderr.contains("at most 4000 characters"),
        "{}",
        ran.stderr
    );
}
