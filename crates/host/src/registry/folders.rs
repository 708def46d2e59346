//! Folders of packages that an operator names: what stands in them is installed as it appears.
//! Skills without a component are among them; what the standard says against one is told.
//!
//! What was read of a place is remembered with its stamp, so that a place that has not changed
//! since is not read again. A stamp is of all files below: names, lengths and times.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use hotcell_package::{
    Diagnostic, Digest, Documentation, Installable, Level, MANIFEST_FILE, Package, PackageError,
    ReadLimits, is_documentation_folder, lint,
};
use serde::{Deserialize, Serialize};

use super::{Registry, RegistryError};
use crate::state::State;

/// The code of what lint says of a character that a person cannot see.
const HIDDEN: &str = "hidden_character";
/// Most files of a place that has a stamp; one with more is read each time, and refused then.
const STAMPED_FILES_MAX: usize = 4_096;
/// The form of what is remembered; another one is forgotten.
const FORM: u32 = 2;

/// What was found at one place of a folder.
#[derive(Debug)]
pub struct FolderFinding {
    /// Where.
    pub path: PathBuf,
    /// What it is, or what is wrong with it.
    pub package: Result<Installable, PackageError>,
}

/// Reads all packages of a folder, by name: its zips, and its folders with a skill.toml.
///
/// # Errors
///
/// Fails where the folder cannot be read. What is wrong with one package stops none of the others.
pub fn read_folder(folder: &Path) -> io::Result<Vec<FolderFinding>> {
    let read = |path: PathBuf| FolderFinding {
        package: Installable::read(&path, &ReadLimits::STANDARD),
        path,
    };
    Ok(places(folder)?.into_iter().map(read).collect())
}

/// Returns where packages stand in a folder.
fn places(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_zip = path.extension().is_some_and(|ending| ending == "zip");
        if is_zip || path.join(MANIFEST_FILE).is_file() || is_documentation_folder(&path) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// What is remembered between two readings.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Memory {
    form: u32,
    /// The first event and the length of the log that it is of: another record remembers nothing.
    log: (String, u64),
    places: BTreeMap<PathBuf, Known>,
}

/// What is known of one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Known {
    stamp: String,
    /// What was wrong: it is told each time.
    warning: Option<(String, String, String)>,
}

impl Registry {
    /// Installs what stands in `folders` and was not read before; `memory` is the file that
    /// remembers. Returns what is wrong, each with its path; it stops none of the rest.
    ///
    /// # Errors
    ///
    /// Fails where the record or the approvals cannot be used.
    pub async fn read_folders(
        &self,
        folders: &[PathBuf],
        state: &State,
        memory: &Path,
        by: &str,
    ) -> Result<Vec<Diagnostic>, RegistryError> {
        let known = self.remembered(memory).await?;
        let mut places = BTreeMap::new();
        let mut found = Vec::new();
        for folder in folders {
            let paths = self::places(folder).unwrap_or_else(|error| {
                let at = folder.display().to_string();
                let warning = Diagnostic::warning("folder_unreadable", &at, error.to_string());
                found.push(warning.hint("correct `folders` under [registry]"));
                Vec::new()
            });
            for path in paths {
                let stamp = stamp(&path).unwrap_or_default();
                let before = known.places.get(&path);
                let now = match before.filter(|known| known.stamp == stamp && !stamp.is_empty()) {
                    Some(known) => known.clone(),
                    None => {
                        let warning = self.take_up(&path, state, by).await?;
                        Known { stamp, warning }
                    }
                };
                found.extend(now.warning.as_ref().map(|warning| told(&path, warning)));
                places.insert(path, now);
            }
        }
        if places != known.places {
            self.remember(memory, places).await?;
        }
        Ok(found)
    }

    /// Installs the package at a place. Returns the code, words and mend of what is wrong.
    async fn take_up(
        &self,
        path: &Path,
        state: &State,
        by: &str,
    ) -> Result<Option<(String, String, String)>, RegistryError> {
        let package = match Installable::read(path, &ReadLimits::STANDARD) {
            Ok(Installable::Runnable(package)) => package,
            Ok(Installable::Documentation(skill)) => {
                return self.take_up_documentation(&skill, by).await;
            }
            Err(error) => return Ok(error.diagnostics().first().map(not_installed)),
        };
        if let Some(hidden) = hidden_characters(&package).first() {
            return Ok(Some(not_installed(hidden)));
        }
        let waits = self.review(&package, state).await?.waits();
        match self.add(&package, waits, by).await {
            Ok(_) => Ok(None),
            Err(error @ RegistryError::OtherDigest { .. }) => Ok(Some((
                "other_content".to_owned(),
                format!("not installed: {error}"),
                "a version never changes: give the new content a new version in skill.toml"
                    .to_owned(),
            ))),
            Err(error) => Err(error),
        }
    }

