//! The vault: one encrypted file of secrets, each with its versions.
//!
//! The file is an `age` file: whoever has its key can open it with that program too, should
//! Hotcell be gone. It is replaced whole under a lock, so that a crash leaves the old vault or the
//! new one, and processes that write at one time lose nothing. A vault that cannot be read is an
//! error, and is never overwritten.
//!
//! What it keeps out: whoever gets a copy of the file alone, such as a backup. It cannot keep out
//! a process of the same user that can read the key too.

mod document;
mod key;

use std::fs::OpenOptions;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use hotcell_policy::config::VaultKey;

use super::error::{SecretError, SecretFault};
use super::lock::lock;
use super::private_file::{self, Identity, Step, failed};
use super::rules::{check_size, is_secret_name};
use super::state::make_folder;
use super::value::SecretValue;
use document::Document;

pub use document::{SECRETS_MAX, VERSIONS_KEPT, VaultEntry};
pub use key::PASSPHRASE_BYTES_MIN;

/// The vault's name in the data folder.
pub const VAULT_FILE: &str = "vault.age";

/// The name of its key, where that lies beside it.
pub const VAULT_KEY_FILE: &str = "vault.key";

/// Bytes that the vault's file has at most.
pub const VAULT_BYTES_MAX: usize = 1 << 20;

/// Locked by whoever writes. It is never removed: two processes would lock two files.
const LOCK_FILE: &str = "vault.lock";

/// Where a vault is and what opens it.
#[derive(Debug, Clone)]
pub struct VaultOptions {
    /// The data folder.
    pub folder: PathBuf,
    /// What opens it.
    pub key: VaultKey,
    /// The passphrase, where [`VaultKey::Passphrase`] wants one.
    pub passphrase: Option<SecretValue>,
}

/// A vault. Nothing is read before it is asked.
#[derive(Debug)]
pub struct Vault {
    options: VaultOptions,
    read: Mutex<Option<(Identity, Arc<Document>)>>,
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The version that is current now.
    pub version: u64,
    /// The key file that was made, with the first secret: without it the vault is lost.
    pub new_key: Option<PathBuf>,
}

impl Vault {
    /// Returns a vault that is not opened yet.
    pub fn new(options: VaultOptions) -> Self {
        Self {
            options,
            read: Mutex::new(None),
        }
    }

    /// Returns where its file is, or will be.
    pub fn path(&self) -> PathBuf {
        self.options.folder.join(VAULT_FILE)
    }

    /// Returns whether its file is there.
    pub fn exists(&self) -> bool {
        Identity::at(&self.path()).is_some()
    }

    /// Returns the current value of a secret and its version.
    ///
    /// # Errors
    /// Fails where there is no such secret, and where the vault cannot be opened.
    pub fn get(&self, name: &str) -> Result<(SecretValue, u64), SecretError> {
        let document = self.document().map_err(|error| error.of(name))?;
        let current = document.as_deref().and_then(|document| document.get(name));
        current.ok_or_else(|| self.no_such(name))
    }

    /// Returns what it has, by name, without values.
    ///
    /// # Errors
    /// Fails where the vault cannot be opened; one that is not there is empty.
    pub fn list(&self) -> Result<Vec<VaultEntry>, SecretError> {
        let document = self.document()?;
        Ok(document.map_or(Vec::new(), |document| document.list()))
    }

    /// Keeps a new secret, and makes the vault and its key file where there are none.
    ///
    /// # Errors
    /// Fails where the name is taken or can be none, the value cannot be protected, a limit is
    /// met, or the vault cannot be opened or written.
    pub fn set(
        &self,
        name: &str,
        value: &SecretValue,
        now: SystemTime,
    ) -> Result<Stored, SecretError> {
        self.check(name, value)?;
        self.change(name, |document, source| {
            document.add(name, value, now, source)
        })
    }

    /// Makes `value` the current version of a secret; the one before stays for [`Vault::back`].
    ///
    /// # Errors
    /// As [`Vault::set`], but that the name must be there.
    pub fn rotate(
        &self,
        name: &str,
        value: &SecretValue,
        now: SystemTime,
    ) -> Result<Stored, SecretError> {
        self.check(name, value)?;
        self.change(name, |document, _| document.rotate(name, value, now))
    }

    /// Makes the version before the current one current again.
    ///
    /// # Errors
    /// Fails where there is none, and where the vault cannot be opened or written.
    pub fn back(&self, name: &str) -> Result<Stored, SecretError> {
        self.change(name, |document, source| document.back(name, source))
    }

    /// Removes a secret with all its versions; returns the version that was current.
    ///
    /// # Errors
    /// Fails where it is not there, and where the vault cannot be opened or written.
    pub fn remove(&self, name: &str) -> Result<Stored, SecretError> {
        self.change(name, |document, _| document.remove(name))
    }

