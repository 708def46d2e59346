//! What is in a granted folder, as a guest may see it.
//!
//! Left out are links, devices, pipes and sockets, what begins with a dot, what lies on another
//! file system, and names that no package may hold: a guest could not write them back.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use cap_fs_ext::DirExt;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata, MetadataExt};
use hotcell_package::check_path;
use hotcell_policy::{WorkLimit, WorkLimits};
use hotcell_sandbox::{WorkEntry, WorkError};

/// What tells a file from any that it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Print {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// All that a guest may see of a folder.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) entries: Vec<WorkEntry>,
    /// The print of each entry.
    pub(super) prints: Vec<Print>,
}

/// Opens the folder that an operator named; their path may lead over links.
pub(super) fn open(folder: &Path) -> Result<Dir, WorkError> {
    Dir::open_ambient_dir(folder, ambient_authority()).map_err(|error| unreadable("", &error))
}

/// Lists `root`, sorted by path.
///
/// # Errors
///
/// Fails where a part of it cannot be read, or there is more than [`WorkLimits::entries`].
pub(super) fn list(root: &Dir) -> Result<Listing, WorkError> {
    let metadata = root.dir_metadata().map_err(|e| unreadable("", &e))?;
    let mut listing = Listing::default();
    listing.add_dir(root, "", metadata.dev())?;
    Ok(listing)
}

impl Listing {
    /// Adds what is in `dir`. The package's rules bound how deep that goes.
    fn add_dir(&mut self, dir: &Dir, prefix: &str, device: u64) -> Result<(), WorkError> {
        let failed = |error: std::io::Error| unreadable(prefix, &error);
        let mut names = Vec::new();
        for entry in dir.entries().map_err(failed)? {
            if let Ok(name) = entry.map_err(failed)?.file_name().into_string() {
                names.push(name);
            }
            self.check_count(names.len())?;
        }
        names.sort_unstable();
        for name in names {
            let path = format!("{prefix}{name}");
            if is_shown(&path) {
                self.add(dir, &name, path, device)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, dir: &Dir, name: &str, path: String, device: u64) -> Result<(), WorkError> {
        // What went meanwhile is not there.
        let Ok(metadata) = dir.symlink_metadata(name) else {
            return Ok(());
        };
        let kind = metadata.file_type();
        if metadata.dev() != device || !(kind.is_dir() || kind.is_file()) {
            return Ok(());
        }
        self.check_count(1)?;
        let modified = metadata.modified().map(cap_std::time::SystemTime::into_std);
        self.entries.push(WorkEntry {
            path: path.clone(),
            bytes: kind.is_file().then_some(metadata.len()),
            modified: modified
                .ok()
                .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
                .unwrap_or(Duration::ZERO),
        });
        self.prints.push(Print::of(&metadata));
        if kind.is_dir() {
            let inner = dir.open_dir_nofollow(name);
            let inner = inner.map_err(|error| unreadable(&path, &error))?;
            self.add_dir(&inner, &format!("{path}/"), device)?;
        }
        Ok(())
    }

    fn check_count(&self, more: usize) -> Result<(), WorkError> {
        let count = (self.entries.len() + more) as u64;
        match count > WorkLimits::STANDARD.entries {
            true => Err(WorkError::Limit(WorkLimit::Entries)),
            false => Ok(()),
        }
    }
}

impl Print {
    pub(super) fn of(metadata: &Metadata) -> Print {
        Print {
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Returns whether a path is one that a guest may see and write: one that a package may hold, and
/// so none with a name that begins with a dot.
pub(super) fn is_shown(path: &str) -> bool {
    check_path(path).is_ok()
}

/// Says what the system says of a path.
pub(super) fn unreadable(path: &str, error: &std::io::Error) -> WorkError {
    WorkError::Unreadable(path.trim_end_matches('/').to_owned(), error.to_string())
}
