//! Clients that other people wrote: the Inspector's command line and the Python package `mcp`.
//! `tests/clients` pins and installs them; a registry that cannot be reached is a failure.

mod approve;
mod inspector;
mod print_config;
mod python;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::place::{Place, repository};

/// Where the programs are.
struct Programs {
    node: PathBuf,
    python: PathBuf,
    inspector: PathBuf,
}

/// Returns the programs, installed first where they are not there.
fn programs() -> &'static Programs {
    static PROGRAMS: OnceLock<Programs> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let mut install = Command::new("python3");
        install.arg(repository().join("tests/clients/install.py"));
        install.arg(repository().join("target/tools/clients"));
        let told = install.output().unwrap();
        let stderr = String::from_utf8_lossy(&told.stderr);
        assert!(told.status.success(), "tests/clients/install.py: {stderr}");
        let told: Value = serde_json::from_slice(&told.stdout).unwrap();
        let path = |name: &str| PathBuf::from(told[name].as_str().unwrap());
        Programs {
            node: path("node"),
            python: path("python"),
            inspector: path("inspector"),
        }
    })
}

/// A place with the skills that the clients use.
fn place() -> Place {
    let place = Place::with_intruder("", "");
    place.install_example("tax-check");
    place.install_example("quote-docx");
    place
}

/// Returns the words of a call of `hotcell mcp` in a place.
fn mcp_words(place: &Place) -> Vec<String> {
    let command = place.command(&["mcp"]);
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_str().unwrap().to_owned())
        .collect()
}

/// Gives a client the environment that a place's programs have.
fn at_home(place: &Place, command: &mut Command) {
    let pattern = place.command(&[]);
    for (key, value) in pattern.get_envs() {
        command.env(key, value.unwrap_or_default());
    }
    command.current_dir(pattern.get_current_dir().unwrap());
}

/// Returns an example file of a skill as JSON.
fn example(path: &str) -> Value {
    let path: &Path = &repository().join("skills-examples").join(path);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Returns the bytes of the quote as the command line writes it.
fn quote(place: &Place) -> Vec<u8> {
    let out = place.at("out");
    let input = repository().join("skills-examples/quote-docx/examples/office.json");
    let input = format!("@{}", input.display());
    let out_argument = out.to_str().unwrap().to_owned();
    place.run(&[
        "call",
        "quote-docx.make_quote",
        "--input",
        &input,
        "--out",
        &out_argument,
    ]);
    let written = std::fs::read_dir(&out).unwrap().next().unwrap().unwrap();
    std::fs::read(written.path()).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
