//! What a call's files cost, and the quota that they never pass.
//!
//! Costs are pure functions of lengths, so that a call can be replayed and its usage comes
//! out the same on every machine.

use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode;

/// How much a call may write to `/out` and `/tmp` together. Both hold at every moment, and
/// what is unlinked but still open counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileQuota {
    /// Bytes of memory: contents, names, and [`NODE_BYTES`] for each file and folder.
    pub(crate) bytes: u64,
    /// Files and folders.
    pub(crate) files: u64,
}

/// Which part of the quota refused something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QuotaName {
    /// [`FileQuota::bytes`].
    Bytes,
    /// [`FileQuota::files`].
    Files,
}

/// Bytes that each file and folder costs before its name and content: its share of the
/// maps that hold it, at their emptiest. `memory` proves that it suffices.
pub(super) const NODE_BYTES: u64 = 768;

/// What is used, what was used at most, and what may be.
#[derive(Debug)]
pub(super) struct Account {
    quota: FileQuota,
    used: FileQuota,
    peak: FileQuota,
    refused: Option<QuotaName>,
}

impl Account {
    pub(super) fn new(quota: FileQuota) -> Account {
        let none = FileQuota { bytes: 0, files: 0 };
        Account {
            quota,
            used: none,
            peak: none,
            refused: None,
        }
    }

    /// Enlarges the quota by a node of the host folder with a name of `name_bytes`, and takes it.
    pub(super) fn widen(&mut self, name_bytes: u64) {
        for count in [&mut self.quota, &mut self.used, &mut self.peak] {
            count.bytes += NODE_BYTES + name_bytes;
            count.files += 1;
        }
    }

    /// Takes a file or folder with a name of `name_bytes`.
    pub(super) fn take_node(&mut self, name_bytes: u64) -> Result<(), ErrorCode> {
        if self.used.files >= self.quota.files {
            self.refused = self.refused.or(Some(QuotaName::Files));
            return Err(ErrorCode::InsufficientSpace);
        }
        self.exchange(0, NODE_BYTES + name_bytes)?;
        self.used.files += 1;
        self.peak.files = self.peak.files.max(self.used.files);
        Ok(())
    }

    /// Gives back a file or folder whose content costs `content_bytes`; its name went before.
    pub(super) fn return_node(&mut self, content_bytes: u64) {
        self.give_back(NODE_BYTES + content_bytes);
        self.used.files -= 1;
    }

    /// Gives `back` bytes back and takes `take` in one step, or changes nothing.
    pub(super) fn exchange(&mut self, back: u64, take: u64) -> Result<(), ErrorCode> {
        let kept = self.used.bytes - back;
        if take > back && take > self.quota.bytes.saturating_sub(kept) {
            self.refused = self.refused.or(Some(QuotaName::Bytes));
            return Err(ErrorCode::InsufficientSpace);
        }
        self.used.bytes = kept + take;
        self.peak.bytes = self.peak.bytes.max(self.used.bytes);
        Ok(())
    }

    pub(super) fn give_back(&mut self, bytes: u64) {
        self.used.bytes -= bytes;
    }

    #[cfg(test)]
    pub(super) fn used(&self) -> FileQuota {
        self.used
    }

    pub(super) fn peak(&self) -> FileQuota {
        self.peak
    }

    /// Returns the part of the quota that first refused something.
    pub(super) fn refused(&self) -> Option<QuotaName> {
        self.refused
    }
}
