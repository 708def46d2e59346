//! Who may call what, and how often.

use crate::room::{Room, example};

const CONFIG: &str = "home/.config/hotcell/hotcell.toml";

fn with(tables: &str) -> Room {
    let room = Room::new();
    room.write(CONFIG, tables);
    let added = room.run(&["add", &example("tax-check")]);
    assert_eq!(added.code, 0, "{}", added.stderr);
    room
}

const CALL: [&str; 4] = [
    "call",
    "tax-check.check_vat_number",
    "--input",
    r#"{"number": "DE136695976"}"#,
];

#[test]
fn a_caller_that_comes_too_often_is_told_when_to_come_back() {
    let room = with("[caller.local]\nrate = \"2/min\"\n");
    assert_eq!(room.run(&CALL).code, 0);
    assert_eq!(room.run(&CALL).code, 0);
    let refused = room.run(&[&CALL[..], &["--json"]].concat());
    assert_eq!(refused.code, 3, "{}", refused.stdout);
    let error = &refused.json()["error"];
    assert_eq!(error["code"], "rate_limited");
    let wait_ms = error["retry"]["after-ms"].as_u64().unwrap();
    assert!((1..=60_000).contains(&wait_ms), "{error}");
}

#[test]
fn a_caller_gets_what_the_operator_lists_and_no_more() {
    let room = with("[caller.local]\n[caller.clerk]\nskills = [\"tax-check.rates\"]\n");
    assert_eq!(room.run(&CALL).code, 0);
    let hidden = room.run(&[&CALL[..], &["--as", "clerk"]].concat());
    hidden.fails(3, &["unknown_tool", "the tools are rates"]);
    let stranger = room.run(&[&CALL[..], &["--as", "stranger"]].concat());
    stranger.fails(3, &["unknown_caller", "--as NAME"]);
    let events = room.run(&["audit", "list", "--json"]).json();
    let of = |who: &str| {
        let events = events["events"].as_array().unwrap().iter();
        events
            .filter(|e| e["actor"] == who && e["kind"] == "ended")
            .count()
    };
    assert_eq!((of("local"), of("clerk"), of("stranger")), (1, 1, 1));
}

#[test]
fn payloads_are_kept_so_often_as_the_operator_wants() {
    let room = with("[record]\nsample_percent = 0\n");
    let id = |call: &[&str]| {
        let told = room.run(&[call, &["--json"]].concat()).json();
        told["invocation_id"].as_str().unwrap().to_owned()
    };
    let unkept = room.run(&["replay", &id(&CALL)]);
    unkept.fails(3, &["its payloads are not kept whole"]);
    // What a key must be told again is kept however seldom that is.
    let keyed = id(&[&CALL[..], &["--key", "k1"]].concat());
    let replayed = room.run(&["replay", &keyed]);
    assert_eq!(replayed.code, 0, "{}", replayed.stderr);
    room.write(CONFIG, "[record]\nsample_percent = 100\n");
    assert_eq!(room.run(&["replay", &id(&CALL)]).code, 0);
}
