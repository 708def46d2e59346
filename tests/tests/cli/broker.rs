//! `hotcell run` with the broker: the example skills against real TLS servers, from a grant to
//! its end.

mod ci;
mod config;
mod grant;
mod secrecy;
mod wire;
pub(crate) mod world;
