//! A package whose bytes change while a server runs.

use std::path::{Path, PathBuf};

use hotcell_testkit::components::Tool;
use serde_json::{Value, json};

use super::note;
use crate::place::Place;
use crate::stdio::Stdio;

fn number(value: u32) -> Tool {
    Tool::new(format!("(call $number (i64.const {value}))"))
}

fn answered(client: &mut Stdio) -> Value {
    let told = client.call("probe", "number", json!({}));
    serde_json::from_str(crate::stdio::text(&told)).unwrap_or(told)
}

/// Calls until the answer is this one: a server knows of a change within a second.
fn until_answered(client: &mut Stdio, expected: u32) {
    let begun = std::time::Instant::now();
    while answered(client) != json!(expected) {
        assert!(
            begun.elapsed() < crate::stdio::PATIENCE,
            "it never answers {expected}"
        );
    }
}

#[test]
fn attack_44_replaced_packages() {
    let place = Place::new("");
    place.install_fixture("probe", &number(1));
    let mut client = place.mcp();
    assert_eq!(answered(&mut client), json!(1));

    // The folder that it came from is nobody's word any more.
    std::fs::write(place.at("probe/skill.wasm"), number(2).to_bytes()).unwrap();
    assert_eq!(answered(&mut client), json!(1));
    // The same version with other bytes is no version.
    let again = place.command(&["add", "probe"]).output().unwrap();
    assert!(!again.status.success());
    assert_eq!(answered(&mut client), json!(1));

    // A new version is what runs, in the server that has run the old one.
    let manifest = std::fs::read_to_string(place.at("probe/skill.toml")).unwrap();
    std::fs::write(
        place.at("probe/skill.toml"),
        manifest.replace("1.0.0", "1.1.0"),
    )
    .unwrap();
    place.run(&["add", "probe"]);
    until_answered(&mut client, 2);
    place.run(&["disable", "probe@1.1.0"]);
    until_answered(&mut client, 1);

    // What is installed is changed behind its back: the bytes of one version under another's name.
    let [old, new] = &zips(&place)[..] else {
        panic!("two versions are installed");
    };
    let (old_bytes, new_bytes) = (std::fs::read(old).unwrap(), std::fs::read(new).unwrap());
    write(old, &new_bytes);
    write(new, &old_bytes);
    let mut anew = place.mcp();
    let params = crate::stdio::call_params("probe", "number", json!({}));
    let told = anew.ask("tools/call", params);
    let is_refused = told.get("error").is_some() || told["result"]["isError"] == true;
    // What it compiled of the right bytes it may run: these are what was approved.
    assert!(
        is_refused || crate::stdio::text(&told["result"]) == "1",
        "{told}"
    );
    let tried = "the folder that was installed, the same version with other bytes, a new version \
        under a server that runs, a version taken back, and the installed bytes themselves";
    note(44, "replaced packages", tried, 5);
}

/// Returns the packages that are installed.
fn zips(place: &Place) -> Vec<PathBuf> {
    // What was refused lies there too, until it is swept.
    let installed = place.run(&["list", "--json"]);
    let files = std::fs::read_dir(place.at("data/packages")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let is_installed = |file: &PathBuf| {
        let digest = file.file_stem().and_then(|stem| stem.to_str());
        digest.is_some_and(|digest| installed.contains(digest))
    };
    files.filter(is_installed).collect()
}

fn write(file: &Path, bytes: &[u8]) {
    let folder = file.parent().unwrap();
    let pending = folder.join("pending");
    std::fs::write(&pending, bytes).unwrap();
    std::fs::rename(&pending, file).unwrap();
}
