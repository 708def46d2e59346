//! The tools as the host calls them, on a folder of the disk.
#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

use hotcell_sdk::Context;
use hotcell_sdk::serde_json::{Value, from_str, json};

thread_local! {
    /// The folder in which this test's tools work.
    static ROOT: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
}

pub(crate) fn root() -> Option<PathBuf> {
    ROOT.with_borrow(Clone::clone)
}

struct Folder(tempfile::TempDir);

impl Folder {
    /// Returns a folder with `a.md`, `notes/b.md`, `notes/c.txt` and `image.png`.
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        ROOT.set(Some(folder.0.path().to_owned()));
        fs::create_dir(folder.0.path().join("notes")).unwrap();
        folder.write("a.md", "# One\n\nInvoice 17\ntwo two\n");
        folder.write("notes/b.md", "an invoice\nlast");
        folder.write("notes/c.txt", "");
        fs::write(folder.0.path().join("image.png"), [0x89, b'P', 0, 0xff]).unwrap();
        folder
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.0.path().join(path), text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.path().join(path)).unwrap()
    }
}

fn call(tool: &str, input: &Value) -> Result<Value, String> {
    let answer = crate::skill().call(tool, &input.to_string(), &Context::default());
    answer
        .map(|text| from_str(&text).unwrap())
        .map_err(|failure| failure.code)
}

fn check_fails(tool: &str, input: &Value, code: &str) {
    let _folder = Folder::new();
    assert_eq!(call(tool, input).unwrap_err(), code, "{tool} {input}");
}

#[test]
fn schema_json_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
    hotcell_sdk::assert_schema_current(path, &crate::skill());
}

#[test]
fn a_folder_is_listed() {
    let _folder = Folder::new();
    let all = call("list_files", &json!({})).unwrap();
    assert_eq!(all["total"], 5);
    assert_eq!(
        all["entries"][2],
        json!({"path": "notes", "kind": "folder"})
    );
    let some = call("list_files", &json!({"folder": "notes", "ending": ".md"})).unwrap();
    let entry = json!({"path": "notes/b.md", "kind": "file", "bytes": 15});
    assert_eq!(some["entries"], json!([entry]));
}

#[test]
fn a_file_is_read_by_lines() {
    let _folder = Folder::new();
    let whole = call("read_file", &json!({"path": "notes/b.md"})).unwrap();
    assert_eq!(whole["text"], "an invoice\nlast");
    assert_eq!(
        (&whole["lines_total"], &whole["next_line"]),
        (&json!(2), &Value::Null)
    );
    let input = json!({"path": "a.md", "from_line": 2, "lines": 2});
    let some = call("read_file", &input).unwrap();
    assert_eq!(some["text"], "\nInvoice 17\n");
    assert_eq!(some["next_line"], 4);
    let past = call("read_file", &json!({"path": "a.md", "from_line": 9})).unwrap();
    assert_eq!(past["text"], "");
}

#[test]
fn a_long_file_is_read_in_pieces() {
    let folder = Folder::new();
    folder.write("long.txt", &"line of text\n".repeat(20_000));
    let first = call("read_file", &json!({"path": "long.txt"})).unwrap();
    let next = first["next_line"].as_u64().unwrap();
    assert!(next > 1_000);
    let second = call("read_file", &json!({"path": "long.txt", "from_line": next})).unwrap();
    assert_eq!(second["from_line"], next);
    folder.write("wide.txt", &"x".repeat(200_000));
    let wide = call("read_file", &json!({"path": "wide.txt"}));
    assert_eq!(wide.unwrap_err(), "TOO_LARGE");
}

#[test]
fn words_are_found() {
    let _folder = Folder::new();
    let found = call("search", &json!({"query": "invoice"})).unwrap();
    let expected = json!([
        {"path": "a.md", "line": 3, "text": "Invoice 17"},
        {"path": "notes/b.md", "line": 1, "text": "an invoice"},
    ]);
    assert_eq!(found["matches"], expected);
    assert_eq!(
        (&found["files_skipped"], &found["is_cut"]),
        (&json!(1), &json!(false))
    );
    let exact = call("search", &json!({"query": "Invoice", "match_case": true})).unwrap();
    assert_eq!(exact["matches"].as_array().unwrap().len(), 1);
    let cut = call("search", &json!({"query": "invoice", "matches_max": 1})).unwrap();
    assert_eq!(cut["is_cut"], true);
}

