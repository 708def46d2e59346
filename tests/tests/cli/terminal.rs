//! What an author or a guest writes never moves the cursor, recolours, reverses or hides
//! anything. [`Room::run`] checks every run for that; here is what would do it.

use hotcell_testkit::components::{Interface, Tool};

use crate::room::Room;

/// Terminal codes in 7 and 8 bits, a carriage return, a bidi override, a zero-width space, a
/// tag character, and a line that could pass for one of ours.
const HOSTILE: &str = "a\u{1b}[2J\u{9b}31m\rb\u{202e}c\u{200b}d\u{e0041}\u{7f}\nerror: fake";

/// How the same text is shown; in JSON its escapes differ.
const SHOWN: &str = r"a\u{1b}[2J\u{9b}31m\rb\u{202e}c\u{200b}d\u{e0041}\u{7f}";

/// WebAssembly text of `text` at address 1024.
fn data(text: &str) -> String {
    let bytes: String = text.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    format!("(data (i32.const 1024) \"{bytes}\")")
}

fn room(tool: &Tool) -> Room {
    let room = Room::new();
    room.tool(tool);
    room
}

#[test]
fn in_what_a_guest_prints() {
    let call = format!(
        "(call $stream-blocking-write (call $stdout) (i32.const 1024) (i32.const {})
           (i32.const 768)) (call $ok)",
        HOSTILE.len()
    );
    let room = room(
        &Tool::new(call)
            .import(Interface::Stdout)
            .fields(data(HOSTILE)),
    );
    for json in [&[][..], &["--json"]] {
        let ran = room.run(&[&["run", "probe", "answer"], json].concat());
        assert_eq!(ran.code, 0);
        let log = format!("skill | {SHOWN}\nskill | error: fake\n");
        assert_eq!(ran.stderr, log);
        assert!(!ran.stdout.contains("fake"), "{}", ran.stdout);
    }
}

#[test]
fn in_a_failures_message() {
    let call = format!(
        "(call $refuse (i32.const 1024) (i32.const {}))",
        HOSTILE.len()
    );
    let room = room(&Tool::new(call).fields(data(HOSTILE)));
    let expected = format!("REFUSED: {SHOWN}\\nerror: fake");
    room.run(&["run", "probe", "answer"]).fails(1, &[&expected]);
    let ran = room.run(&["run", "probe", "answer", "--json"]);
    assert_eq!(
        ran.json()["error"]["message"],
        format!("{SHOWN}\\nerror: fake")
    );
}

/// The value is the skill's and arrives unchanged; only its spelling is safe.
#[test]
fn in_an_answer() {
    let answer = serde_json::json!({ "text": HOSTILE, HOSTILE: 1 });
    let text = answer.to_string();
    let call = format!("(call $answer (i32.const 1024) (i32.const {}))", text.len());
    let room = room(&Tool::new(call).fields(data(&text)));
    let ran = room.run(&["run", "probe", "echo"]);
    assert_eq!((ran.code, ran.json()), (0, answer.clone()));
    let ran = room.run(&["run", "probe", "echo", "--json"]);
    assert_eq!(ran.json()["output"], answer);
}

/// Hidden characters in what a model is shown are a matter for lint; none reaches a terminal.
#[test]
fn in_a_package() {
    let room = room(&Tool::new("(call $ok)"));
    let schema = include_str!("../../packages/probe/schema.json");
    let hostile = serde_json::to_string(HOSTILE).unwrap();
    let hostile = schema.replacen("\"Answers that all is well.\"", &hostile, 1);
    room.write("probe/schema.json", hostile);
    let document = include_str!("../../packages/probe/SKILL.md");
    room.write(
        "probe/SKILL.md",
        document.replacen("Shows", "Sh\u{202e}ows\u{200b}", 1),
    );
    let manifest = include_str!("../../packages/probe/skill.toml");
    let config = "\n[[config]]\nkey = \"a\"\ndescription = \"a\\u001b[2Jb\"\n";
    room.write("probe/skill.toml", format!("{manifest}{config}"));
    for arguments in [
        &["show", "probe"][..],
        &["show", "probe", "--json"],
        &["lint", "probe"],
        &["lint", "probe", "--json"],
        &["run", "probe", "answer"],
    ] {
        let ran = room.run(arguments);
        assert!(
            [0, 1, 2].contains(&ran.code),
            "{arguments:?}: {}",
            ran.stderr
        );
    }
    let lint = room.run(&["lint", "probe"]);
    assert_ne!(lint.code, 0);
    assert!(lint.stdout.contains("hidden"), "{}", lint.stdout);
}

#[test]
fn in_names_of_a_package_that_is_refused() {
    let room = room(&Tool::new("(call $ok)"));
    room.write("probe/assets/\u{1b}[31m.txt", "");
    let words = ["\\u{1b}[31m.txt"];
    room.run(&["run", "probe", "answer"]).fails(2, &words);
    room.run(&["show", "probe"]).fails(2, &words);
}

#[test]
fn in_names_of_a_zip_that_is_refused() {
    use hotcell_testkit::archives::{RawEntry, RawZip};
    let room = Room::new();
    let zip = RawZip::of([RawEntry::stored("a\u{1b}[2J\u{202e}.md", b"")]).build();
    room.write("skill.zip", zip);
    room.run(&["run", "skill.zip", "answer"])
        .fails(2, &["\\u{1b}[2J\\u{202e}"]);
}
