//! The guest's whole file world: one overlay in memory for each call.
//!
//! A guest finds `/skill` and `/in` (what the host prepared, read-only) and `/out` and
//! `/tmp` (empty, writable). It speaks plain `wasi:filesystem`: [`add_to_linker`] puts our
//! own implementation of the generated host traits in the place of wasmtime-wasi's, and the
//! entries in the resource table are ours as well.
//!
//! It never touches a file of the host, follows no link (there are none), reads no clock,
//! and never holds more than its [`FileQuota`]. What the guest left in `/out` comes back
//! from [`Overlay::into_out`]; whether any of it reaches a disk is not decided here.
//!
//! Where the host hands in a folder, its files are at `/work` ([`work`]).
//!
//! Read [`memory`] first, then [`host`].

mod account;
mod changes;
mod content;
mod entries;
mod handle;
mod host;
mod memory;
mod mount;
mod open;
mod overlay;
mod path;
mod place;
mod read_tree;
mod stat;
mod streams;
mod times;
mod tree;
mod work;

#[cfg(test)]
mod tests;

pub(crate) use account::{FileQuota, QuotaName};
pub(crate) use host::{FilesView, add_to_linker};
pub use overlay::OutFile;
pub(crate) use overlay::Overlay;
pub use read_tree::{ReadTree, ReadTreeError};
pub use work::{WorkChange, WorkEntry, WorkError, WorkFolder, WorkSource};
