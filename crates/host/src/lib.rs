//! The use case: a skill is loaded, a call of one of its tools is decided, checked, run, and
//! told as an Outcome.
//!
//! The host names no wasmtime, SQL, HTTP server or command line. It reads no environment and
//! no clock of its own: whoever embeds it hands it a sandbox, a policy and a clock.
//!
//! Read `invoke.rs` first: it is the way of one invocation, top to bottom.

mod artifacts;
mod deliver;
mod host;
mod invoke;
mod load;

pub use deliver::{DeliverError, deliver};
pub use host::{Host, HostOptions};
pub use hotcell_sandbox::compile::{CompileLimits, WorkerCommand};
pub use hotcell_sandbox::{Log, Progress, ProgressSink, Sandbox, SandboxOptions, run_worker};
pub use invoke::{Ask, Reply};
pub use load::{LoadError, Skill};
