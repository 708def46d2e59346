//! A case that names what its skill does not have can never pass, and is told before anything runs.

use super::documents::copy;
use crate::room::Room;

/// Checks that a case of `file-ops` is refused with these words.
fn check(case: &str, words: &[&str]) {
    let room = Room::new();
    copy(&room, "file-ops");
    room.write("file-ops/tests/one.toml", case);
    room.run(&["test", "file-ops"]).fails(2, words);
}

#[test]
fn a_tool_that_is_not_there() {
    check(
        "tool = \"list_file\"\nexpect.output = {}\n",
        &[
            "tests/one.toml:1:8: error[unknown_tool]: the skill `file-ops` has no tool `list_file`",
            "mend: write `list_files`",
        ],
    );
    let room = Room::new();
    copy(&room, "file-ops");
    let case = "tool = \"nothing\"\nexpect.refused = \"unknown_tool\"\n";
    room.write("file-ops/tests/one.toml", case);
    let ran = room.run(&["test", "file-ops"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
}

#[test]
fn a_failure_that_is_not_declared() {
    check(
        "tool = \"list_files\"\n[expect]\nfailure = \"NOT_FOUNDED\"\n",
        &[
            "tests/one.toml:3:11: error[unknown_failure]: the tool `list_files` declares no error \
             `NOT_FOUNDED`",
            "mend: write `NOT_FOUND`",
        ],
    );
}

#[test]
fn a_setting_that_is_not_asked_for() {
    check(
        "tool = \"list_files\"\nsettings = { colour = \"red\" }\nexpect.output = {}\n",
        &["error[unknown_setting]: skill.toml asks for no setting `colour`"],
    );
}

#[test]
fn what_is_no_folder_or_no_number_is_refused() {
    let room = Room::new();
    copy(&room, "file-ops");
    room.write("file", "x");
    room.run(&["dev", "file"]).fails(2, &["this is no folder"]);
    room.run(&["test", "file-ops", "--fuzz", "0"])
        .fails(2, &["--fuzz"]);
    let record = ["test", "file-ops", "--record", "x", "--tool", "list_file"];
    room.run(&record)
        .fails(2, &["has no tool `list_file`", "it has list_files"]);
    assert!(!room.at("file-ops/tests").exists());
}
