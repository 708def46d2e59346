//! Code of language engines that is compiled once and shared by all skills of a language.
//!
//! Every skill in JavaScript or Python carries the same engine, and compiling that engine is
//! most of the work. Cranelift can look a function up instead of compiling it, and a hit is
//! used as code. So this store is filled only from engine components that Hotcell built
//! itself ([`crate::Sandbox::add_engine`]), and never by a skill's own compile: the type that
//! a skill's compile is given cannot insert.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::sync::Mutex;

use wasmtime::CacheStore;

use crate::frame::{read_block, write_block};

/// Functions, by Cranelift's own key.
type Entries = HashMap<Vec<u8>, Vec<u8>>;

/// A store that only answers.
#[derive(Debug, Default)]
pub(crate) struct ReadOnlyStore(Entries);

/// A store that keeps what is inserted, for a compile of Hotcell's own.
#[derive(Debug, Default)]
pub(crate) struct FillingStore(Mutex<Entries>);

impl ReadOnlyStore {
    /// Reads a store from its bytes; no bytes are an empty store.
    pub(crate) fn parse(mut bytes: &[u8]) -> io::Result<ReadOnlyStore> {
        let mut entries = Entries::new();
        while !bytes.is_empty() {
            let key = read_block(&mut bytes, usize::MAX)?;
            let value = read_block(&mut bytes, usize::MAX)?;
            entries.insert(key, value);
        }
        Ok(ReadOnlyStore(entries))
    }
}

impl FillingStore {
    /// Returns a store that begins with what `known` holds.
    pub(crate) fn new(known: ReadOnlyStore) -> FillingStore {
        FillingStore(Mutex::new(known.0))
    }

    /// Returns the store's bytes, sorted, so that the same functions give the same bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let entries = self.0.lock().expect("no holder of the lock panics");
        let mut sorted: Vec<_> = entries.iter().collect();
        sorted.sort();
        let mut bytes = Vec::new();
        for (key, value) in sorted {
            write_block(&mut bytes, key).expect("writing to memory does not fail");
            write_block(&mut bytes, value).expect("writing to memory does not fail");
        }
        bytes
    }
}

impl CacheStore for ReadOnlyStore {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        self.0.get(key).map(|value| Cow::Borrowed(value.as_slice()))
    }

    fn insert(&self, _key: &[u8], _value: Vec<u8>) -> bool {
        false
    }
}

impl CacheStore for FillingStore {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        let entries = self.0.lock().expect("no holder of the lock panics");
        entries.get(key).cloned().map(Cow::Owned)
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        let mut entries = self.0.lock().expect("no holder of the lock panics");
        entries.insert(key.to_vec(), value);
        true
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_store_is_read_back_and_a_read_one_takes_nothing() {
        let filling = FillingStore::default();
        assert!(filling.insert(b"key", b"code".to_vec()));
        let store = ReadOnlyStore::parse(&filling.to_bytes()).unwrap();
        assert_eq!(store.get(b"key").as_deref(), Some(b"code".as_slice()));
        assert!(!store.insert(b"other", b"code".to_vec()));
        assert_eq!(store.get(b"other"), None);
        assert!(ReadOnlyStore::parse(b"short").is_err());
    }
}
