//! Where things are on this machine, and a host made from them.

use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use directories::ProjectDirs;
use hotcell_host::{
    CompileLimits, Compiler, Host, HostOptions, Operator, Sandbox, SandboxOptions, WorkerCommand,
};
use hotcell_policy::Policy;

/// The name of the command that turns this program into a compile worker.
pub(crate) const COMPILE_WORKER: &str = "compile-worker";

/// Makes a host whose compiled code is kept in `cache`, or in the platform's cache folder.
///
/// # Errors
///
/// Fails where there is no such folder or it cannot be used.
pub(crate) fn host(cache: Option<PathBuf>, policy: Policy, operator: Operator) -> io::Result<Host> {
    let cache = match cache {
        Some(cache) => cache,
        None => default_cache()?,
    };
    let sandbox = Sandbox::new(SandboxOptions {
        compiler: Compiler::Worker(WorkerCommand {
            program: std::env::current_exe()?,
            arguments: vec![COMPILE_WORKER.into()],
        }),
        compile_limits: CompileLimits::STANDARD,
        cache,
    })?;
    Ok(Host::new(HostOptions {
        sandbox,
        policy,
        operator: Some(operator),
        clock: SystemTime::now,
    }))
}

fn default_cache() -> io::Result<PathBuf> {
    let folders = ProjectDirs::from("", "", "hotcell").ok_or_else(|| {
        io::Error::other("this user has no home folder: choose a folder with --cache DIR")
    })?;
    Ok(folders.cache_dir().join("compiled"))
}
