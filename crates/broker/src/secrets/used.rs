//! When each secret was used last: one small file each, for people.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::state::{file_name, open_file};

/// A secret's use is written down at most once in this time.
const EVERY: Duration = Duration::from_secs(1);

/// Bytes of a file: the seconds since 1970, always as wide, and a newline. One small write is
/// never seen in part.
const BYTES: usize = 21;

/// The files of last uses.
#[derive(Debug)]
pub(crate) struct Used {
    folder: PathBuf,
    written: Mutex<HashMap<String, SystemTime>>,
}

impl Used {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            written: Mutex::default(),
        }
    }

    /// Writes down that `name` is used now. It is for people, so that a failure is passed over.
    pub(crate) fn note(&self, name: &str, now: SystemTime) {
        let mut written = self
            .written
            .lock()
            .expect("nothing panics while it is held");
        let is_recent = written
            .get(name)
            .is_some_and(|last| now.duration_since(*last).is_ok_and(|age| age < EVERY));
        if !is_recent {
            written.insert(name.to_owned(), now);
            let _ = self.write(name, now);
        }
    }

    fn write(&self, name: &str, now: SystemTime) -> std::io::Result<()> {
        let file = open_file(&self.folder, name)?;
        let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        file.write_all_at(format!("{seconds:020}\n").as_bytes(), 0)
    }

    /// Returns when `name` was used last, to the second, if it is known.
    pub(crate) fn last(&self, name: &str) -> Option<SystemTime> {
        let text = fs::read_to_string(self.folder.join(file_name(name))).ok()?;
        let seconds = text.get(..BYTES)?.trim_end().parse().ok()?;
        UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
    }
}
