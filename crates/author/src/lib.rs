//! What an author needs: a new skill, its component from sources in four languages, and tests of it
//! against its own contract.
//!
//! Building runs the author's own code. Build only what you trust.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod build;
pub mod new;
