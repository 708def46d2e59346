//! Hostile WebAssembly components, as source.
//!
//! Each function returns the bytes of one component, made from WebAssembly text that stands
//! beside it: what an attack does can be read here and nowhere else. [`Tool`] builds a small
//! skill around the instructions of its `call`; the folders of attacks use it. What the
//! compiler is attacked with is in [`bombs`], and what is no skill at all in [`misfits`].
//!
//! Nothing here runs a component or knows a sandbox.

pub mod answers;
pub mod bombs;
pub mod bytes;
pub mod effects;
pub mod files;
pub mod fixtures;
pub mod host_calls;
pub mod interface;
pub mod memory;
pub mod misfits;
pub mod smith;
pub mod spin;
pub mod state;
mod tool;
pub mod traps;
pub mod witness;

pub use interface::Interface;
pub use tool::Tool;

#[cfg(test)]
mod tests;
