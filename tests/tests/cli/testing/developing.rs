//! `hotcell dev` tests a skill again when one of its files changes.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use hotcell_testkit::components::answers;

use super::RIGHT;
use crate::room::Room;

#[test]
fn a_change_is_tested_at_once() {
    let room = Room::new();
    room.tool(&answers::ok());
    room.write("probe/tests/one.toml", RIGHT);
    let mut command = room.command(&["dev", "probe"]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // A change may be told in two parts, and then it is tested twice.
    let mut until = |summary: &str| {
        let mut told = lines.by_ref().map(Result::unwrap);
        assert!(told.any(|line| line.starts_with(summary)));
    };
    until("1 passed, 0 failed");
    room.write("probe/tests/one.toml", RIGHT.replace("true", "false"));
    until("0 passed, 1 failed");
    // What cannot be read ends nothing.
    room.write("probe/tests/one.toml", "tool = 1\n");
    room.write("probe/SKILL.md", "no frontmatter");
    room.write(
        "probe/SKILL.md",
        include_str!("../../../packages/probe/SKILL.md"),
    );
    room.write("probe/tests/one.toml", RIGHT);
    until("1 passed, 0 failed");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_folder_that_is_not_there_cannot_be_watched() {
    let room = Room::new();
    room.run(&["dev", "nowhere"])
        .fails(2, &["nowhere cannot be watched"]);
}
