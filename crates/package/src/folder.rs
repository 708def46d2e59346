//! Reads a package from the disk: a folder, or an archive file.
//!
//! Everything is opened through a capability to the folder, so that no name in it can lead
//! out. Links and special files are refused, not followed. Left out, and so not part of the
//! digest, are names that begin with a dot (which no package may hold) and the folders that
//! builds make: `target`, `node_modules`, `__pycache__`; and the folder [`TESTS_FOLDER`] at the
//! top, where an author keeps the skill's test cases. Where a `Cargo.toml` stands at the top,
//! the folder is a Rust crate as well, and cargo's own names there ([`CRATE_NAMES`]) are left
//! out: an author keeps the sources beside the package. The same holds for a project in another
//! language ([`PROJECT_FILES`], [`PROJECT_NAMES`]). Everything else is the package; so a
//! folder and the archive packed from it have one digest.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, OpenOptions};

use crate::archive::{self, name_error};
use crate::diagnostic::Diagnostic;
use crate::file_tree::FileTree;
use crate::limits::ReadLimits;
use crate::path::check_path;

/// Folders that are left out, at any depth.
pub const BUILD_FOLDERS: &[&str] = &["target", "node_modules", "__pycache__"];

/// The folder of test cases, left out at the top: a case more is no other package.
pub const TESTS_FOLDER: &str = "tests";

/// A crate's own files and folders, left out at the top of a folder with a `Cargo.toml`.
pub const CRATE_NAMES: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "benches",
    "build.rs",
    "examples",
    "src",
    "tests",
];

/// The files and folders of a project in JavaScript, TypeScript or Python, left out at the top of a
/// folder with one of [`PROJECT_FILES`]; so are its source files there.
pub const PROJECT_NAMES: &[&str] = &[
    "examples",
    "jsconfig.json",
    "package-lock.json",
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "src",
    "tests",
    "tsconfig.json",
];

/// What tells that a folder is such a project.
pub const PROJECT_FILES: &[&str] = &["package.json", "pyproject.toml", "requirements.txt"];

/// Endings of such a project's source files.
const PROJECT_ENDINGS: &[&str] = &["js", "mjs", "mts", "py", "ts"];

/// What is read: files by path, and the folder's own name.
type Tree = (FileTree, Option<String>);

/// Reads the folder or archive at `path`.
pub(crate) fn read_path(path: &Path, limits: &ReadLimits) -> Result<Tree, Diagnostic> {
    let shown = path.display().to_string();
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&shown, &error))?;
    if metadata.is_dir() {
        return read_folder(path, &shown, limits);
    }
    if !metadata.is_file() {
        let message = "this is neither a folder nor a file";
        let hint = "give a skill's folder, or a zip of it";
        return Err(Diagnostic::error("not_a_package", &shown, message).hint(hint));
    }
    archive::check_size(metadata.len(), limits)?;
    let file = std::fs::File::open(path).map_err(|error| unreadable(&shown, &error))?;
    let bytes = read_exactly(&mut File::from_std(file), metadata.len())
        .map_err(|error| unreadable(&shown, &error))?;
    archive::read(&bytes, limits).map_err(|found| match &*found.file {
        // What is wrong with the archive as a whole is wrong with this file.
        archive::ARCHIVE => Diagnostic {
            file: shown.into(),
            ..found
        },
        _ => found,
    })
}

fn read_folder(path: &Path, shown: &str, limits: &ReadLimits) -> Result<Tree, Diagnostic> {
    let dir = Dir::open_ambient_dir(path, ambient_authority());
    let dir = dir.map_err(|error| unreadable(shown, &error))?;
    let has = |name: &&str| dir.symlink_metadata(name).is_ok();
    let is_crate = has(&"Cargo.toml");
    let is_project = PROJECT_FILES.iter().any(has);
    let mut walk = Walk {
        limits,
        own_names: [
            if is_crate { CRATE_NAMES } else { &[] },
            if is_project { PROJECT_NAMES } else { &[] },
        ],
        own_endings: if is_project { PROJECT_ENDINGS } else { &[] },
        files: Vec::new(),
        entries: 0,
        bytes: 0,
    };
    walk.folder(&dir, "")?;
    let files = FileTree::new(walk.files);
    let files = files.map_err(|error| name_error(&error.path, error.reason))?;
    let name = std::fs::canonicalize(path).ok();
    let name = name.and_then(|path| Some(path.file_name()?.to_str()?.to_owned()));
    Ok((files, name))
}

struct Walk<'l> {
    limits: &'l ReadLimits,
    /// Names that are left out at the top.
    own_names: [&'static [&'static str]; 2],
    /// Endings of files that are left out at the top.
    own_endings: &'static [&'static str],
    files: Vec<(String, Arc<[u8]>)>,
    entries: usize,
    bytes: u64,
}

