//! Listing, showing, enabling, disabling, removing and verifying.

use std::fs;

use hotcell_testkit::components::answers;

use super::{add, check_listed, listed, version};
use crate::room::Room;

const PACKAGES: &str = "home/.local/share/hotcell/packages";

/// Two versions are installed, and no folder has their name.
fn room() -> Room {
    let room = Room::new();
    room.tool(&answers::ok());
    add(&room);
    version(&room, "1.1.0", "");
    add(&room);
    fs::rename(room.at("probe"), room.at("elsewhere")).unwrap();
    room
}

#[test]
fn nothing_is_installed_and_nothing_is_left_behind() {
    let room = Room::new();
    let before = room.everything();
    let ran = room.run(&["list"]);
    assert!(
        ran.code == 0 && ran.stderr.contains("hotcell add"),
        "{ran:?}"
    );
    assert_eq!(
        room.run(&["list", "--json"]).json()["skills"],
        serde_json::json!([])
    );
    assert_eq!(room.run(&["verify"]).code, 0);
    room.run(&["show", "probe@1"])
        .fails(2, &["probe@1", "not_found"]);
    assert_eq!(room.everything(), before);
}

#[test]
fn a_list_says_what_there_is() {
    let room = room();
    let ran = room.run(&["list"]);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{}", ran.stdout);
    assert!(
        lines[0].starts_with("NAME   VERSION  STATE"),
        "{}",
        ran.stdout
    );
    assert!(
        lines[1].starts_with("probe  1.1.0    enabled  sha256:"),
        "{}",
        ran.stdout
    );
    let told = room.run(&["list", "--json"]).json();
    assert_eq!(
        told["skills"][0]["tools"],
        serde_json::json!(["answer", "number", "echo", "post"])
    );
}

#[test]
fn versions_are_disabled_and_enabled_again() {
    let room = room();
    let ran = room.run(&["disable", "probe@1.1.0"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "disabled probe 1.1.0\n")
    );
    check_listed(&room, &[("1.1.0", "disabled"), ("1.0.0", "enabled")]);
    assert_eq!(
        room.run(&["show", "probe", "--json"]).json()["version"],
        "1.0.0"
    );
    let ran = room.run(&["disable", "probe@1.1.0"]);
    assert!(
        ran.code == 0 && ran.stderr.contains("nothing changed"),
        "{ran:?}"
    );
    let told = room.run(&["disable", "probe", "--json"]).json();
    assert_eq!(told["disabled"][0]["version"], "1.0.0");
    // What is disabled can be looked at.
    assert_eq!(
        room.run(&["show", "probe", "--json"]).json()["version"],
        "1.1.0"
    );
    assert_eq!(room.run(&["enable", "probe@1"]).code, 0);
    check_listed(&room, &[("1.1.0", "enabled"), ("1.0.0", "enabled")]);
}

#[test]
fn versions_are_removed() {
    let room = room();
    let ran = room.run(&["remove", "probe@1.0.0"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "removed probe 1.0.0\n")
    );
    check_listed(&room, &[("1.1.0", "enabled")]);
    room.run(&["remove", "probe@1.0.0"])
        .fails(2, &["no version of `probe` fits", "1.1.0"]);
    assert_eq!(room.run(&["remove", "probe"]).code, 0);
    assert_eq!(listed(&room), []);
}

#[test]
fn what_names_nothing_is_told() {
    let room = room();
    for command in ["enable", "disable", "remove"] {
        room.run(&[command, "prob"]).fails(2, &["prob"]);
        room.run(&[command, "probe@9"])
            .fails(2, &["no version of `probe` fits"]);
        room.run(&[command, "probe@\u{1b}[2J"])
            .fails(2, &["names no version"]);
        let told = room.run(&[command, "prob", "--json"]);
        assert_eq!(told.code, 2);
        assert!(told.json()["error"]["message"].is_string());
    }
    for command in ["show", "check-config", "approve"] {
        room.run(&[command, "probe@9"])
            .fails(2, &["not_found", "no such file"]);
    }
}

#[test]
fn a_path_wins_over_a_name() {
    let room = room();
    fs::rename(room.at("elsewhere"), room.at("probe")).unwrap();
    version(&room, "7.0.0", "");
    assert_eq!(
        room.run(&["show", "probe", "--json"]).json()["version"],
        "7.0.0"
    );
    assert_eq!(
        room.run(&["show", "probe@1", "--json"]).json()["version"],
        "1.1.0"
    );
    let ran = room.run(&["check-config", "probe@1"]);
    assert!(
        ran.code == 0 && ran.stdout.contains("probe 1.1.0"),
        "{ran:?}"
    );
}

#[test]
fn a_damaged_package_is_named_and_mended_by_adding_it_again() {
    let room = room();
    assert_eq!(room.run(&["verify"]).code, 0);
    let digest = room.run(&["show", "probe", "--json"]).json()["digest"].clone();
    let hex = digest
        .as_str()
        .unwrap()
        .trim_start_matches("sha256:")
        .to_owned();
    let file = format!("{PACKAGES}/{hex}.zip");
    let mut bytes = fs::read(room.at(&file)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    room.write(&file, bytes);
    let ran = room.run(&["verify"]);
    assert!(
        ran.code == 2 && ran.stdout.starts_with("BROKEN  probe 1.1.0: "),
        "{ran:?}"
    );
    let told = room.run(&["verify", "--json"]).json();
    assert_eq!(
        (&told["checked"], &told["broken"][0]["version"]),
        (&2.into(), &"1.1.0".into())
    );
    assert!(room.run(&["list"]).stdout.contains("BROKEN"));
    fs::rename(room.at("elsewhere"), room.at("probe")).unwrap();
    add(&room);
    assert_eq!(room.run(&["verify"]).code, 0);
}
