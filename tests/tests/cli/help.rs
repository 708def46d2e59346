//! Help has examples, and wrong usage is told on stderr with exit code 2.

use crate::room::Room;

/// What the program can be told; `enable` shares its help with `disable`.
const COMMANDS: [&str; 30] = [
    "run",
    "lint",
    "pack",
    "show",
    "check-config",
    "approve",
    "lift",
    "secret",
    "call",
    "jobs",
    "job",
    "mcp",
    "serve",
    "work",
    "timeline",
    "replay",
    "audit",
    "backup",
    "restore",
    "erase",
    "add",
    "list",
    "menu",
    "load",
    "tokens",
    "tools",
    "disable",
    "remove",
    "verify",
    "gc",
];

#[test]
fn each_command_has_examples() {
    let room = Room::new();
    for command in COMMANDS {
        let ran = room.run(&[command, "--help"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        let example = format!("  hotcell {command} ");
        let examples = ran
            .stdout
            .split_once("Examples:\n")
            .expect("it has examples")
            .1;
        assert!(examples.starts_with(&example), "{}", ran.stdout);
    }
}

#[test]
fn the_program_lists_its_commands_and_exit_codes() {
    let room = Room::new();
    let help = room.run(&["--help"]).stdout;
    for word in COMMANDS
        .into_iter()
        .chain(["enable", "Exit codes:", "70 a fault of Hotcell"])
    {
        assert!(help.contains(word), "no {word} in:\n{help}");
    }
    assert!(!help.contains("compile-worker"), "{help}");
    let version = room.run(&["--version"]).stdout;
    assert_eq!(version, format!("hotcell {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_is_told_on_stderr() {
    let room = Room::new();
    for arguments in [
        &[][..],
        &["walk"],
        &["run"],
        &["run", "probe", "answer", "more"],
        &["run", "probe", "--inputs", "{}"],
        &["lint"],
        &["pack"],
        &["show", "a", "b"],
    ] {
        let ran = room.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.stderr.contains("Usage: hotcell"), "{}", ran.stderr);
    }
}