impl Walk<'_> {
    /// Reads what is in `dir`, whose own path is `prefix`. The depth is bounded by the
    /// allow-list, which is asked before each descent.
    fn folder(&mut self, dir: &Dir, prefix: &str) -> Result<(), Diagnostic> {
        let listing = dir.entries().map_err(|error| unreadable(prefix, &error))?;
        for entry in listing {
            let entry = entry.map_err(|error| unreadable(prefix, &error))?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                let shown = format!("{prefix}{}", name.to_string_lossy());
                let message = "the name is not Unicode";
                return Err(Diagnostic::error("path_not_utf8", &shown, message).hint("rename it"));
            };
            let kind = entry
                .file_type()
                .map_err(|error| unreadable(prefix, &error))?;
            if self.leaves_out(prefix, name, kind.is_dir()) {
                continue;
            }
            let path = format!("{prefix}{name}");
            self.count_entry()?;
            check_path(&path).map_err(|reason| name_error(&path, reason))?;
            if kind.is_dir() {
                let inner = dir.open_dir_nofollow(name);
                let inner = inner.map_err(|error| unreadable(&path, &error))?;
                self.folder(&inner, &format!("{path}/"))?;
            } else if kind.is_file() {
                self.file(dir, name, path)?;
            } else {
                let (code, what) = match kind.is_symlink() {
                    true => ("symlink", "is a symbolic link"),
                    false => ("special_file", "is not a plain file"),
                };
                let message = format!("`{path}` {what}");
                let hint = "put the file itself into the package";
                return Err(Diagnostic::error(code, &path, message).hint(hint));
            }
        }
        Ok(())
    }

    fn leaves_out(&self, prefix: &str, name: &str, is_dir: bool) -> bool {
        name.starts_with('.')
            || (is_dir && BUILD_FOLDERS.contains(&name))
            || (prefix.is_empty() && is_dir && name == TESTS_FOLDER)
            || (prefix.is_empty() && self.is_source(name, is_dir))
    }

    /// Whether it is the author's, at the top of a folder that is a crate or a project as well.
    fn is_source(&self, name: &str, is_dir: bool) -> bool {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        self.own_names.iter().any(|names| names.contains(&name))
            || (!is_dir && self.own_endings.contains(&ending))
    }

    fn count_entry(&mut self) -> Result<(), Diagnostic> {
        self.entries += 1;
        if self.entries <= self.limits.entries && self.files.len() < self.limits.files + 1 {
            return Ok(());
        }
        let message = format!(
            "the folder has more than {} files or {} entries",
            self.limits.files, self.limits.entries
        );
        let hint = "is this a skill's folder? leave out what the skill does not need";
        Err(Diagnostic::error("too_many_files", "folder", message).hint(hint))
    }

    fn file(&mut self, dir: &Dir, name: &str, path: String) -> Result<(), Diagnostic> {
        let mut options = OpenOptions::new();
        options.read(true);
        // It may have become a link since it was listed.
        options.follow(FollowSymlinks::No);
        let file = dir.open_with(name, &options);
        let mut file = file.map_err(|error| unreadable(&path, &error))?;
        let metadata = file.metadata().map_err(|error| unreadable(&path, &error))?;
        if !metadata.is_file() {
            let message = format!("`{path}` is not a plain file");
            return Err(Diagnostic::error("special_file", &path, message).hint("leave it out"));
        }
        self.bytes = self.bytes.saturating_add(metadata.len());
        if self.bytes > self.limits.package_bytes || self.files.len() >= self.limits.files {
            let message = format!(
                "the folder has more than {} bytes or {} files",
                self.limits.package_bytes, self.limits.files
            );
            let hint = "leave out what the skill does not need";
            return Err(Diagnostic::error("package_too_large", &path, message).hint(hint));
        }
        let contents = read_exactly(&mut file, metadata.len());
        let contents = contents.map_err(|error| unreadable(&path, &error))?;
        self.files.push((path, contents));
        Ok(())
    }
}

/// Reads a file of a known length; one that has grown or shrunk meanwhile is an error.
fn read_exactly(file: &mut File, length: u64) -> std::io::Result<Arc<[u8]>> {
    let length = usize::try_from(length).map_err(std::io::Error::other)?;
    let mut contents: Arc<[u8]> = std::iter::repeat_n(0, length).collect();
    let buffer = Arc::get_mut(&mut contents).expect("nobody else has the new contents yet");
    file.read_exact(buffer)?;
    match file.read(&mut [0])? {
        0 => Ok(contents),
        _ => Err(std::io::Error::other("the file grew while it was read")),
    }
}

fn unreadable(path: &str, error: &std::io::Error) -> Diagnostic {
    let path = if path.is_empty() { "folder" } else { path };
    let (code, hint) = match error.kind() {
        std::io::ErrorKind::NotFound => ("not_found", "check the path"),
        std::io::ErrorKind::PermissionDenied => ("unreadable", "check who may read it"),
        _ => (
            "unreadable",
            "check the disk, and that nobody writes there now",
        ),
    };
    Diagnostic::error(code, path, format!("cannot be read: {error}")).hint(hint)
}
