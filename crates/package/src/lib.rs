//! The package of a skill: what it is, how it is read, checked, packed and named.
#![cfg_attr(test, allow(clippy::unwrap_used))]
mod archive;
mod contract;
mod diagnostic;
mod digest;
mod document;
mod file_tree;
mod folder;
pub mod json;
mod limits;
mod manifest;
mod near;
mod pack;
mod package;
mod path;
mod printable;

pub use contract::*;
pub use diagnostic::{Diagnostic, Level, Place};
pub use digest::{Digest, DigestError};
pub use document::*;
pub use file_tree::{FileTree, Iter, TreeError};
pub use folder::BUILD_FOLDERS;
pub use limits::*;
pub use manifest::*;
pub use near::near_name;
pub use pack::pack;
pub use package::{COMPONENT_FILE, Package, PackageError};
pub use path::{PATH_BYTES_MAX, PATH_SEGMENTS_MAX, PathError, SEGMENT_BYTES_MAX, check_path};
pub use printable::{is_invisible, printable};
