//! The house rules that neither the compiler nor clippy checks, on all files that git tracks.
//!
//! Every check is a function of a path and a text. No rule has a list of exceptions that grows:
//! what is exempt stands beside the rule, with the reason.

mod dependencies;
mod finding;
mod lines;
mod links;
mod names;
mod rust;

use std::fs;
use std::path::Path;

use std::process::Command;

use crate::failure::{Failure, Result};
use crate::process;
use crate::tidy::finding::Finding;
use crate::workspace::root;

/// Input of tests, wrong on purpose in many ways: only the forbidden words are looked for there.
const CASES: &str = "tests/cases/";

/// Checks every tracked file and prints what it finds.
pub(crate) fn run() -> Result<()> {
    let root = root();
    let files = tracked(&root)?;
    let mut findings = Vec::new();
    let mut read = 0;
    for path in &files {
        // A file that is deleted but not yet committed, or no text, has nothing to check.
        if let Ok(text) = fs::read_to_string(root.join(path)) {
            findings.extend(check(path, &text, &root));
            read += 1;
        }
    }
    findings.extend(dependencies::check(&manifests(&files, &root)));
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {read} files read, {} findings", findings.len());
    match findings.len() {
        0 => Ok(()),
        count => Err(Failure::new(
            format!("tidy: {count} findings"),
            "each line above names its mend",
        )),
    }
}

fn check(path: &str, text: &str, root: &Path) -> Vec<Finding> {
    let mut findings = lines::words(path, text);
    if path.starts_with(CASES) {
        return findings;
    }
    findings.extend(lines::spaces(path, text));
    findings.extend(names::check(path));
    if path.ends_with(".rs") {
        findings.extend(lines::length(path, text));
        findings.extend(lines::opening(path, text));
        findings.extend(rust::check(path, text));
    }
    if path.ends_with(".md") {
        findings.extend(links::check(path, text, |target| {
            root.join(target).exists()
        }));
    }
    findings
}

fn tracked(root: &Path) -> Result<Vec<String>> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["ls-files", "-z"]);
    let list = process::output("tidy", &mut git)?;
    Ok(list.split_terminator('\0').map(str::to_owned).collect())
}

/// Returns the manifests of the main workspace as path and text, the root's first.
fn manifests(files: &[String], root: &Path) -> Vec<(String, String)> {
    let mut manifests: Vec<_> = files
        .iter()
        .filter(|path| is_member_manifest(path))
        .filter_map(|path| Some((path.clone(), fs::read_to_string(root.join(path)).ok()?)))
        .collect();
    manifests.sort_by_key(|(path, _)| path.matches('/').count());
    manifests
}

fn is_member_manifest(path: &str) -> bool {
    let folders = ["", "xtask/", "tests/", "crates/"];
    path.ends_with("Cargo.toml")
        && folders.iter().any(|folder| {
            path.strip_prefix(folder).is_some_and(|rest| {
                let depth = rest.matches('/').count();
                depth == usize::from(*folder == "crates/")
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_manifests_are_told_from_others() {
        for path in [
            "Cargo.toml",
            "xtask/Cargo.toml",
            "tests/Cargo.toml",
            "crates/cli/Cargo.toml",
        ] {
            assert!(is_member_manifest(path), "{path}");
        }
        for path in [
            "skills-examples/Cargo.toml",
            "crates/sdk/macros/Cargo.toml",
            "fuzz/Cargo.toml",
        ] {
            assert!(!is_member_manifest(path), "{path}");
        }
    }

    #[test]
    fn test_cases_may_hold_what_sources_may_not() {
        let bad = "text \n[gone](gone.md)\n";
        assert_eq!(check("notes/a.md", bad, Path::new("/nowhere")).len(), 2);
        assert_eq!(
            check("tests/cases/a/SKILL.md", bad, Path::new("/nowhere")).len(),
            0
        );
    }
}
