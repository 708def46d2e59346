//! The table of attacks on broker and server, made from the notes that their tests leave behind.
//!
//! Each attack is a test of `crates/broker/tests/attacks` or `tests/tests/peers/attacks`, and each
//! leaves one note: what was tried, in how many variants, and how many of them were stopped. The table stands in
//! `docs/attacks.md` between two marks; the words around it are written by hand.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::process;
use crate::workspace::{cargo, root, target};

const STEP: &str = "attacks";
const DOCUMENT: &str = "docs/attacks.md";
const BEGIN: &str = "<!-- The table: `cargo xtask attacks` writes it. -->\n";
const END: &str = "<!-- End of the table. -->\n";

/// The families of attacks, each with its first number and its last.
const FAMILIES: [(&str, u64, u64); 5] = [
    ("Destination", 1, 9),
    ("Placement", 10, 16),
    ("Reflection", 17, 24),
    ("Abuse", 25, 30),
    ("The MCP server", 31, 47),
];

/// Attacks of which a part is let through, and the document says which.
const OPEN: [u64; 1] = [24];

/// What to do about the table.
#[derive(Args)]
pub(crate) struct Options {
    /// Fails where the document has another table, or an attack has no note; writes nothing. It
    /// reads the notes of the last test run, and runs the tests where there are none.
    #[arg(long)]
    check: bool,
}

/// What one attack's test left behind.
#[derive(Debug, PartialEq, Eq)]
struct Note {
    number: u64,
    name: String,
    tried: String,
    variants: u64,
    refused: u64,
}

/// Runs the attacks and writes their table, or checks the one that is there.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.check {
        return check();
    }
    measure()?;
    let notes = notes()?;
    let table = table(&notes);
    print!("{table}");
    let (old, new) = documents(&table)?;
    if old == new {
        println!("{DOCUMENT} is as it was");
    } else {
        fs::write(root().join(DOCUMENT), new).map_err(|error| unusable(DOCUMENT, &error))?;
        println!("{DOCUMENT} has a new table");
    }
    judge(&notes)
}

/// Checks that the document has the table of the last run.
pub(crate) fn check() -> Result<()> {
    if !folder().exists() {
        measure()?;
    }
    let notes = notes()?;
    judge(&notes)?;
    let (old, new) = documents(&table(&notes))?;
    if old != new {
        return Err(Failure::new(
            format!("{STEP}: {DOCUMENT} has another table than the tests' notes make"),
            "run `cargo xtask attacks`, and read the difference",
        ));
    }
    let variants: u64 = notes.iter().map(|note| note.variants).sum();
    println!("{} attacks in {variants} variants", notes.len());
    Ok(())
}

/// Removes the notes of earlier runs, so that those of a test that is gone are gone as well.
pub(crate) fn forget() -> Result<()> {
    match fs::remove_dir_all(folder()) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(unusable("the notes", &error)),
        _ => Ok(()),
    }
}

fn measure() -> Result<()> {
    forget()?;
    let mut command = cargo();
    command.args(["test", "--locked", "-p", "hotcell-broker"]);
    process::test(STEP, command.args(["--test", "attacks"])).result?;
    let mut command = cargo();
    // The whole workspace, so that the sandbox is not compiled with other features.
    command.args(["test", "--locked", "--workspace"]);
    process::test(STEP, command.args(["--test", "peers", "--", "attacks::"])).result
}

/// Where the tests leave their notes: a folder for each that tries attacks.
fn folder() -> PathBuf {
    target().join("attacks")
}

const SOURCES: [&str; 2] = ["broker", "server"];

/// Reads all notes, in the order of their numbers.
fn notes() -> Result<Vec<Note>> {
    let unread = |error: &std::io::Error| unusable("the notes", error);
    let mut notes = Vec::new();
    let mut entries = Vec::new();
    for source in SOURCES {
        let listed = fs::read_dir(folder().join(source)).map_err(|error| unread(&error))?;
        entries.extend(listed);
    }
    for entry in entries {
        let path = entry.map_err(|error| unread(&error))?.path();
        let text = fs::read_to_string(&path).map_err(|error| unread(&error))?;
        let note = read(&text).ok_or_else(|| {
            Failure::new(
                format!("{STEP}: {} is no note of an attack", path.display()),
                "see crates/broker/tests/attacks/ledger.rs for what one is",
            )
        })?;
        notes.push(note);
    }
    notes.sort_by_key(|note| note.number);
    Ok(notes)
}

fn read(text: &str) -> Option<Note> {
    let note: Value = serde_json::from_str(text).ok()?;
    let words = |key: &str| Some(note.get(key)?.as_str()?.replace('|', "\\|"));
    let count = |key: &str| note.get(key)?.as_u64();
    Some(Note {
        number: count("number")?,
        name: words("name")?,
        tried: words("tried")?,
        variants: count("variants")?,
        refused: count("refused")?,
    })
}

