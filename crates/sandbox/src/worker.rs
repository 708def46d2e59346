//! The compile worker's own side: a process that shuts itself in, reads one component from
//! stdin, compiles it, and writes the code to stdout.
//!
//! A component of 631 bytes took the compiler 6.3 s and 1.75 GiB when measured, so the
//! compiler runs where it can be killed. Nothing is read before the process is confined.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::process::ExitCode;
use std::sync::Arc;

use rustix::process::{Resource, Rlimit, Signal};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
use wasmtime::Engine;

use crate::engine_store::{FillingStore, ReadOnlyStore};
use crate::frame::{COMPILED_BYTES_MAX, ENGINE_STORE_BYTES_MAX, Order, Reply, read_block};
use crate::prescan::COMPONENT_BYTES_MAX;
use crate::settings::engine_config;

/// Runs the compile worker on this process's stdin and stdout. A program that embeds the
/// sandbox calls this from the mode that [`crate::compile::WorkerCommand`] names, and does nothing
/// before it.
pub fn run_worker() -> ExitCode {
    match serve(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(input: &mut impl Read, output: &mut impl io::Write) -> io::Result<()> {
    let order = Order::read(input)?;
    confine(order)?;
    let component = read_block(input, COMPONENT_BYTES_MAX)?;
    let known = ReadOnlyStore::parse(&read_block(input, ENGINE_STORE_BYTES_MAX)?)?;
    let reply = compile(&component, known, order.fill);
    reply.write(output)?;
    output.flush()
}

/// Compiles in this process, whatever it takes.
pub(crate) fn compile(component: &[u8], known: ReadOnlyStore, fill: bool) -> Reply {
    let result = if fill {
        let store = Arc::new(FillingStore::new(known));
        precompile(component, Arc::clone(&store) as _).map(|_code| Reply::Filled(store.to_bytes()))
    } else {
        precompile(component, Arc::new(known)).map(Reply::Compiled)
    };
    match result {
        Ok(Reply::Compiled(code)) if code.len() > COMPILED_BYTES_MAX => {
            Reply::Invalid("its compiled code is larger than allowed".to_owned())
        }
        Ok(reply) => reply,
        Err(error) => Reply::Invalid(format!("{error:#}")),
    }
}

fn precompile(component: &[u8], store: Arc<dyn wasmtime::CacheStore>) -> wasmtime::Result<Vec<u8>> {
    let mut config = engine_config();
    config.enable_incremental_compilation(store)?;
    Engine::new(&config)?.precompile_component(component)
}

/// Gives up what a compiler does not need: memory and time beyond the order's, files,
/// sockets, other programs, and outliving the host.
fn confine(order: Order) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    let limits = [
        (Resource::As, order.memory_bytes),
        (Resource::Cpu, order.cpu_s),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, 3),
    ];
    for (resource, value) in limits {
        let limit = Rlimit {
            current: Some(value),
            maximum: Some(value),
        };
        rustix::process::setrlimit(resource, limit)?;
    }
    let filter = system_call_filter().map_err(io::Error::other)?;
    seccompiler::apply_filter(&filter).map_err(io::Error::other)
}

/// Calls that open a way out of the process. All others stay allowed: an allow-list would
/// break with the next C library, and what is left here cannot name a file, an address or
/// another process.
const DENIED: [libc::c_long; 29] = [
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_bind,
    libc::SYS_bpf,
    libc::SYS_connect,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_fork,
    libc::SYS_io_uring_setup,
    libc::SYS_kill,
    libc::SYS_listen,
    libc::SYS_memfd_create,
    libc::SYS_mount,
    libc::SYS_open,
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_open_by_handle_at,
    libc::SYS_pidfd_open,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_rename,
    libc::SYS_renameat2,
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_unlink,
    libc::SYS_unlinkat,
    libc::SYS_unshare,
    libc::SYS_vfork,
];

fn system_call_filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let rules: BTreeMap<i64, _> = DENIED.into_iter().map(|call| (call, Vec::new())).collect();
    let eperm = u32::try_from(libc::EPERM).expect("an error number is positive");
    let arch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(eperm),
        arch,
    )?
    .try_into()
}
