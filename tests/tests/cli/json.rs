//! `--json`: one JSON object on stdout whatever happens, and everything else on stderr.

use std::process::Stdio;

use hotcell_testkit::components::{answers, misfits};

use crate::room::Room;

const KEYS: [&str; 9] = [
    "status",
    "error",
    "output",
    "artifacts",
    "usage",
    "invocation_id",
    "correlation_id",
    "replayed",
    "recorded",
];

#[test]
fn one_outcome_whatever_happens() {
    let room = Room::new();
    room.tool(&answers::ok());
    room.write("letter.zip", "no zip");
    room.write("broken/SKILL.md", "no frontmatter");
    room.write("out", "a file");
    let calls: [(&[&str], i32, &str); 13] = [
        (&["probe", "answer"], 0, "ok"),
        (&["probe", "number"], 1, "failed"),
        (&["probe", "none"], 3, "refused"),
        (&["probe", "post"], 3, "refused"),
        (&["probe", "answer", "--limit", "fuel=1"], 4, "limit"),
        (&["probe", "answer", "--limit", "speed=1"], 2, "refused"),
        (&["probe", "answer", "--input", "{"], 2, "refused"),
        (&["probe", "answer", "--input", "@none"], 2, "refused"),
        (&["probe", "answer", "--in", "none"], 2, "refused"),
        (&["probe", "answer", "--out", "out"], 2, "refused"),
        (&["none", "answer"], 2, "refused"),
        (&["letter.zip", "answer"], 2, "refused"),
        (&["broken", "answer"], 2, "refused"),
    ];
    for (arguments, code, status) in calls {
        let ran = room.run(&[&["run", "--json"], arguments].concat());
        let outcome = ran.json();
        assert_eq!(
            (ran.code, &outcome["status"]),
            (code, &status.into()),
            "{outcome}"
        );
        assert_eq!(ran.stderr, "", "{arguments:?}: the Outcome says it");
        assert_eq!(outcome.get("error").is_some(), status != "ok", "{outcome}");
        for key in outcome.as_object().unwrap().keys() {
            assert!(
                KEYS.contains(&key.as_str()),
                "{key} is no key of an Outcome"
            );
        }
    }
    room.probe(&misfits::empty());
    let ran = room.run(&["run", "--json", "probe", "answer"]);
    assert_eq!(
        (ran.code, &ran.json()["error"]["code"]),
        (2, &"component_export".into())
    );
}

/// A fault of the machine is told as one: here the cache cannot be made.
#[test]
fn a_fault_is_an_outcome_too() {
    let room = Room::new();
    room.tool(&answers::ok());
    room.write("file", "");
    let call = ["run", "probe", "answer", "--cache", "file/below"];
    room.run(&call).fails(70, &["the host cannot start"]);
    let ran = room.run(&[&call[..], &["--json"]].concat());
    assert_eq!(
        (ran.code, &ran.json()["error"]["code"]),
        (70, &"fault".into())
    );
}

#[test]
fn stdout_holds_the_answer_alone() {
    let room = Room::new();
    room.tool(&answers::stdout_flood(3, 4));
    let ran = room.run(&["run", "probe", "number"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "3\n"));
    assert_eq!(ran.stderr, "skill | llllllllllll\n");
}

/// Whoever reads may stop reading: no panic, and the exit code still tells what came of it.
#[test]
fn a_closed_stdout_is_no_fault() {
    let room = Room::new();
    room.tool(&answers::ok());
    let check = |arguments: &[&str], code: i32| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = room.command(arguments);
        let output = command
            .stdin(Stdio::null())
            .stdout(writer)
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    };
    check(&["run", "probe", "answer"], 0);
    check(&["run", "probe", "answer", "--json"], 0);
    check(&["run", "probe", "number", "--json"], 1);
    check(&["show", "probe"], 0);
    check(&["show", "probe", "--json"], 0);
    check(&["lint", "probe", "--json"], 0);
    check(&["lint", "--rules"], 0);
    check(&["pack", "probe"], 0);
    check(&["--help"], 0);
    check(&["run", "--help"], 0);
}

/// A full disk is no reader that stopped reading: what was lost must not look like success.
#[test]
fn an_answer_that_is_lost_is_a_fault() {
    let room = Room::new();
    room.tool(&answers::ok());
    for arguments in [&["run", "probe", "answer"][..], &["show", "probe"]] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let mut command = room.command(arguments);
        let output = command.stdin(Stdio::null()).stdout(full).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(70), "{arguments:?}: {stderr}");
        assert!(stderr.contains("error: stdout: "), "{stderr}");
    }
}

#[test]
fn a_closed_stderr_is_no_fault() {
    let room = Room::new();
    room.tool(&answers::ok());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = room.command(&["run", "none", "answer"]);
    let output = command
        .stdin(Stdio::null())
        .stderr(writer)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}
