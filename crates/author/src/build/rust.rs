//! Rust: cargo for `wasm32-wasip2`, and the schema from a test that the SDK offers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hotcell_package::{Diagnostic, Place};
use serde_json::Value;

use super::{Job, process};

mod failed;

/// What skills in Rust are compiled for.
const TARGET: &str = "wasm32-wasip2";

/// A crate that derives its contract calls this in a test; the test writes the file when it is asked to.
const SCHEMA_CALL: &str = "assert_schema_current";

/// Builds a skill in Rust and returns where cargo put its component. `schema.json` is written by the
/// crate's own test.
pub(super) fn make(job: &Job<'_>) -> Result<PathBuf, Vec<Diagnostic>> {
    bring_target(job)?;
    job.tell("compiling for wasm32-wasip2");
    let component = compile(job)?;
    if derives_schema(&job.folder.join("src")) {
        job.tell("deriving the schema");
        derive_schema(&job.folder)?;
    }
    Ok(component)
}

/// Adds the target by rustup where it is not there.
fn bring_target(job: &Job<'_>) -> Result<(), Vec<Diagnostic>> {
    let mut ask = Command::new("rustc");
    ask.current_dir(&job.folder);
    ask.args(["--print", "target-libdir", "--target", TARGET]);
    let ran = process::run(&mut ask).map_err(|error| vec![no_rust(&error.to_string())])?;
    if ran.succeeded && Path::new(ran.stdout.trim()).is_dir() {
        return Ok(());
    }
    job.tell("adding the target wasm32-wasip2 by rustup, once");
    let mut add = Command::new("rustup");
    add.current_dir(&job.folder).args(["target", "add", TARGET]);
    let no_target = |why: &str| {
        let message =
            format!("Rust's target {TARGET} is not installed, and rustup cannot add it: {why}");
        let hint =
            format!("run `rustup target add {TARGET}`, or install your system's package for it");
        vec![Diagnostic::error("no_target", "rustup", message).hint(hint)]
    };
    match process::run(&mut add) {
        Ok(ran) if ran.succeeded => Ok(()),
        Ok(ran) => Err(no_target(&ran.last_words())),
        Err(error) => Err(no_target(&error.to_string())),
    }
}

fn no_rust(why: &str) -> Diagnostic {
    let message = format!("Rust is not installed: {why}");
    Diagnostic::error("no_rust", "cargo", message)
        .hint("install it from https://rustup.rs, then build again")
}

fn compile(job: &Job<'_>) -> Result<PathBuf, Vec<Diagnostic>> {
    let mut command = Command::new("cargo");
    command.current_dir(&job.folder);
    command.args(["build", "--release", "--lib", "--target", TARGET]);
    command.args(["--message-format", "json", "--config"]);
    // No path of this machine goes into the component.
    let folder = job.folder.display();
    command.arg(format!(
        "target.{TARGET}.rustflags=[\"--remap-path-prefix={folder}=/skill\"]"
    ));
    let mut built = None;
    let mut errors = Vec::new();
    let ran = process::run_telling(&mut command, &mut |line| {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            return;
        };
        built = component_of(&message).or(built.take());
        errors.extend(error_of(&message));
    });
    let ran = ran.map_err(|error| vec![no_rust(&error.to_string())])?;
    match built {
        Some(component) if ran.succeeded => Ok(component),
        _ if !errors.is_empty() => Err(errors),
        None if ran.succeeded => {
            let message = "the crate makes no component";
            let hint =
                "set `crate-type = [\"cdylib\", \"rlib\"]` in [lib], and call hotcell_sdk::export!";
            Err(vec![
                Diagnostic::error("no_cdylib", "Cargo.toml", message).hint(hint),
            ])
        }
        _ => Err(vec![failed::cargo_failed(&ran.stderr)]),
    }
}

/// Returns the component that cargo says it made.
fn component_of(message: &Value) -> Option<PathBuf> {
    if message["reason"] != "compiler-artifact" {
        return None;
    }
    let files = message["filenames"].as_array()?.iter();
    let mut files = files.filter_map(Value::as_str);
    files
        .find(|file| file.ends_with(".wasm"))
        .map(PathBuf::from)
}

/// Returns the compiler's error.
fn error_of(message: &Value) -> Option<Diagnostic> {
    let message = &message["message"];
    if message["level"] != "error" {
        return None;
    }
    let spans = message["spans"].as_array()?;
    let span = spans.iter().find(|span| span["is_primary"] == true)?;
    let number = |key: &str| {
        span[key]
            .as_u64()
            .and_then(|value| u32::try_from(value).ok())
    };
    let text = message["message"]
        .as_str()
        .unwrap_or("the compiler refuses it");
    let text = match span["label"].as_str() {
        Some(label) if !text.contains(label) => format!("{text}: {label}"),
        _ => text.to_owned(),
    };
    let found = Diagnostic::error("build_failed", span["file_name"].as_str()?, text);
    let found = found.at(Place {
        line: number("line_start")?,
        column: number("column_start")?,
    });
    Some(found.hint("mend the source, then build again"))
}

fn derives_schema(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let path = entry.path();
        let is_rust = path.extension().is_some_and(|ending| ending == "rs");
        is_rust && fs::read_to_string(&path).is_ok_and(|text| text.contains(SCHEMA_CALL))
    })
}

/// Runs the crate's test `schema_json_is_current` so that it writes the file. Types say the schema, and
/// only a program that was compiled from them can tell.
fn derive_schema(folder: &Path) -> Result<(), Vec<Diagnostic>> {
    let mut command = Command::new("cargo");
    command.current_dir(folder).env("HOTCELL_BLESS", "1");
    command.args(["test", "--quiet", "--lib", "schema_json_is_current"]);
    let ran = process::run(&mut command).map_err(|error| vec![no_rust(&error.to_string())])?;
    if ran.succeeded {
        return Ok(());
    }
    let message = format!("the schema cannot be derived: {}", ran.last_words());
    Err(vec![
        Diagnostic::error("schema_failed", "schema.json", message)
            .hint("run `HOTCELL_BLESS=1 cargo test schema_json_is_current` and mend what it says"),
    ])
}
