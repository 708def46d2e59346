//! Packages that cannot be read: one clear error, exit code 2, nothing left behind.

use hotcell_testkit::archives::{self, RawEntry, RawZip};
use hotcell_testkit::components::answers;

use crate::room::Room;

/// Runs each command that reads a package on `package`, plain and with `--json`.
fn check(room: &Room, package: &str, code: &str, words: &[&str]) {
    let before = room.everything();
    let tagged = format!("error[{code}]");
    let words: Vec<_> = words.iter().copied().chain([tagged.as_str()]).collect();
    room.run(&["run", package, "answer", "--out", "out"])
        .fails(2, &words);
    room.run(&["show", package]).fails(2, &words);
    room.run(&["pack", package]).fails(2, &words);
    let lint = room.run(&["lint", package]);
    assert_eq!(lint.code, 2, "{}", lint.stderr);
    assert!(lint.stdout.contains(&tagged), "{}", lint.stdout);

    let run = room.run(&["run", package, "answer", "--out", "out", "--json"]);
    let outcome = run.json();
    assert_eq!(
        (run.code, &outcome["status"]),
        (2, &"refused".into()),
        "{outcome}"
    );
    assert_eq!(outcome["error"]["code"], "invalid_package");
    let found = &outcome["error"]["details"]["diagnostics"];
    assert_eq!(found[0]["code"], code, "{outcome}");
    for command in ["show", "lint"] {
        let ran = room.run(&[command, package, "--json"]);
        assert_eq!(
            (ran.code, &ran.json()["diagnostics"]),
            (2, found),
            "{command}"
        );
    }
    assert_eq!(room.everything(), before, "{code} left something behind");
}

fn probe() -> Room {
    let room = Room::with_own_cache();
    room.tool(&answers::ok());
    room
}

#[test]
fn a_missing_folder() {
    check(
        &Room::with_own_cache(),
        "no-such-skill",
        "not_found",
        &["no-such-skill: "],
    );
}

#[test]
fn no_zip() {
    let room = Room::with_own_cache();
    room.write("skill.zip", "Dear reader, this is a letter.\n");
    check(&room, "skill.zip", "not_a_package", &[]);
}

#[test]
fn an_empty_file() {
    let room = Room::with_own_cache();
    room.write("skill.zip", "");
    check(&room, "skill.zip", "not_a_package", &[]);
}

#[test]
fn a_zip_that_is_cut_off() {
    let room = Room::with_own_cache();
    let zip = archives::plain_zip();
    room.write("skill.zip", &zip[..zip.len() - 30]);
    check(&room, "skill.zip", "not_a_package", &[]);
}

#[test]
fn a_zip_that_leads_out_of_its_folder() {
    let room = Room::with_own_cache();
    let zip = RawZip::of([RawEntry::stored("../SKILL.md", b"# out")]).build();
    room.write("skill.zip", zip);
    check(&room, "skill.zip", "path_parent", &[]);
}

#[test]
fn no_skill_md() {
    let room = probe();
    std::fs::remove_file(room.at("probe/SKILL.md")).unwrap();
    check(&room, "probe", "no_document", &["SKILL.md"]);
}

#[test]
fn no_component() {
    let room = probe();
    std::fs::remove_file(room.at("probe/skill.wasm")).unwrap();
    check(
        &room,
        "probe",
        "no_component",
        &["skill.wasm", "hotcell build"],
    );
}

#[test]
fn sources_in_place_of_a_component() {
    let room = probe();
    std::fs::remove_file(room.at("probe/skill.wasm")).unwrap();
    room.write("probe/tools.py", "def answer(): return {'ok': True}\n");
    check(&room, "probe", "not_built", &["tools.py", "hotcell build"]);
}

#[test]
fn broken_toml_is_told_with_its_line() {
    let room = probe();
    room.write(
        "probe/skill.toml",
        "[skill]\nversion = \"1.0.0\"\n\n[tool.answer\n",
    );
    check(&room, "probe", "toml_syntax", &["skill.toml:4:"]);
}

#[test]
fn an_unknown_key_is_told_with_its_line() {
    let room = probe();
    room.write(
        "probe/skill.toml",
        "[skill]\nversion = \"1.0.0\"\nverison = \"2\"\n",
    );
    check(&room, "probe", "unknown_key", &["skill.toml:3:"]);
}

#[test]
fn broken_frontmatter() {
    let room = probe();
    room.write(
        "probe/SKILL.md",
        "---\nname: probe\ndescription: [\n---\n# Probe\n",
    );
    check(&room, "probe", "frontmatter_yaml", &["SKILL.md:3:"]);
}

#[test]
fn a_schema_that_is_no_json() {
    let room = probe();
    room.write("probe/schema.json", "{\n  \"tools\": [,]\n}\n");
    check(&room, "probe", "json_syntax", &["schema.json:2:"]);
}

#[test]
fn a_schema_that_is_no_schema() {
    let room = probe();
    let schema = include_str!("../../packages/probe/schema.json");
    let wrong = schema.replacen("\"type\": \"integer\"", "\"type\": \"thing\"", 1);
    room.write("probe/schema.json", wrong);
    check(&room, "probe", "schema_invalid", &["schema.json:19:34: "]);
}

#[test]
fn a_tool_without_its_contract() {
    let room = probe();
    let manifest = include_str!("../../packages/probe/skill.toml");
    room.write(
        "probe/skill.toml",
        format!("{manifest}\n[tool.mystery]\neffect = \"none\"\n"),
    );
    check(&room, "probe", "unknown_tool", &["mystery"]);
}

#[test]
fn a_link_in_the_folder() {
    let room = probe();
    std::os::unix::fs::symlink("/etc/passwd", room.at("probe/assets")).unwrap();
    check(&room, "probe", "symlink", &["assets"]);
}

#[test]
fn a_device_in_place_of_a_package() {
    check(
        &Room::with_own_cache(),
        "/dev/zero",
        "not_a_package",
        &["/dev/zero"],
    );
}
