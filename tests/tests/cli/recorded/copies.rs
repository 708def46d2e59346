//! Backups, what is put back from them, and what is erased.

use super::slow::Slow;
use crate::room::{Room, example};

const CALL: [&str; 6] = [
    "call",
    "tax-check.check_vat_number",
    "--key",
    "k",
    "--input",
    r#"{"number": "DE136695976"}"#,
];

fn called() -> Room {
    let room = Room::new();
    assert_eq!(room.run(&["add", &example("tax-check")]).code, 0);
    let ran = room.run(&CALL);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    room
}

fn is_replayed(room: &Room) -> bool {
    let ran = room.run(&[&CALL[..], &["--json"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.json()["replayed"] == true
}

#[test]
fn a_backup_is_put_back() {
    let room = called();
    assert_eq!(room.run(&["backup", "copy.db"]).code, 0);
    room.run(&["backup", "copy.db"]).fails(2, &["copy.db"]);
    let second = ["call", "tax-check.rates", "--correlation", "later"];
    room.run(&second);
    room.run(&["restore", "copy.db"])
        .fails(3, &["there is a record already", "--force"]);
    let restored = room.run(&["restore", "copy.db", "--force"]);
    assert_eq!(restored.code, 0, "{}", restored.stderr);
    assert!(
        restored.stdout.contains("record.db.before-"),
        "{}",
        restored.stdout
    );
    room.run(&["timeline", "later"])
        .fails(2, &["nothing is on record"]);
    assert!(is_replayed(&room));
    assert_eq!(room.run(&["audit", "verify"]).code, 0);
    room.write("text.db", "no record");
    room.run(&["restore", "text.db", "--force"])
        .fails(2, &["hotcell backup"]);
    assert!(is_replayed(&room));
    let names = room.everything();
    let left = |path: &&std::path::PathBuf| path.to_string_lossy().contains("restoring");
    assert_eq!(names.keys().find(left), None);
}

#[test]
fn nothing_is_put_back_while_others_are_at_work() {
    let slow = Slow::new();
    slow.done(&["backup", "copy.db"]);
    let worker = slow.worker();
    let id = slow.queue("req-1");
    slow.until_it_grinds(&id);
    let refused = slow.room.run(&["restore", "copy.db", "--force"]);
    refused.fails(3, &["others are at work"]);
    drop(worker);
    slow.done(&["restore", "copy.db", "--force"]);
    slow.room.run(&["job", &id]).fails(2, &["there is no job"]);
}

#[test]
fn what_is_erased_is_gone_and_the_log_is_whole() {
    let room = called();
    let told = room.run(&[&CALL[..], &["--json"]].concat()).json();
    let id = told["invocation_id"].as_str().unwrap();
    assert_eq!(room.run(&["erase", id]).code, 0);
    let again = room.run(&[&CALL[..], &["--json"]].concat()).json();
    assert_eq!(again["error"]["code"], "outcome_not_kept");
    assert_eq!(room.run(&["audit", "verify"]).code, 0);
    room.run(&["erase", "inv-none"])
        .fails(2, &["there is no call inv-none"]);
    let all = room.run(&["erase", "--before", "0", "--json"]);
    assert_eq!(all.code, 0, "{}", all.stderr);
    assert_eq!(room.run(&["erase"]).code, 2);
}
