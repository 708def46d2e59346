//! A tree that is prepared once and read by many calls.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use wasmtime_wasi::p2::bindings::filesystem::types::DescriptorType;

use super::content::CHUNK_BYTES;
use super::path::{DEPTH_MAX, NAME_BYTES_MAX};
use super::tree::{NodeId, NodeStat, Tree};

/// An immutable tree of folders and files: what a guest sees at `/skill` or `/in`.
///
/// Prepare it once and share it by `Arc`: a call neither copies nor changes it.
#[derive(Debug)]
pub struct ReadTree {
    /// A node's id is its place here; the root is the first.
    nodes: Vec<Node>,
}

#[derive(Debug)]
enum Node {
    Dir {
        parent: NodeId,
        entries: BTreeMap<Box<str>, NodeId>,
    },
    File(Arc<[u8]>),
}

/// A path that a [`ReadTree`] cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadTreeError {
    /// Stable `snake_case` code.
    pub code: &'static str,
    /// The path as it came: untrusted.
    pub path: String,
}

/// The top folder.
pub(super) const ROOT: NodeId = NodeId(0);

impl ReadTree {
    /// Builds a tree from relative, `/`-separated paths; folders come of themselves.
    ///
    /// # Errors
    /// The first path that is absolute, holds an empty name, `.`, `..`, NUL or a name past
    /// 255 bytes, is deeper than 32 names, stands twice, or is both a file and a folder.
    pub fn new<P: AsRef<str>>(
        files: impl IntoIterator<Item = (P, Arc<[u8]>)>,
    ) -> Result<ReadTree, ReadTreeError> {
        let mut tree = ReadTree {
            nodes: vec![empty_dir(ROOT)],
        };
        for (path, bytes) in files {
            let path = path.as_ref();
            tree.add(path, bytes).map_err(|code| ReadTreeError {
                code,
                path: path.to_owned(),
            })?;
        }
        Ok(tree)
    }

    fn add(&mut self, path: &str, bytes: Arc<[u8]>) -> Result<(), &'static str> {
        if path.split('/').count() > DEPTH_MAX {
            return Err("path_too_deep");
        }
        let (folders, name) = path
            .rsplit_once('/')
            .map_or((None, path), |(f, n)| (Some(f), n));
        let mut dir = ROOT;
        for folder in folders.into_iter().flat_map(|f| f.split('/')) {
            dir = self.folder(dir, folder)?;
        }
        self.insert(dir, name, Node::File(bytes)).map(drop)
    }

    fn folder(&mut self, dir: NodeId, name: &str) -> Result<NodeId, &'static str> {
        match self.child(dir, name) {
            Some(node) if self.is_dir(node) => Ok(node),
            Some(_) => Err("path_file_and_folder"),
            None => self.insert(dir, name, empty_dir(dir)),
        }
    }

    fn insert(&mut self, dir: NodeId, name: &str, node: Node) -> Result<NodeId, &'static str> {
        if matches!(name, "" | "." | "..") || name.contains('\0') || name.len() > NAME_BYTES_MAX {
            return Err("path_name");
        }
        if let Some(taken) = self.child(dir, name) {
            let code = match self.is_dir(taken) {
                true => "path_file_and_folder",
                false => "path_duplicate",
            };
            return Err(code);
        }
        let id = NodeId(self.nodes.len() as u64);
        self.nodes.push(node);
        match self.nodes.get_mut(index(dir)) {
            Some(Node::Dir { entries, .. }) => entries.insert(name.into(), id),
            _ => unreachable!("only folders are walked through"),
        };
        Ok(id)
    }

    fn entries(&self, dir: NodeId) -> Option<&BTreeMap<Box<str>, NodeId>> {
        match self.nodes.get(index(dir)) {
            Some(Node::Dir { entries, .. }) => Some(entries),
            _ => None,
        }
    }

    fn bytes(&self, file: NodeId) -> &[u8] {
        match self.nodes.get(index(file)) {
            Some(Node::File(bytes)) => bytes,
            _ => &[],
        }
    }
}

impl Default for ReadTree {
    fn default() -> ReadTree {
        ReadTree {
            nodes: vec![empty_dir(ROOT)],
        }
    }
}

impl Tree for ReadTree {
    fn stat(&self, node: NodeId) -> NodeStat {
        let kind = match self.nodes.get(index(node)) {
            Some(Node::File(_)) => DescriptorType::RegularFile,
            _ => DescriptorType::Directory,
        };
        NodeStat {
            kind,
            len: self.bytes(node).len() as u64,
            links: 1,
            times: None,
        }
    }

    fn child(&self, dir: NodeId, name: &str) -> Option<NodeId> {
        self.entries(dir)?.get(name).copied()
    }

    fn parent(&self, dir: NodeId) -> NodeId {
        match self.nodes.get(index(dir)) {
            Some(Node::Dir { parent, .. }) => *parent,
            _ => ROOT,
        }
    }

    fn next_after(&self, dir: NodeId, name: &str) -> Option<(&str, NodeId)> {
        let after = (Bound::Excluded(name), Bound::Unbounded);
        let (name, node) = self.entries(dir)?.range::<str, _>(after).next()?;
        Some((name, *node))
    }

    fn read(&self, file: NodeId, offset: u64, len_max: u64) -> Vec<u8> {
        let bytes = self.bytes(file);
        let start = usize::try_from(offset).map_or(bytes.len(), |at| at.min(bytes.len()));
        let len = usize::try_from(len_max)
            .unwrap_or(usize::MAX)
            .min(CHUNK_BYTES);
        bytes[start..start + len.min(bytes.len() - start)].to_vec()
    }
}

impl fmt::Display for ReadTreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.code, self.path)
    }
}

impl std::error::Error for ReadTreeError {}

fn empty_dir(parent: NodeId) -> Node {
    Node::Dir {
        parent,
        entries: BTreeMap::new(),
    }
}

fn index(node: NodeId) -> usize {
    usize::try_from(node.0).unwrap_or(usize::MAX)
}
