//! Real servers on the loopback: honest ones, and ones that misbehave on the wire.
//!
//! An [`Authority`] issues certificates at run time, a [`Server`] listens on a port that the
//! system picks, and a [`Behaviour`] decides what each connection gets, down to single bytes. A
//! server counts its connections, keeps what was asked, and lets a test wait for either: nothing
//! here sleeps to wait. Servers run on the caller's tokio runtime and end when they are dropped.
//!
//! ```
//! use hotcell_testkit::servers::{Answer, Authority, Behaviour, Server, probe};
//!
//! # let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
//! # runtime.block_on(async {
//! let authority = Authority::new();
//! let hello = Behaviour::answering(|_| Answer::new(200).body("hello"));
//! let server = Server::tls(&authority.issue(&["crm.test"]), hello).await;
//!
//! let request = "GET /v1 HTTP/1.1\r\nhost: crm.test\r\nconnection: close\r\n\r\n";
//! let response = probe::ask(&server, &authority, "crm.test", request).await.unwrap();
//! assert!(response.ends_with(b"hello"));
//! assert_eq!(server.requests()[0].target, "/v1");
//! server.wait_closed().await; // No socket is left behind.
//! # });
//! ```
//!
//! Read `server.rs` first, then `behaviours.rs` for what there is to be afraid of.

mod answer;
mod authority;
mod behaviour;
pub mod behaviours;
pub mod ci;
mod connection;
pub mod crm;
pub mod encodings;
mod form;
mod ledger;
pub mod oauth;
pub mod probe;
mod request;
mod server;
mod service;
mod stream;
pub mod web;

#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use authority::{Authority, Identity, Tls};
pub use behaviour::Behaviour;
pub use connection::Connection;
pub use ledger::Counts;
pub use request::Request;
pub use server::{Listen, Server};
