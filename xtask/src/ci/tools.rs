//! The cargo tools that CI needs and the toolchain does not bring.
//!
//! They are installed into `target/tools`, never into the user's own folder, in fixed versions and
//! without optimisation: compiling them faster saves more than running them faster.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Result;
use crate::process;
use crate::workspace::{cargo, root};

const NEXTEST_VERSION: &str = "0.9.143";
const DENY_VERSION: &str = "0.20.2";

/// How cargo-nextest is reached.
pub(crate) enum Nextest {
    /// As `cargo nextest`: the machine has it.
    Installed,
    /// By the path of the one in `target/tools`.
    At(PathBuf),
}

impl Nextest {
    /// Turns a bare call of cargo into `nextest run` in the same folder and environment.
    pub(crate) fn command(&self, mut cargo: Command) -> Command {
        let Self::At(program) = self else {
            cargo.args(["nextest", "run"]);
            return cargo;
        };
        let mut command = Command::new(program);
        command.args(["nextest", "run"]);
        if let Some(folder) = cargo.get_current_dir() {
            command.current_dir(folder);
        }
        for (key, value) in cargo.get_envs() {
            match value {
                Some(value) => command.env(key, value),
                None => command.env_remove(key),
            };
        }
        command
    }
}

/// Finds cargo-nextest, and installs it where the machine has none.
pub(crate) fn nextest(step: &str) -> Result<Nextest> {
    let status = cargo()
        .args(["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if status.is_ok_and(|status| status.success()) {
        return Ok(Nextest::Installed);
    }
    installed(step, "cargo-nextest", NEXTEST_VERSION).map(Nextest::At)
}

/// Returns the path of cargo-deny, and installs it first where it is missing.
pub(crate) fn deny(step: &str) -> Result<PathBuf> {
    installed(step, "cargo-deny", DENY_VERSION)
}

/// Returns the path of a tool in `target/tools`, in just this version.
fn installed(step: &str, name: &str, version: &str) -> Result<PathBuf> {
    let tools = root().join("target/tools");
    let program = tools.join("bin").join(name);
    if has_version(&program, version) {
        return Ok(program);
    }
    let mut command = cargo();
    command
        .args([
            "install",
            name,
            "--version",
            version,
            "--locked",
            "--debug",
            "--root",
        ])
        .arg(&tools);
    process::run(step, &mut command)?;
    Ok(program)
}

fn has_version(program: &Path, version: &str) -> bool {
    let output = Command::new(program).arg("--version").output();
    output.is_ok_and(|output| is_version(&String::from_utf8_lossy(&output.stdout), version))
}

/// Reads the answer of `--version`: `cargo-deny 0.20.2`, perhaps with more behind it.
fn is_version(answer: &str, version: &str) -> bool {
    answer.split_whitespace().nth(1) == Some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_nextest_keep_folder_and_environment() {
        for nextest in [
            Nextest::Installed,
            Nextest::At("/tools/cargo-nextest".into()),
        ] {
            let mut cargo = Command::new("cargo");
            cargo.current_dir("/repository").env_remove("KEY");
            let command = nextest.command(cargo);
            assert_eq!(command.get_args().collect::<Vec<_>>(), ["nextest", "run"]);
            assert_eq!(command.get_current_dir(), Some("/repository".as_ref()));
            assert_eq!(
                command.get_envs().collect::<Vec<_>>(),
                [("KEY".as_ref(), None)]
            );
        }
    }

    #[test]
    fn a_tool_counts_in_its_version_only() {
        assert!(is_version("cargo-deny 0.20.2\n", "0.20.2"));
        assert!(is_version(
            "cargo-nextest 0.9.143 (60fa45f63 2026-08-04)\nmore",
            "0.9.143"
        ));
        assert!(!is_version("cargo-deny 0.20.20\n", "0.20.2"));
        assert!(!is_version("", "0.20.2"));
        assert!(!has_version("no-such-program-here".as_ref(), "0.20.2"));
    }
}
