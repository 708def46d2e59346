//! The attacks that the broker stops, each beside what it permits, against real TLS servers.
#![allow(clippy::unwrap_used, missing_docs)]

mod abuse;
mod basics;
mod chaos;
mod destination;
mod ledger;
mod placement;
mod reflection;
mod world;
