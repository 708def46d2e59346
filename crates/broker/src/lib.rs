//! The broker: the only crate that dials, and the only one that sees a secret's value.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod body;
mod error;
mod place;
pub mod scan;
pub mod secrets;

pub use body::{Body, BodyError};
pub use error::{Denial, SendError, Transport};
