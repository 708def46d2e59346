//! A skill's source as a program of its own.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{Programs, Work};
use crate::Result;

/// What runs it.
#[derive(Clone, Copy)]
pub(super) enum Program {
    Node,
    Python,
}

/// A program that is ready to be started, with the folders that a sandbox would give it.
pub(super) struct Ready {
    program: &'static str,
    arguments: Vec<String>,
    folders: TempDir,
}

impl Program {
    /// Lays out `/in`, `/out` and `/skill` of the work in a folder.
    pub(super) fn ready(
        self,
        root: &Path,
        programs: &Programs,
        work: &Work,
        examples: &Path,
    ) -> Result<Ready> {
        let folders = tempfile::tempdir()?;
        for folder in ["in", "out", "skill"] {
            std::fs::create_dir(folders.path().join(folder))?;
        }
        for file in work.files {
            let name = file.rsplit('/').next().unwrap_or(file);
            std::fs::copy(examples.join(file), folders.path().join("in").join(name))?;
        }
        let word = |path: &Path| path.display().to_string();
        let (program, arguments) = match self {
            Program::Node => (
                "node",
                vec![
                    word(&root.join("bench/gallery/run.mjs")),
                    word(&programs.node.join(format!("{}.mjs", work.skill))),
                    work.tool.to_owned(),
                ],
            ),
            Program::Python => (
                "python3",
                vec![
                    word(&root.join("bench/gallery/run.py")),
                    word(&examples.join(work.skill)),
                    word(&root.join("crates/author/sdk-python")),
                    word(&programs.site),
                    work.tool.to_owned(),
                ],
            ),
        };
        Ok(Ready {
            program,
            arguments,
            folders,
        })
    }
}

impl Ready {
    /// Starts it, and returns what it answers.
    pub(super) fn once(&self, input: &Value) -> Result<Value> {
        let mut child = Command::new(self.program)
            .args(&self.arguments)
            .env("SKILL_ROOT", self.folders.path())
            .env("PYTHONPYCACHEPREFIX", self.folders.path().join("pycache"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut stdin = child.stdin.take().ok_or("it is piped")?;
        stdin.write_all(input.to_string().as_bytes())?;
        drop(stdin);
        let output = child.wait_with_output()?;
        match output.status.success() {
            true => Ok(serde_json::from_slice(&output.stdout)?),
            false => Err(format!("{} ended with {}", self.program, output.status).into()),
        }
    }
}
