//! Folders of packages that an operator names: what stands in them is installed as it appears.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hotcell_package::{MANIFEST_FILE, Package, PackageError, ReadLimits};

/// What was found at one place of a folder.
#[derive(Debug)]
pub struct FolderFinding {
    /// Where.
    pub path: PathBuf,
    /// The package, or what is wrong with it.
    pub package: Result<Package, PackageError>,
}

/// Reads all packages of a folder, by name: its zips, and its folders with a skill.toml.
///
/// # Errors
///
/// Fails where the folder cannot be read. What is wrong with one package stops none of the others.
pub fn read_folder(folder: &Path) -> io::Result<Vec<FolderFinding>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_zip = path.extension().is_some_and(|ending| ending == "zip");
        if is_zip || path.join(MANIFEST_FILE).is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: PathBuf| FolderFinding {
        package: Package::read(&path, &ReadLimits::STANDARD),
        path,
    };
    Ok(paths.into_iter().map(read).collect())
}
