//! What was read of packages to be shown, kept by digest.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::shown::Shown;

/// Most bytes of files that are kept: 64 MiB. What was not asked for longest goes first.
const BYTES_MAX: u64 = 64 << 20;

/// Packages that were shown, by digest.
#[derive(Debug, Default)]
pub(crate) struct ShownCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// Each with the number of the question that last got it.
    shown: BTreeMap<String, (u64, Arc<Shown>)>,
    asked: u64,
    bytes: u64,
}

impl ShownCache {
    pub(crate) fn get(&self, digest: &str) -> Option<Arc<Shown>> {
        let mut kept = self.kept();
        kept.asked += 1;
        let asked = kept.asked;
        let (last, shown) = kept.shown.get_mut(digest)?;
        *last = asked;
        Some(Arc::clone(shown))
    }

    pub(crate) fn keep(&self, shown: &Arc<Shown>) {
        let mut kept = self.kept();
        if shown.bytes() > BYTES_MAX || kept.shown.contains_key(&shown.digest) {
            return;
        }
        while kept.bytes + shown.bytes() > BYTES_MAX {
            let oldest = kept.shown.iter().min_by_key(|(_, (last, _))| *last);
            let oldest = oldest.map(|(digest, _)| digest.clone());
            let oldest = oldest.expect("bytes are of what is kept");
            if let Some((_, gone)) = kept.shown.remove(&oldest) {
                kept.bytes -= gone.bytes();
            }
        }
        let asked = kept.asked;
        kept.bytes += shown.bytes();
        kept.shown
            .insert(shown.digest.clone(), (asked, Arc::clone(shown)));
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
