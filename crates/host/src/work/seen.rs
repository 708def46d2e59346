//! What a call saw of its folder, kept so that it can be replayed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hotcell_policy::WorkAccess;
use hotcell_sandbox::{WorkEntry, WorkError, WorkFolder, WorkSource};
use serde::{Deserialize, Serialize};

use super::DiskSource;

/// Name of the payload.
pub(crate) const WORK: &str = "work";
/// Most bytes of files that are kept for a replay. A call that read more cannot be replayed.
const KEPT_BYTES_MAX: usize = 16 << 20;

/// A folder as a call saw it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RecordedWork {
    access: WorkAccess,
    /// Path, bytes of a file, seconds and nanoseconds since 1970.
    entries: Vec<(String, Option<u64>, u64, u32)>,
    /// The files that were read, in base64, by number of the entry.
    files: BTreeMap<usize, String>,
}

/// Returns whether all that a call read is little enough to be kept.
pub(crate) fn is_kept(source: &DiskSource) -> bool {
    let files = source.files();
    let bytes: usize = files.values().map(|bytes| bytes.len()).sum();
    bytes <= KEPT_BYTES_MAX
}

impl RecordedWork {
    /// Returns what is kept of what a call saw; none where that is too much.
    pub(crate) fn of(source: &DiskSource) -> Option<RecordedWork> {
        let files = source.files();
        let entry = |entry: &WorkEntry| {
            let modified = entry.modified;
            let (seconds, nanos) = (modified.as_secs(), modified.subsec_nanos());
            (entry.path.clone(), entry.bytes, seconds, nanos)
        };
        is_kept(source).then(|| RecordedWork {
            access: source.access(),
            entries: source.entries().iter().map(entry).collect(),
            files: files
                .iter()
                .map(|(number, bytes)| (*number, BASE64.encode(bytes)))
                .collect(),
        })
    }

    /// Returns the folder, as it was.
    pub(crate) fn folder(&self) -> WorkFolder {
        let entry = |(path, bytes, seconds, nanos): &(String, Option<u64>, u64, u32)| WorkEntry {
            path: path.clone(),
            bytes: *bytes,
            modified: Duration::from_secs(*seconds) + Duration::from_nanos(u64::from(*nanos)),
        };
        let decode = |(number, text): (&usize, &String)| {
            Some((*number, Arc::from(BASE64.decode(text).ok()?)))
        };
        WorkFolder {
            entries: self.entries.iter().map(entry).collect(),
            source: Arc::new(Kept(self.files.iter().filter_map(decode).collect())),
            access: self.access,
        }
    }
}

/// The files that were read.
struct Kept(BTreeMap<usize, Arc<[u8]>>);

impl WorkSource for Kept {
    fn read(&self, entry: usize) -> Result<Arc<[u8]>, WorkError> {
        let missing = || WorkError::Unreadable(entry.to_string(), "it was not read".to_owned());
        self.0.get(&entry).cloned().ok_or_else(missing)
    }
}