/// Writes the table of them all.
fn table(notes: &[Note]) -> String {
    let mut table = "| | attack | what was tried | variants | result |\n\
                     |---:|---|---|---:|---|\n"
        .to_owned();
    for (family, first, last) in FAMILIES {
        table += &format!("| | **{family}** | | | |\n");
        for number in first..=last {
            match notes.iter().find(|note| note.number == number) {
                Some(note) => table += &row(note),
                None => table += &format!("| {number} | | | | **not tried** |\n"),
            }
        }
    }
    table
}

fn row(note: &Note) -> String {
    let Note {
        number,
        name,
        tried,
        variants,
        refused,
    } = note;
    let result = match refused == variants {
        true => "all stopped".to_owned(),
        false => format!("{refused} stopped, the others are open"),
    };
    format!("| {number} | {name} | {tried} | {variants} | {result} |\n")
}

/// Fails where one of them was not tried, or is open and not known to be.
fn judge(notes: &[Note]) -> Result<()> {
    let numbers = FAMILIES.iter().flat_map(|(_, first, last)| *first..=*last);
    for number in numbers {
        let note = notes.iter().find(|note| note.number == number);
        let Some(Note {
            variants, refused, ..
        }) = note
        else {
            return Err(Failure::new(
                format!("{STEP}: the attack {number} has left no note"),
                "its test is gone, has another number, or did not come to its end",
            ));
        };
        if refused != variants && !OPEN.contains(&number) {
            return Err(Failure::new(
                format!("{STEP}: of the attack {number}, {refused} of {variants} were stopped"),
                "stop the others, or say in docs/attacks.md why they are open",
            ));
        }
    }
    Ok(())
}

/// Returns the document as it is, and as it is with `table`.
fn documents(table: &str) -> Result<(String, String)> {
    let old = fs::read_to_string(root().join(DOCUMENT));
    let old = old.map_err(|error| unusable(DOCUMENT, &error))?;
    let new = with_table(&old, table).ok_or_else(|| {
        Failure::new(
            format!("{STEP}: {DOCUMENT} has no place for the table"),
            format!("write the two lines\n{BEGIN}{END}"),
        )
    })?;
    Ok((old, new))
}

fn with_table(document: &str, table: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

fn unusable(what: &str, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{STEP}: {what} cannot be read or written: {error}"),
        "`cargo xtask attacks` runs the tests that leave the notes",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(number: u64, refused: u64) -> Note {
        Note {
            number,
            name: format!("attack {number}"),
            tried: "this and that".to_owned(),
            variants: 7,
            refused,
        }
    }

    fn all() -> Vec<Note> {
        (1..=47).map(|number| note(number, 7)).collect()
    }

    #[test]
    fn a_note_is_read_whole_or_not_at_all() {
        let text = r#"{"number":3,"name":"a|b","tried":"x","variants":7,"refused":6}"#;
        let found = read(text).map(|note| (note.number, note.name, note.refused));
        assert_eq!(found, Some((3, "a\\|b".to_owned(), 6)));
        assert_eq!(read(&text.replace("7", "-7")), None);
        assert_eq!(read(&text.replace("tried", "tired")), None);
        assert_eq!(read("{"), None);
    }

    #[test]
    fn each_has_a_row() {
        let notes = all();
        assert_eq!(table(&notes).matches("| all stopped |").count(), 47);
        assert!(judge(&notes).is_ok());
    }

    #[test]
    fn an_attack_without_a_note_is_a_failure() {
        let mut notes = all();
        notes.remove(16);
        assert!(table(&notes).contains("| 17 | | | | **not tried** |"));
        let failure = judge(&notes).map_err(|failure| failure.to_string());
        assert!(failure.is_err_and(|words| words.contains("the attack 17 has left no note")));
    }

    #[test]
    fn only_what_is_known_to_be_open_may_be() {
        let judged = |number: u64| {
            let mut notes = all();
            notes[number as usize - 1].refused = 6;
            assert!(table(&notes).contains("| 6 stopped, the others are open |"));
            judge(&notes).map_err(|failure| failure.to_string())
        };
        assert!(judged(24).is_ok());
        assert!(judged(23).is_err_and(|words| words.contains("6 of 7 were stopped")));
    }

    #[test]
    fn the_words_around_the_table_stay() {
        let document = format!("before\n{BEGIN}old\n{END}after\n");
        let new = with_table(&document, "| new |\n");
        let wanted = format!("before\n{BEGIN}\n| new |\n\n{END}after\n");
        assert_eq!(new.as_ref(), Some(&wanted));
        assert_eq!(with_table(&wanted, "| new |\n"), new);
        assert_eq!(with_table("no place", "| new |\n"), None);
    }
}
