//! `[registry] folders`: what stands in them is installed as it appears.

use std::fs;

use hotcell_testkit::components::answers;

use super::{asks, check_listed, version};
use crate::room::Room;

const CONFIG: &str = "home/.config/hotcell/hotcell.toml";

/// The folder `skills` is read, and has `probe`.
fn room() -> Room {
    let room = Room::new();
    room.tool(&answers::ok());
    room.write(CONFIG, "[registry]\nfolders = [\"../../../skills\"]\n");
    put(&room, "probe");
    room
}

/// Copies `probe` into the folder, under its name or as a zip.
fn put(room: &Room, place: &str) {
    match place.strip_suffix(".zip") {
        Some(_) => {
            let target = format!("skills/{place}");
            assert_eq!(room.run(&["pack", "probe", "--out", &target]).code, 0);
        }
        None => {
            for file in fs::read_dir(room.at("probe")).unwrap() {
                let file = file.unwrap();
                let name = file.file_name().into_string().unwrap();
                let bytes = fs::read(file.path()).unwrap();
                room.write(&format!("skills/{place}/{name}"), bytes);
            }
        }
    }
}

#[test]
fn new_versions_are_noticed() {
    let room = room();
    check_listed(&room, &[("1.0.0", "enabled")]);
    version(&room, "1.1.0", "");
    put(&room, "probe");
    check_listed(&room, &[("1.1.0", "enabled"), ("1.0.0", "enabled")]);
    // One that asks for more waits.
    version(&room, "1.2.0", &asks("GET"));
    put(&room, "probe");
    check_listed(
        &room,
        &[
            ("1.2.0", "waits"),
            ("1.1.0", "enabled"),
            ("1.0.0", "enabled"),
        ],
    );
}

#[test]
fn other_content_under_the_same_version_is_told_each_time() {
    let room = room();
    check_listed(&room, &[("1.0.0", "enabled")]);
    room.write("skills/probe/references/more.md", "more\n");
    for _ in 0..2 {
        let ran = room.run(&["list"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        for word in [
            "skills/probe: warning[folder_package]",
            "other content",
            "a new version",
        ] {
            assert!(ran.stderr.contains(word), "{}", ran.stderr);
        }
    }
    check_listed(&room, &[("1.0.0", "enabled")]);
}

#[test]
fn a_broken_package_stops_none_of_the_rest() {
    let room = room();
    room.write("skills/a.zip", "no zip");
    room.write("skills/b/skill.toml", "[skill\n");
    let ran = room.run(&["list"]);
    assert!(ran.code == 0 && ran.stdout.contains("probe"), "{ran:?}");
    for word in ["skills/a.zip: warning", "skills/b: warning"] {
        assert!(ran.stderr.contains(word), "{}", ran.stderr);
    }
    // It is told until it is mended, and no longer.
    fs::remove_file(room.at("skills/a.zip")).unwrap();
    let ran = room.run(&["list"]);
    assert!(
        !ran.stderr.contains("a.zip") && ran.stderr.contains("skills/b"),
        "{ran:?}"
    );
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let room = room();
    room.write(
        CONFIG,
        "[registry]\nfolders = [\"none\", \"../../../skills\"]\n",
    );
    let ran = room.run(&["list"]);
    assert!(
        ran.stderr
            .contains("hotcell/none: warning[folder_unreadable]"),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("probe"), "{ran:?}");
}

/// A removed version stays removed until its place changes; and what has not changed is not read.
#[test]
fn what_has_not_changed_is_not_read_again() {
    let room = room();
    check_listed(&room, &[("1.0.0", "enabled")]);
    assert_eq!(room.run(&["remove", "probe"]).code, 0);
    check_listed(&room, &[]);
    put(&room, "probe");
    check_listed(&room, &[("1.0.0", "enabled")]);
    // Another record knows nothing of it.
    let ran = room.run(&["list", "--json", "--data", "data"]);
    assert_eq!(ran.json()["skills"][0]["skill"], "probe");
    fs::remove_file(room.at("data/record.db")).unwrap();
    let ran = room.run(&["list", "--json", "--data", "data"]);
    assert_eq!(ran.json()["skills"][0]["skill"], "probe");
}