    /// Installs a skill without a component. What the standard says against it stops it not.
    async fn take_up_documentation(
        &self,
        skill: &Documentation,
        by: &str,
    ) -> Result<Option<(String, String, String)>, RegistryError> {
        if let Some(hidden) = skill.hidden_characters().first() {
            return Ok(Some(not_installed(hidden)));
        }
        self.add_documentation(skill, by).await?;
        let first = skill.warnings.first();
        Ok(first.map(|found| wrong(found, "installed, though")))
    }

    async fn remembered(&self, memory: &Path) -> Result<Memory, RegistryError> {
        let text = match fs::read(memory) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Memory::default()),
            Err(error) => return Err(RegistryError::File(memory.to_owned(), error)),
        };
        // What cannot be read is forgotten: the folders are read again then.
        let memory: Memory = serde_json::from_slice(&text).unwrap_or_default();
        let (first, size) = self.log().await?;
        match memory.form == FORM && memory.log.0 == first && memory.log.1 <= size {
            true => Ok(memory),
            false => Ok(Memory::default()),
        }
    }

    async fn remember(
        &self,
        memory: &Path,
        places: BTreeMap<PathBuf, Known>,
    ) -> Result<(), RegistryError> {
        let log = self.log().await?;
        let form = FORM;
        let text = serde_json::to_vec(&Memory { form, log, places });
        let text = text.map_err(|error| RegistryError::File(memory.to_owned(), error.into()))?;
        let folder = memory.parent().unwrap_or(Path::new("."));
        let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
            file.write_all(&text)?;
            file.persist(memory).map_err(|error| error.error)
        });
        let written = written.map(drop);
        written.map_err(|error| RegistryError::File(memory.to_owned(), error))
    }

    /// Returns what tells this record from others: its first event, and how long it is.
    async fn log(&self) -> Result<(String, u64), RegistryError> {
        let first = self.journal.rows(0, 1).await?;
        let first = first.first().map(|row| Digest::of_bytes(&row.hash));
        let first = first.map_or(String::new(), |digest| digest.to_string());
        Ok((first, self.journal.head().await?.size))
    }
}

/// Returns what lint says of characters of a package that a person cannot see: a model reads
/// them.
pub fn hidden_characters(package: &Package) -> Vec<Diagnostic> {
    let mut found = lint(package);
    found.retain(|found| found.code == HIDDEN && found.level == Level::Error);
    found
}

fn not_installed(found: &Diagnostic) -> (String, String, String) {
    wrong(found, "not installed")
}

fn wrong(found: &Diagnostic, came: &str) -> (String, String, String) {
    let line = found.line.map_or(String::new(), |line| format!(":{line}"));
    let message = format!("{came}: {}{line}: {}", found.file, found.message);
    (found.code.to_owned(), message, found.hint.clone())
}

fn told(path: &Path, (code, message, mend): &(String, String, String)) -> Diagnostic {
    let at = path.display().to_string();
    let message = format!("{message} [{code}]");
    Diagnostic::warning("folder_package", &at, message).hint(mend)
}

/// Returns what changes when a package changes; none where it cannot be told. Links are not
/// followed: no package has any.
fn stamp(path: &Path) -> Option<String> {
    let mut text = String::new();
    let mut open = vec![path.to_owned()];
    let mut files = 0;
    while let Some(path) = open.pop() {
        files += 1;
        let is = fs::symlink_metadata(&path).ok()?;
        let at = is.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let name = path.to_str()?;
        text += &format!(
            "{name}\0{}\0{}\0{}\n",
            is.len(),
            at.as_nanos(),
            changed(&is)
        );
        if is.is_dir() {
            let mut below = Vec::new();
            for entry in fs::read_dir(&path).ok()? {
                below.push(entry.ok()?.path());
            }
            below.sort();
            open.extend(below);
        }
        if files + open.len() > STAMPED_FILES_MAX {
            return None;
        }
    }
    Some(Digest::of_bytes(text.as_bytes()).to_string())
}

/// Returns when the system says that the file changed, which no program sets.
#[cfg(unix)]
pub(super) fn changed(is: &fs::Metadata) -> i128 {
    use std::os::unix::fs::MetadataExt as _;
    i128::from(is.ctime()) * 1_000_000_000 + i128::from(is.ctime_nsec())
}

#[cfg(not(unix))]
pub(super) fn changed(_: &fs::Metadata) -> i128 {
    0
}
