//! A skill's page for people is what its contract says, and the documentation's cases pass.

use std::fs;
use std::path::Path;

use super::gallery::GALLERY;
use crate::room::{Room, example};

#[test]
fn the_pages_of_the_gallery_are_as_they_were() {
    let room = Room::new();
    for skill in GALLERY {
        let ran = room.run(&["docs", &example(skill)]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let golden =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("packages/docs/{skill}.md"));
        if std::env::var_os("HOTCELL_BLESS").is_some() {
            fs::write(&golden, &ran.stdout).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap();
        assert_eq!(
            ran.stdout, expected,
            "{skill}: run it with HOTCELL_BLESS=1 and read the difference"
        );
    }
}

#[test]
fn a_page_may_be_written_to_a_file() {
    let room = Room::new();
    let ran = room.run(&["docs", &example("crm"), "--out", "page.md"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    let page = fs::read_to_string(room.at("page.md")).unwrap();
    assert!(page.starts_with("# crm 1.0.0\n"), "{page}");
    room.run(&["docs", "nowhere"]).fails(2, &["nowhere"]);
}

/// Each piece of TOML in the page begins with its skill and its file: `# crm/tests/found.toml`.
#[test]
fn the_cases_of_the_documentation_pass() {
    let page = include_str!("../../../../docs/authors/testing.md");
    let pieces: Vec<&str> = page.split("```toml\n").skip(1).collect();
    assert!(pieces.len() >= 4, "the page has cases");
    for piece in pieces {
        let text = piece.split("```").next().unwrap();
        let path = text.lines().next().unwrap().trim_start_matches("# ");
        let (skill, _) = path.split_once('/').unwrap();
        let room = Room::new();
        copy(&room, skill);
        room.write(path, text);
        let ran = room.run(&["test", skill]);
        assert_eq!(ran.code, 0, "{path}:\n{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("  ok   "), "{}", ran.stdout);
    }
}

/// Each command of the page does what it says, on the example that it names.
#[test]
fn the_commands_of_the_documentation_work() {
    let page = include_str!("../../../../docs/authors/testing.md");
    let room = Room::new();
    copy(&room, "crm");
    room.write(
        "crm/tests/get.toml",
        fs::read(format!("{}/tests/get.toml", example("crm"))).unwrap(),
    );
    let commands = page
        .lines()
        .filter_map(|line| line.strip_prefix("$ hotcell "));
    let mut count = 0;
    for command in commands {
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let ran = room.run(&arguments);
        assert_eq!(ran.code, 0, "{command}:\n{}{}", ran.stdout, ran.stderr);
        count += 1;
    }
    assert!(count >= 4, "the page has commands");
}

pub(super) fn copy(room: &Room, skill: &str) {
    for name in ["SKILL.md", "skill.toml", "schema.json", "skill.wasm"] {
        let bytes = fs::read(format!("{}/{name}", example(skill))).unwrap();
        room.write(&format!("{skill}/{name}"), bytes);
    }
}
