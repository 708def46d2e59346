//! Adding: what is read, compiled and then registered, or nothing.

use std::process::Stdio;

use hotcell_testkit::components::answers;

use super::{add, asks, check_listed, listed, version};
use crate::room::{Room, example};

fn room() -> Room {
    let room = Room::new();
    room.tool(&answers::ok());
    room
}

#[test]
fn a_package_is_installed_once() {
    let room = room();
    let ran = room.run(&["add", "probe"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for word in [
        "probe 1.0.0  sha256:",
        "added",
        "asks for\n  + tool post: writes",
    ] {
        assert!(ran.stdout.contains(word), "{}", ran.stdout);
    }
    check_listed(&room, &[("1.0.0", "enabled")]);
    let again = room.run(&["add", "probe"]);
    assert!(
        again.code == 0 && again.stdout.contains("is there already"),
        "{again:?}"
    );
    check_listed(&room, &[("1.0.0", "enabled")]);
}

#[test]
fn several_packages_at_once_and_a_bad_one_stops_none() {
    let room = room();
    let ran = room.run(&["add", "none", &example("tax-check"), "probe", "--json"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let told = ran.json();
    let packages = told["packages"].as_array().unwrap();
    let added: Vec<_> = packages.iter().map(|one| one["added"].as_bool()).collect();
    assert_eq!(added, [Some(false), Some(true), Some(true)], "{told}");
    assert_eq!(packages[0]["error"]["diagnostics"][0]["code"], "not_found");
    let names: Vec<_> = listed(&room).into_iter().map(|one| one.0).collect();
    assert_eq!(names, ["probe", "tax-check"]);
}

#[test]
fn a_version_never_changes() {
    let room = room();
    add(&room);
    room.write("probe/references/new.md", "more\n");
    let words = [
        "probe 1.0.0 is there with other content, sha256:",
        "give the new content a new version",
    ];
    room.run(&["add", "probe"]).fails(3, &words);
    // Nor when it was removed.
    assert_eq!(room.run(&["remove", "probe@1.0.0"]).code, 0);
    room.run(&["add", "probe"]).fails(3, &words);
    assert_eq!(listed(&room), []);
}

#[test]
fn versions_stand_side_by_side() {
    let room = room();
    for one in ["1.0.0", "1.1.0", "2.0.0", "2.1.0-rc.1", "10.0.0"] {
        version(&room, one, "");
        add(&room);
    }
    let all = ["10.0.0", "2.1.0-rc.1", "2.0.0", "1.1.0", "1.0.0"];
    check_listed(&room, &all.map(|one| (one, "enabled")));
    for (reference, shown) in [
        ("probe", "10.0.0"),
        ("probe@1", "1.1.0"),
        ("probe@1.0.0", "1.0.0"),
        ("probe@~2.0", "2.0.0"),
    ] {
        std::fs::rename(room.at("probe"), room.at("away")).unwrap();
        let ran = room.run(&["show", reference, "--json"]);
        std::fs::rename(room.at("away"), room.at("probe")).unwrap();
        assert_eq!(ran.json()["version"], shown, "{reference}");
    }
}

#[test]
fn what_asks_for_more_waits_until_it_is_approved() {
    let room = room();
    version(&room, "1.0.0", &asks("GET"));
    add(&room);
    version(&room, "1.1.0", &asks("DELETE"));
    let ran = room.run(&["add", "probe"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for word in [
        "waits for approval",
        "compared with 1.0.0",
        "+ http read: DELETE",
    ] {
        assert!(ran.stdout.contains(word), "{}", ran.stdout);
    }
    assert!(
        ran.stderr.contains("hotcell approve probe@1.1.0"),
        "{}",
        ran.stderr
    );
    // One that asks for the same is not let through by the one that waits.
    version(&room, "1.2.0", &asks("DELETE"));
    add(&room);
    let waiting = [("1.2.0", "waits"), ("1.1.0", "waits"), ("1.0.0", "enabled")];
    check_listed(&room, &waiting);
    room.run(&["enable", "probe@1.1.0"])
        .fails(3, &["nobody has looked at", "hotcell approve probe@1.1.0"]);
    room.run(&["enable", "probe"])
        .fails(3, &["nobody has looked at"]);
    check_listed(&room, &waiting);
    let ran = room.run(&["approve", "probe@1.1.0", "--yes"]);
    assert!(
        ran.code == 0 && ran.stdout.contains("+ http read: DELETE"),
        "{ran:?}"
    );
    check_listed(
        &room,
        &[
            ("1.2.0", "waits"),
            ("1.1.0", "enabled"),
            ("1.0.0", "enabled"),
        ],
    );
    // What was approved is what later versions are compared with.
    version(&room, "1.3.0", &asks("DELETE"));
    add(&room);
    assert_eq!(listed(&room)[0].2, "enabled");
}

#[test]
fn what_asks_for_less_or_the_same_does_not_wait() {
    let room = room();
    for (number, more) in [
        ("1.0.0", asks("GET")),
        ("1.1.0", asks("GET")),
        ("1.2.0", String::new()),
    ] {
        version(&room, number, &more);
        add(&room);
    }
    assert!(listed(&room).iter().all(|one| one.2 == "enabled"));
}

#[test]
fn hidden_characters_are_refused_unless_somebody_says_otherwise() {
    let room = room();
    let document = include_str!("../../../packages/probe/SKILL.md");
    room.write(
        "probe/SKILL.md",
        format!("{document}\nNothing\u{200b} here.\n"),
    );
    room.run(&["add", "probe"])
        .fails(3, &["SKILL.md:", "--allow-hidden"]);
    assert_eq!(listed(&room), []);
    let ran = room.run(&["add", "probe", "--allow-hidden"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    check_listed(&room, &[("1.0.0", "enabled")]);
}

#[test]
fn what_cannot_be_run_is_not_installed() {
    let room = room();
    room.write("probe/skill.wasm", b"\0asm\x0d\0\x01\0");
    let ran = room.run(&["add", "probe"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert_eq!(listed(&room), []);
    assert!(!room.at("home/.local/share/hotcell/packages").exists());
}

/// Kills the program with -9 while it compiles.
#[test]
fn half_an_add_never_shows() {
    let room = Room::with_own_cache();
    let package = example("quote-docx");
    for _ in 0..3 {
        let mut child = room
            .command(&["add", &package])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !is_compiling(child.id()) {
            assert!(
                child.try_wait().unwrap().is_none(),
                "it ended before it compiled"
            );
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(listed(&room), []);
    }
    let ran = room.run(&["add", &package]);
    assert!(ran.code == 0 && ran.stdout.contains("\nadded\n"), "{ran:?}");
    assert_eq!(listed(&room).len(), 1);
    assert_eq!(room.run(&["verify"]).code, 0);
}

/// Tells whether a process has a child: the compile worker.
fn is_compiling(id: u32) -> bool {
    let tasks = std::fs::read_dir(format!("/proc/{id}/task"))
        .into_iter()
        .flatten()
        .flatten();
    tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .any(|children| !children.trim().is_empty())
}

#[test]
fn two_processes_add_at_once() {
    let room = room();
    let start = |path: &str| {
        let mut command = room.command(&["add", path]);
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(Stdio::piped()).spawn().unwrap()
    };
    let tax = example("tax-check");
    let children: Vec<_> = ["probe", "probe", &tax, "probe", &tax].map(start).into();
    let mut added = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{told}");
        added += usize::from(
            String::from_utf8(output.stdout)
                .unwrap()
                .contains("\nadded"),
        );
    }
    assert_eq!(added, 2, "each is added by one of them");
    assert_eq!(listed(&room).len(), 2);
    assert_eq!(room.run(&["verify"]).code, 0);
}
