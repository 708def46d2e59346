//! The files of a granted folder: each is read once, and only as it was listed.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt};
use cap_std::fs::{Dir, File, OpenOptions, OpenOptionsExt};
use hotcell_policy::{WorkAccess, WorkLimit, WorkLimits};
use hotcell_sandbox::{WorkEntry, WorkError, WorkFolder, WorkSource};

use super::list::{Listing, Print, unreadable};

/// A listed folder, and what was read of it.
pub(crate) struct DiskSource {
    root: Dir,
    entries: Arc<[WorkEntry]>,
    prints: Vec<Print>,
    access: WorkAccess,
    read: Mutex<WasRead>,
}

/// What was read so far.
#[derive(Default)]
struct WasRead {
    files: BTreeMap<usize, Arc<[u8]>>,
    bytes: u64,
}

impl DiskSource {
    pub(super) fn new(root: Dir, listing: Listing, access: WorkAccess) -> DiskSource {
        DiskSource {
            root,
            entries: listing.entries.into(),
            prints: listing.prints,
            access,
            read: Mutex::default(),
        }
    }

    /// Returns the folder as the sandbox takes it.
    pub(super) fn folder(self: &Arc<Self>) -> WorkFolder {
        WorkFolder {
            entries: Arc::clone(&self.entries),
            source: Arc::clone(self) as Arc<dyn WorkSource>,
            access: self.access,
        }
    }

    /// Returns what its call may do there.
    pub(super) fn access(&self) -> WorkAccess {
        self.access
    }

    pub(super) fn root(&self) -> &Dir {
        &self.root
    }

    pub(super) fn entries(&self) -> &[WorkEntry] {
        &self.entries
    }

    /// Returns what was read, by number of the entry.
    pub(super) fn files(&self) -> BTreeMap<usize, Arc<[u8]>> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.files.clone()
    }

    /// Finds out whether all that was read is on the disk still, byte for byte.
    pub(super) fn check(&self) -> Result<(), WorkError> {
        for (number, bytes) in self.files() {
            let path = &self.entries[number].path;
            let now = read_file(&self.root, path, bytes.len() as u64);
            match now {
                Ok((now, _)) if *now == *bytes => {}
                _ => return Err(WorkError::Changed(path.clone())),
            }
        }
        Ok(())
    }
}

impl WorkSource for DiskSource {
    fn read(&self, entry: usize) -> Result<Arc<[u8]>, WorkError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = read.files.get(&entry) {
            return Ok(Arc::clone(bytes));
        }
        let WorkEntry { path, bytes, .. } = &self.entries[entry];
        let limits = WorkLimits::STANDARD;
        let length = bytes.unwrap_or(0);
        if length > limits.file_bytes {
            return Err(WorkError::Limit(WorkLimit::FileBytes));
        }
        if read.bytes + length > limits.read_bytes {
            return Err(WorkError::Limit(WorkLimit::ReadBytes));
        }
        let (bytes, print) = read_file(&self.root, path, length)?;
        if print != self.prints[entry] {
            return Err(WorkError::Changed(path.clone()));
        }
        read.bytes += length;
        read.files.insert(entry, Arc::clone(&bytes));
        Ok(bytes)
    }
}

/// Opens the folder that `path` lies in, name by name and over no link, and returns it with the
/// last name.
pub(super) fn parent<'p>(root: &Dir, path: &'p str) -> std::io::Result<(Dir, &'p str)> {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut dir = root.try_clone()?;
    for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
        dir = dir.open_dir_nofollow(folder)?;
    }
    Ok((dir, name))
}

/// Opens a plain file over no link, and without waiting for the other end of a pipe.
pub(super) fn open_file(root: &Dir, path: &str) -> std::io::Result<File> {
    let (dir, name) = parent(root, path)?;
    let mut options = OpenOptions::new();
    options.read(true);
    options.follow(FollowSymlinks::No);
    let flags = rustix::fs::OFlags::NONBLOCK.bits();
    options.custom_flags(flags.cast_signed());
    let file = dir.open_with(name, &options)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(std::io::Error::other("it is not a plain file")),
    }
}

/// Reads a file that is to have `length` bytes.
pub(super) fn read_file(
    root: &Dir,
    path: &str,
    length: u64,
) -> Result<(Arc<[u8]>, Print), WorkError> {
    let failed = |error: std::io::Error| unreadable(path, &error);
    let file = open_file(root, path).map_err(failed)?;
    let before = Print::of(&file.metadata().map_err(failed)?);
    let mut bytes = Vec::new();
    let mut limited = (&file).take(length.saturating_add(1));
    limited.read_to_end(&mut bytes).map_err(failed)?;
    let after = Print::of(&file.metadata().map_err(failed)?);
    match before == after && bytes.len() as u64 == length {
        true => Ok((bytes.into(), after)),
        false => Err(WorkError::Changed(path.to_owned())),
    }
}
