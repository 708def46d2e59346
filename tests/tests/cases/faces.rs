//! The library and the command line, as faces that a case goes through.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use hotcell_host::{
    Ask, CompileLimits, Compiler, Host, HostOptions, Sandbox, SandboxOptions, WorkerCommand,
};
use hotcell_package::{FileTree, Package, ReadLimits};
use hotcell_policy::{Invocation, Policy};
use serde_json::Value;

use crate::case::Case;
use crate::expected::files_below;
use crate::seen::Seen;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_hotcell-under-test");

/// All cases share one folder of compiled code, as the processes of one user do.
pub(crate) const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/cases-cache");

/// Runs a case through the library: `hotcell_host::Host::invoke`.
pub(crate) fn library(case: &Case) -> Result<Seen, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(invoke(case))
}

async fn invoke(case: &Case) -> Result<Seen, String> {
    let host = host(&case.limits)?;
    let package = Package::read(&case.package, &ReadLimits::STANDARD)
        .map_err(|error| format!("the package cannot be read: {error}"))?;
    let skill = host.load(package).await;
    let skill = skill.map_err(|error| format!("the skill cannot be loaded: {error}"))?;
    let invocation =
        Invocation::from_value(case.request.clone()).map_err(|error| error.to_string())?;
    let input = input(case)?;
    let ask = Ask {
        input,
        ..Ask::new(invocation)
    };
    let reply = host.invoke(&skill, ask).await;
    let outcome = serde_json::to_value(&reply.outcome).expect("an Outcome serialises");
    let files = reply.files.iter();
    let files = files.map(|(name, bytes)| (name.clone(), bytes.to_vec()));
    Seen::new(outcome, correlation_id(case), files.collect())
}

fn host(limits: &[String]) -> Result<Host, String> {
    let mut policy = Policy::standard();
    for limit in limits {
        policy.fix_limit(limit).map_err(|error| error.to_string())?;
    }
    let sandbox = Sandbox::new(SandboxOptions {
        compiler: Compiler::Worker(WorkerCommand {
            program: PROGRAM.into(),
            arguments: vec!["compile-worker".into()],
        }),
        compile_limits: CompileLimits::STANDARD,
        cache: CACHE.into(),
    });
    Ok(Host::new(HostOptions {
        sandbox: sandbox.map_err(|error| error.to_string())?,
        policy,
        operator: None,
        record: None,
        clock: SystemTime::now,
    }))
}

fn input(case: &Case) -> Result<FileTree, String> {
    let mut files = Vec::new();
    for path in &case.input {
        let name = path.file_name().ok_or("an input file has no name")?;
        let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        files.push((name.to_string_lossy().into_owned(), bytes));
    }
    FileTree::new(files).map_err(|error| format!("{}: a name is refused", error.path))
}

/// Runs a case through the command line: `hotcell run --json`.
pub(crate) fn command_line(case: &Case) -> Result<Seen, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let out = folder.path().join("out");
    let output = command(case, &out).output();
    let output = output.map_err(|error| format!("{PROGRAM}: {error}"))?;
    // Parsing takes one value and nothing after it: stdout holds the Outcome alone.
    let outcome: Value = serde_json::from_slice(&output.stdout).map_err(|error| {
        let stderr = String::from_utf8_lossy(&output.stderr);
        format!("stdout is not one JSON value: {error}\n{stderr}")
    })?;
    let expected = exit_code(&outcome)?;
    if output.status.code() != Some(expected) {
        let status = output.status;
        return Err(format!(
            "the exit code should be {expected}: {status}\n{outcome}"
        ));
    }
    let files = files_below(&out).map_err(|error| error.to_string())?;
    if files.is_empty() && out.exists() {
        return Err("nothing was written, and yet --out was made".to_owned());
    }
    Seen::new(outcome, correlation_id(case), files)
}

fn command(case: &Case, out: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().arg("run").arg(&case.package);
    command
        .arg("--input")
        .arg(format!("@{}", case.request_file.display()));
    command.args(["--json", "--cache", CACHE, "--out"]).arg(out);
    for file in &case.input {
        command.arg("--in").arg(file);
    }
    for limit in &case.limits {
        command.args(["--limit", limit]);
    }
    command
}

/// Returns the exit code that the documentation gives to an Outcome's status.
fn exit_code(outcome: &Value) -> Result<i32, String> {
    match outcome["status"].as_str() {
        Some("ok" | "accepted") => Ok(0),
        Some("failed") => Ok(1),
        Some("refused") => Ok(3),
        Some("limit") => Ok(4),
        Some("cancelled" | "unknown") => Ok(5),
        _ => Err(format!("this is no Outcome: {outcome}")),
    }
}

pub(crate) fn correlation_id(case: &Case) -> Option<&str> {
    case.request["correlation_id"].as_str()
}
