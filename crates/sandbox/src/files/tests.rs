//! The overlay through its host traits, as a guest's calls reach it.
#![allow(clippy::unwrap_used)]

mod descriptors;
mod linked;
mod model;
mod names;
mod quota;
mod read_trees;
mod streams;
mod work;
mod world;
