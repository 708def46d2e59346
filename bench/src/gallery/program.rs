//! A skill's source as a program of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::Programs;
use super::works::Work;
use crate::Result;

/// What runs it.
#[derive(Clone, Copy)]
pub(super) enum Program {
    Node,
    Python,
}

/// A program that is ready to be started, with the folders that a sandbox would give it.
pub(super) struct Ready {
    program: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(&'static str, String)>,
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
        environment: Vec<(&'static str, String)>,
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
                found("node", "-p", "process.execPath")?,
                vec![
                    word(&root.join("bench/gallery/run.mjs")),
                    word(&programs.node.join(format!("{}.mjs", work.skill))),
                    work.tool.to_owned(),
                ],
            ),
            Program::Python => (
                found("python3", "-c", "import sys; print(sys.executable)")?,
                vec![
                    // Without what the machine's own packages do at each start.
                    "-S".to_owned(),
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
            environment,
            folders,
        })
    }
}

/// Returns the program itself: what `PATH` names may be a script that looks for it.
fn found(name: &str, option: &str, script: &str) -> Result<PathBuf> {
    let output = Command::new(name).args([option, script]).output()?;
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout)?.trim_end().into()),
        false => Err(format!("{name} ended with {}", output.status).into()),
    }
}

impl Ready {
    /// Starts it, and returns what it answers. Of this machine's environment it has nothing: a
    /// variable can have Node read certificates, or keep Python from keeping what it compiled.
    pub(super) fn once(&self, input: &Value) -> Result<Value> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
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
            false => Err(format!("{} ended with {}", self.program.display(), output.status).into()),
        }
    }
}
