//! The files of a package, in memory: validated relative paths to bytes.
//!
//! A tree never touches the disk, and never holds a path that [`check_path`] refuses or two
//! that some file system would take for one.

use std::collections::{BTreeMap, btree_map};
use std::sync::Arc;

use crate::path::{PathError, check_path, twin_key};

/// An ordered map from path to contents. Cloning shares both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileTree {
    files: Arc<BTreeMap<String, Arc<[u8]>>>,
}

impl FileTree {
    /// Builds a tree from paths and contents.
    ///
    /// # Errors
    /// The first path that the allow-list refuses, that stands twice, has a twin (by case or
    /// normal form, its folders included), or is at once a file and a folder.
    pub fn new<P, C>(files: impl IntoIterator<Item = (P, C)>) -> Result<Self, TreeError>
    where
        P: Into<String>,
        C: Into<Arc<[u8]>>,
    {
        let mut names = NameSet::default();
        let mut map = BTreeMap::new();
        for (path, contents) in files {
            let path = path.into();
            names.add_file(&path)?;
            map.insert(path, contents.into());
        }
        Ok(Self {
            files: Arc::new(map),
        })
    }

    /// Returns the contents of `path`.
    pub fn get(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.files.get(path)
    }

    /// Returns every path and its contents, ordered by the path's bytes.
    pub fn iter(&self) -> Iter<'_> {
        self.files.iter()
    }

    /// Returns every path, ordered by its bytes.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Returns the number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Returns whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Returns the sum of the files' lengths in bytes.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|c| c.len() as u64).sum()
    }
}

/// An iterator over paths and contents.
pub type Iter<'a> = btree_map::Iter<'a, String, Arc<[u8]>>;

impl<'a> IntoIterator for &'a FileTree {
    type Item = (&'a String, &'a Arc<[u8]>);
    type IntoIter = Iter<'a>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A path that a tree refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeError {
    /// The path as it came: untrusted.
    pub path: String,
    /// Why.
    pub reason: PathError,
}

/// The names taken so far: keeps twins apart while a package is read, folders included.
#[derive(Debug, Default)]
pub(crate) struct NameSet {
    /// Twin key to the spelling that took it, and what it is.
    taken: BTreeMap<String, (String, Kind)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
}

impl NameSet {
    /// Takes `path` for a file, and its parents for folders.
    pub(crate) fn add_file(&mut self, path: &str) -> Result<(), TreeError> {
        check_path(path).map_err(|reason| tree_error(path, reason))?;
        self.add_parents(path)?;
        self.take(path, Kind::File)
    }

    /// Takes `path` for a folder, and its parents too. A folder may come more than once.
    pub(crate) fn add_folder(&mut self, path: &str) -> Result<(), TreeError> {
        check_path(path).map_err(|reason| tree_error(path, reason))?;
        self.add_parents(path)?;
        self.take(path, Kind::Folder)
    }

    fn add_parents(&mut self, path: &str) -> Result<(), TreeError> {
        path.match_indices('/')
            .try_for_each(|(at, _)| self.take(&path[..at], Kind::Folder))
    }

    fn take(&mut self, path: &str, kind: Kind) -> Result<(), TreeError> {
        let (spelling, taken_as) = match self.taken.entry(twin_key(path)) {
            btree_map::Entry::Vacant(free) => {
                free.insert((path.to_owned(), kind));
                return Ok(());
            }
            btree_map::Entry::Occupied(taken) => taken.into_mut(),
        };
        let (code, message) = match (*taken_as, kind) {
            _ if spelling != path => (
                "path_twin",
                "differs from another name only in case or normal form",
            ),
            (Kind::Folder, Kind::Folder) => return Ok(()),
            (Kind::File, Kind::File) => ("path_duplicate", "stands there twice"),
            _ => ("path_file_and_folder", "is both a file and a folder"),
        };
        Err(tree_error(path, PathError { code, message }))
    }
}

fn tree_error(path: &str, reason: PathError) -> TreeError {
    TreeError {
        path: path.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(paths: &[&str], expected: &str) {
        let files = paths.iter().map(|p| (*p, Vec::new()));
        let code = FileTree::new(files).err().map_or("ok", |e| e.reason.code);
        assert_eq!(code, expected, "{paths:?}");
    }

    #[test]
    fn twins_are_kept_apart() {
        check(&["a/b", "a/c", "d"], "ok");
        check(&["a", "a"], "path_duplicate");
        check(&["a", "A"], "path_twin");
        check(&["a/b", "A/c"], "path_twin");
        check(&["über", "ÜBER"], "path_twin");
        check(&["a", "a/b"], "path_file_and_folder");
        check(&["a/b", "a"], "path_file_and_folder");
        check(&["../a"], "path_parent");
    }
}
