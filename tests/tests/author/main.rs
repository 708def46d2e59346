//! `hotcell new` and `hotcell build` with the languages' real tools, as an author has them.
//!
//! The tools are brought once, to a folder below `target`. What these tests need is on every machine
//! that builds Hotcell: cargo with wasm32-wasip2, Node 20 with npm, and Python 3.10 with pip.
#![allow(clippy::unwrap_used)]

mod bench;
mod built;
mod fitting;
mod mistakes;
mod native;
mod new;
mod pages;
