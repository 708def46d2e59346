//! The MCP server among others: clients that other people wrote, and what hostile guests, clients
//! and pages try with it (PEERS: each is a weakness that another server has).
#![allow(clippy::unwrap_used)]

mod attacks;
mod clients;
mod place;
mod serve;
mod starved;
mod stdio;
mod world;
