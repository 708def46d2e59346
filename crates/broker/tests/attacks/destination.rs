//! Destination: a secret goes where its own record says, and nowhere else.

mod addresses;
mod environment;
mod hosts;
mod names;
mod plain;
mod redirects;
mod urls;
