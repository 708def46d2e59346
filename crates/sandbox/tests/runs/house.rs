//! One sandbox for all tests. Its components are the testkit's own, so they are compiled here.

use std::sync::OnceLock;

use hotcell_sandbox::compile::{CompileLimits, Compiler};
use hotcell_sandbox::{Call, Prepared, Sandbox, SandboxOptions};
use hotcell_testkit::components::Tool;
use tempfile::TempDir;

struct House {
    sandbox: Sandbox,
    _folder: TempDir,
}

static HOUSE: OnceLock<House> = OnceLock::new();

/// Returns the sandbox.
pub(crate) fn sandbox() -> &'static Sandbox {
    let house = HOUSE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let options = SandboxOptions {
            compiler: Compiler::InThisProcessUnlimited,
            compile_limits: CompileLimits::STANDARD,
            cache: folder.path().join("cache"),
        };
        House {
            sandbox: Sandbox::new(options).unwrap(),
            _folder: folder,
        }
    });
    &house.sandbox
}

/// Makes a tool ready.
pub(crate) async fn prepare(tool: &Tool) -> Prepared {
    sandbox().prepare(&tool.to_bytes()).await.unwrap()
}

/// Returns a call of any tool, without arguments.
pub(crate) fn call() -> Call {
    Call::new("attack", "{}")
}
