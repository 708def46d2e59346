//! The cargo tools that CI needs and the toolchain does not bring.
//!
//! They are installed into `target/tools`, never into the user's own folder, in fixed versions and
//! without optimisation: compiling them faster saves more than running them faster.

use std::path::PathBuf;
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
            if let Some(value) = value {
                command.env(key, value);
            }
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

/// Cargo itself sees whether the wanted version is there, and then does nothing.
fn installed(step: &str, name: &str, version: &str) -> Result<PathBuf> {
    let tools = root().join("target/tools");
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
    Ok(tools.join("bin").join(name))
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
            cargo.current_dir("/repository").env("KEY", "value");
            let command = nextest.command(cargo);
            assert_eq!(command.get_args().collect::<Vec<_>>(), ["nextest", "run"]);
            assert_eq!(command.get_current_dir(), Some("/repository".as_ref()));
            assert!(command.get_envs().any(|(key, _)| key == "KEY"));
        }
    }
}
