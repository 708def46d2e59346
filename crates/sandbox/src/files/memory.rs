//! What the guest wrote: all nodes of `/out` and `/tmp`, and the account that they are on.
//!
//! Nodes lie in one map by id, so nothing here recurses, whatever the guest builds. A node
//! lives while a folder lists it or somebody holds it open, and costs until then.
//! `changes` holds the operations that change the tree.

use std::collections::BTreeMap;
use std::ops::Bound;

use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::bindings::filesystem::types::DescriptorType;

use super::account::{Account, FileQuota, NODE_BYTES};
use super::content::{self, CHUNK_BYTES, Content};
use super::times::Times;
use super::tree::{NodeId, NodeStat, Tree};
use super::work::{Work, WorkFile};

/// The folder `/out`.
pub(super) const OUT: NodeId = NodeId(0);
/// The folder `/tmp`.
pub(super) const TMP: NodeId = NodeId(1);

/// The writable part of one call's overlay.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) nodes: BTreeMap<NodeId, Node>,
    pub(super) next: NodeId,
    pub(super) account: Account,
    /// The one time that the call knows.
    pub(super) now: Datetime,
    /// The host folder, if there is one.
    pub(super) work: Option<Work>,
}

/// One file or folder.
#[derive(Debug)]
pub(super) struct Node {
    /// The folder that lists it, or that did; the roots are in themselves.
    pub(super) parent: NodeId,
    /// Whether a folder lists it. The roots count as listed.
    pub(super) listed: bool,
    /// Descriptors and streams that hold it.
    pub(super) opens: u32,
    pub(super) times: Times,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    Dir(BTreeMap<Box<str>, NodeId>),
    File(Content),
    /// A file of the host folder, as it is on the disk.
    Work(WorkFile),
}

/// A full B-tree node holds 11 entries and an emptied one 5; a folder of one file holds a
/// node of its own. Two words a level are for the inner nodes and the allocator's headers.
const NODE_BYTES_HELD_MAX: usize = size_of::<(NodeId, Node)>() * 11 / 5
    + size_of::<(Box<str>, NodeId)>() * 11
    + size_of::<[usize; 8]>();
const _: () = assert!(NODE_BYTES_HELD_MAX as u64 <= NODE_BYTES);

impl Memory {
    pub(super) fn new(quota: FileQuota, now: Datetime) -> Memory {
        let root = |id| {
            let mut node = Node::new(id, Body::Dir(BTreeMap::new()), now);
            node.listed = true;
            (id, node)
        };
        Memory {
            nodes: BTreeMap::from([root(OUT), root(TMP)]),
            next: NodeId(TMP.0 + 1),
            account: Account::new(quota),
            now,
            work: None,
        }
    }

    /// Sets the call's time, before the guest has made anything.
    pub(super) fn set_time(&mut self, now: Datetime) {
        self.now = now;
        for node in self.nodes.values_mut() {
            node.times = Times::at(now);
        }
    }

    /// Notes that one more descriptor or stream holds `node`.
    pub(super) fn open(&mut self, node: NodeId) {
        if let Some(node) = self.nodes.get_mut(&node) {
            node.opens += 1;
        }
    }

    /// Notes that one fewer holds it; the last one of a removed node frees it.
    pub(super) fn close(&mut self, id: NodeId) {
        if let Some(node) = self.nodes.get_mut(&id) {
            node.opens -= 1;
            self.free_if_unused(id);
        }
    }

    pub(super) fn free_if_unused(&mut self, id: NodeId) {
        let Some(node) = self.nodes.get(&id) else {
            return;
        };
        if node.listed || node.opens > 0 {
            return;
        }
        let content = node.content_cost();
        self.nodes.remove(&id);
        self.account.return_node(content);
    }

    pub(super) fn entries(&self, dir: NodeId) -> Option<&BTreeMap<Box<str>, NodeId>> {
        match &self.nodes.get(&dir)?.body {
            Body::Dir(entries) => Some(entries),
            Body::File(_) | Body::Work(_) => None,
        }
    }

