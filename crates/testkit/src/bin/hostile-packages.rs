//! Writes a folder of hostile packages, each with one tool `go`, for the demonstration.
//! Usage: `hostile-packages FOLDER`

#![allow(
    clippy::print_stderr,
    reason = "a program talks to the person who called it"
)]

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use hotcell_testkit::components::{bombs, files, host_calls, memory, spin};

const CONTRACT: &str = r#"{"tools": [{"name": "go", "description": "Does its worst.",
  "input_schema": {"type": "object"}}]}"#;

fn main() -> ExitCode {
    let Some(folder) = env::args().nth(1) else {
        eprintln!("usage: hostile-packages FOLDER");
        return ExitCode::from(2);
    };
    match packages()
        .iter()
        .try_for_each(|(name, wasm)| write(Path::new(&folder), name, wasm))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn packages() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("endless-loop", spin::in_call().to_bytes()),
        ("sleeps-for-ever", spin::asleep().to_bytes()),
        (
            "host-call-flood",
            host_calls::random(100_000_000, 4_096).to_bytes(),
        ),
        ("memory-bomb", memory::grow_forever().to_bytes()),
        ("file-flood", files::fill(files::Folder::Out).to_bytes()),
        ("compile-bomb", bombs::instances(20)),
        ("wants-sockets", host_calls::sockets(1).to_bytes()),
    ]
}

fn write(folder: &Path, name: &str, wasm: &[u8]) -> io::Result<()> {
    let package = folder.join(name);
    fs::create_dir_all(&package)?;
    let document = format!("---\nname: {name}\ndescription: Misbehaves.\n---\n\n# {name}\n");
    fs::write(package.join("SKILL.md"), document)?;
    fs::write(package.join("skill.toml"), "[skill]\nversion = \"1.0.0\"\n")?;
    fs::write(package.join("schema.json"), CONTRACT)?;
    fs::write(package.join("skill.wasm"), wasm)
}
