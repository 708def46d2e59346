//! A run whose operator's file cannot be read is none.

use super::world::{SEARCH, World};
use crate::room::example;

/// Nothing is sent by a file that is right in part.
#[test]
fn a_wrong_file_is_told_with_its_line_and_nothing_runs() {
    let world = World::granted();
    let package = example("crm");
    let run = [
        "run",
        &package,
        "search_contacts",
        "--input",
        SEARCH,
        "--config",
    ];
    let with = |more: &[&str]| world.hotcell(&[&run[..], more].concat(), "");
    with(&["none.toml"]).fails(2, &["none.toml", "--config"]);
    world.room.write("wrong.toml", "[egress]\n\nprivat = []\n");
    with(&["wrong.toml"]).fails(2, &["wrong.toml:3:1: error[unknown_key]", "`private`"]);
    world.room.write("broken.toml", "[egress]\nprivate = [\n");
    with(&["broken.toml"]).fails(2, &["broken.toml:2:", "toml_syntax"]);
    let told = with(&["wrong.toml", "--json"]);
    assert_eq!(told.code, 2);
    let error = &told.json()["error"];
    assert_eq!(error["code"], "invalid_config");
    assert_eq!(error["details"]["diagnostics"][0]["line"], 3);
    assert_eq!(world.server.counts().accepted, 0);
    world.search_works();
}

/// An authority that cannot be read is a fault of the file; it is not left out.
#[test]
fn an_authority_that_cannot_be_read_is_told() {
    let world = World::granted();
    world
        .room
        .write("home/.config/hotcell/ca.pem", "no certificate");
    world.search().fails(2, &["ca.pem", "ca_files"]);
    assert_eq!(world.server.counts().accepted, 0);
}
