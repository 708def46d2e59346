//! Other people's MCP programs, pinned: `tests/clients` says which, and installs them into
//! `target/tools/clients`. The tests use the same folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::process;
use crate::workspace::root;

/// Where the programs are.
pub(crate) struct Clients {
    node: PathBuf,
    conformance: PathBuf,
    python: PathBuf,
}

impl Clients {
    /// Installs them, where they are not there yet.
    pub(crate) fn install(step: &str) -> Result<Clients> {
        let mut install = Command::new("python3");
        install
            .arg(root().join("tests/clients/install.py"))
            .arg(root().join("target/tools/clients"));
        let told = process::output(step, &mut install)?;
        let told: Value = serde_json::from_str(&told).map_err(|error| {
            Failure::new(
                format!("{step}: tests/clients/install.py printed no JSON: {error}"),
                "remove target/tools/clients, and run it again",
            )
        })?;
        let path = |name: &str| PathBuf::from(told[name].as_str().unwrap_or_default());
        Ok(Clients {
            node: path("node"),
            conformance: path("conformance"),
            python: path("python"),
        })
    }

    /// Returns the Python that has the client `mcp`.
    pub(crate) fn python(&self) -> &Path {
        &self.python
    }

    /// Returns a call of the MCP conformance suite.
    pub(crate) fn conformance(&self) -> Command {
        let mut command = Command::new(&self.node);
        command.arg(&self.conformance);
        command
    }
}
