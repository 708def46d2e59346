//! Who is there: locks on files of the data folder, which the system frees when a process ends,
//! however it ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The folder of workers in the data folder: a file for each.
const WORKERS: &str = "workers";
/// The file that every process holds that has the record open.
const IN_USE: &str = "in-use.lock";

/// Tells other processes, as long as it lives, that this one carries out jobs.
#[derive(Debug)]
pub struct Presence {
    path: PathBuf,
    _lock: File,
}

impl Presence {
    /// Announces a worker by its name.
    ///
    /// # Errors
    ///
    /// Fails where its file cannot be made.
    pub fn announce(data: &Path, name: &str) -> io::Result<Presence> {
        let folder = data.join(WORKERS);
        fs::create_dir_all(&folder)?;
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let path = folder.join(name.chars().map(plain).collect::<String>());
        loop {
            let lock = open(&path)?;
            lock.lock()?;
            // Whoever looked between the two took it for that of a worker that is gone.
            let is = fs::metadata(&path).map(|is| is.ino());
            if is.is_ok_and(|is| lock.metadata().is_ok_and(|own| own.ino() == is)) {
                return Ok(Presence { path, _lock: lock });
            }
        }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Returns whether a worker lives; the files of those that do not are removed.
///
/// # Errors
///
/// Fails where the folder cannot be read.
pub fn has_worker(data: &Path) -> io::Result<bool> {
    let entries = match fs::read_dir(data.join(WORKERS)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let Ok(file) = File::open(&path) else {
            continue;
        };
        match file.try_lock_shared() {
            Ok(()) => drop(fs::remove_file(&path)),
            Err(TryLockError::WouldBlock) => return Ok(true),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(false)
}

/// A hold on the data folder, together with others or alone.
#[derive(Debug)]
pub struct InUse {
    _lock: File,
}

impl InUse {
    /// Holds the data folder together with others; waits for one that holds it alone.
    ///
    /// # Errors
    ///
    /// Fails where its file cannot be made.
    pub fn shared(data: &Path) -> io::Result<InUse> {
        let lock = open(&data.join(IN_USE))?;
        lock.lock_shared()?;
        Ok(InUse { _lock: lock })
    }

    /// Holds the data folder alone; none where another process holds it.
    ///
    /// # Errors
    ///
    /// Fails where its file cannot be made.
    pub fn alone(data: &Path) -> io::Result<Option<InUse>> {
        let lock = open(&data.join(IN_USE))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(InUse { _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_there_until_it_goes() {
        let data = tempfile::tempdir().unwrap();
        assert!(!has_worker(data.path()).unwrap());
        let worker = Presence::announce(data.path(), "process 1 since 2").unwrap();
        assert!(has_worker(data.path()).unwrap());
        drop(worker);
        assert!(!has_worker(data.path()).unwrap());
    }

    #[test]
    fn the_file_of_a_worker_that_was_killed_is_removed() {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("workers/process-1");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "").unwrap();
        assert!(!has_worker(data.path()).unwrap());
        assert!(!file.exists());
    }

    #[test]
    fn who_is_alone_waits_for_nobody() {
        let data = tempfile::tempdir().unwrap();
        let one = InUse::shared(data.path()).unwrap();
        let two = InUse::shared(data.path()).unwrap();
        assert!(InUse::alone(data.path()).unwrap().is_none());
        drop((one, two));
        assert!(InUse::alone(data.path()).unwrap().is_some());
    }
}
