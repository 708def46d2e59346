//! `hotcell check-config`, `approve` and `lift`: what an operator is told, and what it changes.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::SystemTime;

use hotcell_host::State;
use hotcell_policy::egress::GrantId;
use hotcell_testkit::components::answers;

use crate::room::{Ran, Room};

/// Asks for one request with a credential, and a setting.
const ASKS: &str = r#"
[[http]]
id = "read"
origin = "https://crm.example"
methods = ["GET"]
path = "/v1/contacts/{id}"
[[credential]]
name = "crm"
on = ["read"]
[[config]]
key = "currency"
description = "The currency of deals"
"#;

/// Grants all of it to versions 1.x; the grant is in line 5.
const GRANTS: &str = r#"[secret.token]
source = "vault:a-name-in-the-vault"
kind = "bearer"
origins = ["https://crm.example"]
[[grant]]
skill = "probe@1"
credential = "crm"
secret = "token"
rate = "30/min"
[settings.probe]
currency = "EUR"
"#;

/// The platform's place of the file, below the room's home folder.
const USUAL: &str = "home/.config/hotcell/hotcell.toml";
const STATE: &str = "home/.local/share/hotcell/state.json";

fn room() -> Room {
    let room = Room::new();
    room.tool(&answers::ok());
    asks(&room, "1.0.0", ASKS);
    room
}

fn asks(room: &Room, version: &str, asks: &str) {
    let manifest = include_str!("../../packages/probe/skill.toml");
    let manifest = manifest.replace("1.0.0", version);
    room.write("probe/skill.toml", format!("{manifest}{asks}"));
}

fn state(room: &Room) -> State {
    State::new(room.at("home/.local/share/hotcell"), SystemTime::now)
}

/// Asserts the exit code and that stdout holds all words.
fn check(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!(ran.code, code, "{}\n{}", ran.stdout, ran.stderr);
    for word in words {
        assert!(ran.stdout.contains(word), "no `{word}` in:\n{}", ran.stdout);
    }
}

