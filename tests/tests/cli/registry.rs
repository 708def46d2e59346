//! `hotcell add`, `list`, `show`, `enable`, `disable`, `remove`, `verify`, `gc`, and folders of
//! packages: what is installed, and what never shows.

mod add;
mod clean;
mod folders;
mod log;
mod releases;

use serde_json::Value;

use crate::room::Room;

/// Makes the package `probe` of this version, with more in its manifest.
fn version(room: &Room, version: &str, asks: &str) {
    let manifest = include_str!("../../packages/probe/skill.toml");
    let manifest = manifest.replace("1.0.0", version);
    room.write("probe/skill.toml", format!("{manifest}{asks}"));
}

/// A request that a skill asks for.
fn asks(method: &str) -> String {
    format!(
        "\n[[http]]\nid = \"read\"\norigin = \"https://crm.example\"\nmethods = [\"{method}\"]\n\
         path = \"/v1/contacts/{{id}}\"\n"
    )
}

/// Installs the package `probe` as it stands.
fn add(room: &Room) {
    let ran = room.run(&["add", "probe"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

/// Returns name, version and state of each line of `hotcell list`.
fn listed(room: &Room) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let ran = room.run(&["list", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let skills = ran.json()["skills"].as_array().unwrap().clone();
    let line = |skill: &Value| {
        let [name, version, state] = ["skill", "version", "state"].map(|key| text(&skill[key]));
        (name, version, state)
    };
    skills.iter().map(line).collect()
}

/// Asserts what is installed: version and state, the highest first, all of `probe`.
fn check_listed(room: &Room, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(version, state)| {
            (
                "probe".to_owned(),
                (*version).to_owned(),
                (*state).to_owned(),
            )
        })
        .collect();
    assert_eq!(listed(room), expected);
}