#[test]
fn a_file_is_written_once() {
    let folder = Folder::new();
    let input = json!({"path": "new/deep/x.md", "text": "hello"});
    let expected = json!({"path": "new/deep/x.md", "bytes": 5, "replaced": false});
    assert_eq!(call("write_file", &input).unwrap(), expected);
    assert_eq!(call("write_file", &input).unwrap_err(), "EXISTS");
    let again = json!({"path": "new/deep/x.md", "text": "bye", "replace": true});
    assert_eq!(call("write_file", &again).unwrap()["replaced"], true);
    assert_eq!(folder.read("new/deep/x.md"), "bye");
}

#[test]
fn edits_are_made_all_or_none() {
    let folder = Folder::new();
    let edit = |find: &str, replace: &str| json!({"find": find, "replace": replace});
    let input =
        json!({"path": "a.md", "edits": [edit("Invoice 17", "Invoice 18"), edit("# One", "# 1")]});
    let done = call("edit_file", &input).unwrap();
    assert_eq!(done["replacements"], 2);
    let diff = done["diff"].as_str().unwrap();
    assert!(diff.contains("-Invoice 17\n+Invoice 18\n"), "{diff}");
    assert_eq!(folder.read("a.md"), "# 1\n\nInvoice 18\ntwo two\n");
    let half = json!({"path": "a.md", "edits": [edit("# 1", "# 2"), edit("nowhere", "")]});
    assert_eq!(call("edit_file", &half).unwrap_err(), "NO_MATCH");
    let twice = json!({"path": "a.md", "edits": [edit("two", "2")]});
    assert_eq!(call("edit_file", &twice).unwrap_err(), "AMBIGUOUS");
    assert_eq!(folder.read("a.md"), "# 1\n\nInvoice 18\ntwo two\n");
    let all = json!({"path": "a.md", "edits": [{"find": "two", "replace": "2", "all": true}]});
    assert_eq!(call("edit_file", &all).unwrap()["replacements"], 2);
}

#[test]
fn files_are_compared() {
    let _folder = Folder::new();
    let with = |with: Value| json!({"path": "notes/b.md", "with": with});
    let same = call("diff_files", &with(json!({"path": "notes/b.md"}))).unwrap();
    assert_eq!(same, json!({"is_equal": true, "diff": ""}));
    let other = call("diff_files", &with(json!({"text": "an invoice\n"}))).unwrap();
    assert_eq!(other["is_equal"], false);
    assert!(other["diff"].as_str().unwrap().contains("-last"));
}

#[test]
fn paths_stay_in_the_folder() {
    for path in [
        "../x",
        "/etc/passwd",
        "a/../../x",
        "a//b",
        "./a",
        "a\\b",
        "a\u{1}b",
        ".",
    ] {
        check_fails("read_file", &json!({"path": path}), "INVALID_PATH");
        check_fails(
            "write_file",
            &json!({"path": path, "text": ""}),
            "INVALID_PATH",
        );
    }
    check_fails("list_files", &json!({"folder": "/"}), "INVALID_PATH");
    check_fails(
        "search",
        &json!({"query": "x", "folder": ".."}),
        "INVALID_PATH",
    );
}

#[test]
fn new_names_are_ones_that_the_host_takes() {
    for path in [
        ".hidden",
        "notes/.x",
        "con",
        "aux.txt",
        "COM1",
        "x:y",
        "a ",
        " a",
        "a.",
        "a  b",
        "PROGRA~1",
        "e\u{301}",
        "\u{212b}",
        "\u{202e}x",
        "A.MD",
        "Notes/x",
        "a/b/c/d/e/f/g/h/i",
    ] {
        check_fails(
            "write_file",
            &json!({"path": path, "text": ""}),
            "INVALID_PATH",
        );
    }
    let folder = Folder::new();
    for path in ["Größe.md", "見積.md", "notes/B.txt", "n/m/o.md"] {
        call("write_file", &json!({"path": path, "text": "x"})).unwrap();
        assert_eq!(folder.read(path), "x");
    }
}

#[test]
fn each_failure_has_its_code() {
    check_fails("read_file", &json!({"path": "none"}), "NOT_FOUND");
    check_fails("read_file", &json!({"path": "notes"}), "NOT_A_FILE");
    check_fails("read_file", &json!({"path": "a.md/x"}), "NOT_A_FILE");
    check_fails("read_file", &json!({"path": "image.png"}), "NOT_TEXT");
    check_fails("list_files", &json!({"folder": "a.md"}), "NOT_A_FILE");
    check_fails(
        "write_file",
        &json!({"path": "notes", "text": ""}),
        "NOT_A_FILE",
    );
    check_fails(
        "write_file",
        &json!({"path": "a.md/x", "text": ""}),
        "NOT_A_FILE",
    );
    check_fails(
        "read_file",
        &json!({"path": "x".repeat(300)}),
        "INVALID_PATH",
    );
}
