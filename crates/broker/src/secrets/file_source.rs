//! `file:PATH`: a value in a file of its own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use super::error::{SecretError, SecretFault};
use super::lock::lock;
use super::private_file::{self, Identity, failed};
use super::rules::{SECRET_BYTES_MAX, trim_newline};
use super::value::SecretValue;

/// A file that changed so short a time ago is read each time: its clock is coarse, so that a
/// second change in place could leave all that identifies it as it was.
const SETTLED: Duration = Duration::from_secs(1);

/// How often a writer starts again because another one was faster.
const REPLACE_TRIES: u32 = 100;

/// Values of files, as long as the files stay what they were.
#[derive(Debug, Default)]
pub(crate) struct FileSource {
    read: Mutex<HashMap<PathBuf, (Identity, SecretValue)>>,
}

impl FileSource {
    /// Returns the value, and a mark that tells it from the one before.
    pub(crate) fn get(
        &self,
        path: &Path,
        now: SystemTime,
    ) -> Result<(SecretValue, String), SecretError> {
        check_path(path)?;
        let mut read = self.read.lock().expect("nothing panics while it is held");
        if let Some((identity, value)) = read.get(path)
            && is_settled(identity, now)
            && Identity::at(path).as_ref() == Some(identity)
        {
            return Ok((value.clone(), mark(identity)));
        }
        read.remove(path);
        let file = private_file::read(path, SECRET_BYTES_MAX + 2)?;
        let value = SecretValue::copy_of(trim_newline(&file.bytes));
        read.insert(path.to_owned(), (file.identity, value.clone()));
        Ok((value, mark(&file.identity)))
    }

    /// Replaces the value; the old one stays until the new one is on the disk.
    pub(crate) fn replace(&self, path: &Path, value: &SecretValue) -> Result<(), SecretError> {
        check_path(path)?;
        for _ in 0..REPLACE_TRIES {
            // It must be there and private already: a value never goes to a new place.
            let old = private_file::read(path, SECRET_BYTES_MAX + 2)?;
            lock(&old.file).map_err(|error| failed(path, &error))?;
            let is_current = Identity::at(path) == Some(old.identity);
            if is_current {
                return private_file::replace(path, value.expose(), &mut |_| Ok(()))
                    .map_err(|error| failed(path, &error));
            }
        }
        let busy = std::io::Error::other("other processes replace it all the time");
        Err(failed(path, &busy))
    }
}

fn check_path(path: &Path) -> Result<(), SecretError> {
    if path.is_absolute() {
        return Ok(());
    }
    Err(SecretError::new(
        SecretFault::Unsafe,
        path.display().to_string(),
        "the path is not absolute",
        "write the whole path, from `/` on",
    ))
}

fn is_settled(identity: &Identity, now: SystemTime) -> bool {
    let (seconds, _) = identity.modified();
    let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.max(0).unsigned_abs());
    now.duration_since(modified)
        .is_ok_and(|age| age > SETTLED + Duration::from_secs(1))
}

/// Says nothing of the value: only when the file was written.
fn mark(identity: &Identity) -> String {
    let (seconds, nanos) = identity.modified();
    format!("mtime-{seconds}.{nanos:09}")
}
