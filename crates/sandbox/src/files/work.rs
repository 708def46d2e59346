//! The host folder at `/work`: what is in it when the call begins, and what became of it.
//!
//! Its entries are listed once, before the guest runs, and become nodes of the call's memory. A
//! file's bytes come from a [`WorkSource`] when the guest opens it. What the guest writes stays in
//! memory; [`Memory::take_work`] says at the end what differs. The sandbox itself touches no disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hotcell_policy::{ChangeKind, WorkAccess, WorkLimit};
use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode;

use super::content::Content;
use super::memory::{Body, Memory, Node};
use super::path::DEPTH_MAX;
use super::times::{Times, datetime};
use super::tree::NodeId;

/// A host folder for one call.
#[derive(Clone)]
pub struct WorkFolder {
    /// All that is in it. A folder stands before what is in it.
    pub entries: Arc<[WorkEntry]>,
    /// What gives the bytes of its files.
    pub source: Arc<dyn WorkSource>,
    /// What the guest may do there.
    pub access: WorkAccess,
}

/// A file or folder of a [`WorkFolder`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkEntry {
    /// Its path, `/`-separated, of at most 32 names of at most 255 bytes.
    pub path: String,
    /// The bytes of a file; none for a folder.
    pub bytes: Option<u64>,
    /// When it was changed last, since 1970.
    pub modified: Duration,
}

/// Gives the bytes of the files of a [`WorkFolder`].
pub trait WorkSource: Send + Sync {
    /// Returns the bytes of the file that is the entry of this number. They are the same each
    /// time.
    ///
    /// # Errors
    ///
    /// Fails where the file is not as it was listed, or cannot be read; then the call fails.
    fn read(&self, entry: usize) -> Result<Arc<[u8]>, WorkError>;
}

/// Why a call cannot go on with its host folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkError {
    /// Somebody else changed this path meanwhile.
    Changed(String),
    /// This path cannot be read or written: the system's words.
    Unreadable(String, String),
    /// It went past a limit.
    Limit(WorkLimit),
}

/// What a call changed in its host folder.
#[derive(Clone, PartialEq, Eq)]
pub struct WorkChange {
    /// The path: the guest's word, to be checked against the allow-list before it names anything.
    pub path: String,
    /// What happened.
    pub kind: ChangeKind,
    /// What the file held before.
    pub before: Option<Arc<[u8]>>,
    /// What it holds now.
    pub after: Option<Arc<[u8]>>,
}

/// The host folder in a call's memory.
pub(super) struct Work {
    folder: WorkFolder,
    root: NodeId,
    trouble: Option<WorkError>,
}

/// A file of the folder that the guest has not changed.
#[derive(Debug)]
pub(super) struct WorkFile {
    entry: usize,
    pub(super) len: u64,
    /// Its bytes, once it was opened.
    pub(super) bytes: Option<Arc<[u8]>>,
}

