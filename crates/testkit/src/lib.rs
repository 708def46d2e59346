//! Hostile and honest inputs that several crates test themselves with.
//!
//! It stands below the mechanisms: it knows none of the crates that it serves.

pub mod archives;
pub mod components;
pub mod servers;
