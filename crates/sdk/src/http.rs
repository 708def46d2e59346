//! HTTP as any program has it: plain blocking calls, over `wasi:http`.
//!
//! Every request goes through the host, which decides whether it may leave, adds the credentials
//! that the operator granted, sends it, and looks through the response. A skill never sees a
//! secret, sets no `Authorization`, follows no redirect unasked, and has no socket.
//!
//! ```
//! use hotcell_sdk::{Declared, Retry, ToolError, http};
//!
//! /// Reads how many parcels a depot holds.
//! fn parcels(depot: &str) -> Result<u32, DepotError> {
//!     let url = format!("https://api.example.com/v1/depots/{}", http::encode(depot));
//!     let response = http::get(url).header("accept", "application/json").send()?;
//!     match response.status() {
//!         200 => {
//!             let depot: Depot = response.json()?;
//!             Ok(depot.parcels)
//!         }
//!         404 => Err(DepotError::Unknown),
//!         _ => Err(DepotError::Upstream),
//!     }
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Depot {
//!     parcels: u32,
//! }
//!
//! #[derive(Debug, PartialEq)]
//! enum DepotError {
//!     Unknown,
//!     NotGranted,
//!     Upstream,
//!     Faulty,
//! }
//!
//! /// The line that a tool needs: each kind of trouble becomes one of its declared codes.
//! impl From<http::Error> for DepotError {
//!     fn from(error: http::Error) -> Self {
//!         match error.kind() {
//!             http::ErrorKind::Denied { .. } => Self::NotGranted,
//!             http::ErrorKind::Transient(_) => Self::Upstream,
//!             http::ErrorKind::Permanent(_) | http::ErrorKind::Body(_) => Self::Faulty,
//!         }
//!     }
//! }
//! # use hotcell_sdk::stub::{Host, Reply};
//! # let served = |reply: fn() -> Reply| Host::new().http(move |_| reply()).run(|| parcels("a b"));
//! # let (found, sent) = served(|| Reply::json(200, &serde_json::json!({"parcels": 7})));
//! # assert_eq!(found, Ok(7));
//! # assert_eq!(sent[0].url, "https://api.example.com/v1/depots/a%20b");
//! # assert_eq!(served(|| Reply::new(404)).0, Err(DepotError::Unknown));
//! # assert_eq!(served(|| Reply::denied("egress_denied", None)).0, Err(DepotError::NotGranted));
//! ```
//!
//! What comes from a server is read within a bound: [`Response::json`] and [`Response::text`] up
//! to [`RESPONSE_BYTES_MAX`], [`Response::bytes`] up to what it is told, and [`Body`] in pieces,
//! as a [`std::io::Read`]:
//!
//! ```
//! use std::io::{BufRead, BufReader};
//! use hotcell_sdk::http;
//!
//! fn count_lines(url: &str) -> std::io::Result<usize> {
//!     let response = http::get(url).send().map_err(std::io::Error::other)?;
//!     BufReader::new(response.into_body()).lines().try_fold(0, |n, line| line.map(|_| n + 1))
//! }
//! # use hotcell_sdk::stub::{Host, Reply};
//! # let host = Host::new().http(|_| Reply::new(200).body("a\nb\n"));
//! # assert_eq!(host.run(|| count_lines("https://a.example/")).0.unwrap(), 2);
//! ```
//!
//! The host bounds every time; a request has no timeout of its own. Off wasm, requests go to the
//! [`stub`](crate::stub), and to nobody where there is none.
//!
//! This is a thin layer over the bindings of the `wasip2` crate. `waki` awaits no response while
//! it sends a body, so a refusal is lost, and reads without a bound; a response of `wstd` cannot be read outside
//! of its own event loop, which a plain function has not. Either makes a component 100 KB larger.

mod error;
mod request;
mod response;
#[cfg(target_family = "wasm")]
mod wasi;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

#[cfg(not(target_family = "wasm"))]
use crate::stub as transport;
#[cfg(target_family = "wasm")]
use wasi as transport;

pub use error::{BodyFault, Error, ErrorKind};
pub use request::Request;
pub use response::{Body, Response};

pub(crate) use request::{Content, Outgoing};

/// Bytes that [`Response::json`] and [`Response::text`] read of a response: 4 MiB.
pub const RESPONSE_BYTES_MAX: usize = 4 << 20;

/// All but what RFC 3986 calls unreserved: what may be escaped and what must not are then one.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Begins a GET of an absolute URL.
pub fn get(url: impl Into<String>) -> Request {
    Request::new("GET", url)
}

/// Begins a HEAD of an absolute URL.
pub fn head(url: impl Into<String>) -> Request {
    Request::new("HEAD", url)
}

/// Begins a POST to an absolute URL.
pub fn post(url: impl Into<String>) -> Request {
    Request::new("POST", url)
}

/// Begins a PUT to an absolute URL.
pub fn put(url: impl Into<String>) -> Request {
    Request::new("PUT", url)
}

/// Begins a PATCH of an absolute URL.
pub fn patch(url: impl Into<String>) -> Request {
    Request::new("PATCH", url)
}

/// Begins a DELETE of an absolute URL.
pub fn delete(url: impl Into<String>) -> Request {
    Request::new("DELETE", url)
}

/// Returns `text` as one segment of a path, or as one word of a query (RFC 3986, 2.1).
///
/// A host refuses escaped slashes, backslashes, semicolons and percent signs in a path: two
/// servers could read them in two ways.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_unreserved_stays() {
        assert_eq!(encode("a-Z.0_~"), "a-Z.0_~");
        assert_eq!(encode("ü &/+?"), "%C3%BC%20%26%2F%2B%3F");
    }
}
