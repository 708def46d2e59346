//! Runs every folder of `tests/cases` through the faces - the library, the command line and, where
//! a server can be asked for it, MCP - and holds each to the same Outcome. `tests/cases/README.md`
//! says what a case consists of.
//!
//! With `HOTCELL_BLESS` set (`cargo xtask bless`), what was seen is written down as expected;
//! that the faces agree, and the exit code, is checked even then.

mod artifacts;
mod case;
mod expected;
mod faces;
mod mcp;
mod seen;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::case::Case;
use crate::mcp::Way;
use crate::seen::Seen;

fn main() -> ExitCode {
    let trials = folders().into_iter().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Every folder counts: one that is no case fails as a test, rather than being passed over.
fn folders() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let entries = fs::read_dir(&all).expect("tests/cases is there");
    let mut folders: Vec<_> = entries
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(!folders.is_empty(), "{} holds no case", all.display());
    folders
}

fn trial(folder: PathBuf) -> Trial {
    let name = folder.file_name().expect("a folder has a name");
    let name = name.to_string_lossy().into_owned();
    Trial::test(name, move || check(&folder).map_err(Failed::from))
}

fn check(folder: &Path) -> Result<(), String> {
    let case = Case::read(folder)?;
    let library = faces::library(&case)?;
    let command_line = faces::command_line(&case)?;
    agree(&library, &command_line, "the command line")?;
    let ways = [Way::Stdio, Way::Http];
    let ways = ways
        .into_iter()
        .filter(|way| mcp::can_be_asked(&case) && goes(&case, *way));
    for way in ways {
        let server = mcp::mcp(&case, way)?;
        agree(&library, &server, &format!("MCP over {way:?}"))?;
    }
    if std::env::var_os("HOTCELL_BLESS").is_some() {
        return expected::bless(folder, &library);
    }
    expected::check(folder, &library)
}

/// Returns whether a case goes this way: HTTP hands on what stdio does, so that one skill's will do.
fn goes(case: &Case, way: Way) -> bool {
    way == Way::Stdio || case.package.ends_with("quote-docx")
}

fn agree(library: &Seen, other: &Seen, face: &str) -> Result<(), String> {
    if library.outcome != other.outcome {
        return Err(format!(
            "the faces give two Outcomes\n--- the library\n{}\n--- {face}\n{}",
            library.outcome_text(),
            other.outcome_text()
        ));
    }
    if library.files != other.files {
        return Err(format!("the library and {face} give different files"));
    }
    Ok(())
}
