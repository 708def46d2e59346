//! `hotcell call`: a key is done once, whoever calls and however many at a time.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use hotcell_testkit::servers::crm::Twist;
use serde_json::Value;

use super::slow::{Slow, Worker};
use crate::broker::world::{SEARCH, World};
use crate::room::{Ran, Room, example};

const CONTACT: &str = r#"{"name": "Ada Weber", "email": "ada.weber@example.org"}"#;

/// The CRM, granted and installed.
pub(super) fn installed() -> World {
    let world = World::granted();
    world.done(&["add", &example("crm")], "");
    world
}

pub(super) fn create(world: &World, input: &str, key: &str) -> Ran {
    let call = ["call", "crm.create_contact", "--json", "--key", key];
    world.hotcell(&[&call[..], &["--input", input]].concat(), "")
}

#[test]
fn the_second_call_with_a_key_is_told_what_came_of_the_first() {
    let world = installed();
    let first = create(&world, CONTACT, "order-17");
    assert_eq!(first.code, 0, "{}", first.stderr);
    assert_eq!(first.json()["replayed"], false);
    assert_eq!(first.json()["recorded"], "yes");
    // The same input is the same, however it is written.
    let other = r#"{"email": "ada.weber@example.org", "name": "Ada Weber"}"#;
    let second = create(&world, other, "order-17").json();
    assert_eq!(second["replayed"], true);
    assert_eq!(second["output"], first.json()["output"]);
    assert_eq!(second["invocation_id"], first.json()["invocation_id"]);
    assert_eq!(world.server.counts().requests, 1);
    let changed = CONTACT.replace("Ada", "Ida");
    let third = create(&world, &changed, "order-17");
    assert_eq!(third.code, 3, "{}", third.stdout);
    assert_eq!(third.json()["error"]["code"], "idempotency_conflict");
    assert_eq!(world.server.counts().requests, 1);
    // Another caller's key is another key.
    let call = [
        "call",
        "crm.create_contact",
        "--key",
        "order-17",
        "--as",
        "eve",
    ];
    let ran = world.hotcell(&[&call[..], &["--input", &changed]].concat(), "");
    assert_eq!(world.server.counts().requests, 2, "{}", ran.stderr);
}

#[test]
fn a_grant_that_is_suspended_is_on_record() {
    let world = installed();
    world.crm.twist(Twist::EchoAuthorization);
    let call = [
        "call",
        "crm.search_contacts",
        "--input",
        r#"{"query": "Weber"}"#,
    ];
    let ran = world.hotcell(&call, "");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let events = world.hotcell(&["audit", "list", "--json"], "").json();
    let events = events["events"].as_array().unwrap().iter();
    let told: Vec<_> = events
        .filter(|event| event["kind"] == "suspended")
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["body"]["grants"], serde_json::json!(["crm/crm"]));
    assert_eq!(told[0]["body"]["decision"]["stopped"], "secret_reflected");
}

#[test]
fn many_processes_with_one_key_send_one_request() {
    const CALLS: usize = 64;
    const AT_ONCE: usize = 16;
    let world = installed();
    let next = AtomicUsize::new(0);
    let ask = || {
        let mut told = Vec::new();
        while next.fetch_add(1, Ordering::Relaxed) < CALLS {
            let ran = create(&world, CONTACT, "order-17");
            assert_eq!(ran.code, 0, "{}", ran.stderr);
            told.push(ran.json());
        }
        told
    };
    let told: Vec<Value> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(ask)).collect();
        let told = threads.into_iter().map(|thread| thread.join().unwrap());
        told.flatten().collect()
    });
    assert_eq!(world.server.counts().requests, 1);
    assert_eq!(told.len(), CALLS);
    let of = |key: &str| -> BTreeSet<_> { told.iter().map(|o| o[key].to_string()).collect() };
    assert_eq!(of("status"), BTreeSet::from(["\"ok\"".to_owned()]));
    assert_eq!((of("output").len(), of("invocation_id").len()), (1, 1));
    let first = told.iter().filter(|outcome| outcome["replayed"] == false);
    assert_eq!(first.count(), 1);
    world.done(&["audit", "verify"], "");
}

