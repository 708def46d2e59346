//! Packages as a whole, one subject a file.
#![allow(clippy::unwrap_used)]

mod contracts;
mod documents;
mod lints;
mod manifests;
mod names;
mod reading;

use std::path::Path;

use hotcell_package::{FileTree, Package, PackageError};

type Files = Vec<(String, Vec<u8>)>;

fn read(files: Files) -> Result<Package, PackageError> {
    Package::from_files(FileTree::new(files).unwrap())
}

fn write_folder(files: &Files, folder: &Path) {
    for (path, contents) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, contents).unwrap();
    }
}
