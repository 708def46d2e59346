//! What a walk, a read and a listing need of a tree, whichever tree it is.

use wasmtime_wasi::p2::bindings::filesystem::types::DescriptorType;

use super::times::Times;

/// A file or folder of one tree. An id is never used twice in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NodeId(pub(super) u64);

/// What is known of a node without reading it.
#[derive(Debug, Clone, Copy)]
pub(super) struct NodeStat {
    pub(super) kind: DescriptorType,
    pub(super) len: u64,
    /// 0 for what is removed but still open. A folder has 1, which means "not counted" to
    /// programs that would derive its subfolders from it.
    pub(super) links: u64,
    /// None where the tree keeps no times: then the call's own time stands for all.
    pub(super) times: Option<Times>,
}

/// A tree of folders and files, without links of any kind.
pub(super) trait Tree {
    /// Returns what is known of `node`.
    fn stat(&self, node: NodeId) -> NodeStat;
    /// Returns the node called `name` in `dir`.
    fn child(&self, dir: NodeId, name: &str) -> Option<NodeId>;
    /// Returns the folder that `dir` is in; the root is in itself.
    fn parent(&self, dir: NodeId) -> NodeId;
    /// Returns the first entry of `dir` whose name comes after `name`, by its bytes.
    fn next_after(&self, dir: NodeId, name: &str) -> Option<(&str, NodeId)>;
    /// Returns at most one chunk and at most `len_max` bytes of a file; none only at its end.
    fn read(&self, file: NodeId, offset: u64, len_max: u64) -> Vec<u8>;

    /// Returns whether `node` is a folder.
    fn is_dir(&self, node: NodeId) -> bool {
        self.stat(node).kind == DescriptorType::Directory
    }
}
