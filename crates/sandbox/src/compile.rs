//! The host's side of compiling: a worker process for each component, its limits, its end.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use crate::engine_store::ReadOnlyStore;
use crate::frame::{Order, Reply};
use crate::worker;

pub use crate::frame::{COMPILED_BYTES_MAX, ENGINE_STORE_BYTES_MAX};

/// Components smaller than this carry no language engine, so the store stays away from them.
const ENGINE_COMPONENT_BYTES_MIN: usize = 4 << 20;

/// Threads that one worker compiles with: each costs address space, which is limited.
const WORKER_THREADS_MAX: usize = 4;

/// Where components are compiled.
#[derive(Debug, Clone)]
pub enum Compiler {
    /// In a worker process under [`CompileLimits`].
    Worker(WorkerCommand),
    /// In this process, for an embedder that cannot start another and knows what it runs.
    /// Nothing but the scan then bounds the compiler: 143 KB of hostile code can take all
    /// memory, and an abort of the allocator ends this process.
    InThisProcessUnlimited,
}

/// How the compile worker is started. Its program must call [`crate::run_worker`] when it is
/// given these arguments.
#[derive(Debug, Clone)]
pub struct WorkerCommand {
    /// The program, as an absolute path.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// How much one compile may use.
#[derive(Debug, Clone, Copy)]
pub struct CompileLimits {
    /// Bytes of address space. Honest JavaScript needs 428 MiB.
    pub memory_bytes: u64,
    /// Seconds of processor time, over all threads. Honest JavaScript needs 13 on two cores
    /// that are quiet, and twice that on busy ones.
    pub cpu_s: u64,
    /// Seconds on the wall clock.
    pub wall_s: u64,
}

impl CompileLimits {
    /// What a compile gets when nobody says otherwise.
    pub const STANDARD: CompileLimits = CompileLimits {
        memory_bytes: 1 << 30,
        cpu_s: 90,
        wall_s: 120,
    };
}

/// Why a component was not compiled.
#[derive(Debug)]
pub enum CompileError {
    /// It is not valid under the engine's settings; the text may quote it: untrusted.
    Invalid(String),
    /// The worker passed one of its limits: which one, in words.
    Limit(&'static str),
    /// The worker could not do its work: a fault of ours or of the machine.
    Worker(io::Error),
}

/// Tells whether `component` can carry a language engine, so that the engine store is worth
/// reading for it.
pub(crate) fn may_carry_engine(component: &[u8]) -> bool {
    component.len() >= ENGINE_COMPONENT_BYTES_MIN
}

/// Compiles `component`.
pub(crate) async fn compile(
    compiler: &Compiler,
    limits: CompileLimits,
    component: &[u8],
    engine_store: &[u8],
) -> Result<Vec<u8>, CompileError> {
    match answer(compiler, limits, component, engine_store, false).await? {
        Reply::Compiled(code) => Ok(code),
        Reply::Filled(_) => Err(confused()),
        Reply::Invalid(why) => Err(CompileError::Invalid(why)),
    }
}

/// Compiles `component`, one of Hotcell's own, and returns `engine_store` with its functions
/// added.
pub(crate) async fn fill(
    compiler: &Compiler,
    limits: CompileLimits,
    component: &[u8],
    engine_store: &[u8],
) -> Result<Vec<u8>, CompileError> {
    match answer(compiler, limits, component, engine_store, true).await? {
        Reply::Filled(store) => Ok(store),
        Reply::Compiled(_) => Err(confused()),
        Reply::Invalid(why) => Err(CompileError::Invalid(why)),
    }
}

fn confused() -> CompileError {
    CompileError::Worker(io::Error::other("the worker answered another question"))
}

async fn answer(
    compiler: &Compiler,
    limits: CompileLimits,
    component: &[u8],
    engine_store: &[u8],
    fill: bool,
) -> Result<Reply, CompileError> {
    match compiler {
        Compiler::Worker(command) => order(command, limits, component, engine_store, fill).await,
        Compiler::InThisProcessUnlimited => {
            let (component, store) = (component.to_vec(), engine_store.to_vec());
            let compiled = tokio::task::spawn_blocking(move || {
                let known = ReadOnlyStore::parse(&store)?;
                Ok(worker::compile(&component, known, fill))
            });
            match compiled.await {
                Ok(reply) => reply.map_err(CompileError::Worker),
                Err(_) => Err(panicked()),
            }
        }
    }
}

async fn order(
    worker: &WorkerCommand,
    limits: CompileLimits,
    component: &[u8],
    engine_store: &[u8],
    fill: bool,
) -> Result<Reply, CompileError> {
    let mut child = spawn(worker).map_err(CompileError::Worker)?;
    let order = Order {
        fill,
        memory_bytes: limits.memory_bytes,
        cpu_s: limits.cpu_s,
    };
    let wall = Duration::from_secs(limits.wall_s);
    let talk = converse(&mut child, order, component, engine_store);
    let Ok(talked) = tokio::time::timeout(wall, talk).await else {
        // Dropping the child kills it, and the runtime reaps it.
        return Err(CompileError::Limit("time"));
    };
    let (status, bytes) = talked.map_err(CompileError::Worker)?;
    if !status.success() {
        return Err(died(status));
    }
    Reply::read(&mut bytes.as_slice(), ENGINE_STORE_BYTES_MAX).map_err(CompileError::Worker)
}

fn spawn(worker: &WorkerCommand) -> io::Result<Child> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Command::new(&worker.program)
        .args(&worker.arguments)
        .env_clear()
        .env(
            "RAYON_NUM_THREADS",
            cores.min(WORKER_THREADS_MAX).to_string(),
        )
        // Each arena of the C library's allocator takes 64 MiB of address space.
        .env("MALLOC_ARENA_MAX", "1")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

async fn converse(
    child: &mut Child,
    order: Order,
    component: &[u8],
    engine_store: &[u8],
) -> io::Result<(ExitStatus, Vec<u8>)> {
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let stdout = child.stdout.take().expect("stdout is piped");
    let ask = async {
        stdin.write_all(&order.to_bytes()).await?;
        for block in [component, engine_store] {
            stdin.write_all(&(block.len() as u64).to_le_bytes()).await?;
            stdin.write_all(block).await?;
        }
        stdin.shutdown().await
    };
    // A worker that dies closes the pipe; its exit status then tells more than that.
    let _ = ask.await;
    drop(stdin);
    let mut bytes = Vec::new();
    let block_bytes_max = if order.fill {
        ENGINE_STORE_BYTES_MAX
    } else {
        COMPILED_BYTES_MAX
    };
    // One byte more than a reply has is enough to see that it is too long.
    let bytes_max = block_bytes_max as u64 + REPLY_HEAD_BYTES + 1;
    stdout.take(bytes_max).read_to_end(&mut bytes).await?;
    Ok((child.wait().await?, bytes))
}

/// Bytes of a reply before its block.
const REPLY_HEAD_BYTES: u64 = 9;

/// How a Rust program exits after a panic. wasmtime panics over a call from one component to
/// another, each with its own memory, since multi-memory is off; what the compiler cannot cope
/// with is the component's fault, as nothing else reaches it.
const PANIC_EXIT_CODE: i32 = 101;

fn panicked() -> CompileError {
    CompileError::Invalid("the compiler failed on it".to_owned())
}

fn died(status: ExitStatus) -> CompileError {
    use std::os::unix::process::ExitStatusExt;
    if status.code() == Some(PANIC_EXIT_CODE) {
        return panicked();
    }
    match status.signal() {
        Some(libc::SIGXCPU | libc::SIGKILL) => CompileError::Limit("time"),
        // The allocator aborts when address space runs out; a stack that cannot grow faults.
        Some(libc::SIGABRT | libc::SIGSEGV) => CompileError::Limit("memory"),
        _ => CompileError::Worker(io::Error::other(format!(
            "the compile worker ended: {status}"
        ))),
    }
}
