//! The granted folder: paths in it, and its text files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::FileError;
use crate::name::{check_new, twin_key};

/// Bytes of a text file that is read.
pub(crate) const TEXT_BYTES_MAX: u64 = 4 << 20;
/// Entries of all folders that are walked.
const ENTRIES_MAX: usize = 20_000;

/// The folder that the tools work in.
pub(crate) struct Root(PathBuf);

/// A file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) path: String,
    /// None for a folder.
    pub(crate) bytes: Option<u64>,
}

impl Root {
    /// Returns the folder of this call.
    pub(crate) fn of_call() -> Root {
        #[cfg(test)]
        if let Some(root) = crate::tests::root() {
            return Root(root);
        }
        Root(PathBuf::from("/work"))
    }

    /// Returns where a path leads, which has to be below the folder.
    pub(crate) fn at(&self, path: &str) -> Result<PathBuf, FileError> {
        let is_name = |name: &str| !name.is_empty() && !matches!(name, "." | "..");
        let is_plain = |c: char| !c.is_control() && c != '\\';
        if path.split('/').all(is_name) && path.chars().all(is_plain) {
            return Ok(self.0.join(path));
        }
        Err(FileError::InvalidPath(path.to_owned()))
    }

    /// Returns where a folder is; the empty path is the whole.
    pub(crate) fn folder(&self, path: &str) -> Result<PathBuf, FileError> {
        let trimmed = path.trim_end_matches('/');
        let at = match trimmed {
            "" | "." if !path.starts_with('/') => self.0.clone(),
            _ => self.at(trimmed)?,
        };
        let found = fs::metadata(&at).map_err(|error| FileError::at(path, &error))?;
        match found.is_dir() {
            true => Ok(at),
            false => Err(FileError::NotAFile(path.to_owned())),
        }
    }

    /// Reads a text file.
    pub(crate) fn text(&self, path: &str) -> Result<String, FileError> {
        let at = self.at(path)?;
        let found = fs::metadata(&at).map_err(|error| FileError::at(path, &error))?;
        if found.is_dir() {
            return Err(FileError::NotAFile(path.to_owned()));
        }
        if found.len() > TEXT_BYTES_MAX {
            return Err(FileError::TooLarge(path.to_owned(), TEXT_BYTES_MAX));
        }
        let bytes = fs::read(&at).map_err(|error| FileError::at(path, &error))?;
        let text = String::from_utf8(bytes)
            .ok()
            .filter(|text| !text.contains('\0'));
        text.ok_or_else(|| FileError::NotText(path.to_owned()))
    }

    /// Writes a file, and the folders that lead to it.
    pub(crate) fn write(&self, path: &str, text: &str) -> Result<(), FileError> {
        let at = self.at(path)?;
        let failed = |error: std::io::Error| match FileError::at(path, &error) {
            // Nothing is missing where it is made.
            FileError::NotFound(path) => FileError::NotAllowed(path),
            other => other,
        };
        if at.is_dir() {
            return Err(FileError::NotAFile(path.to_owned()));
        }
        if !at.is_file() {
            check_new(path)?;
            self.check_twins(path)?;
        }
        make_parents(&at).map_err(failed)?;
        fs::write(&at, text).map_err(failed)
    }

    /// Refuses a new path of which a part differs from what is there only in case.
    fn check_twins(&self, path: &str) -> Result<(), FileError> {
        let parts: Vec<&str> = path
            .match_indices('/')
            .map(|(end, _)| &path[..end])
            .chain([path])
            .collect();
        let is_twin = |entry: &Entry| {
            let mut parts = parts.iter();
            parts.any(|part| twin_key(part) == twin_key(&entry.path) && *part != entry.path)
        };
        match self.walk("")?.iter().any(is_twin) {
            true => Err(FileError::InvalidPath(path.to_owned())),
            false => Ok(()),
        }
    }

    /// Returns all that is below a folder, sorted by path; a folder stands before what is in it.
    pub(crate) fn walk(&self, folder: &str) -> Result<Vec<Entry>, FileError> {
        let at = self.folder(folder)?;
        let prefix = match folder.trim_end_matches('/') {
            "" | "." => String::new(),
            folder => format!("{folder}/"),
        };
        let mut all = Vec::new();
        let mut open = vec![(at, prefix)];
        while let Some((dir, prefix)) = open.pop() {
            let failed = |error: std::io::Error| FileError::at(&prefix, &error);
            for entry in fs::read_dir(&dir).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let Ok(name) = entry.file_name().into_string() else {
                    continue;
                };
                let found = entry.metadata().map_err(failed)?;
                let path = format!("{prefix}{name}");
                if found.is_dir() {
                    open.push((entry.path(), format!("{path}/")));
                }
                let bytes = (!found.is_dir()).then_some(found.len());
                all.push(Entry { path, bytes });
                if all.len() >= ENTRIES_MAX {
                    return Err(FileError::NotAllowed(folder.to_owned()));
                }
            }
        }
        all.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(all)
    }
}

/// Makes the folders above a file. A file among them is told as such.
fn make_parents(at: &Path) -> std::io::Result<()> {
    let Some(parent) = at.parent() else {
        return Ok(());
    };
    if parent.ancestors().any(Path::is_file) {
        return Err(std::io::ErrorKind::NotADirectory.into());
    }
    fs::create_dir_all(parent)
}
