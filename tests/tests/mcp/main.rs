//! The MCP server as a client finds it: rmcp's own client over stdio, and requests over HTTP.

#![allow(clippy::unwrap_used)]

mod approval;
mod http;
mod lists;
#[path = "../cli/room.rs"]
#[allow(dead_code, unused_imports)]
mod room;
mod sessions;
mod site;
mod stateless;
