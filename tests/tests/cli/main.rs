//! The command line as a person or a script meets it: what it prints, where, with which exit
//! code, and what it leaves behind.
//!
//! Every run of the program goes through [`room::Room`], which also holds for each of them
//! that nothing on a terminal's side carries a control character.
#![allow(clippy::unwrap_used)]

mod arguments;
mod broker;
mod components;
mod doctor;
mod files;
mod help;
mod json;
mod limits;
mod menu;
mod operator;
mod packages;
mod packing;
mod reading;
mod recorded;
mod registry;
mod room;
mod secret;
mod terminal;
mod testing;
mod work;