#[test]
fn a_call_whose_process_is_killed_is_taken_on_by_the_next() {
    let slow = Slow::waited_for();
    let call = ["call", "slow.grind", "--key", "k", "--correlation", "req-1"];
    let mut first = Worker::doing(&slow.room, &call);
    let kinds = || {
        let told = slow.room.run(&["timeline", "req-1", "--json"]).json();
        let steps = told["steps"].as_array().cloned().unwrap_or_default();
        let kinds = steps
            .iter()
            .map(|step| step["kind"].as_str().unwrap().to_owned());
        kinds.collect::<Vec<_>>()
    };
    while kinds().is_empty() {
        assert_eq!(first.0.try_wait().unwrap(), None);
    }
    first.0.kill().unwrap();
    first.0.wait().unwrap();
    // It waits until the lease of the first has run out, and then does it itself.
    let second = slow.room.run(&[&call[..], &["--json"]].concat());
    assert_eq!(second.code, 4, "{}", second.stderr);
    assert_eq!(second.json()["replayed"], false);
    assert_eq!(kinds(), ["begun", "attempt", "ended"]);
}

#[test]
fn a_call_is_told_as_a_run_is() {
    let world = installed();
    let search = |tool: &str| world.hotcell(&["call", tool, "--input", SEARCH], "");
    let by_name = search("crm.search_contacts");
    assert_eq!(by_name.code, 0, "{}", by_name.stderr);
    assert_eq!(by_name.json(), world.search().json());
    assert_eq!(search("crm@1.0.0.search_contacts").json(), by_name.json());
    assert_eq!(search("crm@1.search_contacts").json(), by_name.json());
    let whole = format!(r#"{{"skill": "crm.search_contacts", "input": {SEARCH}}}"#);
    let by_input = world.hotcell(&["call", "--input", &whole], "");
    assert_eq!(by_input.json(), by_name.json());
    let by_stdin = world.hotcell(&["call", "--input", "-"], &whole);
    assert_eq!(by_stdin.json(), by_name.json());
    world.assert_nothing_left();
}

#[test]
fn near_names_are_told() {
    let room = Room::new();
    let add = room.run(&["add", &example("tax-check")]);
    assert_eq!(add.code, 0, "{}", add.stderr);
    for (tool, words) in [
        (
            "tax-chek.check_vat_number",
            &["unknown_skill", "did you mean `tax-check`?"][..],
        ),
        (
            "tax-check.check_vat_numbr",
            &["unknown_tool", "did you mean `check_vat_number`?"],
        ),
        (
            "tax-check@9.check_vat_number",
            &["unknown_version", "there is 1."],
        ),
        ("@1.check_vat_number", &["unknown_skill", "write NAME"]),
    ] {
        room.run(&["call", tool]).fails(3, words);
    }
}

#[test]
fn what_is_said_twice_is_said_once_or_refused() {
    let room = Room::new();
    let whole = r#"{"skill": "crm.search", "input": {}, "idempotency_key": "a"}"#;
    let call = ["call", "--input", whole];
    for (more, words) in [
        (&["--key", "b"][..], &["--key", "say it in one place"][..]),
        (&["crm.find"], &["crm.find", "name the tool in one place"]),
        (&["--wait", "1", "--async"], &[]),
    ] {
        let ran = room.run(&[&call[..], more].concat());
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        for word in words {
            assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
        }
    }
    room.run(&["call"])
        .fails(2, &["no tool is named", "SKILL.TOOL"]);
    room.run(&["call", "crm"])
        .fails(2, &["names no tool", "SKILL.TOOL"]);
    room.run(&["call", "crm@1.2.0"])
        .fails(2, &["names no tool"]);
    room.run(&["call", "crm.find", "--key", "a b"])
        .fails(2, &["idempotency_key"]);
    room.run(&["call", "--input", r#"{"tool": "find", "input": {}}"#])
        .fails(2, &["names no skill"]);
}
