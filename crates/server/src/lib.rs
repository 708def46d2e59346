//! The faces that other programs speak to: MCP over stdio and over HTTP.
//!
//! A face holds no rules. It turns a message into an `Ask`, hands it to the host, and tells the
//! Outcome in the words of its protocol. Nothing that a guest prints gets here: it is part of the
//! Reply, and no transport is handed it. No log holds arguments or outputs.
//!
//! Read `mcp/handler.rs` first: it has a line for each request. `mcp/call.rs` is the way of a tool
//! call; `stdio.rs` and `http.rs` are the ways in; `limits.rs` has every limit by name.

mod http;
pub mod limits;
mod mcp;
mod stdio;

pub use http::{CallerSource, Callers, HttpOptions, HttpServer, NobodyMayCall};
pub use mcp::{
    ARTIFACT_KEY, BUSY, CORRELATION_KEY, IDEMPOTENCY_KEY, OUTCOME_KEY, StdioError, serve_stdio,
};
pub use stdio::{Streams, standard_streams};
