//! What operators do is on record.

use std::time::SystemTime;

use hotcell_host::State;
use hotcell_host::journal::{Event, EventQuery, Journal, Kind, Sqlite, SqliteOptions};
use hotcell_policy::egress::GrantId;
use hotcell_testkit::components::answers;

use super::{add, asks, version};
use crate::room::Room;

const DATA: &str = "home/.local/share/hotcell";
const CONFIG: &str = "home/.config/hotcell/hotcell.toml";

fn events(room: &Room) -> Vec<Event> {
    let file = room.at(DATA).join("record.db");
    let journal = Sqlite::open(SqliteOptions::new(&file, SystemTime::now)).unwrap();
    let query = EventQuery {
        limit: 1_000,
        ..EventQuery::default()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(journal.events(&query)).unwrap()
}

fn kinds(room: &Room) -> Vec<Kind> {
    events(room).iter().map(|event| event.kind).collect()
}

#[test]
fn every_act_is_one_event() {
    let room = Room::new();
    room.tool(&answers::ok());
    add(&room);
    version(&room, "1.1.0", &asks("GET"));
    add(&room);
    for arguments in [
        &["approve", "probe@1.1.0", "--yes"][..],
        &["disable", "probe@1.0.0"],
        &["disable", "probe@1.0.0"],
        &["remove", "probe@1.0.0"],
        &["list"],
    ] {
        assert_eq!(room.run(arguments).code, 0, "{arguments:?}");
    }
    let state = State::new(room.at(DATA), SystemTime::now);
    state
        .suspend(&GrantId::of_credential("probe", "crm"), "seen")
        .unwrap();
    assert_eq!(room.run(&["lift", "probe/crm"]).code, 0);
    let expected = [
        Kind::Added,
        Kind::Added,
        Kind::Approved,
        Kind::Enabled,
        Kind::Disabled,
        Kind::Removed,
        Kind::Lifted,
    ];
    assert_eq!(kinds(&room), expected);
    let events = events(&room);
    assert!(
        events
            .iter()
            .all(|event| event.actor.as_deref() == Some("operator"))
    );
    let approved = &events[2].body;
    assert_eq!(approved["version"], "1.1.0");
    assert!(approved["asks"][0].as_str().unwrap().contains("GET"));
}

#[test]
fn a_changed_file_is_written_down_once() {
    let room = Room::new();
    room.tool(&answers::ok());
    room.write(CONFIG, "# one\n");
    add(&room);
    assert_eq!(room.run(&["list"]).code, 0);
    assert_eq!(kinds(&room), [Kind::Configured, Kind::Added]);
    room.write(CONFIG, "# two\n");
    for _ in 0..2 {
        assert_eq!(room.run(&["list"]).code, 0);
    }
    let all = events(&room);
    assert_eq!(all.len(), 3);
    assert_eq!(all[2].kind, Kind::Configured);
    assert_ne!(all[2].body["digest"], all[0].body["digest"]);
    assert!(all[2].body["path"].as_str().unwrap().ends_with(CONFIG));
}

#[test]
fn secrets_are_named_and_never_told() {
    let room = Room::new();
    let value = "a-value-that-nobody-may-see";
    let set = room.run_with_stdin(&["secret", "set", "crm-token"], value.as_bytes());
    assert_eq!(set.code, 0, "{}", set.stderr);
    let rotated = room.run_with_stdin(&["secret", "rotate", "crm-token"], b"another-long-value");
    assert_eq!(rotated.code, 0, "{}", rotated.stderr);
    for arguments in [
        &["secret", "rotate", "crm-token", "--back"][..],
        &["secret", "rm", "crm-token", "--yes"],
    ] {
        let ran = room.run(arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    let all = events(&room);
    let told: Vec<_> = all
        .iter()
        .map(|event| (event.kind, &event.body["action"]))
        .collect();
    let actions = ["set", "rotated", "back", "removed"];
    let actions: Vec<serde_json::Value> = actions.map(Into::into).into();
    assert_eq!(
        told,
        actions
            .iter()
            .map(|action| (Kind::Secret, action))
            .collect::<Vec<_>>()
    );
    let file = std::fs::read(room.at(DATA).join("record.db")).unwrap();
    let wal = std::fs::read(room.at(DATA).join("record.db-wal")).unwrap_or_default();
    for bytes in [file, wal] {
        assert!(
            !bytes
                .windows(value.len())
                .any(|part| part == value.as_bytes())
        );
    }
}