    fn source(&self) -> String {
        self.path().display().to_string()
    }

    fn no_such(&self, name: &str) -> SecretError {
        if !is_secret_name(name) {
            return self.bad_name();
        }
        SecretError::new(
            SecretFault::Missing,
            self.source(),
            "the vault has no such secret",
            format!("hotcell secret set {name}"),
        )
        .of(name)
    }

    /// What was given as a name may be the value itself; it is not repeated.
    fn bad_name(&self) -> SecretError {
        SecretError::new(
            SecretFault::BadName,
            self.source(),
            "this can be no secret's name",
            "begin with a small letter; then small letters, digits, `_`, `.`, `-`; at most 64",
        )
    }

    /// Checks that a secret can have this name and this value; nothing is read or written.
    ///
    /// # Errors
    /// Fails where it cannot.
    pub fn check(&self, name: &str, value: &SecretValue) -> Result<(), SecretError> {
        if !is_secret_name(name) {
            return Err(self.bad_name());
        }
        check_size(value, || self.source()).map_err(|error| error.of(name))
    }

    /// Returns the content, from memory where the file is the one that was read.
    fn document(&self) -> Result<Option<Arc<Document>>, SecretError> {
        let mut read = self.read.lock().expect("nothing panics while it is held");
        let found = Identity::at(&self.path());
        if let (Some(found), Some((identity, document))) = (found, read.as_ref())
            && found == *identity
        {
            return Ok(Some(document.clone()));
        }
        *read = None;
        if found.is_none() {
            return Ok(None);
        }
        let (identity, document) = self.open()?;
        let document = Arc::new(document);
        *read = Some((identity, document.clone()));
        Ok(Some(document))
    }

    fn open(&self) -> Result<(Identity, Document), SecretError> {
        let path = self.path();
        let file = private_file::read(&path, VAULT_BYTES_MAX)?;
        let key = key::existing(&self.options)?;
        let plain = key.decrypt(&file.bytes, &self.source())?;
        Ok((file.identity, Document::parse(&plain, &self.source())?))
    }

    fn change(
        &self,
        name: &str,
        change: impl FnOnce(&mut Document, &str) -> Result<Option<u64>, SecretError>,
    ) -> Result<Stored, SecretError> {
        self.change_in_steps(name, change, &mut |_| Ok(()))
    }

    /// Reads, changes and writes under the lock. `change` returns the version to be told, or
    /// none where there is no such secret.
    fn change_in_steps(
        &self,
        name: &str,
        change: impl FnOnce(&mut Document, &str) -> Result<Option<u64>, SecretError>,
        steps: &mut dyn FnMut(Step) -> std::io::Result<()>,
    ) -> Result<Stored, SecretError> {
        let path = self.path();
        self.prepare_folder()?;
        let locked = self.open_lock()?;
        lock(&locked).map_err(|error| failed(&path, &error))?;
        let is_new = !self.exists();
        let mut document = if is_new {
            Document::default()
        } else {
            self.open()?.1
        };
        let version = change(&mut document, &self.source())
            .map_err(|error| error.of(name))?
            .ok_or_else(|| self.no_such(name))?;
        let (key, new_key) = if is_new {
            key::existing_or_new(&self.options)?
        } else {
            (key::existing(&self.options)?, None)
        };
        let plain = document.to_json(&self.source())?;
        let bytes = key.encrypt(&plain, &self.source())?;
        if bytes.len() > VAULT_BYTES_MAX {
            return Err(document::full(&self.source()));
        }
        private_file::replace(&path, &bytes, steps).map_err(|error| failed(&path, &error))?;
        Ok(Stored { version, new_key })
    }

    /// Makes the folder, and refuses one into which others could put a vault of theirs.
    fn prepare_folder(&self) -> Result<(), SecretError> {
        let folder = &self.options.folder;
        make_folder(folder).map_err(|error| failed(&self.path(), &error))?;
        let metadata = folder
            .metadata()
            .map_err(|error| failed(&self.path(), &error))?;
        if metadata.mode() & 0o022 != 0 {
            return Err(SecretError::new(
                SecretFault::Unsafe,
                folder.display().to_string(),
                "others may write in this folder",
                format!("chmod 700 {}", folder.display()),
            ));
        }
        Ok(())
    }

    fn open_lock(&self) -> Result<std::fs::File, SecretError> {
        let path = self.options.folder.join(LOCK_FILE);
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| failed(&path, &error))
    }
}

/// Returns the key file beside a vault in `folder`.
fn key_beside(folder: &Path) -> PathBuf {
    folder.join(VAULT_KEY_FILE)
}

#[cfg(test)]
mod tests;
