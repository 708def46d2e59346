//! `hotcell doctor`: each thing that is wrong is found, with its mend, and nothing else is.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use hotcell_testkit::components::answers;
use serde_json::Value;

use crate::room::Room;

const CONFIG: &str = "home/.config/hotcell/hotcell.toml";
const PACKAGES: &str = "home/.local/share/hotcell/packages";
const CANARY: &str = "sk-live-1f0b5c7a9e3d";

fn room() -> Room {
    let room = Room::new();
    room.tool(&answers::ok());
    let added = room.run(&["add", "probe"]);
    assert_eq!(added.code, 0, "{}", added.stderr);
    room
}

/// Checks the exit code, and the one thing that is wrong with its mend.
fn check_wrong(room: &Room, of: &str, words: &[&str]) {
    let ran = room.run(&["doctor", "--json"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    let told = ran.json();
    let findings = told["findings"].as_array().unwrap();
    let wrong: Vec<&Value> = findings.iter().filter(|f| f["state"] == "wrong").collect();
    assert_eq!((wrong.len(), &told["wrong"]), (1, &1.into()), "{told:#}");
    assert_eq!(wrong[0]["of"], of, "{told:#}");
    let text = format!("{} {}", wrong[0]["what"], wrong[0]["mend"]);
    for word in words {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn a_new_machine_is_told_what_comes_next() {
    let room = Room::new();
    let ran = room.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    for word in ["nothing is installed", "mend: hotcell add PACKAGE"] {
        assert!(ran.stdout.contains(word), "{}", ran.stdout);
    }
    assert!(
        !room.at("home/.local/share/hotcell").exists(),
        "it only looks"
    );
}

#[test]
fn what_is_installed_is_read_and_compiled() {
    let room = room();
    let ran = room.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("probe 1.0.0 is whole and compiled"));
    let package = fs::read_dir(room.at(PACKAGES)).unwrap();
    let zip = |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "zip");
    let package = package.map(|one| one.unwrap().path()).find(zip).unwrap();
    let mut bytes = fs::read(&package).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::set_permissions(&package, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&package, bytes).unwrap();
    check_wrong(&room, "packages", &["probe 1.0.0", "hotcell add"]);
}

#[test]
fn a_secret_that_is_not_there_is_named_and_one_that_is_never_shown() {
    let room = room();
    room.write("key", CANARY);
    fs::set_permissions(room.at("key"), fs::Permissions::from_mode(0o600)).unwrap();
    let table = |name: &str, source: &str| {
        format!(
            "[secret.{name}]\nsource = \"{source}\"\nkind = \"bearer\"\n\
             origins = [\"https://api.example.com\"]\n"
        )
    };
    let key = format!("file:{}", room.at("key").display());
    room.write(CONFIG, table("there", &key));
    let ran = room.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("`there` is there"), "{}", ran.stdout);
    assert!(!ran.stdout.contains(CANARY) && !ran.stderr.contains(CANARY));
    room.write(CONFIG, table("gone", "env:NO_SUCH_VARIABLE"));
    check_wrong(&room, "secrets", &["`gone`", "NO_SUCH_VARIABLE"]);
}

#[test]
fn an_assistant_without_its_skill_and_a_wrong_file_are_named_with_the_line() {
    let room = room();
    room.write(CONFIG, "[assistant.office]\nskills = [\"probe@1\"]\n");
    let ran = room.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("office has probe@"), "{}", ran.stdout);
    room.write(CONFIG, "[assistant.office]\nskills = [\"probe@2\"]\n");
    check_wrong(
        &room,
        "assistants",
        &["is to have probe@", "hotcell.toml:2"],
    );
    room.write(
        CONFIG,
        "[assistant.office]\nskills = [\"probe@1\"]\ntool = \"direct\"\n",
    );
    check_wrong(&room, "configuration", &["hotcell.toml:3", "tool"]);
}

#[test]
fn a_process_without_room_is_told_so() {
    let room = room();
    let plain = room.command(&[]);
    let name = plain.get_program().to_str().unwrap();
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        &format!("ulimit -n 256 && exec '{name}' doctor --json"),
    ]);
    let given = plain
        .get_envs()
        .filter_map(|(key, value)| Some((key, value?)));
    shell.env_clear().envs(given).current_dir(room.at("."));
    let ran = room.run_command(shell, b"");
    let told = ran.json();
    let findings = told["findings"].as_array().unwrap();
    let files = findings.iter().find(|f| f["mend"] == "ulimit -n 1024");
    assert_eq!(files.unwrap()["state"], "look", "{told:#}");
}
