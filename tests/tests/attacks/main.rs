//! The attacks of the sandbox, by family. Each is a named test with its figure.
//!
//! Where a test asserts a time, it allows four times what is promised: the machine is noisy.
//! Fuel, bytes and counts are asserted exactly.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod answers;
mod bombs;
mod cancel;
mod crowd;
mod ends;
mod files;
mod host_calls;
mod memory;
mod misfits;
mod spin;
mod traps;
mod workers;
