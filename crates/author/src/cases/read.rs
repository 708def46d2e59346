//! A skill's folder, and the files of cases in it.

use std::io::{self, Read as _};
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use hotcell_package::{Diagnostic, TESTS_FOLDER};

use super::{CASE_FILE_BYTES_MAX, CASE_FILES_MAX, Case, parse};

/// Most bytes of one file that a case names: 32 MiB, as much as a call may write.
const NAMED_FILE_BYTES_MAX: u64 = 32 << 20;

/// A skill's folder: what the paths of its cases lead into, and never out of.
#[derive(Debug)]
pub struct SkillFolder(Option<Dir>);

impl SkillFolder {
    /// Opens a folder.
    ///
    /// # Errors
    /// Fails where there is none, or it may not be read.
    pub fn open(path: &Path) -> io::Result<SkillFolder> {
        Dir::open_ambient_dir(path, ambient_authority()).map(|dir| SkillFolder(Some(dir)))
    }

    /// Opens the folder that a package was read from; of an archive, one without files.
    ///
    /// # Errors
    /// Fails where it may not be read.
    pub fn of_package(path: &Path) -> io::Result<SkillFolder> {
        match path.is_dir() {
            true => SkillFolder::open(path),
            false => Ok(SkillFolder::empty()),
        }
    }

    /// Returns a folder without files, for cases that name none.
    pub fn empty() -> SkillFolder {
        SkillFolder(None)
    }

    /// Reads a file; a path that leads out of the folder is refused, links included.
    pub(super) fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        let read = || read_bounded(self.dir()?, path, NAMED_FILE_BYTES_MAX);
        read().map_err(|error: io::Error| error.to_string())
    }

    fn dir(&self) -> io::Result<&Dir> {
        let missing = || io::Error::other("there is no folder of the skill here");
        self.0.as_ref().ok_or_else(missing)
    }
}

/// Reads all cases of a skill, in the order of their files' names; none where it has no folder
/// `tests`.
///
/// # Errors
/// Every mistake that can be found at once, each with its file and line.
pub fn read(folder: &SkillFolder) -> Result<Vec<Case>, Vec<Diagnostic>> {
    if folder.0.is_none() {
        return Ok(Vec::new());
    }
    let names = match folder.dir().and_then(case_files) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(vec![unreadable(TESTS_FOLDER, &error)]),
    };
    let (mut cases, mut found) = (Vec::new(), Vec::new());
    for name in names {
        let file = format!("{TESTS_FOLDER}/{name}");
        let read = folder
            .dir()
            .and_then(|dir| read_bounded(dir, &file, CASE_FILE_BYTES_MAX))
            .and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other))
            .map_err(|error| vec![unreadable(&file, &error)]);
        let stem = name.strip_suffix(".toml").unwrap_or(&name);
        match read.and_then(|text| parse(&file, stem, &text, folder)) {
            Ok(read) => cases.extend(read),
            Err(errors) => found.extend(errors),
        }
    }
    match found.is_empty() {
        true => Ok(cases),
        false => Err(found),
    }
}

fn case_files(dir: &Dir) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in dir.read_dir(TESTS_FOLDER)? {
        let name = entry?.file_name();
        let Some(name) = name.to_str().filter(|name| name.ends_with(".toml")) else {
            continue;
        };
        if names.len() >= CASE_FILES_MAX {
            let why = format!("more than {CASE_FILES_MAX} files of cases");
            return Err(io::Error::other(why));
        }
        names.push(name.to_owned());
    }
    names.sort_unstable();
    Ok(names)
}

fn read_bounded(dir: &Dir, path: &str, bytes_max: u64) -> io::Result<Vec<u8>> {
    let file = dir.open(path)?;
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > bytes_max {
        true => Err(io::Error::other(format!(
            "it has more than {bytes_max} bytes"
        ))),
        false => Ok(bytes),
    }
}

fn unreadable(file: &str, error: &io::Error) -> Diagnostic {
    let message = format!("cannot be read: {error}");
    let hint = "check that it is a file in UTF-8, and who may read it";
    Diagnostic::error("unreadable", file, message).hint(hint)
}
