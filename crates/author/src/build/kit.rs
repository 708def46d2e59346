//! What of Hotcell's own a build needs: drivers, guest SDKs and interfaces. They are part of this
//! program and are written to the cache, under their digest, when they are first needed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hotcell_package::Diagnostic;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::inputs::hex;
use super::{Language, unusable};

/// Files by their place in the kit's folder.
type Files = &'static [(&'static str, &'static str)];

const WIT: Files = &[
    ("wit/worlds.wit", include_str!("../../tools/wit/worlds.wit")),
    (
        "wit/deps/io.wit",
        include_str!("../../tools/wit/deps/io.wit"),
    ),
    (
        "wit/deps/clocks.wit",
        include_str!("../../tools/wit/deps/clocks.wit"),
    ),
    (
        "wit/deps/filesystem.wit",
        include_str!("../../tools/wit/deps/filesystem.wit"),
    ),
    (
        "wit/deps/http.wit",
        include_str!("../../tools/wit/deps/http.wit"),
    ),
    (
        "wit/deps/skill/skill.wit",
        include_str!("../../../../wit/skill.wit"),
    ),
    (
        "wit/deps/config/store.wit",
        include_str!("../../../../wit/deps/wasi-config/store.wit"),
    ),
];

const JAVASCRIPT: Files = &[
    ("package.json", include_str!("../../tools/js/package.json")),
    (
        "package-lock.json",
        include_str!("../../tools/js/package-lock.json"),
    ),
    ("build.mjs", include_str!("../../tools/js/build.mjs")),
    ("schema.mjs", include_str!("../../tools/js/schema.mjs")),
    ("snapshot.mjs", include_str!("../../tools/js/snapshot.mjs")),
    ("world.mjs", include_str!("../../tools/js/world.mjs")),
    (
        "sdk/package.json",
        include_str!("../../sdk-js/package.json"),
    ),
    ("sdk/index.js", include_str!("../../sdk-js/index.js")),
    ("sdk/index.d.ts", include_str!("../../sdk-js/index.d.ts")),
    ("sdk/files.js", include_str!("../../sdk-js/files.js")),
    ("sdk/serve.js", include_str!("../../sdk-js/serve.js")),
];

/// What componentize-py starts, where `SKILL` stands for the skill's module.
pub(super) const PYTHON_APP: &str = include_str!("../../tools/python/app.py");

const PYTHON: Files = &[
    ("app.py", PYTHON_APP),
    (
        "requirements.txt",
        include_str!("../../tools/python/requirements.txt"),
    ),
    (
        "describe.py",
        include_str!("../../tools/python/describe.py"),
    ),
    ("imports.py", include_str!("../../tools/python/imports.py")),
    (
        "late/hotcell_late.py",
        include_str!("../../tools/python/late.py"),
    ),
    (
        "sdk/hotcell/__init__.py",
        include_str!("../../sdk-python/hotcell/__init__.py"),
    ),
    (
        "sdk/hotcell/http.py",
        include_str!("../../sdk-python/hotcell/http.py"),
    ),
    (
        "sdk/hotcell/_serve.py",
        include_str!("../../sdk-python/hotcell/_serve.py"),
    ),
];

fn files(language: Language) -> [Files; 2] {
    match language {
        Language::Rust => [&[], &[]],
        Language::JavaScript => [JAVASCRIPT, WIT],
        Language::Python => [PYTHON, WIT],
    }
}

/// Returns the digest of a language's kit, and so of the versions of its tools.
pub(super) fn digest(language: Language) -> String {
    let mut hasher = Sha256::new();
    hasher.update(env!("CARGO_PKG_VERSION"));
    for (name, text) in files(language).into_iter().flatten() {
        hasher.update(name);
        hasher.update([0]);
        hasher.update(text);
        hasher.update([0]);
    }
    hex(&hasher.finalize()[..16])
}

/// Makes the kit's folder, once. `bring` fetches what does not come with this program; the folder
/// is there only once that has succeeded.
pub(super) fn folder(
    cache: &Path,
    language: Language,
    bring: impl FnOnce(&Path) -> Result<(), Vec<Diagnostic>>,
) -> Result<PathBuf, Vec<Diagnostic>> {
    let name = format!("{}-{}", language.word(), digest(language));
    let place = cache.join("tools").join(name);
    if place.is_dir() {
        return Ok(place);
    }
    let unusable = |error: &io::Error| vec![unusable(cache, error)];
    let pending = write(cache, language).map_err(|error| unusable(&error))?;
    bring(pending.path())?;
    match fs::rename(pending.path(), &place) {
        Ok(()) => {
            // It is no temporary folder any more.
            let _ = pending.keep();
        }
        // Another process was quicker.
        Err(_) if place.is_dir() => {}
        Err(error) => return Err(unusable(&error)),
    }
    Ok(place)
}

fn write(cache: &Path, language: Language) -> io::Result<TempDir> {
    let parent = cache.join("tools");
    fs::create_dir_all(&parent)?;
    let pending = tempfile::Builder::new()
        .prefix("new-")
        .tempdir_in(&parent)?;
    for (name, text) in files(language).into_iter().flatten() {
        let file = pending.path().join(name);
        fs::create_dir_all(file.parent().expect("it stands in the kit's folder"))?;
        fs::write(file, text)?;
    }
    Ok(pending)
}
