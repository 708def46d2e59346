//! A host folder at /work, as a person grants it, previews and applies: with the example
//! `file-ops`.

use std::fs;

use serde_json::{Value, json};

use crate::room::{Ran, Room, example};

const EDIT: &str = r#"{"path": "a.md", "edits": [{"find": "one", "replace": "ONE"}]}"#;
const PLACES: [&str; 4] = ["--config", "hotcell.toml", "--data", "data"];

/// Returns a room with the folder `notes`, granted as `keys` say, and `file-ops` installed.
fn room(keys: &str) -> Room {
    let room = Room::new();
    room.write("notes/a.md", "one\ntwo\n");
    room.write("notes/.secret", "hidden");
    let grant = format!("[[grant]]\nskill = \"file-ops@1\"\nwork = \"notes\"\n{keys}\n");
    room.write("hotcell.toml", grant);
    let skill = example("file-ops");
    for command in [&["approve", &skill, "--yes"][..], &["add", &skill]] {
        let ran = room.run(&[command, &PLACES].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    room
}

fn call(room: &Room, tool: &str, input: &str, more: &[&str]) -> Ran {
    let tool = format!("file-ops.{tool}");
    let call = ["call", &tool, "--input", input];
    room.run(&[&call, &PLACES[..], more].concat())
}

fn outcome(room: &Room, tool: &str, input: &str, more: &[&str]) -> Value {
    call(room, tool, input, &[more, &["--json"]].concat()).json()
}

/// A refusal that shows the changes on stdout.
fn check_refused(ran: &Ran, words: &[&str]) {
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("--- a/a.md\n"), "{}", ran.stdout);
    for word in words {
        assert!(ran.stderr.contains(word), "no {word} in {}", ran.stderr);
    }
}

fn note(room: &Room) -> String {
    fs::read_to_string(room.at("notes/a.md")).unwrap()
}

#[test]
fn an_edit_is_applied_and_told() {
    let room = room("access = \"write\"");
    let outcome = outcome(&room, "edit_file", EDIT, &[]);
    assert_eq!(outcome["status"], "ok", "{outcome}");
    let change = &outcome["changes"]["files"][0];
    assert_eq!(outcome["changes"]["applied"], true);
    assert_eq!(
        (&change["path"], &change["kind"], &change["bytes"]),
        (&json!("a.md"), &json!("modified"), &json!(8))
    );
    assert_eq!(note(&room), "ONE\ntwo\n");
    assert!(!room.at("notes/.hotcell-work").exists());
    let hidden = call(&room, "read_file", r#"{"path": ".secret"}"#, &[]);
    hidden.fails(1, &["NOT_FOUND"]);
    let id = outcome["invocation_id"].as_str().unwrap();
    let replay = room.run(&[&["replay", id], &PLACES[..]].concat());
    assert_eq!(replay.code, 0, "{}", replay.stderr);
}

/// The folder is as it was at the call, whatever it is now.
#[test]
fn a_call_is_replayed_on_the_folder_that_it_saw() {
    let room = room("access = \"read\"");
    let read = outcome(&room, "read_file", r#"{"path": "a.md"}"#, &[]);
    fs::remove_dir_all(room.at("notes")).unwrap();
    let id = read["invocation_id"].as_str().unwrap();
    let replay = room.run(&[&["replay", id], &PLACES[..]].concat());
    assert_eq!(replay.code, 0, "{}", replay.stderr);
}

#[test]
fn a_preview_shows_the_diff_and_applies_nothing() {
    let room = room("access = \"write\"");
    let keyed = ["--preview", "--key", "k"];
    let ran = call(&room, "edit_file", EDIT, &keyed);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let diff = "--- a/a.md\n+++ b/a.md\n@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n";
    assert!(ran.stdout.contains(diff), "{}", ran.stdout);
    assert_eq!(note(&room), "one\ntwo\n");
    let told = outcome(&room, "edit_file", EDIT, &keyed);
    let digest = told["changes"]["digest"].as_str().unwrap();
    assert_eq!(
        (&told["changes"]["applied"], &told["replayed"]),
        (&json!(false), &json!(false))
    );
    let other = ["--apply", "00", "--key", "k"];
    let differs = call(&room, "edit_file", EDIT, &other);
    check_refused(&differs, &["changes_differ", digest]);
    let applied = call(&room, "edit_file", EDIT, &["--apply", digest, "--key", "k"]);
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    assert_eq!(note(&room), "ONE\ntwo\n");
}

#[test]
fn an_operator_may_want_a_preview_of_every_call() {
    let room = room("access = \"write\"\npreview = true");
    let ran = call(&room, "edit_file", EDIT, &[]);
    assert!(ran.stdout.contains("+ONE"), "{}", ran.stdout);
    check_refused(&ran, &["changes_not_approved", "--apply "]);
    let told = outcome(&room, "edit_file", EDIT, &[]);
    assert!(told.get("output").is_none(), "{told}");
    assert_eq!(note(&room), "one\ntwo\n");
    let read = call(&room, "read_file", r#"{"path": "a.md"}"#, &[]);
    assert_eq!(read.code, 0, "{}", read.stderr);
    let applied = call(&room, "edit_file", EDIT, &["--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    assert_eq!(note(&room), "ONE\ntwo\n");
}

#[test]
fn a_failed_call_changes_nothing() {
    let room = room("access = \"write\"");
    let half = r#"{"path": "a.md", "edits": [{"find": "one", "replace": "1"}, {"find": "three", "replace": "3"}]}"#;
    call(&room, "edit_file", half, &[]).fails(1, &["NO_MATCH"]);
    assert_eq!(note(&room), "one\ntwo\n");
}

#[test]
fn who_may_read_may_not_write() {
    let room = room("access = \"read\"");
    call(&room, "edit_file", EDIT, &[]).fails(1, &["NOT_ALLOWED"]);
    assert_eq!(note(&room), "one\ntwo\n");
    let listed = outcome(&room, "list_files", "{}", &[]);
    assert_eq!(listed["output"]["total"], 1);
}

#[test]
fn without_a_grant_there_is_no_folder() {
    let room = Room::new();
    room.write("hotcell.toml", "");
    let skill = example("file-ops");
    let run = ["run", &skill, "list_files"];
    room.run(&[&run, &PLACES[..]].concat())
        .fails(3, &["work_not_granted"]);
    let check = room.run(&[&["check-config", &skill], &PLACES[..]].concat());
    assert_eq!(check.code, 3);
    assert!(
        check.stdout.contains("CLOSED   folder /work: not_granted"),
        "{}",
        check.stdout
    );
    assert!(
        check.stdout.contains("access = \"write\""),
        "{}",
        check.stdout
    );
}

#[test]
fn a_name_that_no_package_may_hold_is_not_made() {
    let room = room("access = \"write\"");
    for path in ["A.MD", ".bashrc", "con", "../b.md"] {
        let input = json!({"path": path, "text": "x"}).to_string();
        call(&room, "write_file", &input, &[]).fails(1, &["INVALID_PATH"]);
    }
    let names = fs::read_dir(room.at("notes")).unwrap().count();
    assert_eq!(names, 2);
}

#[test]
fn a_tool_without_a_folder_has_nothing_to_preview() {
    let room = Room::new();
    let run = ["run", &example("tax-check"), "rates", "--preview"];
    room.run(&run).fails(3, &["nothing_to_preview"]);
}
