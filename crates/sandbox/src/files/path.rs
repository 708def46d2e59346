//! How a guest's path is read: step by step from a folder that it holds open, and never out
//! of it.

use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode;

use super::tree::{NodeId, Tree};

/// Bytes of one path, as on Linux.
pub(super) const PATH_BYTES_MAX: usize = 4_096;
/// Bytes of one name, as on Linux.
pub(super) const NAME_BYTES_MAX: usize = 255;
/// Names from a mount down to a file. It keeps the paths that come back from `/out` short,
/// whatever is renamed into what.
pub(super) const DEPTH_MAX: usize = 32;

/// Where a path leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target<'p> {
    /// A folder that the path names by `.` or `..`, so that it cannot be created or removed.
    Folder(NodeId),
    /// A name in a folder; what has the name may not exist.
    Name(Name<'p>),
}

/// A name in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name<'p> {
    pub(super) dir: NodeId,
    pub(super) name: &'p str,
    /// Whether a slash followed: then only a folder may have the name.
    pub(super) wants_dir: bool,
}

/// Follows `path` from the folder `base` up to its last name.
///
/// # Errors
/// `not-permitted` for an absolute path and for `..` out of `base`; `invalid` for NUL;
/// `name-too-long`; `no-entry` for an empty path and a missing folder on the way;
/// `not-directory` for a file on the way.
pub(super) fn walk<'p>(
    tree: &dyn Tree,
    base: NodeId,
    path: &'p str,
) -> Result<Target<'p>, ErrorCode> {
    check_form(path)?;
    let trimmed = path.trim_end_matches('/');
    let (folders, last) = trimmed.rsplit_once('/').unwrap_or(("", trimmed));
    let mut dir = base;
    for name in folders.split('/') {
        dir = step(tree, base, dir, name)?;
    }
    if matches!(last, "." | "..") {
        return step(tree, base, dir, last).map(Target::Folder);
    }
    if last.len() > NAME_BYTES_MAX {
        return Err(ErrorCode::NameTooLong);
    }
    Ok(Target::Name(Name {
        dir,
        name: last,
        wants_dir: trimmed.len() < path.len(),
    }))
}

/// Follows `path` to something that exists.
///
/// # Errors
/// Those of [`walk`]; `no-entry`; `not-directory` for a file with a slash after its name.
pub(super) fn find(tree: &dyn Tree, base: NodeId, path: &str) -> Result<NodeId, ErrorCode> {
    match walk(tree, base, path)? {
        Target::Folder(node) => Ok(node),
        Target::Name(name) => existing(tree, name),
    }
}

/// Returns the node that has the name.
pub(super) fn existing(tree: &dyn Tree, name: Name<'_>) -> Result<NodeId, ErrorCode> {
    let node = tree.child(name.dir, name.name).ok_or(ErrorCode::NoEntry)?;
    if name.wants_dir && !tree.is_dir(node) {
        return Err(ErrorCode::NotDirectory);
    }
    Ok(node)
}

fn check_form(path: &str) -> Result<(), ErrorCode> {
    if path.is_empty() {
        return Err(ErrorCode::NoEntry);
    }
    if path.len() > PATH_BYTES_MAX {
        return Err(ErrorCode::NameTooLong);
    }
    if path.starts_with('/') {
        return Err(ErrorCode::NotPermitted);
    }
    if path.contains('\0') {
        return Err(ErrorCode::Invalid);
    }
    Ok(())
}

fn step(tree: &dyn Tree, base: NodeId, dir: NodeId, name: &str) -> Result<NodeId, ErrorCode> {
    match name {
        "" | "." => Ok(dir),
        ".." if dir == base => Err(ErrorCode::NotPermitted),
        ".." => Ok(tree.parent(dir)),
        name if name.len() > NAME_BYTES_MAX => Err(ErrorCode::NameTooLong),
        name => {
            let node = tree.child(dir, name).ok_or(ErrorCode::NoEntry)?;
            let is_dir = tree.is_dir(node);
            is_dir.then_some(node).ok_or(ErrorCode::NotDirectory)
        }
    }
}
