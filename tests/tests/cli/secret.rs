//! `hotcell secret`: what is kept, what is told, and that no value is ever shown.

mod typed;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::room::{Ran, Room};

/// A value that may be nowhere but in the vault.
const CANARY: &str = "canary-value-0001";

const PASSPHRASE: &str = "canary in a coal mine";

/// Runs `hotcell secret …` with `stdin`, and looks for the canary in all that it shows and leaves.
fn secret(room: &Room, arguments: &[&str], stdin: &str) -> Ran {
    with_passphrase(room, arguments, stdin, None)
}

fn with_passphrase(room: &Room, arguments: &[&str], stdin: &str, passphrase: Option<&str>) -> Ran {
    let places = ["--data", "data", "--config", "hotcell.toml"];
    let mut command = room.command(&[&["secret", arguments[0]], &places[..]].concat());
    command.args(&arguments[1..]);
    command.env("CI_TOKEN", "canary-of-environment");
    command.envs(passphrase.map(|text| ("HOTCELL_VAULT_PASSPHRASE", text)));
    let ran = room.run_command(command, stdin.as_bytes());
    for shown in [&ran.stdout, &ran.stderr] {
        assert!(!shown.contains("canary"), "{arguments:?}: {shown}");
    }
    for (path, bytes) in room.everything() {
        let bytes = bytes.unwrap_or_default();
        let is_there = bytes.windows(6).any(|window| window == b"canary");
        assert!(
            !is_there || path.ends_with("token") || path.ends_with("hotcell.toml"),
            "{}",
            path.display()
        );
    }
    ran
}

