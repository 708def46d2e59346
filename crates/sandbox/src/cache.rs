//! The folder of compiled code: one sealed file for each component and each set of settings,
//! and one for the engine store.

use std::fs::{self, File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::load::{self, CodeKey, LoadError, SEAL_BYTES};

/// A folder that only this user can read or write.
pub(crate) struct Cache {
    folder: PathBuf,
    key: CodeKey,
}

impl Cache {
    /// Opens the cache in `folder`, which is made if it is not there. The first one to open
    /// it draws the key; many processes may share it.
    pub(crate) fn open(folder: &Path) -> io::Result<Cache> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let path = folder.join("key");
        let key = match read_key(&path)? {
            Some(key) => key,
            None => draw_key(folder, &path)?,
        };
        Ok(Cache {
            folder: folder.to_owned(),
            key,
        })
    }

    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Loads the code of the component whose name is `name`; none where there is none or it
    /// does not carry this host's seal, for then it is compiled again.
    pub(crate) fn load(&self, engine: &Engine, name: &CodeName) -> Option<Component> {
        match self.load_kept(engine, name) {
            Ok(component) => Some(component),
            Err(LoadError::File(error)) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::warn!(?error, "compiled code is not used");
                None
            }
        }
    }

    /// Loads code that has just been kept.
    pub(crate) fn load_kept(
        &self,
        engine: &Engine,
        name: &CodeName,
    ) -> Result<Component, LoadError> {
        let file = open_regular(&self.path(name)).map_err(LoadError::File)?;
        load::load(engine, &self.key, file)
    }

    /// Removes the code that is kept under `name`; that it may be gone already is no error.
    pub(crate) fn forget(&self, name: &CodeName) {
        let _ = fs::remove_file(self.path(name));
    }

    /// Keeps `code` under `name`: whole or not at all.
    pub(crate) fn keep(&self, name: &CodeName, code: &[u8]) -> io::Result<()> {
        self.write_sealed(&self.path(name), code)
    }

    /// Returns the engine store's bytes; empty where there is none or its seal does not fit.
    pub(crate) fn engine_store(&self, engine: &Engine) -> Vec<u8> {
        let read = || -> io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            open_regular(&self.engine_store_path(engine))?.read_to_end(&mut bytes)?;
            let code_bytes = bytes
                .len()
                .checked_sub(SEAL_BYTES)
                .ok_or(io::ErrorKind::InvalidData)?;
            let sealed: [u8; SEAL_BYTES] = bytes
                .split_off(code_bytes)
                .try_into()
                .expect("split at the seal's length");
            if blake3::Hash::from_bytes(load::seal(&self.key, &bytes)) != sealed {
                return Err(io::ErrorKind::InvalidData.into());
            }
            Ok(bytes)
        };
        read().unwrap_or_default()
    }

    /// Replaces the engine store.
    pub(crate) fn keep_engine_store(&self, engine: &Engine, bytes: &[u8]) -> io::Result<()> {
        self.write_sealed(&self.engine_store_path(engine), bytes)
    }

    /// Returns whether the functions of `component` are in the engine store.
    pub(crate) fn knows_engine(&self, engine: &Engine, component: &[u8]) -> bool {
        let mark = self.engine_mark(engine, component);
        mark.is_file() && self.engine_store_path(engine).is_file()
    }

    /// Notes that the functions of `component` are in the engine store.
    pub(crate) fn note_engine(&self, engine: &Engine, component: &[u8]) -> io::Result<()> {
        write_whole(&self.folder, &self.engine_mark(engine, component), &[])
    }

    fn engine_mark(&self, engine: &Engine, component: &[u8]) -> PathBuf {
        let name = digest(&[component, &settings(engine)]);
        self.folder.join(format!("{name}.engine"))
    }

    fn path(&self, name: &CodeName) -> PathBuf {
        self.folder.join(&name.0)
    }

    fn engine_store_path(&self, engine: &Engine) -> PathBuf {
        self.folder
            .join(format!("{}.engines", digest(&[&settings(engine)])))
    }

    fn write_sealed(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let seal = load::seal(&self.key, bytes);
        write_whole(&self.folder, path, &[bytes, &seal])
    }
}

/// The name of a component's compiled code: a digest of the component, of the engine's
/// settings and of this release, whose scan the component has passed. BLAKE3, because it
/// stands before every load: 12 MB took SHA-256 8 ms.
pub(crate) struct CodeName(String);

impl CodeName {
    pub(crate) fn new(engine: &Engine, component: &[u8]) -> CodeName {
        CodeName(format!("{}.code", digest(&[component, &settings(engine)])))
    }
}

/// wasmtime's own word on which compiled code fits an engine, and our release.
fn settings(engine: &Engine) -> Vec<u8> {
    let mut hasher = std::hash::DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let mut bytes = hasher.finish().to_le_bytes().to_vec();
    bytes.extend_from_slice(env!("CARGO_PKG_VERSION").as_bytes());
    bytes
}

fn digest(parts: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_hex().to_string()
}

/// Reads the key; none where there is no file. A key of another length is refused rather
/// than replaced, since other processes may hold the right one.
fn read_key(path: &Path) -> io::Result<Option<CodeKey>> {
    let mut bytes = Vec::new();
    match open_regular(path) {
        Ok(mut file) => file.read_to_end(&mut bytes)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let broken = |_| {
        io::Error::other(format!(
            "{} is broken: remove the folder and start again",
            path.display()
        ))
    };
    bytes.try_into().map(Some).map_err(broken)
}

/// Draws a key. Where two processes draw at once, the one that links first wins.
fn draw_key(folder: &Path, path: &Path) -> io::Result<CodeKey> {
    let mut key = CodeKey::default();
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    let temporary = temporary_in(folder)?;
    write_new(&temporary, &[&key])?;
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    match linked {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            read_key(path)?.ok_or_else(|| io::Error::other("the key went away"))
        }
        Err(error) => Err(error),
    }
}

fn open_regular(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
        .open(path)
}

/// Writes a file under another name, makes it durable, and moves it into place, so that
/// nobody ever sees half of it.
fn write_whole(folder: &Path, path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let temporary = temporary_in(folder)?;
    let written = write_new(&temporary, parts).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn write_new(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_data()
}

fn temporary_in(folder: &Path) -> io::Result<PathBuf> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    Ok(folder.join(format!("new-{:016x}", u64::from_le_bytes(random))))
}
