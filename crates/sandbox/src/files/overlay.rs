//! One call's files, from an empty `/out` to what the tool left there.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hotcell_policy::WorkAccess;
use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;

use super::account::{FileQuota, QuotaName};
use super::handle::SharedMemory;
use super::memory::{Memory, OUT, TMP};
use super::mount::Mount;
use super::place::Place;
use super::read_tree::{ROOT, ReadTree};
use super::times::datetime;
use super::work::{WorkChange, WorkError, WorkFolder};

/// The files of one call. Making one costs a few allocations, whatever the trees hold.
#[derive(Debug)]
pub(crate) struct Overlay {
    skill: Arc<ReadTree>,
    input: Arc<ReadTree>,
    memory: SharedMemory,
    now: Datetime,
}

/// A file that a tool left in `/out`.
#[derive(Clone, PartialEq, Eq)]
pub struct OutFile {
    /// Its path below `/out`, at most 32 names of at most 255 bytes: the guest's word,
    /// untrusted, to be checked against the allow-list before it names anything.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Overlay {
    /// Returns the world in which `/skill` shows `skill`, `/in` shows `input`, and `/out` and
    /// `/tmp` are empty. All times are 1970 until [`Overlay::with_time`] says otherwise.
    pub(crate) fn new(skill: Arc<ReadTree>, input: Arc<ReadTree>, quota: FileQuota) -> Overlay {
        let now = datetime(Duration::ZERO);
        Overlay {
            skill,
            input,
            memory: SharedMemory::new(Memory::new(quota, now)),
            now,
        }
    }

    /// Sets the one time that all files show, counted from 1970.
    #[must_use]
    pub(crate) fn with_time(mut self, since_1970: Duration) -> Overlay {
        self.now = datetime(since_1970);
        self.memory.lock().set_time(self.now);
        self
    }

    /// Shows a host folder at `/work`.
    #[must_use]
    pub(crate) fn with_work(self, folder: Option<&WorkFolder>) -> Overlay {
        if let Some(folder) = folder {
            self.memory.lock().mount_work(folder);
        }
        self
    }

    /// Returns what ended the call's way with its host folder, if anything did.
    pub(crate) fn work_trouble(&self) -> Option<WorkError> {
        self.memory.lock().work_trouble()
    }

    /// Returns what the call changed in its host folder.
    ///
    /// # Errors
    /// Fails where a file that it replaced, moved or removed cannot be read any more.
    pub(crate) fn take_work(&self) -> Result<Vec<WorkChange>, WorkError> {
        self.memory.lock().take_work()
    }

    /// Returns the folders that the guest finds.
    pub(super) fn mounts(&self) -> Vec<Mount> {
        let mut mounts = Mount::ALWAYS.to_vec();
        if self.memory.lock().work_root().is_some() {
            mounts.push(Mount::Work);
        }
        mounts
    }

    /// Returns the most bytes that were counted at one time.
    pub(crate) fn peak_bytes(&self) -> u64 {
        self.memory.lock().account.peak().bytes
    }

    /// Returns the most files and folders that were counted at one time.
    #[cfg(test)]
    pub(crate) fn peak_files(&self) -> u64 {
        self.memory.lock().account.peak().files
    }

    /// Returns the bytes, files and folders that are counted now.
    #[cfg(test)]
    pub(super) fn used(&self) -> FileQuota {
        self.memory.lock().account.used()
    }

    /// Returns the part of the quota that first refused something, if any did. A guest sees
    /// `insufficient-space` for both.
    pub(crate) fn refused(&self) -> Option<QuotaName> {
        self.memory.lock().account.refused()
    }

    /// Returns the regular files of `/out`, sorted by path. Folders come as parts of paths
    /// only. For a moment the largest file may exist twice, if it is larger than a chunk.
    pub(crate) fn into_out(self) -> Vec<OutFile> {
        let files = self.memory.lock().take_files(OUT);
        files
            .into_iter()
            .map(|(path, content)| OutFile {
                path,
                bytes: content.into_bytes(),
            })
            .collect()
    }

    /// Returns a hold on a mount's root.
    pub(super) fn root(&self, mount: Mount) -> Place {
        let memory = |root| Place::Memory(self.memory.hold(&mut self.memory.lock(), root));
        match mount {
            Mount::Skill => Place::Read(Arc::clone(&self.skill), ROOT),
            Mount::Input => Place::Read(Arc::clone(&self.input), ROOT),
            Mount::Out => memory(OUT),
            Mount::Tmp => memory(TMP),
            Mount::Work => self.work(),
        }
    }

    fn work(&self) -> Place {
        let memory = &mut self.memory.lock();
        let (root, access) = memory.work_root().expect("it is mounted");
        let held = self.memory.hold(memory, root);
        match access {
            WorkAccess::Read => Place::Shown(held),
            WorkAccess::Write => Place::Memory(held),
        }
    }

    /// Returns the memory, for the proof that what it holds is paid for.
    #[cfg(test)]
    pub(super) fn memory(&self) -> &SharedMemory {
        &self.memory
    }

    /// Returns the call's one time.
    pub(super) fn now(&self) -> Datetime {
        self.now
    }
}

impl fmt::Debug for OutFile {
    /// Leaves the content out: it is the guest's, and may be large.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutFile")
            .field("path", &self.path)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}
