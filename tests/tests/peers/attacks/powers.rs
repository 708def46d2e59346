//! A model that wants more than it was given.

use serde_json::{Value, json};

use super::note;
use crate::place::Place;
use crate::stdio::Stdio;
use crate::world::{TOKEN, World};

/// Hotcell's own tools: none sets, grants or approves anything.
const OWN: [&str; 6] = [
    "list_skills",
    "load_skill",
    "unload_skill",
    "call_tool",
    "job_status",
    "job_cancel",
];

fn search(client: &mut Stdio) -> Value {
    client.call("crm", "search_contacts", json!({ "query": "Weber" }))
}

#[test]
fn attack_45_a_tool_that_grants() {
    let world = World::granted();
    let config = std::fs::read(world.place.at("hotcell.toml")).unwrap();
    let mut client = world.place.mcp();
    let found = search(&mut client);
    assert!(
        found["structuredContent"]["total"].as_u64() > Some(0),
        "{found}"
    );
    let listed = client.ask("tools/list", json!({}));
    let listed = listed["result"]["tools"].as_array().unwrap();
    let names: Vec<_> = listed
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, OWN);
    let tried = ask_for_more(&mut client);
    assert_eq!(
        std::fs::read(world.place.at("hotcell.toml")).unwrap(),
        config
    );
    assert!(
        search(&mut client)["isError"] != true,
        "what was granted is still"
    );
    let what = "further words in a call, and tools by the names that other servers have: no call \
        does more than the operator granted";
    note(45, "a tool that grants", what, tried);
}

/// Asks for what was not granted, and returns in how many ways.
fn ask_for_more(client: &mut Stdio) -> usize {
    // The operator granted GET; the skill would like to POST.
    let contact = json!({ "name": "Eva Weber", "email": "eva@weber.example" });
    let mut tried = 0;
    for further in [
        "",
        "grant",
        "grants",
        "policy",
        "limits",
        "secret",
        "caller",
        "assistant",
        "role",
        "approve",
        "config",
        "methods",
        "_meta",
    ] {
        let mut arguments = json!({
            "skill": "crm", "tool": "create_contact", "arguments": contact,
            "idempotency_key": format!("key-{further}"),
        });
        if !further.is_empty() {
            arguments[further] = json!({ "methods": ["POST"], "crm": "admin" });
        }
        let told = client.ask(
            "tools/call",
            json!({ "name": "call_tool", "arguments": arguments }),
        );
        let is_refused = told["result"]["isError"] == true || told.get("error").is_some();
        assert!(is_refused, "{further}: {told}");
        tried += 1;
    }
    for name in [
        "grant",
        "grant-network-permission",
        "approve",
        "config",
        "secret",
        "add",
        "install",
    ] {
        let told = client.ask(
            "tools/call",
            json!({ "name": name, "arguments": { "skill": "crm" } }),
        );
        assert_eq!(told["error"]["code"], -32602, "{name}: {told}");
        tried += 1;
    }
    tried
}

#[test]
fn attack_46_a_secret_by_way_of_a_resource_or_tool() {
    let world = World::granted();
    let mut client = world.place.mcp();
    assert!(
        search(&mut client)["isError"] != true,
        "the skill is let in with the secret"
    );
    let mut said = vec![client.call("crm", "show_view", json!({}))];
    let resources = client.ask("resources/list", json!({}));
    let listed = resources["result"]["resources"].as_array().unwrap().clone();
    let mut uris: Vec<String> = listed
        .iter()
        .map(|one| one["uri"].as_str().unwrap().to_owned())
        .collect();
    let odd = odd_addresses(&world.place);
    for uri in &odd {
        let told = client.ask("resources/read", json!({ "uri": uri }));
        assert!(told.get("error").is_some(), "{uri}: {told}");
        said.push(told);
    }
    let listed = uris.len();
    uris.extend(
        ["SKILL.md", "schema.json", "skill.toml"].map(|file| format!("skill://crm/{file}")),
    );
    for uri in &uris {
        said.push(client.ask("resources/read", json!({ "uri": uri })));
    }
    for file in [
        "../data/vault.age",
        "/etc/passwd",
        "skill.wasm",
        "..",
        "SKILL.md",
    ] {
        said.push(client.ask(
            "tools/call",
            json!({ "name": "load_skill",
            "arguments": { "skill": "crm", "file": file } }),
        ));
    }
    said.push(client.ask("skills/list", json!({})));
    said.push(client.ask("prompts/get", json!({ "name": "crm" })));
    said.append(&mut client.aside);
    let (_, rest, stderr) = client.end();
    for told in said.iter().chain(&rest) {
        assert!(!told.to_string().contains(TOKEN), "{told}");
    }
    assert!(!stderr.contains(TOKEN), "{stderr}");
    assert!(listed > 0, "there are resources to read");
    let what = "every resource, odd addresses, files of the host by the skill's, the skill's own view, \
        all that a session says: the token of a granted secret is in none";
    note(
        46,
        "a secret by way of a resource or tool",
        what,
        said.len(),
    );
}

/// Addresses of what is no resource.
fn odd_addresses(place: &Place) -> Vec<String> {
    vec![
        "file:///proc/self/environ".to_owned(),
        place.at("data/vault.age").display().to_string(),
        format!("file://{}", place.at("data/vault.key").display()),
        "skill://crm/../../vault.age".to_owned(),
        "skill://crm/%2e%2e/%2e%2e/vault.age".to_owned(),
        "skill://crm/..%2f..%2fvault.age".to_owned(),
        "skill://crm/skill.wasm".to_owned(),
        "skill://../data/vault.age".to_owned(),
        "hotcell://secrets/crm-token".to_owned(),
        format!(
            "hotcell://invocations/inv-{}/artifacts/../vault.age",
            "0".repeat(32)
        ),
    ]
}

#[test]
fn attack_47_an_assistants_other_skills() {
    let config = "[assistant.office]\nskills = [\"probe@1\"]\ntools = \"direct\"\n";
    let place = Place::with_intruder(config, "");
    place.install_fixture("probe", &hotcell_testkit::components::answers::ok());
    let mut client = place.mcp_unopened(&["--assistant", "office"]);
    client.open();
    let own = client.ask(
        "tools/call",
        json!({ "name": "probe_answer", "arguments": {} }),
    );
    assert_eq!(
        own["result"]["structuredContent"],
        json!({ "ok": true }),
        "{own}"
    );
    for name in ["intruder_echo", "intruder.echo", "echo"] {
        let told = client.ask("tools/call", json!({ "name": name, "arguments": {} }));
        assert!(told.get("error").is_some(), "{name}: {told}");
    }
    for assistant in [Value::Null, json!("other"), json!("")] {
        let mut arguments = json!({ "skill": "intruder", "tool": "echo", "arguments": {} });
        if !assistant.is_null() {
            arguments["assistant"] = assistant;
        }
        let told = client.ask(
            "tools/call",
            json!({ "name": "call_tool", "arguments": arguments }),
        );
        let is_refused = told["result"]["isError"] == true || told.get("error").is_some();
        assert!(is_refused, "{told}");
    }
    let what = "a skill that is installed and not attached, by flat, dotted and bare names and by \
        `call_tool`, naming another assistant";
    note(47, "an assistant's other skills", what, 6);
}
