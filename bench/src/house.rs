//! A sandbox with a cache of its own, and calls of the example skills.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hotcell_package::{Package, ReadLimits};
use hotcell_policy::Limits;
use hotcell_sandbox::compile::{CompileLimits, Compiler, WorkerCommand};
use hotcell_sandbox::{Call, Context, ReadTree, Sandbox, SandboxOptions};

use crate::{COMPILE_WORKER, Result};

/// A sandbox and the repository's root.
pub(crate) struct House {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) root: PathBuf,
    _cache: tempfile::TempDir,
}

/// One tool of an example skill, with arguments.
pub(crate) struct Job {
    pub(crate) component: Arc<[u8]>,
    pub(crate) tool: String,
    pub(crate) arguments: String,
    pub(crate) package: Arc<ReadTree>,
}

impl House {
    pub(crate) fn new(root: PathBuf) -> Result<House> {
        let cache = tempfile::tempdir()?;
        let sandbox = Arc::new(sandbox(cache.path())?);
        Ok(House {
            sandbox,
            root,
            _cache: cache,
        })
    }

    /// Returns a job of `skills-examples/SKILL`.
    pub(crate) fn job(&self, skill: &str, tool: &str, arguments: &str) -> Result<Job> {
        let folder = self.root.join("skills-examples").join(skill);
        let package = Package::read(&folder, &ReadLimits::STANDARD)
            .map_err(|error| format!("{skill}: {}", error.diagnostics()[0]))?;
        let files = package
            .files
            .iter()
            .map(|(path, bytes)| (path, Arc::clone(bytes)));
        let tree = ReadTree::new(files).map_err(|error| format!("{skill}: {}", error.code))?;
        Ok(Job {
            component: Arc::clone(package.component()),
            tool: tool.to_owned(),
            arguments: arguments.to_owned(),
            package: Arc::new(tree),
        })
    }
}

impl Job {
    /// Returns the call of this job under standard limits.
    pub(crate) fn call(&self) -> Call {
        Call {
            context: context(),
            package: Arc::clone(&self.package),
            input: Arc::clone(&self.package),
            seed: [7; 32],
            wall_clock: Duration::from_secs(1_800_000_000),
            ..Call::new(&self.tool, &self.arguments)
        }
    }
}

/// Returns what every measured call is told of itself.
pub(crate) fn context() -> Context {
    Context {
        invocation_id: "inv-00000000000000000000000000000000".to_owned(),
        correlation_id: "cor-00000000000000000000000000000000".to_owned(),
        idempotency_key: None,
        attempt: 1,
        time_left_ms: Limits::STANDARD.time_ms,
    }
}

/// Makes a sandbox whose compile worker is this program.
pub(crate) fn sandbox(cache: &Path) -> Result<Sandbox> {
    Ok(Sandbox::new(SandboxOptions {
        compiler: Compiler::Worker(WorkerCommand {
            program: std::env::current_exe()?,
            arguments: vec![COMPILE_WORKER.into()],
        }),
        compile_limits: CompileLimits::STANDARD,
        cache: cache.to_owned(),
    })?)
}
