//! Who may call a server, as the operator's file says it now.
//!
//! The file is looked at with each request, and read where it is another one than before. What cannot
//! be read lets nobody in.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hotcell_server::{CallerSource, Callers};

use crate::config::Places;

/// How old a change must be for the next one to have another time: the clocks of file systems tick.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// The callers of an operator's file.
#[derive(Debug)]
pub(crate) struct CallersFile {
    places: Places,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The file that was read; none before the first look, and where it may have changed unseen.
    seen: Option<Seen>,
    /// Who may call; none where that could not be read.
    now: Option<Arc<Callers>>,
    /// Who was last said to.
    last: Arc<Callers>,
}

/// What tells a file from the one that was there before: device, inode, length, changed and
/// modified. None where there is none.
#[derive(Debug, PartialEq, Eq)]
struct Seen(Option<[i128; 7]>);

impl Seen {
    fn at(path: &Path) -> Seen {
        let found = std::fs::metadata(path).ok();
        Seen(found.map(|file| {
            [
                i128::from(file.dev()),
                i128::from(file.ino()),
                i128::from(file.len()),
                i128::from(file.ctime()),
                i128::from(file.ctime_nsec()),
                i128::from(file.mtime()),
                i128::from(file.mtime_nsec()),
            ]
        }))
    }

    /// Returns whether a later change has another time than this one.
    fn is_settled(&self) -> bool {
        let Some([_, _, _, changed_s, ..]) = self.0 else {
            return true;
        };
        let changed = u64::try_from(changed_s).unwrap_or(u64::MAX);
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let settled = Duration::from_secs(changed).checked_add(SETTLED_AFTER);
        matches!((now, settled), (Ok(now), Some(settled)) if now > settled)
    }
}

impl CallersFile {
    /// Returns the callers of a file that was read before, as `callers`.
    pub(crate) fn new(places: Places, callers: Callers) -> CallersFile {
        let last = Arc::new(callers);
        let state = Mutex::new(State {
            seen: None,
            now: Some(Arc::clone(&last)),
            last,
        });
        CallersFile { places, state }
    }
}

impl CallerSource for CallersFile {
    fn callers(&self) -> Option<Arc<Callers>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked at before it is read: what changes in between is seen the next time.
        let seen = Seen::at(&self.places.config);
        if state.seen.as_ref() == Some(&seen) {
            return state.now.clone();
        }
        let read = self.places.read_config();
        if let Err(found) = &read
            && state.now.is_some()
        {
            let first = found.first().map_or("", |one| one.message.as_str());
            tracing::error!("nobody may call until the operator's file can be read: {first}");
        }
        state.now = read.ok().map(|config| {
            let callers = state.last.renewed(&config);
            match callers == *state.last {
                true => Arc::clone(&state.last),
                false => Arc::new(callers),
            }
        });
        if let Some(now) = &state.now {
            state.last = Arc::clone(now);
        }
        state.seen = Some(seen).filter(Seen::is_settled);
        state.now.clone()
    }
}