    pub(super) fn entries_mut(&mut self, dir: NodeId) -> Option<&mut BTreeMap<Box<str>, NodeId>> {
        match &mut self.nodes.get_mut(&dir)?.body {
            Body::Dir(entries) => Some(entries),
            Body::File(_) | Body::Work(_) => None,
        }
    }

    pub(super) fn content_mut(&mut self, file: NodeId) -> Option<&mut Content> {
        match &mut self.nodes.get_mut(&file)?.body {
            Body::File(content) => Some(content),
            Body::Dir(_) | Body::Work(_) => None,
        }
    }

    /// Returns the memory really held by contents and names, which is to be at most what is
    /// on the account beside [`NODE_BYTES`] for each node.
    #[cfg(test)]
    pub(super) fn held_bytes(&self) -> u64 {
        let held = |node: &Node| match &node.body {
            Body::File(content) => content.held_bytes(),
            Body::Work(_) => 0,
            Body::Dir(entries) => entries.keys().map(|name| name.len() as u64).sum(),
        };
        self.nodes.values().map(held).sum()
    }

    /// Takes every file below `dir` out, with its path from there, sorted by path.
    pub(super) fn take_files(&mut self, dir: NodeId) -> Vec<(String, Content)> {
        let mut files = Vec::new();
        let mut dirs = vec![(String::new(), dir)];
        while let Some((prefix, dir)) = dirs.pop() {
            let entries = self
                .entries_mut(dir)
                .map(std::mem::take)
                .unwrap_or_default();
            for (name, id) in entries {
                let path = format!("{prefix}{name}");
                // The nodes stay: descriptors that the guest left open still count on them.
                match self.nodes.get_mut(&id).map(|node| &mut node.body) {
                    Some(Body::File(content)) => files.push((path, std::mem::take(content))),
                    Some(Body::Dir(_)) => dirs.push((path + "/", id)),
                    Some(Body::Work(_)) | None => {}
                }
            }
        }
        files.sort_by(|a, b| a.0.cmp(&b.0));
        files
    }
}

impl Node {
    pub(super) fn new(parent: NodeId, body: Body, now: Datetime) -> Node {
        Node {
            parent,
            listed: false,
            opens: 0,
            times: Times::at(now),
            body,
        }
    }

    pub(super) fn content_cost(&self) -> u64 {
        match &self.body {
            Body::File(file) => content::cost(file.len()),
            Body::Dir(_) | Body::Work(_) => 0,
        }
    }
}

impl Tree for Memory {
    fn stat(&self, node: NodeId) -> NodeStat {
        let found = self.nodes.get(&node);
        let (kind, len) = match found.map(|node| &node.body) {
            Some(Body::File(content)) => (DescriptorType::RegularFile, content.len()),
            Some(Body::Work(file)) => (DescriptorType::RegularFile, file.len),
            _ => (DescriptorType::Directory, 0),
        };
        NodeStat {
            kind,
            len,
            links: u64::from(found.is_some_and(|node| node.listed)),
            times: found.map(|node| node.times),
        }
    }

    fn child(&self, dir: NodeId, name: &str) -> Option<NodeId> {
        self.entries(dir)?.get(name).copied()
    }

    fn parent(&self, dir: NodeId) -> NodeId {
        self.nodes.get(&dir).map_or(dir, |node| node.parent)
    }

    fn next_after(&self, dir: NodeId, name: &str) -> Option<(&str, NodeId)> {
        let after = (Bound::Excluded(name), Bound::Unbounded);
        let (name, node) = self.entries(dir)?.range::<str, _>(after).next()?;
        Some((name, *node))
    }

    fn read(&self, file: NodeId, offset: u64, len_max: u64) -> Vec<u8> {
        match self.nodes.get(&file).map(|node| &node.body) {
            Some(Body::File(content)) => content.read(offset, len_max),
            Some(Body::Work(file)) => file.read(offset, len_max, CHUNK_BYTES),
            _ => Vec::new(),
        }
    }
}
