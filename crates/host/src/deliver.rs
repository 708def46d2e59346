//! Puts a call's files into a folder: all of them or none, as new regular files.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};
use hotcell_package::FileTree;

/// Mode of a delivered file: readable by all, executable by none.
const FILE_MODE: u32 = 0o644;

/// Why files were not delivered. Nothing that this delivery made is left behind.
#[derive(Debug)]
pub enum DeliverError {
    /// A file of that name is there already, and is left as it was.
    Exists(PathBuf),
    /// Something could not be written.
    Io(PathBuf, io::Error),
}

/// Writes `files` below `folder`, making the folders that their paths name. The paths have
/// passed the package's allow-list; `folder` is the only authority that is used, so not even
/// a link inside it leads out of it.
///
/// # Errors
///
/// Fails where a file is there already or cannot be written, after taking back what it made.
pub fn deliver(folder: &Dir, files: &FileTree) -> Result<(), DeliverError> {
    let mut made = Made::default();
    let result = files.iter().try_for_each(|(path, bytes)| {
        make_parents(folder, Path::new(path), &mut made)?;
        write_new(folder, Path::new(path), bytes, &mut made)
    });
    if result.is_err() {
        made.take_back(folder);
    }
    result
}

/// What one delivery has made so far.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Made {
    fn take_back(&self, folder: &Dir) {
        for file in &self.files {
            let _ = folder.remove_file(file);
        }
        for made in self.folders.iter().rev() {
            let _ = folder.remove_dir(made);
        }
    }
}

fn make_parents(folder: &Dir, path: &Path, made: &mut Made) -> Result<(), DeliverError> {
    let mut parents: Vec<_> = path.ancestors().skip(1).collect();
    parents.reverse();
    for parent in parents
        .into_iter()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        match folder.create_dir(parent) {
            Ok(()) => made.folders.push(parent.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(DeliverError::Io(parent.to_owned(), error)),
        }
    }
    Ok(())
}

fn write_new(folder: &Dir, path: &Path, bytes: &[u8], made: &mut Made) -> Result<(), DeliverError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => DeliverError::Exists(path.to_owned()),
        _ => DeliverError::Io(path.to_owned(), error),
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(FILE_MODE);
    let mut file = folder.open_with(path, &options).map_err(failed)?;
    made.files.push(path.to_owned());
    file.write_all(bytes)
        .and_then(|()| file.sync_data())
        .map_err(failed)
}

impl fmt::Display for DeliverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeliverError::Exists(path) => {
                write!(
                    f,
                    "{} is there already, and nothing is overwritten",
                    path.display()
                )
            }
            DeliverError::Io(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for DeliverError {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use cap_std::ambient_authority;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn tree(files: &[(&str, &str)]) -> FileTree {
        FileTree::new(files.iter().map(|(path, text)| (*path, text.as_bytes()))).unwrap()
    }

    fn folder() -> (tempfile::TempDir, Dir) {
        let temporary = tempfile::tempdir().unwrap();
        let dir = Dir::open_ambient_dir(temporary.path(), ambient_authority()).unwrap();
        (temporary, dir)
    }

    #[test]
    fn files_are_new_and_readable() {
        let (at, dir) = folder();
        deliver(&dir, &tree(&[("a.txt", "one"), ("sub/deep/b.txt", "two")])).unwrap();
        let read = std::fs::read_to_string(at.path().join("sub/deep/b.txt")).unwrap();
        assert_eq!(read, "two");
        let mode = std::fs::metadata(at.path().join("a.txt"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o133, 0);
    }

    #[test]
    fn nothing_is_overwritten_and_nothing_is_left() {
        let (at, dir) = folder();
        std::fs::write(at.path().join("z.txt"), "mine").unwrap();
        let files = tree(&[("a.txt", "1"), ("sub/b.txt", "2"), ("z.txt", "3")]);
        let error = deliver(&dir, &files).unwrap_err();
        assert!(matches!(error, DeliverError::Exists(_)), "{error}");
        let left: Vec<_> = std::fs::read_dir(at.path()).unwrap().collect();
        assert_eq!(left.len(), 1);
        assert_eq!(
            std::fs::read_to_string(at.path().join("z.txt")).unwrap(),
            "mine"
        );
    }

    #[test]
    fn a_link_in_the_folder_is_not_followed_out_of_it() {
        let (at, dir) = folder();
        let outside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), at.path().join("sub")).unwrap();
        deliver(&dir, &tree(&[("sub/b.txt", "2")])).unwrap_err();
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
