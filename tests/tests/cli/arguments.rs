//! `--input` in all its forms, right and wrong.

use hotcell_testkit::components::answers;
use serde_json::{Value, json};

use crate::room::{Ran, Room, example};

/// A room with the skill that answers its arguments.
fn echo() -> Room {
    let room = Room::new();
    room.tool(&answers::echo());
    room
}

/// Calls `echo` and returns what it was called with.
fn check(room: &Room, arguments: &[&str], stdin: &[u8], expected: &Value) {
    let call = [&["run", "probe"], arguments].concat();
    let ran = room.run_with_stdin(&call, stdin);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.json(), *expected, "{arguments:?}");
}

fn refused(room: &Room, arguments: &[&str], stdin: &[u8]) -> Ran {
    let before = room.everything();
    let call = [&["run", "probe"], arguments, &["--out", "out"]].concat();
    let ran = room.run_with_stdin(&call, stdin);
    assert_eq!(
        room.everything(),
        before,
        "{arguments:?} left something behind"
    );
    ran
}

#[test]
fn every_form_gives_the_same_call() {
    let room = echo();
    let whole = json!({"skill": "probe.echo", "input": {"n": 1}}).to_string();
    room.write("args.json", r#"{"n": 1}"#);
    room.write("call.json", &whole);
    let expected = json!({"n": 1});
    check(&room, &["echo", "--input", r#"{"n": 1}"#], b"", &expected);
    check(&room, &["echo", "--input", "@args.json"], b"", &expected);
    check(&room, &["echo", "--input", "-"], br#"{"n": 1}"#, &expected);
    check(&room, &["--input", &whole], b"", &expected);
    check(&room, &["--input", "@call.json"], b"", &expected);
    check(&room, &["--input", "-"], whole.as_bytes(), &expected);
    check(&room, &["echo", "--input", "@call.json"], b"", &expected);
    check(&room, &["echo"], b"", &json!({}));
}

#[test]
fn arguments_that_look_a_little_like_an_invocation_stay_arguments() {
    let arguments = json!({"tool": "hammer", "size": 3});
    let text = arguments.to_string();
    check(&echo(), &["echo", "--input", &text], b"", &arguments);
}

#[test]
fn no_json() {
    let room = echo();
    for text in [
        "",
        "{",
        "{'n': 1}",
        "{\"n\": 1} x",
        "{\"n\": 1, \"n\": 2}",
        "{\"n\": 1e999}",
    ] {
        refused(&room, &["echo", "--input", text], b"").fails(2, &["--input is no JSON", "mend: "]);
        refused(&room, &["echo", "--input", "-"], text.as_bytes()).fails(2, &["no JSON"]);
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    refused(&room, &["echo", "--input", "-"], deep.as_bytes()).fails(2, &["nested too deep"]);
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(64), "]".repeat(64));
    refused(&room, &["echo", "--input", &deep], b"").fails(3, &["json_too_deep"]);
    refused(&room, &["echo", "--input", "-"], b"\xff\xfe").fails(2, &["stdin: this is not UTF-8"]);
}

#[test]
fn files_that_cannot_be_read() {
    let room = echo();
    refused(&room, &["echo", "--input", "@none.json"], b"").fails(2, &["none.json: "]);
    refused(&room, &["echo", "--input", "@probe"], b"").fails(2, &["probe: "]);
    refused(&room, &["echo", "--input", "@"], b"").fails(2, &[]);
}

#[test]
fn huge_input() {
    let room = echo();
    let text = |bytes: usize| format!("{{\"text\": \"{}\"}}", "x".repeat(bytes));
    let below = text((1 << 20) - 20);
    let ran = room.run_with_stdin(&["run", "probe", "echo", "--input", "-"], below.as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let above = text(1 << 20);
    refused(&room, &["echo", "--input", "-"], above.as_bytes())
        .fails(3, &["input_too_large", "input_bytes"]);
    let flood = text(17 << 20);
    refused(&room, &["echo", "--input", "-"], flood.as_bytes()).fails(2, &["stdin", "16777216"]);
    room.write("flood.json", &flood);
    refused(&room, &["echo", "--input", "@flood.json"], b"").fails(2, &["flood.json", "16777216"]);
    refused(&room, &["echo", "--input", "@/dev/zero"], b"").fails(2, &["/dev/zero", "16777216"]);
}

#[test]
fn an_invocation_that_is_none() {
    let room = echo();
    let check = |value: Value, words: &[&str]| {
        refused(&room, &["--input", &value.to_string()], b"").fails(2, words);
    };
    check(json!({"input": {}}), &["names no tool"]);
    check(json!({"skill": "probe"}), &["names no tool", "probe.TOOL"]);
    check(json!({"tool": "echo", "inptu": {}}), &["no key \"inptu\""]);
    check(
        json!({"tool": "echo", "idempotency_key": ""}),
        &["`idempotency_key`"],
    );
    check(
        json!({"tool": "echo", "correlation_id": 7}),
        &["`correlation_id`"],
    );
    check(json!({"tool": "echo\u{1b}[31m"}), &["`tool`"]);
    check(json!([]), &["a JSON object"]);
    refused(&room, &[], b"").fails(2, &["names no tool"]);
}

#[test]
fn two_tools_in_one_call() {
    let text = json!({"tool": "answer", "input": {}}).to_string();
    refused(&echo(), &["echo", "--input", &text], b"").fails(2, &["`echo`", "one place"]);
}

#[test]
fn a_missing_tool() {
    let room = Room::new();
    let tax = example("tax-check");
    let ran = room.run(&["run", &tax, "check_vat_nummer", "--input", "{}"]);
    ran.fails(3, &["unknown_tool", "did you mean `check_vat_number`?"]);
    let ran = room.run(&["run", &tax, "pay", "--input", "{}"]);
    ran.fails(3, &["unknown_tool", "the tools are check_invoice, "]);
    let ran = room.run(&["run", &tax, "pay\u{1b}[31m\r", "--input", "{}"]);
    ran.fails(3, &["pay\\u{1b}[31m\\r"]);
}

#[test]
fn wrong_arguments_are_told_all_at_once() {
    let room = Room::new();
    let input = r#"{"lines": [{"net": 1}, {"net": "x", "vat_rate": "19", "colour": "red"}]}"#;
    let ran = room.run(&[
        "run",
        &example("tax-check"),
        "round_totals",
        "--input",
        input,
    ]);
    let pointers = [
        "/lines/0/net:",
        "/lines/0:",
        "/lines/1/net:",
        "/lines/1/colour:",
    ];
    ran.fails(3, &[&pointers[..], &["invalid_arguments"]].concat());
}
