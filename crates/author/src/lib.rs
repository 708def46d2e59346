//! What an author needs: a new skill, its component from sources in four languages, and tests of it
//! against its own contract.
//!
//! Building runs the author's own code. Build only what you trust.
//!
//! `build` makes components, `new` makes folders to build; `cases` reads `tests/*.toml`: its
//! documentation is the format.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod build;
pub mod cases;
mod chaos;
mod fuzz;
pub mod new;
mod paste;
pub mod readme;
pub mod recording;
pub mod report;
mod stage;
pub mod testing;
mod upstream;
mod verdict;
pub mod watching;

pub use fuzz::Fuzz;
pub use stage::StageError;
