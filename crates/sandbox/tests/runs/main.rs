//! Runs of whole components, as an embedder of the sandbox sees them.
#![allow(clippy::unwrap_used)]

mod cancel;
mod checkpoints;
mod divergence;
mod house;
mod replay;
mod upstream;
