//! A sandbox in an empty folder, and calls that are short in every way.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hotcell_policy::Limits;
use hotcell_sandbox::compile::{CompileLimits, Compiler, WorkerCommand};
use hotcell_sandbox::{
    Call, Context, PrepareError, Prepared, ReadTree, Report, Sandbox, SandboxOptions,
};
use tempfile::TempDir;

/// A sandbox with a cache folder of its own, which goes with it.
#[derive(Debug)]
pub struct House {
    sandbox: Sandbox,
    folder: TempDir,
}

/// Compile limits that leave every attack room to be stopped soon: 512 MiB, 20 s of
/// processor time.
pub const COMPILE_LIMITS: CompileLimits = CompileLimits {
    memory_bytes: 512 << 20,
    cpu_s: 20,
    wall_s: 60,
};

impl House {
    /// Opens a house whose workers are `program`.
    ///
    /// # Panics
    ///
    /// Panics where the machine cannot run a sandbox.
    pub fn new(program: &str) -> House {
        House::with_compile_limits(program, COMPILE_LIMITS)
    }

    /// The same with other limits for compiling.
    ///
    /// # Panics
    ///
    /// Panics where the machine cannot run a sandbox.
    pub fn with_compile_limits(program: &str, compile_limits: CompileLimits) -> House {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let options = SandboxOptions {
            compiler: Compiler::Worker(WorkerCommand {
                program: PathBuf::from(program),
                arguments: vec!["compile-worker".into()],
            }),
            compile_limits,
            cache: folder.path().join("cache"),
        };
        let sandbox = Sandbox::new(options).expect("the machine can run a sandbox");
        House { sandbox, folder }
    }

    /// Returns the sandbox.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Makes a component ready.
    ///
    /// # Errors
    ///
    /// Returns why it cannot be run.
    pub async fn prepare(&self, component: &[u8]) -> Result<Prepared, PrepareError> {
        self.sandbox.prepare(component).await
    }

    /// Prepares `component` and calls it once.
    ///
    /// # Panics
    ///
    /// Panics where it cannot be prepared.
    pub async fn run(&self, component: &[u8], limits: Limits) -> Report {
        let prepared = match self.prepare(component).await {
            Ok(prepared) => prepared,
            Err(error) => panic!("it should compile and link: {error:?}"),
        };
        self.sandbox.run(&prepared, call("{}", limits)).await
    }

    /// Removes all compiled code from the cache folder, as a long run has to now and then.
    ///
    /// # Panics
    ///
    /// Panics where a file cannot be removed.
    pub fn forget_compiled(&self) {
        for name in self.cached() {
            let path = self.folder.path().join("cache").join(name);
            fs::remove_file(path).expect("it is this user's file");
        }
    }

    /// Returns the names in the cache folder besides the key's, sorted.
    ///
    /// # Panics
    ///
    /// Panics where the folder cannot be listed.
    pub fn cached(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join("cache")).expect("the folder is there");
        let mut names: Vec<String> = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name != "key")
            .collect();
        names.sort();
        names
    }
}

/// Returns a call of a tool with `arguments`, on a package of two files.
pub fn call(arguments: &str, limits: Limits) -> Call {
    let files = [("SKILL.md", "# A skill\n"), ("references/a.txt", "a")];
    let package = ReadTree::new(files.map(|(path, text)| (path, Arc::from(text.as_bytes()))))
        .expect("the paths are fine");
    Call {
        context: Context {
            invocation_id: "inv-1".to_owned(),
            correlation_id: "cor-1".to_owned(),
            idempotency_key: None,
            attempt: 1,
            time_left_ms: 0,
        },
        limits,
        package: Arc::new(package),
        seed: [7; 32],
        wall_clock: Duration::from_secs(1_790_000_000),
        ..Call::new("attack", arguments)
    }
}
