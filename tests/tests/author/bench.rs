//! A folder in which the program is run as an author runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_hotcell-under-test");

/// Where the tools are kept for all tests.
pub(crate) const TOOLS: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/author-tools");

/// Compiled code, for all tests.
const COMPILED: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/cli-cache");

/// What cargo builds of skills in Rust: their libraries are the same for all tests.
const CARGO_TARGET: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/author-cargo");

/// A folder with skills in it.
pub(crate) struct Bench {
    folder: TempDir,
    cargo_target: Option<&'static str>,
}

/// What a run of the program showed.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        Bench {
            folder: tempfile::tempdir().unwrap(),
            cargo_target: Some(CARGO_TARGET),
        }
    }

    /// Makes a bench whose skills share nothing: cargo takes crates of one name, in two folders, for
    /// one where they have a target folder in common.
    pub(crate) fn of_namesakes() -> Bench {
        Bench {
            cargo_target: None,
            ..Bench::new()
        }
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file and the folders above it.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs the program.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, |_| {})
    }

    /// Runs the program after `change` has changed its environment.
    pub(crate) fn run_with(&self, arguments: &[&str], change: impl FnOnce(&mut Command)) -> Ran {
        let mut command = Command::new(PROGRAM);
        command.current_dir(self.folder.path()).args(arguments);
        command.env("XDG_CACHE_HOME", COMPILED);
        if let Some(target) = self.cargo_target {
            command.env("CARGO_TARGET_DIR", target);
        }
        change(&mut command);
        let output = command.output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Makes a new skill.
    pub(crate) fn make(&self, name: &str, more: &[&str]) {
        let ran = self.run(&[&["new", name], more].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    /// Builds a skill with the shared tools.
    pub(crate) fn build(&self, name: &str) -> Ran {
        self.run(&["build", name, "--json", "--cache", TOOLS])
    }

    /// Builds a skill with the shared tools, as a machine does that has built nothing before, and
    /// returns what is told of it.
    pub(crate) fn built_anew(&self, name: &str, cache: &str) -> Value {
        let tools = Path::new(TOOLS).join("tools");
        fs::create_dir_all(&tools).unwrap();
        fs::create_dir(self.at(cache)).unwrap();
        std::os::unix::fs::symlink(tools, self.at(cache).join("tools")).unwrap();
        let ran = self.run(&["build", name, "--json", "--cache", cache]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap()
    }

    /// Builds a skill and returns what is told of it.
    pub(crate) fn built(&self, name: &str) -> Value {
        let ran = self.build(name);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap()
    }

    /// Builds a skill that has one mistake, and returns what is told.
    pub(crate) fn refused(&self, name: &str) -> String {
        let ran = self.build(name);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        assert!(!Path::new(&self.at(name).join("skill.wasm")).exists());
        ran.stderr
    }

    /// Calls a tool of a built skill and returns its answer.
    pub(crate) fn call(&self, name: &str, tool: &str, input: &str) -> Value {
        let ran = self.run(&["run", name, tool, "--input", input]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap()
    }
}
