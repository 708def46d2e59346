//! A hold on a node of the call's memory: while one lives, the node does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::memory::Memory;
use super::tree::NodeId;

/// The call's memory, shared with the streams in the resource table. One task uses a store,
/// so the lock is never waited for. Never drop a [`Handle`] while it is held.
#[derive(Debug, Clone)]
pub(super) struct SharedMemory(Arc<Mutex<Memory>>);

/// One descriptor's or stream's hold on a node.
#[derive(Debug)]
pub(super) struct Handle {
    memory: SharedMemory,
    node: NodeId,
}

impl SharedMemory {
    pub(super) fn new(memory: Memory) -> SharedMemory {
        SharedMemory(Arc::new(Mutex::new(memory)))
    }

    /// Returns the memory. After a panic it is as it was: the call ends, and dropping its
    /// handles must not panic again.
    pub(super) fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a hold on `node`. `memory` is this memory's own guard.
    pub(super) fn hold(&self, memory: &mut Memory, node: NodeId) -> Handle {
        memory.open(node);
        Handle {
            memory: self.clone(),
            node,
        }
    }
}

impl Handle {
    pub(super) fn node(&self) -> NodeId {
        self.node
    }

    pub(super) fn memory(&self) -> &SharedMemory {
        &self.memory
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock()
    }
}

impl Clone for Handle {
    fn clone(&self) -> Handle {
        let memory = &self.memory;
        memory.hold(&mut memory.lock(), self.node)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.memory.lock().close(self.node);
    }
}
