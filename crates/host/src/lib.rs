//! The use case: a skill is loaded, a call of one of its tools is decided, checked, run, and
//! told as an Outcome.
//!
//! The host names no wasmtime, SQL, HTTP server or command line. It reads no environment and
//! no clock of its own: whoever embeds it hands it a sandbox, a policy and a clock.
//!
//! Read `invoke.rs` first: it is the way of one invocation, top to bottom. `outside.rs` joins it
//! to the broker, `work.rs` to a host folder.
//!
//! A program that embeds Hotcell is its own compile worker: it starts itself anew with the
//! arguments of its [`WorkerCommand`], and calls [`run_worker`] then, before anything else. One
//! that cannot start a process chooses [`Compiler::InThisProcessUnlimited`], and runs only what it
//! trusts.
//!
//! ```no_run
//! use std::process::ExitCode;
//! use std::time::SystemTime;
//!
//! use hotcell_host::{Ask, CompileLimits, Compiler, Host, HostOptions, Sandbox, SandboxOptions};
//! use hotcell_host::{WorkerCommand, run_worker};
//! use hotcell_package::{Package, ReadLimits};
//! use hotcell_policy::{Invocation, Policy};
//!
//! fn main() -> ExitCode {
//!     if std::env::args().nth(1).as_deref() == Some("compile-worker") {
//!         return run_worker();
//!     }
//!     let runtime = tokio::runtime::Runtime::new().expect("threads");
//!     runtime.block_on(call()).expect("a skill that can be loaded");
//!     ExitCode::SUCCESS
//! }
//!
//! async fn call() -> Result<(), Box<dyn std::error::Error>> {
//!     let sandbox = Sandbox::new(SandboxOptions {
//!         compiler: Compiler::Worker(WorkerCommand {
//!             program: std::env::current_exe()?,
//!             arguments: vec!["compile-worker".into()],
//!         }),
//!         compile_limits: CompileLimits::STANDARD,
//!         cache: "/var/cache/my-host/compiled".into(),
//!     })?;
//!     let policy = Policy::standard();
//!     let host = Host::new(HostOptions { sandbox, policy, operator: None, record: None, clock: SystemTime::now });
//!
//!     let package = Package::read("tax-check.zip".as_ref(), &ReadLimits::STANDARD)?;
//!     let skill = host.load(package).await?;
//!     let input = serde_json::json!({ "number": "DE136695976" });
//!     let ask = Ask::new(Invocation::new("check_vat_number", input));
//!     let reply = host.invoke(&skill, ask).await;
//!     println!("{}", serde_json::to_string(&reply.outcome)?);
//!     Ok(())
//! }
//! ```

mod again;
mod artifacts;
mod attempt;
mod audit;
mod callbacks;
mod conclude;
mod deliver;
mod fault;
mod flight;
pub mod formats;
mod host;
mod invoke;
mod jobs;
mod journaled;
mod load;
mod menu;
mod offers;
mod outside;
mod own;
mod presence;
mod ready;
mod record;
mod registry;
mod replay;
mod seen;
mod state;
mod timeline;
mod work;

pub use audit::{LOG_NAME, log_signer};
pub use deliver::{DeliverError, deliver};
pub use fault::Fault;
pub use host::{Host, HostOptions};
pub use hotcell_broker as broker;
pub use hotcell_journal as journal;
pub use hotcell_policy::{Reference, ReferenceError};
pub use hotcell_sandbox::WorkChange;
pub use hotcell_sandbox::compile::{CompileLimits, Compiler, WorkerCommand};
pub use hotcell_sandbox::{
    Cancel, Log, Progress, ProgressSink, Sandbox, SandboxOptions, run_worker,
};
pub use invoke::{Ask, Reply};
pub use load::{LoadError, Skill};
pub use menu::{
    Conversation, FLAT_NAME_BYTES_MAX, FlatNames, LoadedFile, LoadedSkill, LoadedTool, META_TOOLS,
    Menu, MenuEntry, Reader, ShownTool, Strategy, TOKENIZER, TURNS, TokenRow, TokenTable,
    flat_name,
};
pub use offers::Offer;
pub use outside::{Operator, SuspendInState};
pub use presence::{InUse, Presence, has_worker};
pub use record::RecordOptions;
pub use registry::{
    Added, Broken, Card, FolderFinding, Registry, RegistryError, Review, SkillKind, Swept,
    ToolCard, hidden_characters, read_folder,
};
pub use replay::{Difference, Replay};
pub use seen::{SeenEnd, SeenExchange};
pub use state::{Approval, STATE_FILE, State, StateError, Suspension};
pub use timeline::{NOTE_CHARS_MAX, Timeline, TimelineStep};
pub use work::Consent;
