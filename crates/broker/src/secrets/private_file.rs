//! A file that only its owner may read or write: read with its rules, replaced whole.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, open, unlink};
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::error::{SecretError, SecretFault};

/// What tells whether a file is still the one that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Identity {
    /// Returns the identity of the file at `path` now, if there is one.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        std::fs::symlink_metadata(path)
            .ok()
            .map(|metadata| Self::of(&metadata))
    }

    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Returns when the content changed, in seconds and nanoseconds since 1970.
    pub(crate) fn modified(&self) -> (i64, i64) {
        self.modified
    }
}

/// A private file's content, and which file it was.
pub(crate) struct PrivateFile {
    /// All of it; wiped when it goes.
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    pub(crate) identity: Identity,
    /// The open file, to be locked.
    pub(crate) file: File,
}

/// Reads a regular file of this user or root that nobody else may read or write.
///
/// # Errors
/// Everything but a file that is private beyond doubt: a link (what it points to may change), a
/// pipe or device, another owner, any permission for group or others, more than `bytes_max`.
pub(crate) fn read(path: &Path, bytes_max: usize) -> Result<PrivateFile, SecretError> {
    // Without NONBLOCK, a pipe would be waited for.
    let flags =
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let mut file = match open(path, flags, Mode::empty()) {
        Ok(descriptor) => File::from(descriptor),
        Err(Errno::LOOP) => {
            let mend = "name the file itself, not a link to it";
            return Err(refused(path, "it is a symbolic link", mend));
        }
        Err(Errno::NOENT) => {
            return Err(SecretError::new(
                SecretFault::Missing,
                path.display().to_string(),
                "there is no such file",
                format!(
                    "write it with mode 0600, or correct the path: {}",
                    path.display()
                ),
            ));
        }
        Err(error) => return Err(failed(path, &error.into())),
    };
    let metadata = file.metadata().map_err(|error| failed(path, &error))?;
    check(path, &metadata)?;
    let size = usize::try_from(metadata.size()).unwrap_or(usize::MAX);
    if size > bytes_max {
        let why = format!("it has more than {bytes_max} bytes");
        let error = refused(path, &why, "look whether it is the right file");
        return Err(error);
    }
    let mut bytes = Zeroizing::new(vec![0; size]);
    let changed = |_| refused(path, "it changed while it was read", "try again");
    file.read_exact(&mut bytes).map_err(changed)?;
    Ok(PrivateFile {
        bytes,
        identity: Identity::of(&metadata),
        file,
    })
}

fn check(path: &Path, metadata: &Metadata) -> Result<(), SecretError> {
    let user = rustix::process::geteuid().as_raw();
    if !metadata.is_file() {
        return Err(refused(
            path,
            "it is no regular file",
            "write the value to a file",
        ));
    }
    if metadata.uid() != user && metadata.uid() != 0 {
        let why = format!(
            "it belongs to user {}, not to {user} or root",
            metadata.uid()
        );
        let mend = format!("chown {user} {}", path.display());
        return Err(refused(path, &why, &mend));
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 {
        let why = format!("others may open it (mode {mode:04o})");
        let mend = format!("chmod 600 {}", path.display());
        return Err(refused(path, &why, &mend));
    }
    Ok(())
}

fn refused(path: &Path, why: &str, mend: &str) -> SecretError {
    SecretError::new(SecretFault::Unsafe, path.display().to_string(), why, mend)
}

/// Returns the error of a file operation that the system refused.
pub(crate) fn failed(path: &Path, error: &io::Error) -> SecretError {
    SecretError::new(
        SecretFault::Failed,
        path.display().to_string(),
        error.to_string(),
        format!(
            "see that this user may read and write in {}, and that the disk has room",
            path.parent().unwrap_or(path).display()
        ),
    )
}

/// The steps of [`replace`], for tests that end it after each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The new file is there, empty.
    Created,
    /// It has its bytes.
    Written,
    /// They are on the disk.
    Synced,
    /// It has its name.
    Renamed,
    /// Its name is on the disk.
    FolderSynced,
}

/// Is told of each step; an error ends the work there.
pub(crate) type Steps<'a> = &'a mut dyn FnMut(Step) -> io::Result<()>;

/// Replaces the file at `path`, mode 0600, whole: whoever reads it, and whatever ends this process
/// or the machine, finds the old content or the new.
///
/// The caller holds a lock, so that there is one writer. What an earlier one left behind has one
/// name, and goes here.
pub(crate) fn replace(path: &Path, bytes: &[u8], steps: Steps<'_>) -> io::Result<()> {
    let new = beside(path);
    let _ = unlink(&new);
    let done = write_and_rename(path, &new, bytes, steps);
    if done.is_err() {
        // After the rename there is nothing of this name, and the new content stays.
        let _ = unlink(&new);
    }
    done
}

fn write_and_rename(path: &Path, new: &Path, bytes: &[u8], steps: Steps<'_>) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(open(new, flags, Mode::RUSR | Mode::WUSR)?);
    steps(Step::Created)?;
    file.write_all(bytes)?;
    steps(Step::Written)?;
    file.sync_all()?;
    steps(Step::Synced)?;
    std::fs::rename(new, path)?;
    steps(Step::Renamed)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()?;
    steps(Step::FolderSynced)
}

/// Returns the name under which the new content is written, in the same folder.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    path.with_file_name(name)
}
