//! A node that somebody holds open, whichever tree it is in.

use std::sync::Arc;

use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode;

use super::handle::Handle;
use super::read_tree::ReadTree;
use super::tree::{NodeId, Tree};

/// A node and the tree that it is in.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// In a tree that nobody changes.
    Read(Arc<ReadTree>, NodeId),
    /// In the call's own memory.
    Memory(Handle),
    /// In the call's own memory, where the guest may look only.
    Shown(Handle),
}

impl Place {
    /// Looks at the node in its tree.
    pub(super) fn look<R>(&self, look: impl FnOnce(&dyn Tree, NodeId) -> R) -> R {
        match self {
            Place::Read(tree, node) => look(tree.as_ref(), *node),
            Place::Memory(handle) | Place::Shown(handle) => look(&*handle.lock(), handle.node()),
        }
    }

    /// Returns the node's id in its tree.
    pub(super) fn node(&self) -> NodeId {
        match self {
            Place::Read(_, node) => *node,
            Place::Memory(handle) | Place::Shown(handle) => handle.node(),
        }
    }

    /// Returns the hold on a node that can be changed.
    ///
    /// # Errors
    /// `read-only` for what cannot.
    pub(super) fn writable(&self) -> Result<&Handle, ErrorCode> {
        match self {
            Place::Read(..) | Place::Shown(_) => Err(ErrorCode::ReadOnly),
            Place::Memory(handle) => Ok(handle),
        }
    }
}