impl Memory {
    /// Shows `folder` to the guest, which has made nothing yet. Its nodes enlarge the quota by what
    /// they cost: their number has a limit of its own.
    pub(super) fn mount_work(&mut self, folder: &WorkFolder) {
        let root = self.work_node(None, Body::Dir(BTreeMap::new()), Times::at(self.now));
        let mut dirs = BTreeMap::from([("", root)]);
        for (number, entry) in folder.entries.iter().enumerate() {
            let (parent, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
            let Some(parent) = dirs.get(parent).copied() else {
                continue;
            };
            let body = match entry.bytes {
                None => Body::Dir(BTreeMap::new()),
                Some(len) => Body::Work(WorkFile {
                    entry: number,
                    len,
                    bytes: None,
                }),
            };
            let times = Times::at(datetime(entry.modified));
            let node = self.work_node(Some((parent, name)), body, times);
            if entry.bytes.is_none() {
                dirs.insert(&entry.path, node);
            }
        }
        self.work = Some(Work {
            folder: folder.clone(),
            root,
            trouble: None,
        });
    }

    fn work_node(&mut self, at: Option<(NodeId, &str)>, body: Body, times: Times) -> NodeId {
        let id = self.next;
        self.next = NodeId(id.0 + 1);
        let mut node = Node::new(at.map_or(id, |(parent, _)| parent), body, self.now);
        node.listed = true;
        node.times = times;
        self.nodes.insert(id, node);
        if let Some((parent, name)) = at {
            self.account.widen(name.len() as u64);
            if let Some(entries) = self.entries_mut(parent) {
                entries.insert(name.into(), id);
            }
        }
        id
    }

    /// Returns the folder's root and what may be done there; none where there is no folder.
    pub(super) fn work_root(&self) -> Option<(NodeId, WorkAccess)> {
        let work = self.work.as_ref()?;
        Some((work.root, work.folder.access))
    }

    /// Returns what ended the call's way with its folder, if anything did.
    pub(super) fn work_trouble(&self) -> Option<WorkError> {
        self.work.as_ref()?.trouble.clone()
    }

    /// Fetches the bytes of a file that somebody opens. For any other node there is nothing to do.
    pub(super) fn fetch(&mut self, id: NodeId) -> Result<(), ErrorCode> {
        let Some(Body::Work(file)) = self.nodes.get(&id).map(|node| &node.body) else {
            return Ok(());
        };
        if file.bytes.is_some() {
            return Ok(());
        }
        let entry = file.entry;
        let bytes = self.fetch_entry(entry).map_err(|_| ErrorCode::Io)?;
        if let Some(Body::Work(file)) = self.nodes.get_mut(&id).map(|node| &mut node.body) {
            file.bytes = Some(bytes);
        }
        Ok(())
    }

    fn fetch_entry(&mut self, entry: usize) -> Result<Arc<[u8]>, WorkError> {
        let work = self.work.as_mut().expect("an entry is of a folder");
        work.folder.source.read(entry).inspect_err(|error| {
            work.trouble.get_or_insert_with(|| error.clone());
        })
    }

    /// Makes a file of the folder the guest's own, so that it can be changed; it is paid for by
    /// whoever calls. A file that was not opened for its bytes becomes empty.
    pub(super) fn own(&mut self, id: NodeId) {
        let Some(Body::Work(file)) = self.nodes.get_mut(&id).map(|node| &mut node.body) else {
            return;
        };
        let mut content = Content::default();
        if let Some(bytes) = file.bytes.take() {
            content.write(0, &bytes);
        }
        if let Some(node) = self.nodes.get_mut(&id) {
            node.body = Body::File(content);
        }
    }

    /// Returns what differs from the folder as it was listed, sorted by path.
    ///
    /// # Errors
    ///
    /// Fails where a file that was replaced, moved or removed cannot be read any more.
    pub(super) fn take_work(&mut self) -> Result<Vec<WorkChange>, WorkError> {
        let Some((root, _)) = self.work_root() else {
            return Ok(Vec::new());
        };
        let entries = Arc::clone(&self.work.as_ref().expect("it has a root").folder.entries);
        let listed: BTreeMap<&str, usize> = entries
            .iter()
            .enumerate()
            .map(|(number, entry)| (entry.path.as_str(), number))
            .collect();
        let mut changes = Vec::new();
        let mut kept = BTreeSet::new();
        for (path, node) in self.work_nodes(root) {
            let former = listed.get(path.as_str()).copied();
            if former.is_some_and(|former| self.is_untouched(node, former, &entries)) {
                kept.insert(path);
                continue;
            }
            let former_file = former.filter(|former| entries[*former].bytes.is_some());
            if self.entries(node).is_none() && former_file.is_some() {
                kept.insert(path.clone());
            }
            changes.extend(self.change(path, node, former_file)?);
        }
        for (path, number) in listed {
            if !kept.contains(path) {
                let (kind, before) = match entries[number].bytes {
                    None => (ChangeKind::FolderDeleted, None),
                    Some(_) => (ChangeKind::Deleted, Some(self.fetch_entry(number)?)),
                };
                changes.push(WorkChange {
                    path: path.to_owned(),
                    kind,
                    before,
                    after: None,
                });
            }
        }
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(changes)
    }

    /// Returns all nodes below `root` with their paths.
    fn work_nodes(&self, root: NodeId) -> Vec<(String, NodeId)> {
        let mut all = Vec::new();
        let mut open = vec![(String::new(), root, 0)];
        while let Some((prefix, dir, depth)) = open.pop() {
            for (name, id) in self.entries(dir).into_iter().flatten() {
                let path = format!("{prefix}{name}");
                if self.entries(*id).is_some() && depth < DEPTH_MAX {
                    open.push((format!("{path}/"), *id, depth + 1));
                }
                all.push((path, *id));
            }
        }
        all
    }

    /// Returns whether what stands at an entry's path is that entry.
    fn is_untouched(&self, id: NodeId, former: usize, entries: &[WorkEntry]) -> bool {
        match self.nodes.get(&id).map(|node| &node.body) {
            Some(Body::Work(file)) => file.entry == former,
            Some(Body::Dir(_)) => entries[former].bytes.is_none(),
            _ => false,
        }
    }

    /// Tells what a node is that does not stand where it was; none where its bytes are as before.
    fn change(
        &mut self,
        path: String,
        id: NodeId,
        former: Option<usize>,
    ) -> Result<Option<WorkChange>, WorkError> {
        let moved = match self.nodes.get(&id).map(|node| &node.body) {
            Some(Body::Work(file)) => Some(file.entry),
            Some(Body::File(_)) => None,
            _ => {
                return Ok(Some(WorkChange {
                    path,
                    kind: ChangeKind::FolderCreated,
                    before: None,
                    after: None,
                }));
            }
        };
        let after = match (moved, self.content_mut(id)) {
            (Some(entry), _) => self.fetch_entry(entry)?,
            (None, Some(content)) => std::mem::take(content).into_bytes().into(),
            (None, None) => Arc::default(),
        };
        let before = former.map(|former| self.fetch_entry(former)).transpose()?;
        Ok((before.as_ref() != Some(&after)).then_some(WorkChange {
            path,
            kind: match before {
                Some(_) => ChangeKind::Modified,
                None => ChangeKind::Created,
            },
            before,
            after: Some(after),
        }))
    }
}

impl WorkFile {
    /// Returns at most `len_max` and at most `chunk` bytes from `offset` on.
    pub(super) fn read(&self, offset: u64, len_max: u64, chunk: usize) -> Vec<u8> {
        let bytes = self.bytes.as_deref().unwrap_or_default();
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let len = usize::try_from(len_max).unwrap_or(usize::MAX).min(chunk);
        let end = start.saturating_add(len).min(bytes.len());
        bytes[start..end].to_vec()
    }
}

impl fmt::Debug for WorkFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkFolder")
            .field("entries", &self.entries.len())
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.folder.fmt(f)
    }
}

impl fmt::Debug for WorkChange {
    /// Leaves the content out: it is the guest's, and may be large.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkChange")
            .field("path", &self.path)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for WorkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorkError::Changed(path) => write!(f, "somebody else changed /work/{path} meanwhile"),
            WorkError::Unreadable(path, why) => write!(f, "/work/{path}: {why}"),
            WorkError::Limit(limit) => write!(f, "the limit {limit}={}", limit.value()),
        }
    }
}

impl std::error::Error for WorkError {}
