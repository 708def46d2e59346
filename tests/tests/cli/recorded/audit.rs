//! `hotcell audit`: one byte that is changed shows, and so does what is cut.

use std::fs;

use crate::room::{Room, example};

const RECORD: &str = "home/.local/share/hotcell/record.db";

/// A room in which a tool was called and the log was signed.
fn called() -> Room {
    let room = Room::new();
    assert_eq!(room.run(&["add", &example("tax-check")]).code, 0);
    call(&room);
    room
}

fn call(room: &Room) {
    let input = r#"{"number": "DE136695976"}"#;
    let ran = room.run(&["call", "tax-check.check_vat_number", "--input", input]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

/// Changes the last letter of the tool's name in the event that tells of the call.
fn edit_one_byte(room: &Room) {
    let mut bytes = fs::read(room.at(RECORD)).unwrap();
    let text = br#""tool":"check_vat_number""#;
    let mut found = bytes.windows(text.len());
    let at = found
        .position(|window| window == text)
        .expect("the event is there");
    bytes[at + text.len() - 2] = b'R';
    fs::write(room.at(RECORD), bytes).unwrap();
}

#[test]
fn one_byte_that_was_changed_is_found() {
    let room = called();
    let whole = room.run(&["audit", "verify"]);
    assert_eq!(whole.code, 0, "{}", whole.stderr);
    assert!(
        whole.stdout.starts_with("the log is whole: "),
        "{}",
        whole.stdout
    );
    let events = room.run(&["audit", "list", "--json"]).json();
    let events = events["events"].as_array().unwrap();
    let begun = events
        .iter()
        .find(|event| event["kind"] == "begun")
        .unwrap();
    edit_one_byte(&room);
    let row = format!("row {} was edited", begun["seq"]);
    room.run(&["audit", "verify"])
        .fails(70, &["the log is not whole", &row]);
    let data = ["--data", "home/.local/share/hotcell"];
    let told = room.run(&[&["audit", "verify", "--json"][..], &data].concat());
    assert_eq!((told.code, &told.json()["whole"]), (70, &false.into()));
}

#[test]
fn a_log_that_was_cut_shows_against_a_checkpoint_from_elsewhere() {
    let room = called();
    let shorter = fs::read(room.at(RECORD)).unwrap();
    call(&room);
    let signed = room.run(&["audit", "checkpoint", "--out", "kept"]);
    assert_eq!(signed.code, 0, "{}", signed.stderr);
    let against = ["audit", "verify", "--against", "kept"];
    assert_eq!(room.run(&against).code, 0);
    fs::write(room.at(RECORD), shorter).unwrap();
    assert_eq!(room.run(&["audit", "verify"]).code, 0);
    room.run(&against).fails(70, &["the log was cut at row"]);
    room.write("other", "no checkpoint\n");
    room.run(&["audit", "verify", "--against", "other"])
        .fails(70, &["the checkpoint that was handed in"]);
    room.run(&["audit", "verify", "--against", "absent"])
        .fails(2, &["absent"]);
}

#[test]
fn the_log_leaves_the_machine() {
    let room = called();
    let exported = room.run(&["audit", "export", "log"]);
    assert_eq!(exported.code, 0, "{}", exported.stderr);
    let checkpoint = fs::read_to_string(room.at("log/checkpoint")).unwrap();
    let printed = room.run(&["audit", "checkpoint"]).stdout;
    assert_eq!(checkpoint, printed);
    let key = room.run(&["audit", "key"]).stdout;
    let name = checkpoint.lines().next().unwrap();
    assert!(key.starts_with(&format!("{name}+")), "{key}");
    room.run(&["audit", "export", "log"]).fails(2, &["log"]);
    let listed = room
        .run(&["audit", "list", "--from", "1", "--limit", "1"])
        .stdout;
    assert_eq!(listed.lines().count(), 1);
    assert!(listed.starts_with("1  "), "{listed}");
}

#[test]
fn where_there_is_no_record_none_is_made() {
    let room = Room::new();
    for act in ["verify", "list", "checkpoint", "key"] {
        room.run(&["audit", act])
            .fails(2, &["there is no record", "--data DIR"]);
    }
    assert!(!room.at(RECORD).exists());
}
