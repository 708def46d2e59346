//! What a person types at a terminal, which is never shown.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use nix::pty::openpty;
use nix::sys::termios::{LocalFlags, tcgetattr};

use super::{CANARY, done, listed, room, secret};
use crate::room::{PROGRAM, Room};

/// The program at a terminal of its own.
struct Terminal {
    child: Child,
    screen: File,
    shown: String,
}

impl Terminal {
    fn new(room: &Room, arguments: &[&str]) -> Terminal {
        let pair = openpty(None, None).unwrap();
        let place = room.command(&[]);
        // It makes the terminal the one that `/dev/tty` is.
        let mut command = Command::new("/usr/bin/setsid");
        command
            .args(["--ctty", "--wait", PROGRAM, "secret"])
            .args(arguments)
            .args(["--data", "data", "--config", "hotcell.toml"])
            .env_clear()
            .envs(
                place
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .current_dir(place.get_current_dir().unwrap())
            .stdin(Stdio::from(pair.slave.try_clone().unwrap()))
            .stdout(Stdio::from(pair.slave.try_clone().unwrap()))
            .stderr(Stdio::from(pair.slave));
        Terminal {
            child: command.spawn().unwrap(),
            screen: File::from(pair.master),
            shown: String::new(),
        }
    }

    /// Reads on until `text` is shown.
    fn wait_for(&mut self, text: &str) {
        let from = self.shown.len();
        while !self.shown[from..].contains(text) {
            let mut bytes = [0; 1];
            let read = self.screen.read(&mut bytes).unwrap_or(0);
            assert_eq!(read, 1, "it ended before `{text}`: {}", self.shown);
            self.shown.push(char::from(bytes[0]));
        }
    }

    /// Types a line as soon as the terminal shows nothing of it.
    fn type_unseen(&mut self, line: &str) {
        let echo = LocalFlags::ECHO;
        while tcgetattr(&self.screen).unwrap().local_flags.contains(echo) {
            std::thread::yield_now();
        }
        self.type_line(line);
    }

    fn type_line(&mut self, line: &str) {
        self.screen
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
    }

    /// Reads to the end; returns the exit code and all that was shown.
    fn end(mut self) -> (i32, String) {
        let mut bytes = [0; 1024];
        // A terminal that nobody holds ends in an error, not in an end of file.
        while let Ok(read @ 1..) = self.screen.read(&mut bytes) {
            self.shown
                .extend(bytes[..read].iter().copied().map(char::from));
        }
        let code = self.child.wait().unwrap().code().unwrap();
        assert!(!self.shown.contains("canary"), "{}", self.shown);
        (code, self.shown)
    }
}

#[test]
fn a_value_is_typed_twice() {
    let room = room("");
    let mut terminal = Terminal::new(&room, &["set", "crm-token"]);
    terminal.wait_for("New value of crm-token: ");
    terminal.type_unseen(CANARY);
    terminal.wait_for("New value of crm-token, again: ");
    terminal.type_unseen(CANARY);
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("version 1 now"), "{shown}");
    assert_eq!(listed(&room)[1]["version"], "1");
}

#[test]
fn two_values_that_differ_keep_nothing() {
    let room = room("");
    let mut terminal = Terminal::new(&room, &["set", "crm-token"]);
    terminal.wait_for("New value of crm-token: ");
    terminal.type_unseen(CANARY);
    terminal.wait_for("again: ");
    terminal.type_unseen("canary-value-0002");
    let (code, shown) = terminal.end();
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("the two are not the same"), "{shown}");
    assert!(!room.at("data/vault.age").exists());
}

#[test]
fn a_passphrase_is_typed_where_the_environment_has_none() {
    let room = room("[vault]\nkey = \"passphrase\"");
    let phrase = "canary in a coal mine";
    let mut terminal = Terminal::new(&room, &["set", "crm-token"]);
    for prompt in [
        "Passphrase of the vault: ",
        "Passphrase of the vault, again: ",
    ] {
        terminal.wait_for(prompt);
        terminal.type_unseen(phrase);
    }
    for prompt in [
        "New value of crm-token: ",
        "New value of crm-token, again: ",
    ] {
        terminal.wait_for(prompt);
        terminal.type_unseen(CANARY);
    }
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    let mut terminal = Terminal::new(&room, &["list"]);
    terminal.wait_for("Passphrase of the vault: ");
    terminal.type_unseen(phrase);
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("vault:crm-token"), "{shown}");
}

#[test]
fn a_person_confirms_that_a_secret_goes() {
    let room = room("");
    done(&secret(&room, &["set", "crm-token"], CANARY));
    for (answer, code) in [("", 3), ("no", 3), ("y", 0)] {
        let mut terminal = Terminal::new(&room, &["rm", "crm-token"]);
        terminal.wait_for("for good? [y/N] ");
        terminal.type_line(answer);
        let (ended, shown) = terminal.end();
        assert_eq!(ended, code, "{shown}");
        let is_there = listed(&room)[1]["version"] == "1";
        assert_eq!(is_there, code != 0);
    }
}
