//! A listing: a place in a folder and the last name that was given.
//!
//! It holds one name, not a copy of the folder, so a listing costs nothing that the quota
//! does not know. What is added or removed meanwhile may or may not be seen, as in POSIX;
//! everything else comes once, in the order of the names' bytes.

use wasmtime_wasi::p2::bindings::filesystem::types::DirectoryEntry;

use super::place::Place;

/// The state of one `directory-entry-stream`.
#[derive(Debug)]
pub(super) struct EntryStream {
    dir: Place,
    /// Names are never empty, so that this begins before the first.
    last: String,
}

impl EntryStream {
    pub(super) fn new(dir: Place) -> EntryStream {
        EntryStream {
            dir,
            last: String::new(),
        }
    }

    /// Returns the next entry.
    pub(super) fn next(&mut self) -> Option<DirectoryEntry> {
        let entry = self.dir.look(|tree, dir| {
            let (name, node) = tree.next_after(dir, &self.last)?;
            Some(DirectoryEntry {
                type_: tree.stat(node).kind,
                name: name.to_owned(),
            })
        })?;
        self.last.clone_from(&entry.name);
        Some(entry)
    }
}
