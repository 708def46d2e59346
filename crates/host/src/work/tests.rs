//! The disk's side: what is listed, what is refused, and what a crash leaves behind.
#![allow(clippy::unwrap_used)]

mod crash;
mod hostile;
mod listing;
mod place;
