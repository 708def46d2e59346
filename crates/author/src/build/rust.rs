//! Rust: cargo for `wasm32-wasip2`, and the schema from a test that the SDK offers.

mod sources;

use std::path::{Path, PathBuf};
use std::process::Command;

use hotcell_package::{Diagnostic, Place};
use serde_json::Value;

use super::{Job, process};
use sources::Sources;

mod failed;

/// What skills in Rust are compiled for.
const TARGET: &str = "wasm32-wasip2";

/// The test of a crate that derives its contract; it writes the file when it is asked to.
const SCHEMA_TEST: &str = "schema_json_is_current";

/// What cargo made of a crate.
pub(super) struct Compiled {
    /// Where cargo put the component.
    pub(super) component: PathBuf,
    /// What the author should look at.
    pub(super) warnings: Vec<Diagnostic>,
}

/// Builds a skill in Rust. `schema.json` is written by the crate's own test; where it has none, the
/// author gives the file.
pub(super) fn make(job: &Job<'_>) -> Result<Compiled, Vec<Diagnostic>> {
    bring_target(job)?;
    job.tell("compiling for wasm32-wasip2");
    let component = compile(job)?;
    let sources = Sources::read(&job.folder);
    let mut warnings = Vec::new();
    if sources.derive_schema() {
        job.tell("deriving the schema");
        derive_schema(&job.folder)?;
    } else {
        warnings = sources.check_given(&job.folder)?;
    }
    Ok(Compiled {
        component,
        warnings,
    })
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

/// Runs the crate's test [`SCHEMA_TEST`] so that it writes the file. Types say the schema, and
/// only a program that was compiled from them can tell.
fn derive_schema(folder: &Path) -> Result<(), Vec<Diagnostic>> {
    let mut command = Command::new("cargo");
    command.current_dir(folder).env("HOTCELL_BLESS", "1");
    command.args(["test", "--quiet", "--lib", SCHEMA_TEST]);
    let ran = process::run(&mut command).map_err(|error| vec![no_rust(&error.to_string())])?;
    let failed = |message: String| {
        let hint = format!("run `HOTCELL_BLESS=1 cargo test {SCHEMA_TEST}` and mend what it says");
        vec![Diagnostic::error("schema_failed", "schema.json", message).hint(hint)]
    };
    if !ran.succeeded {
        let words = ran.last_words();
        return Err(failed(format!("the schema cannot be derived: {words}")));
    }
    // A test of another name derives nothing, and cargo is content.
    if ran.stdout.contains(" 0 passed") {
        let message =
            format!("no test of the crate is named `{SCHEMA_TEST}`, so nothing derives it");
        return Err(failed(message));
    }
    Ok(())
}
