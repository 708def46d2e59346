//! What a new user does: the output of `hotcell mcp --print-config` goes into a client.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{example, quote};
use crate::stdio::Stdio;
use crate::world::World;

#[test]
fn what_it_prints_starts_a_server_that_works() {
    let world = World::granted();
    let place = &world.place;
    place.install_example("tax-check");
    place.install_example("quote-docx");
    let printed = place.run(&["mcp", "--print-config", "--client", "claude-desktop"]);
    let begins = printed.find('{').unwrap();
    let config = &printed[begins..=printed.rfind('}').unwrap()];
    let config: Value = serde_json::from_str(config).unwrap();
    let entry = &config["mcpServers"]["hotcell"];
    let words = entry["args"].as_array().unwrap().iter();
    let words = words.map(|word| word.as_str().unwrap());
    let mut command = Command::new(entry["command"].as_str().unwrap());
    // A client starts it with little of its own.
    command
        .args(words)
        .env_clear()
        .env("HOME", place.at("home"))
        .current_dir("/");
    let mut client = Stdio::start(&mut command);
    client.open();

    let invoice = example("tax-check/examples/faulty.json");
    let checked = client.call("tax-check", "check_invoice", invoice);
    let findings = checked["structuredContent"]["findings"].as_array();
    assert!(findings.is_some_and(|all| !all.is_empty()), "{checked}");

    let made = client.call(
        "quote-docx",
        "make_quote",
        example("quote-docx/examples/office.json"),
    );
    let blocks = made["content"].as_array().unwrap();
    let link = blocks
        .iter()
        .find(|block| block["type"] == "resource_link")
        .unwrap();
    let read = client.ask("resources/read", json!({ "uri": link["uri"] }));
    let blob = read["result"]["contents"][0]["blob"].as_str().unwrap();
    assert!(
        STANDARD.decode(blob).unwrap() == quote(place),
        "the document, byte for byte"
    );

    let found = client.call("crm", "search_contacts", json!({ "query": "Weber" }));
    assert!(
        found["structuredContent"]["total"].as_u64() > Some(0),
        "{found}"
    );
    client.end();
}
