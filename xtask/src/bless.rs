//! Writes anew what the test cases expect, and prints what changed.
//!
//! The runner of the cases does the writing, from what it saw; here the files before and after
//! are compared. Whoever blesses reads the difference: nothing here knows whether it is right.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use clap::Args;

use crate::failure::{Failure, Result};
use crate::workspace::{cargo, root};
use crate::{examples, process};

/// Lines of one file's difference that are printed.
const LINES_MAX: usize = 20;

/// What to bless.
#[derive(Args)]
pub(crate) struct Options {
    /// Only the cases whose name holds this.
    name: Option<String>,
}

/// The expected files of all cases, by their paths.
type Files = BTreeMap<String, Vec<u8>>;

/// Builds the examples, runs the cases, and prints what they expect now and did not before.
///
/// A case whose faces differ fails here as it does in the tests, and keeps its files.
pub(crate) fn run(options: &Options) -> Result<()> {
    examples::run()?;
    let folder = root().join("tests/cases");
    let before = expected(&folder).map_err(unreadable)?;
    let mut command = cargo();
    command
        .args(["test", "--quiet", "--locked", "--package", "hotcell-tests"])
        .args(["--test", "cases", "--", "--quiet"])
        .args(&options.name)
        .env("HOTCELL_BLESS", "1");
    let blessed = process::run("bless", &mut command);
    let after = expected(&folder).map_err(unreadable)?;
    let changes = changes(&before, &after);
    for change in &changes {
        println!("{change}");
    }
    println!("bless: {} of {} files changed", changes.len(), after.len());
    blessed
}

fn unreadable(error: io::Error) -> Failure {
    Failure::new(
        format!("bless: tests/cases cannot be read: {error}"),
        "mend the folder by hand",
    )
}

/// Reads every `expected.json` and everything below an `expected-out`.
fn expected(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            let name = path.strip_prefix(folder).expect("it was found below it");
            if path.is_dir() {
                open.push(path);
            } else if name.iter().nth(1).is_some_and(is_expected) {
                files.insert(name.display().to_string(), fs::read(&path)?);
            }
        }
    }
    Ok(files)
}

fn is_expected(name: &std::ffi::OsStr) -> bool {
    name == "expected.json" || name == "expected-out"
}

/// Returns one text for each file that differs: its path, how, and the lines.
fn changes(before: &Files, after: &Files) -> Vec<String> {
    let paths: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    paths
        .into_iter()
        .filter_map(|path| match (before.get(path), after.get(path)) {
            (Some(old), Some(new)) if old == new => None,
            (Some(old), Some(new)) => Some(format!("changed  {path}{}", difference(old, new))),
            (None, _) => Some(format!("new      {path}")),
            (_, None) => Some(format!("gone     {path}")),
        })
        .collect()
}

/// Returns the lines between the first and the last that differ; for no text, the sizes.
fn difference(old: &[u8], new: &[u8]) -> String {
    let (Ok(old_text), Ok(new_text)) = (str::from_utf8(old), str::from_utf8(new)) else {
        return format!("  ({} bytes, were {})", new.len(), old.len());
    };
    let (old, new): (Vec<_>, Vec<_>) = (old_text.lines().collect(), new_text.lines().collect());
    let pairs = old.iter().zip(&new);
    let head = pairs.take_while(|(a, b)| a == b).count();
    let pairs = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = pairs.take_while(|(a, b)| a == b).count();
    let gone = old[head..old.len() - tail].iter().map(|line| ('-', line));
    let come = new[head..new.len() - tail].iter().map(|line| ('+', line));
    let all: Vec<_> = gone.chain(come).collect();
    let mut text = String::new();
    for (sign, line) in all.iter().take(LINES_MAX) {
        text.push_str(&format!("\n  {sign} {line}"));
    }
    if all.len() > LINES_MAX {
        let more = all.len() - LINES_MAX;
        text.push_str(&format!(
            "\n  … and {more} lines more: git diff tests/cases"
        ));
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &[u8])]) -> Files {
        let owned = |(path, bytes): &(&str, &[u8])| ((*path).to_owned(), bytes.to_vec());
        list.iter().map(owned).collect()
    }

    fn check(before: &[(&str, &[u8])], after: &[(&str, &[u8])], expected: &[&str]) {
        assert_eq!(changes(&files(before), &files(after)), expected);
    }

    #[test]
    fn what_changed_is_named_with_its_lines() {
        check(&[("a", b"1\n2\n3\n")], &[("a", b"1\n2\n3\n")], &[]);
        check(
            &[("a", b"1\n2\n3\n")],
            &[("a", b"1\n9\n3\n")],
            &["changed  a\n  - 2\n  + 9"],
        );
        check(
            &[("a", b"1\n1\n")],
            &[("a", b"1\n1\n1\n")],
            &["changed  a\n  + 1"],
        );
        check(
            &[("a", b"\xff")],
            &[("a", b"\xffx")],
            &["changed  a  (2 bytes, were 1)"],
        );
        check(&[("a", b"")], &[("b", b"")], &["gone     a", "new      b"]);
    }

    #[test]
    fn a_long_difference_is_cut() {
        let (old, new) = ("a\n".repeat(15), "b\n".repeat(15));
        let text = difference(old.as_bytes(), new.as_bytes());
        assert!(
            text.ends_with("… and 10 lines more: git diff tests/cases"),
            "{text}"
        );
    }

    #[test]
    fn only_expected_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            "one/case.toml",
            "one/expected.json",
            "one/expected-out/sub/a.csv",
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let found = expected(folder.path()).unwrap();
        let names: Vec<_> = found.keys().map(String::as_str).collect();
        assert_eq!(names, ["one/expected-out/sub/a.csv", "one/expected.json"]);
    }
}