#[test]
fn the_file_is_found_in_the_platforms_folder_only() {
    let room = Room::new();
    let nothing = ["is not there", "nothing is granted"];
    check(&room.run(&["check-config"]), 0, &nothing);
    // One in the working directory is not read.
    room.write("hotcell.toml", "not TOML");
    check(&room.run(&["check-config"]), 0, &nothing);
    room.run(&["check-config", "--config", "hotcell.toml"])
        .fails(2, &["hotcell.toml:1:", "toml_syntax"]);
    room.run(&["check-config", "--config", "none.toml"])
        .fails(2, &["none.toml", "--config"]);
    room.run(&["check-config", "--config", "home"])
        .fails(2, &["home"]);
    room.write(USUAL, GRANTS);
    check(
        &room.run(&["check-config"]),
        0,
        &["token, bearer from vault", "probe@^1 gets"],
    );
    fs::set_permissions(room.at(USUAL), fs::Permissions::from_mode(0o646)).unwrap();
    room.run(&["check-config"])
        .fails(2, &["hotcell.toml", "chmod o-w"]);
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let room = Room::new();
    room.write(
        USUAL,
        GRANTS.replace("rate", "rat").replace("bearer", "baerer"),
    );
    let ran = room.run(&["check-config"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    for word in [
        "hotcell.toml:3:8: error[wrong_value]",
        "write \"bearer\"",
        "hotcell.toml:9:1: error[unknown_key]",
        "write `rate`",
    ] {
        assert!(ran.stderr.contains(word), "no {word} in {}", ran.stderr);
    }
    let ran = room.run(&["check-config", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (2, ""));
    assert_eq!(ran.json()["diagnostics"][1]["line"], 9);
}

/// Names of secrets are told, and from where they come; not what they are named there.
#[test]
fn the_file_is_listed() {
    let room = Room::new();
    room.write(USUAL, GRANTS);
    let text = room.run(&["check-config"]);
    let words = [
        "line 1: token, bearer from vault, for https://crm.example",
        "at most 30/min",
        "line 5: probe@^1 gets the credential crm by the secret token",
        "Settings of probe\n  currency",
    ];
    check(&text, 0, &words);
    let ran = room.run(&["check-config", "--json"]);
    let listed = ran.json();
    assert_eq!(listed["secrets"][0]["source"], "vault");
    assert_eq!(listed["grants"][0]["id"], "probe/crm");
    assert_eq!(listed["egress"]["limits"]["requests"], 100);
    for told in [&text.stdout, &ran.stdout] {
        assert!(
            !told.contains("a-name-in-the-vault") && !told.contains("EUR"),
            "{told}"
        );
    }
}

#[test]
fn the_tables_of_callers_record_jobs_and_folders_are_told() {
    let room = room();
    let text = "[caller.ci]\nskills = [\"probe.answer\", \"web\"]\nrate = \"30/min\"\n\
                [caller.nobody]\nskills = []\n[record]\nkeep_days = 3\nencrypt = true\n\
                [jobs]\nattempts = 9\n[registry]\nfolders = [\"skills\"]\n";
    room.write(USUAL, text);
    let ran = room.run(&["check-config"]);
    let words = [
        "line 1: ci may use probe.answer, web",
        "at most 30/min",
        "line 4: nobody may use nothing",
        "keeps payloads whole for 3 days, keys for 3",
        "encrypted",
        "9 attempts each",
        "Folders of packages",
        "/hotcell/skills",
    ];
    check(&ran, 0, &words);
    let told = room.run(&["check-config", "--json"]).json();
    assert_eq!(told["callers"][0]["skills"][0], "probe.answer");
    assert_eq!(told["callers"][0]["has_token"], false);
    assert_eq!(told["record"]["keep_keys_days"], 3);
    assert_eq!(told["jobs"]["attempts"], 9);
    let folder = told["registry"]["folders"][0].as_str().unwrap();
    assert!(folder.ends_with("/hotcell/skills"), "{folder}");
}

#[test]
fn what_a_package_lacks_is_told_and_mends_it() {
    let room = room();
    let ran = room.run(&["check-config", "probe"]);
    let words = [
        "CLOSED   credential crm: not_granted",
        "CLOSED   http read: not_granted",
        "[secret.\"probe-crm\"]",
        "hotcell secret set probe-crm",
        "UNSET    setting currency",
        "[settings.probe]",
    ];
    check(&ran, 3, &words);
    let told = room.run(&["check-config", "probe", "--json"]);
    assert_eq!(told.code, 3);
    let told = told.json();
    assert_eq!(told["granted"], false);
    let mends = [
        &told["credentials"][0]["closed"]["mend"],
        &told["settings"][0]["mend"],
    ];
    let mends: Vec<_> = mends.iter().map(|mend| mend.as_str().unwrap()).collect();
    room.write(USUAL, mends.join("\n"));
    let ran = room.run(&["check-config", "probe"]);
    let words = [
        "granted  credential crm",
        "granted  http read: GET",
        "set      setting currency",
    ];
    check(&ran, 0, &words);
    assert!(!ran.stdout.contains("CLOSED"), "{}", ran.stdout);
}

#[test]
fn a_misspelt_grant_is_told() {
    let room = room();
    room.write(
        USUAL,
        GRANTS.replace("credential = \"crm\"", "credential = \"crmm\""),
    );
    let ran = room.run(&["check-config", "probe"]);
    check(
        &ran,
        3,
        &["hotcell.toml:5:", "warning[stray_grant]", "write `crm`"],
    );
}

#[test]
fn a_package_that_asks_for_nothing_gets_all() {
    let room = room();
    asks(&room, "1.0.0", "");
    check(
        &room.run(&["check-config", "probe"]),
        0,
        &["It asks for nothing"],
    );
    room.run(&["check-config", "none"]).fails(2, &["none"]);
    assert!(!room.at(STATE).exists());
}

#[test]
fn a_new_digest_waits_for_approval() {
    let room = room();
    room.write(USUAL, GRANTS);
    let closed = [
        "CLOSED   credential crm: not_approved",
        "hotcell approve PACKAGE",
    ];
    check(&room.run(&["check-config", "probe"]), 3, &closed);
    // Nobody is there to say yes, whatever stands on stdin.
    let ran = room.run_with_stdin(&["approve", "probe"], b"y\n");
    let words = [
        "no version of it was approved before",
        "+ credential crm on read",
        "+ http read: GET https://crm.example/v1/contacts/{id}",
        "line 5: probe/crm of probe@^1",
    ];
    check(&ran, 3, &words);
    assert!(
        ran.stderr.contains("nobody is there") && ran.stderr.contains("--yes"),
        "{}",
        ran.stderr
    );
    assert!(!room.at(STATE).exists());
    check(
        &room.run(&["approve", "probe", "--yes"]),
        0,
        &["+ credential crm on read"],
    );
    let granted = [
        "granted  http read: GET",
        "by the grant probe/crm, at most 30/min",
        "lines 1, 5",
    ];
    check(&room.run(&["check-config", "probe"]), 0, &granted);
    check(
        &room.run(&["approve", "probe"]),
        0,
        &["is approved already"],
    );
}

/// Runs `hotcell approve` where a person sits, who types `answer`.
fn approve_at_a_terminal(room: &Room, answer: &str) -> i32 {
    let terminal = nix::pty::openpty(None, None).unwrap();
    let mut person = File::from(terminal.master);
    person.write_all(answer.as_bytes()).unwrap();
    let output = room
        .command(&["approve", "probe"])
        .stdin(Stdio::from(terminal.slave.try_clone().unwrap()))
        .stderr(Stdio::from(terminal.slave))
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("+ credential crm on read"), "{shown}");
    output.status.code().unwrap()
}

#[test]
fn a_person_is_asked_and_only_a_yes_is_one() {
    let room = room();
    room.write(USUAL, GRANTS);
    // The last is the end of input.
    for no in ["n\n", "\n", "yeah\n", "approve\n", "\u{4}"] {
        assert_eq!(approve_at_a_terminal(&room, no), 3, "{no:?}");
        assert!(!room.at(STATE).exists(), "{no:?}");
    }
    assert_eq!(approve_at_a_terminal(&room, "y\n"), 0);
    check(
        &room.run(&["check-config", "probe"]),
        0,
        &["granted  http read"],
    );
}

#[test]
fn the_next_version_tells_what_it_asks_anew() {
    let room = room();
    room.write(USUAL, GRANTS);
    check(&room.run(&["approve", "probe", "--yes"]), 0, &[]);
    let wider = ASKS
        .replace("[\"GET\"]", "[\"GET\", \"DELETE\"]")
        .replace("currency", "money");
    asks(&room, "1.1.0", &wider);
    check(&room.run(&["check-config", "probe"]), 3, &["not_approved"]);
    let ran = room.run(&["approve", "probe"]);
    let words = [
        "compared with 1.0.0",
        "+ http read: DELETE https://crm.example",
        "+ setting money",
        "Asks no longer\n  - setting currency",
    ];
    check(&ran, 3, &words);
    assert!(!ran.stdout.contains("http read: GET"), "{}", ran.stdout);
    let told = room.run(&["approve", "probe", "--yes", "--json"]).json();
    assert_eq!(
        (&told["approved"], &told["last"]["version"]),
        (&true.into(), &"1.0.0".into())
    );
    assert_eq!(told["added"].as_array().unwrap().len(), 2);
    // Past the range, approval is of no use, and is said to be.
    asks(&room, "2.0.0", &wider);
    check(
        &room.run(&["approve", "probe"]),
        3,
        &["changes nothing today", "nothing\n"],
    );
}

#[test]
fn a_suspended_grant_is_lifted_by_its_name() {
    let room = room();
    room.write(USUAL, GRANTS);
    check(&room.run(&["approve", "probe", "--yes"]), 0, &[]);
    let ran = room.run(&["lift"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    room.run(&["lift", "probe/crm"])
        .fails(2, &["`probe/crm` is not suspended"]);
    let grant = GrantId::of_credential("probe", "crm");
    state(&room)
        .suspend(&grant, "a response held the secret")
        .unwrap();
    check(
        &room.run(&["check-config", "probe"]),
        3,
        &["suspended", "hotcell lift probe/crm"],
    );
    check(
        &room.run(&["lift"]),
        0,
        &["probe/crm: a response held the secret"],
    );
    room.run(&["lift", "prob/crm"])
        .fails(2, &["hotcell lift probe/crm"]);
    room.run(&["lift", "else\u{1b}[2J"])
        .fails(2, &["suspended are probe/crm"]);
    check(
        &room.run(&["lift", "probe/crm"]),
        0,
        &["lifted probe/crm", "held the secret"],
    );
    check(
        &room.run(&["check-config", "probe"]),
        0,
        &["granted  http read"],
    );
}

#[test]
fn a_damaged_state_grants_nothing() {
    let room = room();
    room.write(USUAL, GRANTS);
    check(&room.run(&["approve", "probe", "--yes"]), 0, &[]);
    room.write(STATE, "{");
    for command in [
        &["check-config", "probe"][..],
        &["approve", "probe", "--yes"],
        &["lift", "a"],
        &["lift"],
    ] {
        room.run(command).fails(2, &["state.json", "damaged"]);
    }
    assert_eq!(fs::read(room.at(STATE)).unwrap(), b"{");
    // Another folder has another state.
    check(
        &room.run(&["check-config", "probe", "--data", "data"]),
        3,
        &["not_approved"],
    );
    check(
        &room.run(&["approve", "probe", "--yes", "--data", "data"]),
        0,
        &[],
    );
    check(
        &room.run(&["check-config", "probe", "--data", "data"]),
        0,
        &["granted"],
    );
}

/// What an author wrote reaches the operator's terminal without its power.
#[test]
fn hostile_words_of_a_manifest_are_shown_and_not_obeyed() {
    let room = room();
    let hostile = "scopes = [\"a\\u001b[2J\\u202eb\\nline 1: granted\"]\n[[config]]\nkey = \"x\"\n\
                   description = \"a\\u001b[2Jb\\ngranted  http read\"";
    let hostile = ASKS.replace("on = [\"read\"]", &format!("on = [\"read\"]\n{hostile}"));
    asks(&room, "1.0.0", &hostile);
    for command in [&["check-config", "probe"][..], &["approve", "probe"]] {
        let ran = room.run(command);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        let fakes = ran.stdout.lines().filter(|line| {
            line.starts_with("granted") || line.starts_with("line 1") || line.contains('\u{1b}')
        });
        assert_eq!(fakes.count(), 0, "{}", ran.stdout);
        let json = room.run(&[command, &["--json"]].concat());
        assert!(json.json().is_object());
    }
}
