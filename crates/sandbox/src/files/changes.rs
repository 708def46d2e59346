//! What a guest can do to its writable files. Each operation checks everything first,
//! the quota included, and then happens whole.

use std::collections::BTreeMap;

use wasmtime_wasi::p2::bindings::filesystem::types::{ErrorCode, NewTimestamp};

use super::content::{self, Content};
use super::memory::{Body, Memory, Node};
use super::path::{DEPTH_MAX, Name, existing};
use super::times;
use super::tree::{NodeId, Tree};

impl Memory {
    /// Creates an empty file. The name is free: its folder was asked just before.
    pub(super) fn create_file(&mut self, name: Name<'_>) -> Result<NodeId, ErrorCode> {
        if name.wants_dir {
            return Err(ErrorCode::IsDirectory);
        }
        self.create(name, Body::File(Content::default()))
    }

    /// Creates an empty folder.
    pub(super) fn create_dir(&mut self, name: Name<'_>) -> Result<(), ErrorCode> {
        match self.child(name.dir, name.name) {
            Some(_) => Err(ErrorCode::Exist),
            None => self.create(name, Body::Dir(BTreeMap::new())).map(drop),
        }
    }

    fn create(&mut self, name: Name<'_>, body: Body) -> Result<NodeId, ErrorCode> {
        self.check_listed(name.dir)?;
        if self.depth(name.dir) >= DEPTH_MAX {
            return Err(ErrorCode::NameTooLong);
        }
        self.account.take_node(name.name.len() as u64)?;
        let id = self.next;
        self.next = NodeId(id.0 + 1);
        self.nodes.insert(id, Node::new(name.dir, body, self.now));
        self.list(name, id);
        Ok(id)
    }

    /// Removes a file. Who holds it open keeps it, and it costs until then.
    pub(super) fn unlink(&mut self, name: Name<'_>) -> Result<(), ErrorCode> {
        let node = existing(self, name)?;
        if self.is_dir(node) {
            return Err(ErrorCode::IsDirectory);
        }
        self.unlist(name, node);
        Ok(())
    }

    /// Removes an empty folder.
    pub(super) fn remove_dir(&mut self, name: Name<'_>) -> Result<(), ErrorCode> {
        let node = existing(self, name)?;
        match self.entries(node) {
            None => Err(ErrorCode::NotDirectory),
            Some(entries) if !entries.is_empty() => Err(ErrorCode::NotEmpty),
            Some(_) => {
                self.unlist(name, node);
                Ok(())
            }
        }
    }

    /// Renames as POSIX does: what had the new name is replaced, if it is of the same kind
    /// and, for a folder, empty.
    ///
    /// Moving a folder deeper visits all that is in it, to keep the depth limit.
    pub(super) fn rename(&mut self, old: Name<'_>, new: Name<'_>) -> Result<(), ErrorCode> {
        let moved = existing(self, old)?;
        self.check_listed(new.dir)?;
        if new.wants_dir && !self.is_dir(moved) {
            return Err(ErrorCode::NotDirectory);
        }
        let replaced = self.child(new.dir, new.name);
        if replaced == Some(moved) {
            return Ok(());
        }
        self.check_move(moved, new.dir)?;
        if let Some(replaced) = replaced {
            self.check_replace(moved, replaced)?;
            // Its name pays for the new one, so that nothing below can be refused.
            self.unlist(new, replaced);
        }
        self.account
            .exchange(old.name.len() as u64, new.name.len() as u64)?;
        self.remove_entry(old);
        self.list(new, moved);
        Ok(())
    }

    /// A folder may not be moved into itself, nor past the depth limit.
    fn check_move(&self, moved: NodeId, to: NodeId) -> Result<(), ErrorCode> {
        if self.is_dir(moved) && self.is_within(to, moved) {
            return Err(ErrorCode::Invalid);
        }
        let depth = self.depth(to) + 1;
        if depth > self.depth(moved) && depth + self.height(moved) > DEPTH_MAX {
            return Err(ErrorCode::NameTooLong);
        }
        Ok(())
    }

    fn check_replace(&self, moved: NodeId, replaced: NodeId) -> Result<(), ErrorCode> {
        match (self.is_dir(moved), self.entries(replaced)) {
            (true, None) => Err(ErrorCode::NotDirectory),
            (false, Some(_)) => Err(ErrorCode::IsDirectory),
            (true, Some(entries)) if !entries.is_empty() => Err(ErrorCode::NotEmpty),
            _ => Ok(()),
        }
    }

