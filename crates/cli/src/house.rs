//! Where things are on this machine, and a host made from them.

use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use directories::ProjectDirs;
use hotcell_host::broker::meter::Meter;
use hotcell_host::broker::secrets::PayloadKey;
use hotcell_host::{
    CompileLimits, Compiler, Fault, Host, HostOptions, Operator, RecordOptions, Sandbox,
    SandboxOptions, WorkerCommand,
};
use hotcell_package::Diagnostic;
use hotcell_policy::Policy;
use tokio::runtime::{Builder, Runtime};

use crate::config::Places;
use crate::operator::{RATES_FOLDER, operator};
use crate::record::Record;
use crate::secrets::with_vault;

/// The secret of the vault with which payloads are encrypted.
const RECORD_KEY: &str = "record-key";

/// The name of the command that turns this program into a compile worker.
pub(crate) const COMPILE_WORKER: &str = "compile-worker";

/// Threads of a command: one runs a guest while another waits for its requests.
const THREADS: usize = 2;

/// Makes a host whose compiled code is kept in `cache`, or in the platform's cache folder.
///
/// # Errors
///
/// Fails where there is no such folder or it cannot be used.
pub(crate) fn host(
    cache: Option<PathBuf>,
    policy: Policy,
    operator: Option<Operator>,
) -> io::Result<Host> {
    Ok(Host::new(HostOptions {
        sandbox: sandbox(cache)?,
        policy,
        operator,
        record: None,
        clock: SystemTime::now,
    }))
}

/// Returns the threads of a command.
///
/// # Errors
///
/// Fails where the system gives none.
pub(crate) fn runtime() -> Result<Runtime, Fault> {
    let made = Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build();
    made.map_err(|error| Fault::new(format!("no threads: {error}"), "end other programs"))
}

/// Begins a recorded command: a host with the record, which has noticed what the operator changed.
/// [`close`] ends it.
///
/// # Errors
///
/// Returns all that is wrong with the operator's file, or why a folder or the record cannot be
/// used.
pub(crate) async fn open(
    cache: Option<PathBuf>,
    policy: Policy,
    places: &Places,
) -> Result<Host, Vec<Diagnostic>> {
    let operator = operator(places)?;
    let record = Record::open(places, &operator.config).await?;
    let sandbox = sandbox(cache).map_err(|error| {
        let at = places.data.display().to_string();
        let error = Diagnostic::error("unusable", &at, error.to_string());
        vec![error.hint("choose another with --cache DIR")]
    })?;
    let recording = RecordOptions {
        registry: record.registry,
        journal: record.journal,
        owner: owner(),
        meter: Meter::new(places.data.join(RATES_FOLDER)),
        signer: record.signer,
        seal: payload_key(&operator, places)?,
    };
    let host = Host::new(HostOptions {
        sandbox,
        policy,
        operator: Some(operator),
        record: Some(recording),
        clock: SystemTime::now,
    });
    Ok(host.holding(record.in_use))
}

/// Ends a recorded command: waits until all is on record, and signs the log.
///
/// # Errors
///
/// Fails where the record cannot be written.
pub(crate) async fn close(host: &Host) -> Result<(), Fault> {
    host.flush().await;
    host.seal().await
}

/// Returns the key that encrypts payloads, where the operator wants that.
fn payload_key(
    operator: &Operator,
    places: &Places,
) -> Result<Option<PayloadKey>, Vec<Diagnostic>> {
    if !operator.config.record.encrypt {
        return Ok(None);
    }
    let told = |message: String| {
        let mend =
            format!("make one: head -c 32 /dev/urandom | base64 | hotcell secret set {RECORD_KEY}");
        vec![Diagnostic::error("record_key", &operator.config.file, message).hint(mend)]
    };
    let vault = with_vault(&operator.config, places).map_err(|error| told(error.to_string()))?;
    let vault = vault.vault().map_err(|error| told(error.to_string()))?;
    let (value, _version) = vault
        .get(RECORD_KEY)
        .map_err(|error| told(error.to_string()))?;
    Ok(Some(PayloadKey::of(&value)))
}

/// Returns a sandbox whose compiled code is kept in `cache`, or in the platform's cache folder.
///
/// # Errors
///
/// Fails where there is no such folder or it cannot be used.
pub(crate) fn sandbox(cache: Option<PathBuf>) -> io::Result<Sandbox> {
    let cache = match cache {
        Some(cache) => cache,
        None => default_cache()?,
    };
    Sandbox::new(SandboxOptions {
        compiler: Compiler::Worker(WorkerCommand {
            program: std::env::current_exe()?,
            arguments: vec![COMPILE_WORKER.into()],
        }),
        compile_limits: CompileLimits::STANDARD,
        cache,
    })
}

/// Names this process among those that share the record, and those that had its number before.
pub(crate) fn owner() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let nanos = since.unwrap_or_default().as_nanos();
    format!("process {} since {nanos}", std::process::id())
}

/// Returns where the author's tools and builds are kept.
///
/// # Errors
///
/// Fails where this user has no home folder.
pub(crate) fn author_cache() -> io::Result<PathBuf> {
    let folders = ProjectDirs::from("", "", "hotcell").ok_or_else(|| {
        io::Error::other("this user has no home folder: choose a folder with --cache DIR")
    })?;
    Ok(folders.cache_dir().join("author"))
}

fn default_cache() -> io::Result<PathBuf> {
    let folders = ProjectDirs::from("", "", "hotcell").ok_or_else(|| {
        io::Error::other("this user has no home folder: choose a folder with --cache DIR")
    })?;
    Ok(folders.cache_dir().join("compiled"))
}
