//! `hotcell menu`, `load`, `tokens`, `tools`: what a model is shown, and who is shown what.

mod assistants;
mod fetched;
mod foreign;
mod formats;

use hotcell_testkit::components::answers;
use serde_json::Value;

use crate::room::{Ran, Room};

/// The operator's file of a room.
const CONFIG: &str = "home/.config/hotcell/hotcell.toml";

/// A room in which `probe` 1.0.0 is installed.
fn room() -> Room {
    let room = Room::new();
    room.tool(&answers::squares(1));
    done(&room, &["add", "probe"]);
    room
}

fn done(room: &Room, arguments: &[&str]) -> Ran {
    let ran = room.run(arguments);
    assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
    ran
}

fn json(room: &Room, arguments: &[&str]) -> Value {
    done(room, &[arguments, &["--json"]].concat()).json()
}

/// Returns the names of what lies in a list.
fn names(list: &Value) -> Vec<&str> {
    let all = list.as_array().unwrap().iter();
    all.map(|one| one["name"].as_str().unwrap()).collect()
}

#[test]
fn an_empty_menu_says_so() {
    let room = Room::new();
    let ran = done(&room, &["menu"]);
    assert_eq!(ran.stdout, "There is no skill.\n");
}

#[test]
fn the_menu_has_a_line_for_each_skill_and_its_cost() {
    let room = room();
    let ran = done(&room, &["menu"]);
    assert!(
        ran.stdout.contains("\n- probe: Shows how a host treats"),
        "{}",
        ran.stdout
    );
    assert!(ran.stderr.contains("1 skills, "), "{}", ran.stderr);
    let menu = json(&room, &["menu"]);
    let entry = &menu["entries"][0];
    assert_eq!(names(&entry["tools"]), ["answer", "number", "echo", "post"]);
    assert_eq!(
        (&entry["version"], &entry["kind"]),
        (&"1.0.0".into(), &"runnable".into())
    );
    // The text's own count is the sum that was kept of its lines.
    let counted = hotcell_package::tokens(&ran.stdout);
    assert_eq!(menu["tokens"], counted);
    let loaded = json(&room, &["load", "probe"]);
    assert_eq!(loaded["tokens"], entry["tokens_loaded"]);
    assert_eq!(loaded["digest"], entry["digest"]);
}

/// What the menu shows is kept beside each package; where it is gone or not right, it is made anew.
#[test]
fn the_menu_needs_no_package_and_survives_a_lost_card() {
    let room = room();
    let menu = done(&room, &["menu", "--json"]).stdout;
    let only = |folder: &str| {
        let folder = room.at("home/.local/share/hotcell").join(folder);
        let files = std::fs::read_dir(folder).unwrap();
        let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        files[0].clone()
    };
    let card = &only("cards");
    for text in ["no json", "{}", "{\"form\":0}"] {
        std::fs::write(card, text).unwrap();
        assert_eq!(done(&room, &["menu", "--json"]).stdout, menu);
    }
    std::fs::remove_file(card).unwrap();
    assert_eq!(done(&room, &["menu", "--json"]).stdout, menu);
    assert!(card.exists());
    // A package that is gone is told to people, and not to a model.
    std::fs::remove_file(only("packages")).unwrap();
    let ran = done(&room, &["menu"]);
    assert_eq!(ran.stdout, "There is no skill.\n");
    assert!(ran.stderr.contains("its file is gone"), "{}", ran.stderr);
}

#[test]
fn loading_gives_the_instructions_between_marks_the_tools_and_the_files() {
    let room = room();
    let ran = done(&room, &["load", "probe"]);
    let loaded = json(&room, &["load", "probe"]);
    let digest = loaded["digest"].as_str().unwrap();
    for part in [
        format!("--- begin {digest} ---\n# Probe\n"),
        format!("--- end {digest} ---\nIts tools:\n"),
        "{\"name\":\"probe_answer\",".to_owned(),
    ] {
        assert!(ran.stdout.contains(&part), "no {part} in\n{}", ran.stdout);
    }
    let files: Vec<_> = loaded["files"].as_array().unwrap().iter().collect();
    let paths: Vec<_> = files
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        ["SKILL.md", "schema.json", "skill.toml"],
        "without the component"
    );
    let skill = std::fs::read_to_string(room.at("probe/SKILL.md")).unwrap();
    assert_eq!(
        done(&room, &["load", "probe", "--file", "SKILL.md"]).stdout,
        skill
    );
    assert_eq!(
        loaded["instructions"],
        skill.split_once("\n---\n").unwrap().1
    );
    room.run(&["load", "probe", "--file", "skill.wasm"])
        .fails(3, &["has no file skill.wasm"]);
    room.run(&["load", "probe", "--file", "SKIL.md"])
        .fails(3, &["did you mean SKILL.md?"]);
}

#[test]
fn what_is_not_there_is_refused_with_a_near_name() {
    let room = room();
    room.run(&["load", "prob"])
        .fails(3, &["unknown_skill", "did you mean `probe`?"]);
    room.run(&["load", "probe@2"])
        .fails(3, &["unknown_version", "there is 1.0.0"]);
    room.run(&["load", "@"])
        .fails(3, &["unknown_skill", "names no version"]);
    let ran = room.run(&["load", "\u{1b}[2J"]);
    ran.fails(3, &["\\u{1b}[2J"]);
}

#[test]
fn tokens_are_compared() {
    let room = room();
    let table = json(&room, &["tokens", "--loaded", "probe"]);
    let ways = table["strategies"].as_array().unwrap();
    for way in ways {
        assert_eq!(way["turns"], way["turn"].as_u64().unwrap() * 30);
    }
    let row = &table["rows"][0];
    let of = |key: &str| row[key].as_u64().unwrap();
    assert_eq!(ways[0]["turn"], of("tools"));
    assert_eq!(ways[1]["turn"], of("instructions") + of("tools"));
    let loaded = table["menu"].as_u64().unwrap() + of("instructions") + of("tools");
    assert_eq!(ways[2]["turn"], loaded);
    let bare = json(&room, &["tokens"]);
    assert_eq!(bare["strategies"][2]["turn"], bare["menu"]);
    let text = done(&room, &["tokens"]).stdout;
    assert!(
        text.contains("30 TURNS") && text.contains("o200k_base"),
        "{text}"
    );
    room.run(&["tokens", "--loaded", "crm"])
        .fails(3, &["there is no skill `crm`"]);
}
