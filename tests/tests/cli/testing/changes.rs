//! A case says what a call changes at /work: with the example `file-ops`.

use super::documents::copy;
use super::{codes, messages, probed, tested};
use crate::room::Room;

/// A file is written into a folder that has two others.
const WRITE: &str = "tool = \"write_file\"\ninput = { path = \"n/a.md\", text = \"one two\" }\n\
    work = { \"b.md\" = { text = \"b\" } }\n[expect]\npartial = { replaced = false }\n";
const FOLDER: &str = "[[expect.change]]\npath = \"n\"\nkind = \"folder_created\"\n";
const FILE: &str = "[[expect.change]]\npath = \"n/a.md\"\nkind = \"created\"\n";

/// Checks which problems a case of `file-ops` has, and words of them.
fn check(case: &str, problems: usize, words: &[&str]) {
    let room = Room::new();
    copy(&room, "file-ops");
    room.write("file-ops/tests/one.toml", case);
    let (report, code) = tested(&room, "file-ops", &["--chaos"]);
    assert_eq!(codes(&report), vec!["change"; problems], "{report:#}");
    assert_eq!(code, i32::from(problems > 0));
    for word in words {
        assert!(messages(&report).contains(word), "no {word} in {report:#}");
    }
}

#[test]
fn changes_that_are_named_pass() {
    check(WRITE, 0, &[]);
    let contents = [
        "",
        "text = \"one two\"\n",
        "contains = \"two\"\n",
        "contains = [\"two\", \"one\"]\n",
    ];
    for content in contents {
        check(&format!("{WRITE}{FOLDER}{FILE}{content}"), 0, &[]);
    }
}

#[test]
fn a_change_that_is_not_named_is_found() {
    check(
        &format!("{WRITE}{FILE}"),
        1,
        &["n was created as a folder as well"],
    );
    check(
        &format!("{WRITE}changes = \"none\"\n"),
        2,
        &["n/a.md was created as well"],
    );
}

#[test]
fn a_change_that_is_not_made_is_found() {
    let other = "[[expect.change]]\npath = \"b.md\"\nkind = \"deleted\"\n";
    let words = ["b.md was not deleted: nothing was changed there"];
    check(&format!("{WRITE}{FOLDER}{FILE}{other}"), 1, &words);
    let modified = FILE.replace("created", "modified");
    let words = ["n/a.md was created, not modified"];
    check(&format!("{WRITE}{FOLDER}{modified}"), 1, &words);
}

#[test]
fn another_content_is_found() {
    let with = |content: &str| format!("{WRITE}{FOLDER}{FILE}{content}\n");
    let differs = ["n/a.md differs", "-one\\n+one two"];
    check(&with("text = \"one\""), 1, &differs);
    let contains = ["n/a.md does not contain `three`"];
    check(&with("contains = [\"one\", \"three\"]"), 1, &contains);
    let digest = ["n/a.md has sha256 "];
    check(&with("sha256 = \"00\""), 1, &digest);
}

#[test]
fn a_folder_that_the_skill_does_not_ask_for_is_a_mistake_of_the_case() {
    let case = "tool = \"answer\"\nwork = { \"a.md\" = { text = \"a\" } }\nexpect.output = { ok = true }\n";
    let (report, code) = probed(&hotcell_testkit::components::answers::ok(), case, &[]);
    assert_eq!((codes(&report), code), (vec!["case"], 1), "{report:#}");
    assert!(messages(&report).contains("`work` gives a folder"));
}