fn done(ran: &Ran) {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

/// A room with an operator's file, which tells `vault` what its key is.
fn room(vault: &str) -> Room {
    let room = Room::new();
    room.write(
        "hotcell.toml",
        format!(
            "{vault}\n\
             [secret.ci]\nsource = \"env:CI_TOKEN\"\nkind = \"bearer\"\n\
             origins = [\"https://ci.example.com\"]\n\
             [secret.crm]\nsource = \"vault:crm-token\"\nkind = \"header\"\nheader = \"x-key\"\n\
             origins = [\"https://crm.example.com\"]\n"
        ),
    );
    room
}

fn listed(room: &Room) -> Value {
    let ran = secret(room, &["list", "--json"], "");
    done(&ran);
    ran.json()
}

fn chmod(room: &Room, path: &str, mode: u32) {
    fs::set_permissions(room.at(path), fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_secret_from_its_first_day_to_its_last() {
    let room = room("");
    let ran = secret(&room, &["set", "crm-token"], "canary-value-0001\n");
    done(&ran);
    assert!(ran.stderr.contains("version 1 now"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("data/vault.key: keep a copy"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.stdout, "", "a table takes it already");
    secret(&room, &["set", "crm-token"], CANARY).fails(2, &["has a secret named", "rotate"]);
    let row = listed(&room)[1].clone();
    let created = row["created"].as_str().unwrap();
    assert!(
        created.starts_with("20") && created.ends_with('Z'),
        "{created}"
    );
    assert_eq!(
        row,
        json!({
            "name": "crm", "source": "vault:crm-token", "kind": "header", "version": "1",
            "created": created, "last_used": null, "problem": null,
        })
    );
    done(&secret(
        &room,
        &["rotate", "crm-token"],
        "canary-value-0002",
    ));
    assert_eq!(listed(&room)[1]["version"], "2");
    done(&secret(&room, &["rotate", "crm-token", "--back"], ""));
    assert_eq!(listed(&room)[1]["version"], "1");
    secret(&room, &["rotate", "crm-token", "--back"], "").fails(2, &["no version before"]);
    secret(&room, &["rm", "crm-token"], "").fails(3, &["nobody is here", "--yes"]);
    let ran = secret(&room, &["rm", "crm-token", "--yes"], "");
    done(&ran);
    assert!(
        ran.stderr.contains("still names it, in [secret.crm]"),
        "{}",
        ran.stderr
    );
    let row = listed(&room)[1].clone();
    assert_eq!(row["version"], Value::Null);
    assert!(
        row["problem"].as_str().unwrap().contains("no such secret"),
        "{row}"
    );
    for gone in [&["rm", "crm-token", "--yes"][..], &["rotate", "crm-token"]] {
        secret(&room, gone, CANARY).fails(2, &["no secret named `crm-token`", "list"]);
    }
}

#[test]
fn what_to_write_for_a_secret_that_no_table_takes() {
    let room = room("");
    let ran = secret(&room, &["set", "other.token"], CANARY);
    done(&ran);
    let table: toml::Table = toml::from_str(&ran.stdout).expect("it can be pasted");
    let secret = &table["secret"]["other.token"];
    assert_eq!(secret["source"].as_str(), Some("vault:other.token"));
    // What is pasted is taken.
    let file = fs::read_to_string(room.at("hotcell.toml")).unwrap();
    room.write("hotcell.toml", format!("{file}{}", ran.stdout));
    let rows = listed(&room);
    assert_eq!(rows[2]["name"], "other.token");
    assert_eq!(rows[2]["problem"], Value::Null);
}

#[test]
fn the_list_is_for_people_too() {
    let room = room("");
    done(&secret(&room, &["set", "lonely"], CANARY));
    let ran = secret(&room, &["list"], "");
    done(&ran);
    let lines: Vec<_> = ran.stdout.lines().collect();
    let words = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        words(lines[0]),
        [
            "NAME", "SOURCE", "KIND", "VERSION", "CREATED", "LAST", "USED"
        ]
    );
    assert_eq!(
        words(lines[1]),
        ["ci", "env:CI_TOKEN", "bearer", "env", "-", "-"]
    );
    assert_eq!(
        words(lines[2]),
        ["crm", "vault:crm-token", "header", "-", "-", "-"]
    );
    assert_eq!(words(lines[3])[..4], ["lonely", "vault:lonely", "-", "1"]);
    assert!(ran.stderr.contains("crm: secret `crm`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("lonely: no table"), "{}", ran.stderr);
}

#[test]
fn every_source_is_listed_and_a_wrong_one_says_why() {
    let room = Room::new();
    room.write("token", CANARY);
    chmod(&room, "token", 0o644);
    room.write(
        "hotcell.toml",
        "[secret.a]\nsource = \"file:token\"\nkind = \"bearer\"\norigins = [\"https://a.example\"]\n\
         [secret.b]\nsource = \"keyring:b/b\"\nkind = \"bearer\"\norigins = [\"https://b.example\"]\n\
         [secret.c]\nsource = \"env:NOT_SET\"\nkind = \"bearer\"\norigins = [\"https://c.example\"]\n",
    );
    let rows = listed(&room);
    let problem = |row: usize| rows[row]["problem"].as_str().unwrap_or_default().to_owned();
    assert!(
        problem(0).contains("others may open it (mode 0644)"),
        "{rows}"
    );
    assert!(problem(1).contains("no keyring"), "{rows}");
    assert!(problem(2).contains("env:NOT_SET"), "{rows}");
    chmod(&room, "token", 0o600);
    let rows = listed(&room);
    assert_eq!(rows[0]["problem"], Value::Null);
    assert!(
        rows[0]["version"].as_str().unwrap().starts_with("mtime-"),
        "{rows}"
    );
}

/// In no spelling is a value taken from the arguments, and none of them is said again.
#[test]
fn a_value_as_an_argument() {
    let room = room("");
    let before = room.everything();
    for arguments in [
        &["set", "crm-token", CANARY][..],
        &["set", "crm-token", "--", CANARY],
        &["set", "crm-token", "--canary"],
        &["set", "crm-token", "-canary"],
        &["rotate", "crm-token", CANARY],
        &["rm", "crm-token", CANARY],
        &["set", "crm-token", "a", CANARY, "--yes"],
    ] {
        let ran = secret(&room, arguments, "a value on stdin");
        ran.fails(2, &["a value is never an argument", "stdin"]);
    }
    for name in ["Canary-value", "canary value", "canary/../x", "canary=x"] {
        secret(&room, &["set", name], CANARY).fails(2, &["no secret's name"]);
        secret(&room, &["rm", name, "--yes"], "").fails(2, &["no secret's name"]);
    }
    for option in ["--value=canary", "--token=canary"] {
        assert_eq!(secret(&room, &["set", option, "crm-token"], "").code, 2);
    }
    assert_eq!(room.everything(), before);
}

#[test]
fn values_that_cannot_be() {
    let room = room("");
    let before = room.everything();
    let long = "canary".repeat(11_000);
    for (value, words) in [
        ("", &["fewer than 12 bytes"][..]),
        ("\n", &["fewer than 12 bytes"]),
        ("canary\n", &["fewer than 12 bytes", "`crm-token`"]),
        (&long, &["more than 65536 bytes"]),
        (&"x".repeat(1 << 20), &["more than 65536 bytes"]),
    ] {
        secret(&room, &["set", "crm-token"], value).fails(2, words);
    }
    assert_eq!(room.everything(), before);
}

#[test]
fn a_key_that_others_may_read() {
    let room = room("");
    done(&secret(&room, &["set", "crm-token"], CANARY));
    chmod(&room, "data/vault.key", 0o640);
    for arguments in [&["list"][..], &["set", "x"], &["rm", "crm-token", "--yes"]] {
        let ran = secret(&room, arguments, CANARY);
        ran.fails(2, &["vault.key", "mode 0640", "chmod 600"]);
    }
    chmod(&room, "data/vault.key", 0o600);
    assert_eq!(listed(&room)[1]["version"], "1");
}

#[test]
fn a_damaged_vault() {
    let room = room("");
    done(&secret(&room, &["set", "crm-token"], CANARY));
    let good = fs::read(room.at("data/vault.age")).unwrap();
    room.write("data/vault.age", &good[..good.len() - 1]);
    let before = room.everything();
    for arguments in [&["list"][..], &["set", "x"], &["rotate", "crm-token"]] {
        let ran = secret(&room, arguments, CANARY);
        ran.fails(2, &["vault.age", "damaged", "bring a copy back"]);
    }
    assert_eq!(room.everything(), before, "it is left as it is");
    fs::remove_file(room.at("data/vault.key")).unwrap();
    room.write("data/vault.age", &good);
    secret(&room, &["set", "x"], CANARY).fails(2, &["vault.key", "not there"]);
    assert!(!room.at("data/vault.key").exists());
}

#[test]
fn a_passphrase() {
    let room = room("[vault]\nkey = \"passphrase\"");
    let set = ["set", "crm-token"];
    secret(&room, &set, CANARY).fails(2, &["HOTCELL_VAULT_PASSPHRASE"]);
    with_passphrase(&room, &set, CANARY, Some("canary")).fails(2, &["fewer than 12 bytes"]);
    done(&with_passphrase(&room, &set, CANARY, Some(PASSPHRASE)));
    assert!(!room.at("data/vault.key").exists());
    let list = ["list", "--json"];
    let ran = with_passphrase(&room, &list, "", Some(PASSPHRASE));
    assert_eq!(ran.json()[1]["version"], "1");
    let wrong = with_passphrase(&room, &list, "", Some("canary in a gold mine"));
    wrong.fails(2, &["the passphrase does not open it"]);
    secret(&room, &list, "").fails(2, &["HOTCELL_VAULT_PASSPHRASE"]);
}

#[test]
fn processes_at_one_time_lose_nothing() {
    let room = room("");
    let names: Vec<String> = (0..6).map(|index| format!("token-{index}")).collect();
    std::thread::scope(|scope| {
        for name in &names {
            scope.spawn(|| {
                let places = ["--data", "data", "--config", "hotcell.toml"];
                let arguments = [&["secret", "set", name], &places[..]].concat();
                done(&room.run_with_stdin(&arguments, CANARY.as_bytes()));
            });
        }
    });
    let rows = listed(&room);
    let kept = rows.as_array().unwrap().iter();
    let kept = kept.filter(|row| row["name"].as_str().unwrap().starts_with("token-"));
    assert_eq!(kept.count(), names.len());
}

#[test]
fn wrong_usage_and_a_wrong_file() {
    let room = room("");
    for arguments in [&["secret"][..], &["secret", "set"], &["secret", "get", "x"]] {
        let ran = room.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}");
    }
    room.write(
        "hotcell.toml",
        "[secret.x]\nvalue = \"canary-value-0001\"\n",
    );
    let ran = secret(&room, &["set", "x"], CANARY);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("hotcell.toml:"), "{}", ran.stderr);
}
