//! `hotcell gc`: alone, and only what nothing names.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use hotcell_host::InUse;
use hotcell_host::journal::{
    Begin, Begun, End, Finish, Journal, Mode, NewPayload, Sqlite, SqliteOptions,
};
use hotcell_policy::Status;
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

/// A time at which every call that is kept by the standard days has ended long ago.
fn long_ago() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_500_000_000)
}

fn journal(room: &Room, clock: fn() -> SystemTime) -> Sqlite {
    Sqlite::open(SqliteOptions::new(room.at(DATA).join("record.db"), clock)).unwrap()
}

fn begin(digest: &str, id: &str) -> Begin {
    let words = |text: &str| text.to_owned();
    Begin {
        id: words(id),
        caller: words("local"),
        skill: words("probe"),
        version: words("1.0.0"),
        digest: words(digest),
        tool: words("post"),
        key: Some(format!("key of {id}")),
        fingerprint: [7; 32],
        correlation: words("c"),
        mode: Mode::Sync,
        attempts_max: 1,
        owner: words("test"),
        lease_ms: 1_000,
        callback: None,
        body: serde_json::Map::new(),
        payloads: vec![NewPayload {
            name: words("input"),
            bytes: b"private".to_vec(),
            salt: [1; 16],
            is_kept: true,
        }],
    }
}

/// Writes down a call of the package with this digest, which ended when the clock says.
async fn call(room: &Room, clock: fn() -> SystemTime, digest: &str, id: &str) {
    let journal = journal(room, clock);
    let Begun::New(lease) = journal.begin(begin(digest, id)).await.unwrap() else {
        panic!("the key is new");
    };
    let finish = Finish {
        forgets: false,
        end: End::Ended(Status::Ok),
        body: serde_json::Map::new(),
        payloads: Vec::new(),
    };
    journal.finish(&lease, finish).await.unwrap();
}

#[tokio::test]
async fn what_was_kept_long_enough_is_erased_and_packages_on_record_stay() {
    let room = room();
    let told = room.run(&["list", "--json"]).json();
    let digest = told["skills"][1]["digest"].as_str().unwrap();
    call(&room, long_ago, digest, "old").await;
    call(&room, SystemTime::now, digest, "new").await;
    assert_eq!(room.run(&["remove", "probe"]).code, 0);
    let told = room.run(&["gc", "--dry-run", "--json"]).json();
    assert_eq!(
        (&told["packages"], &told["calls_past_keep_days"]),
        (&1.into(), &1.into())
    );
    let told = room.run(&["gc", "--json"]).json();
    for key in ["packages", "payloads", "keys"] {
        assert_eq!(told[key], 1, "{key} of {told}");
    }
    // The calls name the other one.
    assert_eq!(packages(&room), 1);
    let journal = journal(&room, SystemTime::now);
    for (id, is_kept) in [("old", false), ("new", true)] {
        let row = journal.invocation(id).await.unwrap().unwrap();
        let payload = journal.payload(row.begun_seq, "input").await.unwrap();
        assert_eq!(payload.is_some(), is_kept, "{id}");
    }
    // A call with the old key is a new one; with the other, it is told what came of it.
    let again = |id: &str| Begin {
        id: "again".to_owned(),
        ..begin(digest, id)
    };
    assert!(matches!(
        journal.begin(again("new")).await.unwrap(),
        Begun::Recorded(_)
    ));
    assert!(matches!(
        journal.begin(again("old")).await.unwrap(),
        Begun::New(_)
    ));
}
