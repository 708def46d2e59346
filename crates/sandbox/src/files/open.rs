//! What a descriptor is, and how one comes about.

use wasmtime_wasi::p2::bindings::filesystem::types::{
    DescriptorFlags, DescriptorType, ErrorCode, OpenFlags,
};

use super::handle::Handle;
use super::memory::Memory;
use super::mount::Mount;
use super::path::{self, Target};
use super::place::Place;
use super::tree::{NodeId, Tree};

/// The state of one descriptor: our entry in the resource table.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) mount: Mount,
    pub(super) place: Place,
    pub(super) kind: DescriptorType,
    /// What it may do. A file has what was asked for, a folder what its mount allows:
    /// C libraries open folders for reading only, and then remove and create through them.
    pub(super) flags: DescriptorFlags,
}

impl Opened {
    /// Returns the descriptor of a mount's root.
    pub(super) fn root(mount: Mount, place: Place) -> Opened {
        Opened::new(mount, place, DescriptorFlags::READ)
    }

    fn new(mount: Mount, place: Place, asked: DescriptorFlags) -> Opened {
        let kind = place.look(|tree, node| tree.stat(node).kind);
        let flags = match kind {
            DescriptorType::Directory if place.writable().is_ok() => {
                DescriptorFlags::READ | DescriptorFlags::MUTATE_DIRECTORY
            }
            DescriptorType::Directory => DescriptorFlags::READ,
            _ => file_flags(asked),
        };
        Opened {
            mount,
            place,
            kind,
            flags,
        }
    }

    /// Returns the place of a folder.
    pub(super) fn dir(&self) -> Result<&Place, ErrorCode> {
        match self.kind {
            DescriptorType::Directory => Ok(&self.place),
            _ => Err(ErrorCode::NotDirectory),
        }
    }

    /// Returns the hold on a folder whose entries can be changed.
    pub(super) fn dir_to_change(&self) -> Result<&Handle, ErrorCode> {
        self.dir()?.writable()
    }

    /// Returns the place of a file that was opened for reading.
    pub(super) fn file_to_read(&self) -> Result<&Place, ErrorCode> {
        self.file_with(DescriptorFlags::READ)
    }

    /// Returns the hold on a file that was opened for writing.
    pub(super) fn file_to_write(&self) -> Result<&Handle, ErrorCode> {
        self.file_with(DescriptorFlags::WRITE)?.writable()
    }

    fn file_with(&self, flag: DescriptorFlags) -> Result<&Place, ErrorCode> {
        match self.kind {
            DescriptorType::Directory => Err(ErrorCode::IsDirectory),
            _ if self.flags.contains(flag) => Ok(&self.place),
            _ => Err(ErrorCode::BadDescriptor),
        }
    }

    /// Opens or creates what `path` names from this folder.
    ///
    /// # Errors
    /// Those of [`path::walk`]; `invalid` for flags that exclude one another; `read-only`;
    /// `exist`, `no-entry`, `is-directory`, `not-directory`; `insufficient-space`.
    pub(super) fn open_at(
        &self,
        path: &str,
        how: OpenFlags,
        flags: DescriptorFlags,
    ) -> Result<Opened, ErrorCode> {
        let base = self.dir()?;
        let makes = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::TRUNCATE;
        if how.contains(OpenFlags::DIRECTORY) && how.intersects(makes) {
            return Err(ErrorCode::Invalid);
        }
        let changes = DescriptorFlags::WRITE | DescriptorFlags::MUTATE_DIRECTORY;
        let place = match base {
            Place::Read(..) | Place::Shown(_)
                if how.intersects(makes) || flags.intersects(changes) =>
            {
                return Err(ErrorCode::ReadOnly);
            }
            Place::Read(tree, dir) => {
                let node = path::find(tree.as_ref(), *dir, path)?;
                check_kind(tree.as_ref(), node, how, flags)?;
                Place::Read(tree.clone(), node)
            }
            Place::Memory(dir) => {
                let memory = &mut *dir.lock();
                let node = open_in(memory, dir.node(), path, how, flags)?;
                Place::Memory(dir.memory().hold(memory, node))
            }
            Place::Shown(dir) => {
                let memory = &mut *dir.lock();
                let node = open_in(memory, dir.node(), path, how, flags)?;
                Place::Shown(dir.memory().hold(memory, node))
            }
        };
        Ok(Opened::new(self.mount, place, flags))
    }
}

/// Who asks for neither reading nor writing gets reading, as elsewhere in WASI.
fn file_flags(asked: DescriptorFlags) -> DescriptorFlags {
    let asked = asked & !DescriptorFlags::MUTATE_DIRECTORY;
    match asked.contains(DescriptorFlags::WRITE) {
        true => asked,
        false => asked | DescriptorFlags::READ,
    }
}

fn open_in(
    memory: &mut Memory,
    dir: NodeId,
    path: &str,
    how: OpenFlags,
    flags: DescriptorFlags,
) -> Result<NodeId, ErrorCode> {
    let target = path::walk(memory, dir, path)?;
    let found = match target {
        Target::Folder(node) => Some(node),
        Target::Name(name) => memory.child(name.dir, name.name),
    };
    let create = how.contains(OpenFlags::CREATE);
    match (found, target) {
        (Some(_), _) if create && how.contains(OpenFlags::EXCLUSIVE) => Err(ErrorCode::Exist),
        (Some(node), target) => {
            if matches!(target, Target::Name(name) if name.wants_dir) && !memory.is_dir(node) {
                return Err(ErrorCode::NotDirectory);
            }
            check_kind(memory, node, how, flags)?;
            match how.contains(OpenFlags::TRUNCATE) {
                true => memory.set_len(node, 0)?,
                false => memory.fetch(node)?,
            }
            Ok(node)
        }
        (None, Target::Name(name)) if create => memory.create_file(name),
        (None, _) => Err(ErrorCode::NoEntry),
    }
}

/// A folder cannot be written to, and a file is no folder.
fn check_kind(
    tree: &dyn Tree,
    node: NodeId,
    how: OpenFlags,
    flags: DescriptorFlags,
) -> Result<(), ErrorCode> {
    let makes = OpenFlags::CREATE | OpenFlags::TRUNCATE;
    match tree.is_dir(node) {
        true if how.intersects(makes) || flags.contains(DescriptorFlags::WRITE) => {
            Err(ErrorCode::IsDirectory)
        }
        false if how.contains(OpenFlags::DIRECTORY) => Err(ErrorCode::NotDirectory),
        _ => Ok(()),
    }
}
