//! The file itself: read whole, changed under a lock, replaced in one step.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::state::{Content, StateError};

/// The file's name in the data folder.
pub const STATE_FILE: &str = "state.json";
/// Held while the file is changed. It is another file, because that one is replaced.
const LOCK_FILE: &str = "state.lock";
/// The form of the file that is written, and the only one that is read.
const FORM: u32 = 1;
/// Most bytes of it: 16 MiB, some ten thousand approvals.
const STATE_BYTES_MAX: u64 = 16 << 20;

/// Returns what the file holds; where it is not there, nothing.
pub(super) fn read(folder: &Path) -> Result<Content, StateError> {
    let path = folder.join(STATE_FILE);
    let fault = |error: io::Error| StateError::new(&path, error);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Content {
                form: FORM,
                ..Content::default()
            });
        }
        Err(error) => return Err(fault(error)),
    };
    refuse_shared(&path, &file)?;
    let mut bytes = Vec::new();
    let mut bounded = file.take(STATE_BYTES_MAX + 1);
    bounded.read_to_end(&mut bytes).map_err(fault)?;
    if bytes.len() as u64 > STATE_BYTES_MAX {
        return Err(StateError::new(
            &path,
            format!("it has more than {STATE_BYTES_MAX} bytes"),
        ));
    }
    let content: Content = serde_json::from_slice(&bytes).map_err(|error| {
        StateError::new(
            &path,
            format!(
                "it is damaged ({error}). Nothing is approved until it is put right or moved \
                 away; every approval and suspension goes with it"
            ),
        )
    })?;
    match content.form {
        FORM => Ok(content),
        form => Err(StateError::new(
            &path,
            format!("form {form} is of another release"),
        )),
    }
}

/// Changes what the file holds: no other process's change is lost, and after a crash it
/// holds what it held before or what it holds now.
pub(super) fn change<T>(
    folder: &Path,
    change: impl FnOnce(&mut Content) -> T,
) -> Result<T, StateError> {
    let fault = |error: io::Error| StateError::new(folder.join(STATE_FILE), error);
    make_folder(folder).map_err(fault)?;
    refuse_shared(folder, &File::open(folder).map_err(fault)?)?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let lock = options.open(folder.join(LOCK_FILE)).map_err(fault)?;
    lock.lock().map_err(fault)?;
    let mut content = read(folder)?;
    let value = change(&mut content);
    write(folder, &content).map_err(fault)?;
    Ok(value)
}

fn write(folder: &Path, content: &Content) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(content)?;
    text.push(b'\n');
    if text.len() as u64 > STATE_BYTES_MAX {
        return Err(io::Error::other(format!(
            "it would have more than {STATE_BYTES_MAX} bytes"
        )));
    }
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&text)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(STATE_FILE))?;
    File::open(folder)?.sync_all()
}

fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Refuses what every user of the machine may write: it would decide trust.
#[cfg(unix)]
fn refuse_shared(path: &Path, file: &File) -> Result<(), StateError> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = file
        .metadata()
        .map_err(|error| StateError::new(path, error))?;
    match metadata.permissions().mode() & 0o002 {
        0 => Ok(()),
        _ => Err(StateError::new(
            path,
            "every user may write it; run `chmod o-w` on it",
        )),
    }
}

#[cfg(not(unix))]
fn refuse_shared(_: &Path, _: &File) -> Result<(), StateError> {
    Ok(())
}
