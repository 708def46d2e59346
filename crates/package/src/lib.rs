//! The package of a skill: what it is, how it is read, checked, packed and named.
//!
//! A package is SKILL.md (when and how to use the skill), skill.toml (what it asks for),
//! schema.json (its tools' contracts) and one WebAssembly component. Whoever wrote it is not
//! trusted: everything is read under [`ReadLimits`], to memory only, and refused rather than
//! repaired. What is wrong comes back as [`Diagnostic`]s with a place and a mend.
//!
//! This crate runs nothing, asks no network or clock, and writes to no disk. It says what a
//! skill asks for; it never decides what it gets.
//!
//! Read first: `package.rs`, the whole; then `archive.rs` for how zips are distrusted, and
//! `contract/cost.rs` for why a schema cannot hang its host.

#![cfg_attr(test, allow(clippy::unwrap_used))]
mod archive;
mod contract;
mod diagnostic;
mod digest;
mod document;
mod documentation;
mod file_tree;
mod folder;
mod hidden;
pub mod json;
mod limits;
mod lint;
mod manifest;
mod menu;
mod near;
mod origin;
mod pack;
mod package;
mod path;
mod printable;
pub mod table;
mod tokens;

pub use contract::*;
pub use diagnostic::{DIAGNOSTICS_MAX, Diagnostic, Level, Place};
pub use digest::{Digest, DigestError};
pub use document::*;
pub use documentation::{
    Documentation, FOREIGN_NAME_BYTES_MAX, Installable, is_documentation_folder, is_foreign_name,
};
pub use file_tree::{FileTree, Iter, TreeError};
pub use folder::{BUILD_FOLDERS, CRATE_NAMES, PROJECT_FILES, PROJECT_NAMES, TESTS_FOLDER};
pub use limits::*;
pub use lint::{RULES, Rule, lint};
pub use manifest::*;
pub use menu::MenuLine;
pub use near::near_name;
pub use origin::Origin;
pub use pack::pack;
pub use package::{COMPONENT_FILE, Package, PackageError};
pub use path::{
    PATH_BYTES_MAX, PATH_SEGMENTS_MAX, PathError, SEGMENT_BYTES_MAX, check_path, twin_key,
};
pub use printable::{is_invisible, printable};
pub use tokens::tokens;
