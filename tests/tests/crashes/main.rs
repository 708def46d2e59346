//! What a crash leaves behind, one at a time: real processes of the program are killed at a
//! chosen moment, and the record and the server are asked what there is. `soak` does the same at
//! random.
#![allow(clippy::unwrap_used)]

mod asked;
mod doubt;
mod held;
mod one_key;
mod poison;
mod replay;
mod site;
mod soak;
mod trouble;
