//! Runs untrusted WebAssembly components, each call in a fresh store under limits.
//!
//! What crosses the wall: JSON text in and out, files in memory, a log, and HTTP requests
//! through [`Outbound`]. What does not: the environment, arguments, host files, sockets,
//! exact clocks. The sandbox takes bytes, a file tree and limits; it knows no manifest, no
//! caller, no secret, no database and no HTTP server or client.
//!
//! Read `run.rs` first, then `guest.rs` (what a guest can reach) and `settings.rs` (what the
//! engine allows). A component gets here through `prescan.rs`, `compile.rs` with its worker
//! process in `worker.rs`, and `cache.rs`. `load.rs` is the only file with `unsafe` in it.

mod bindings;
mod cache;
mod call;
mod cancel;
mod checkpoints;
mod clocks;
pub mod compile;
mod engine_store;
mod files;
mod frame;
mod guest;
mod limiter;
mod load;
mod log;
mod outbound;
pub mod prescan;
mod run;
mod sandbox;
pub mod settings;
mod skill_host;
mod sockets;
mod tape;
mod worker;

pub use call::{Call, Context, End, Failure, Report, Retry};
pub use cancel::Cancel;
pub use checkpoints::{CHECKPOINT_BYTES_MAX, CheckpointError, Checkpoints};
pub use clocks::CLOCK_STEP;
pub use files::{
    OutFile, ReadTree, ReadTreeError, WorkChange, WorkEntry, WorkError, WorkFolder, WorkSource,
};
pub use log::Log;
pub use outbound::{Body, BodyError, Denial, DenyAll, Outbound, OutboundError, RequestNumber};
pub use sandbox::{PrepareError, Prepared, Sandbox, SandboxOptions};
pub use skill_host::{CredentialStatus, Progress, ProgressSink};
pub use tape::{Recording, TAPE_BYTES_MAX, Tape, TapeData, TapeError};
pub use worker::run_worker;
