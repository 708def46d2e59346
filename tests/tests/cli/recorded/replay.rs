//! `hotcell replay`: a call runs again without the network, and is compared.

use std::fs;

use crate::broker::world::SEARCH;
use crate::recorded::calls::{create, installed};
use crate::room::example;

#[test]
fn a_call_is_replayed_without_a_request() {
    let world = installed();
    let call = ["call", "crm.search_contacts", "--json", "--input", SEARCH];
    let read = world.hotcell(&call, "").json();
    let contact = r#"{"name": "Ada Weber", "email": "ada.weber@example.org"}"#;
    let written = create(&world, contact, "order-17").json();
    let requests = world.server.counts().requests;
    for outcome in [&read, &written] {
        let id = outcome["invocation_id"].as_str().unwrap();
        let ran = world.hotcell(&["replay", id], "");
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (0, "identical\n"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(world.server.counts().requests, requests);
    world
        .hotcell(&["replay", "inv-none"], "")
        .fails(2, &["there is no call inv-none"]);
}

#[test]
fn another_version_that_does_something_else_is_told() {
    let world = installed();
    let call = ["call", "crm.search_contacts", "--json", "--input", SEARCH];
    let read = world.hotcell(&call, "").json();
    let id = read["invocation_id"].as_str().unwrap();
    for name in ["SKILL.md", "skill.toml", "schema.json"] {
        let bytes = fs::read(format!("{}/{name}", example("crm"))).unwrap();
        world.room.write(&format!("crm/{name}"), bytes);
    }
    let answers = hotcell_testkit::components::answers::ok().to_bytes();
    world.room.write("crm/skill.wasm", answers);
    let ran = world.hotcell(&["replay", id, "--with", "crm"], "");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("it differs: "), "{}", ran.stdout);
    let refused = world
        .hotcell(&["call", "crm.get_contact", "--json", "--input", "{}"], "")
        .json();
    let id = refused["invocation_id"].as_str().unwrap();
    world
        .hotcell(&["replay", id], "")
        .fails(3, &["cannot be replayed: nothing ran"]);
}
