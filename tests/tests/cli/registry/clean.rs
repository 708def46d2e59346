//! `hotcell gc`: alone, and only what nothing names.

use std::fs;
use std::process::Stdio;

use hotcell_host::InUse;
use hotcell_testkit::components::answers;

use super::{add, check_listed, version};
use crate::room::Room;

const DATA: &str = "home/.local/share/hotcell";

fn room() -> Room {
    let room = Room::new();
    room.tool(&answers::ok());
    add(&room);
    version(&room, "1.1.0", "");
    add(&room);
    room
}

fn packages(room: &Room) -> usize {
    fs::read_dir(room.at(DATA).join("packages"))
        .unwrap()
        .count()
}

#[test]
fn what_nothing_names_goes() {
    let room = room();
    let told = room.run(&["gc", "--json"]).json();
    assert_eq!(
        (&told["packages"], packages(&room)),
        (&0.into(), 2),
        "{told}"
    );
    assert_eq!(room.run(&["remove", "probe@1.0.0"]).code, 0);
    // What a killed add left.
    room.write(&format!("{DATA}/packages/.tmpAbc"), "half");
    assert_eq!(packages(&room), 3);
    let told = room.run(&["gc", "--dry-run", "--json"]).json();
    assert_eq!(
        (&told["packages"], &told["dry_run"]),
        (&2.into(), &true.into())
    );
    assert_eq!(packages(&room), 3);
    let ran = room.run(&["gc"]);
    assert!(
        ran.code == 0 && ran.stdout.starts_with("removed 2 packages"),
        "{ran:?}"
    );
    assert_eq!(packages(&room), 1);
    check_listed(&room, &[("1.1.0", "enabled")]);
    assert_eq!(room.run(&["verify"]).code, 0);
}

#[test]
fn it_is_refused_while_others_are_at_work() {
    let room = room();
    assert_eq!(room.run(&["remove", "probe@1.0.0"]).code, 0);
    let other = InUse::shared(&room.at(DATA)).unwrap();
    room.run(&["gc"])
        .fails(3, &["others are at work", "hotcell"]);
    assert_eq!(packages(&room), 2);
    // Others are not kept from their work.
    assert_eq!(room.run(&["list"]).code, 0);
    drop(other);
    assert_eq!(room.run(&["gc"]).code, 0);
    assert_eq!(packages(&room), 1);
}

/// A recorded command that is stopped in its midst holds the folder.
#[test]
fn it_is_refused_while_a_command_waits_for_its_input() {
    let room = room();
    let mut child = room
        .command(&["work"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut refused = None;
    for _ in 0..1_000 {
        let ran = room.run(&["gc"]);
        if ran.code == 3 {
            refused = Some(ran);
            break;
        }
        assert!(child.try_wait().unwrap().is_none(), "the worker ended");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    refused.unwrap().fails(3, &["others are at work"]);
    assert_eq!(room.run(&["gc"]).code, 0);
}
