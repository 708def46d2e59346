//! The package of a skill: what it is, how it is read, checked, packed and named.
mod diagnostic;
mod digest;
mod file_tree;
pub mod json;
mod limits;
mod path;
mod printable;

pub use diagnostic::{Diagnostic, Level, Place};
pub use digest::{Digest, DigestError};
pub use file_tree::{FileTree, Iter, TreeError};
pub use limits::*;
pub use path::{PATH_BYTES_MAX, PATH_SEGMENTS_MAX, PathError, SEGMENT_BYTES_MAX, check_path};
pub use printable::{is_invisible, printable};