    /// Writes all of `data` at `offset`, or nothing. What lies between the old end and
    /// `offset` becomes zeros and counts in full.
    pub(super) fn write(
        &mut self,
        file: NodeId,
        offset: u64,
        data: &[u8],
    ) -> Result<(), ErrorCode> {
        if data.is_empty() {
            return Ok(());
        }
        let end = offset
            .checked_add(data.len() as u64)
            .ok_or(ErrorCode::FileTooLarge)?;
        let old = self.stat(file).len;
        self.account
            .exchange(self.paid(file), content::cost(old.max(end)))?;
        self.own(file);
        if let Some(content) = self.content_mut(file) {
            content.write(offset, data);
        }
        self.touch(file);
        Ok(())
    }

    /// Writes at the end that the file has now.
    pub(super) fn append(&mut self, file: NodeId, data: &[u8]) -> Result<(), ErrorCode> {
        self.write(file, self.stat(file).len, data)
    }

    /// Cuts a file, or lets it grow by zeros.
    pub(super) fn set_len(&mut self, file: NodeId, len: u64) -> Result<(), ErrorCode> {
        self.account.exchange(self.paid(file), content::cost(len))?;
        self.own(file);
        if let Some(content) = self.content_mut(file) {
            content.set_len(len);
        }
        self.touch(file);
        Ok(())
    }

    /// Sets a node's times as asked.
    pub(super) fn set_times(
        &mut self,
        node: NodeId,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> Result<(), ErrorCode> {
        let now = self.now;
        if let Some(node) = self.nodes.get_mut(&node) {
            let accessed = times::updated(node.times.accessed, accessed, now)?;
            let modified = times::updated(node.times.modified, modified, now)?;
            node.times = times::Times { accessed, modified };
        }
        Ok(())
    }

    /// Returns what is paid for a node's content.
    fn paid(&self, node: NodeId) -> u64 {
        self.nodes.get(&node).map_or(0, Node::content_cost)
    }

    fn touch(&mut self, node: NodeId) {
        let now = self.now;
        if let Some(node) = self.nodes.get_mut(&node) {
            node.times.modified = now;
        }
    }

    fn list(&mut self, name: Name<'_>, id: NodeId) {
        if let Some(entries) = self.entries_mut(name.dir) {
            entries.insert(name.name.into(), id);
        }
        if let Some(node) = self.nodes.get_mut(&id) {
            node.parent = name.dir;
            node.listed = true;
        }
        self.touch(name.dir);
    }

    /// Takes the name away, gives back what it cost, and frees the node if nobody holds it.
    fn unlist(&mut self, name: Name<'_>, id: NodeId) {
        self.remove_entry(name);
        self.account.give_back(name.name.len() as u64);
        if let Some(node) = self.nodes.get_mut(&id) {
            node.listed = false;
        }
        self.free_if_unused(id);
    }

    fn remove_entry(&mut self, name: Name<'_>) {
        if let Some(entries) = self.entries_mut(name.dir) {
            entries.remove(name.name);
        }
        self.touch(name.dir);
    }

    /// Nothing can be made in a folder that was removed while it was open.
    fn check_listed(&self, dir: NodeId) -> Result<(), ErrorCode> {
        let listed = self.nodes.get(&dir).is_some_and(|node| node.listed);
        listed.then_some(()).ok_or(ErrorCode::NoEntry)
    }

    fn is_within(&self, mut node: NodeId, dir: NodeId) -> bool {
        loop {
            let parent = self.parent(node);
            if node == dir || parent == node {
                return node == dir;
            }
            node = parent;
        }
    }

    /// Returns how many names lead from the mount to `node`.
    fn depth(&self, mut node: NodeId) -> usize {
        let mut depth = 0;
        while self.parent(node) != node {
            node = self.parent(node);
            depth += 1;
        }
        depth
    }

    /// Returns how many names the longest way down from `node` has.
    fn height(&self, node: NodeId) -> usize {
        let mut height = 0;
        let mut open = vec![(node, 0)];
        while let Some((node, depth)) = open.pop() {
            height = height.max(depth);
            let entries = self.entries(node).into_iter().flat_map(BTreeMap::values);
            open.extend(entries.map(|child| (*child, depth + 1)));
        }
        height
    }
}
