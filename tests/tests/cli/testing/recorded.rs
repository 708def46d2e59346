//! A recorded case holds no secret, and plays again.

use std::fs;

use crate::broker::world::{SEARCH, World, spelling_in};
use crate::room::example;

/// Copies the package of an example, without its cases.
fn copy(world: &World, skill: &str) {
    for name in ["SKILL.md", "skill.toml", "schema.json", "skill.wasm"] {
        let bytes = fs::read(format!("{}/{name}", example(skill))).unwrap();
        world.room.write(&format!("{skill}/{name}"), bytes);
    }
}

#[test]
fn a_live_call_becomes_a_case_that_passes() {
    let world = World::granted();
    copy(&world, "crm");
    let record = [
        "test",
        "crm",
        "--record",
        "live",
        "--tool",
        "search_contacts",
        "--input",
        SEARCH,
    ];
    let ran = world.hotcell(&record, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = fs::read_to_string(world.room.at("crm/tests/live.toml")).unwrap();
    assert_eq!(spelling_in(text.as_bytes()), None, "{text}");
    assert!(!text.to_lowercase().contains("authorization"), "{text}");
    assert!(text.contains("[[exchange]]\nmethod = \"GET\""), "{text}");
    let ran = world.room.run(&["test", "crm", "--case", "live"]);
    assert_eq!(ran.code, 0, "{}{text}", ran.stdout);
    // What is there is not replaced, but where that is said.
    world
        .hotcell(&record, "")
        .fails(2, &["live.toml is there", "--force"]);
    world.done(&[&record[..], &["--force"]].concat(), "");
}

#[test]
fn nothing_is_recorded_for_a_name_that_leads_elsewhere() {
    let world = World::granted();
    copy(&world, "crm");
    let record = [
        "test",
        "crm",
        "--record",
        "../x",
        "--tool",
        "search_contacts",
    ];
    world.hotcell(&record, "").fails(2, &["cannot name a case"]);
    let requests = world.server.requests().len();
    assert_eq!(requests, 0);
}
