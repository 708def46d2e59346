//! Where things lie in the repository. All paths are absolute, so that any folder can be current.

use std::path::PathBuf;
use std::process::Command;

/// The folder of the example skills, a workspace of its own.
pub(crate) const EXAMPLES: &str = "skills-examples";

/// Returns the root of the repository: of the clone whose cargo started us.
///
/// The path that was compiled in is the second choice, since clones may share a target folder.
pub(crate) fn root() -> PathBuf {
    let started = std::env::var_os("CARGO_MANIFEST_DIR");
    let xtask = started.map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    xtask
        .parent()
        .expect("xtask is a folder of the repository")
        .to_path_buf()
}

/// Returns the workspace of the example skills.
pub(crate) fn examples() -> PathBuf {
    root().join(EXAMPLES)
}

/// Returns the folder of build results.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Returns a call of the pinned cargo in the main workspace.
///
/// It goes through rustup's `cargo`, which hands the pinned toolchain on to what cargo starts.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root());
    command
}

/// Returns a call of the pinned cargo in the workspace of the example skills.
///
/// Its results always lie in that workspace, whatever `CARGO_TARGET_DIR` says.
pub(crate) fn cargo_in_examples() -> Command {
    let mut command = Command::new("cargo");
    command
        .current_dir(examples())
        .env_remove("CARGO_TARGET_DIR");
    command
}
