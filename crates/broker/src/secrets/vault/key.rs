//! What opens the vault: a key file, a passphrase, or a key in the keyring.

use std::io::{Read, Write};
use std::iter;
use std::path::{Path, PathBuf};

use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};
use hotcell_policy::config::VaultKey;
use zeroize::Zeroizing;

use super::{VAULT_BYTES_MAX, VaultOptions, key_beside};
use crate::secrets::error::{SecretError, SecretFault};
use crate::secrets::keyring;
use crate::secrets::private_file::{self, failed};
use crate::secrets::state::make_folder;
use crate::secrets::value::SecretValue;

/// Bytes that a passphrase of a new vault has at least.
pub const PASSPHRASE_BYTES_MIN: usize = 12;

/// The cost of a guess at a passphrase: 2^17 rounds of scrypt, 128 MiB and some tenths of a second
/// (OWASP's advice for scrypt).
const SCRYPT_LOG_N: u8 = 17;

/// The most that is spent on a vault that somebody else may have written: 2^20, 1 GiB.
const SCRYPT_LOG_N_MAX: u8 = 20;

/// Bytes of a key file: one line of 74 characters, and room for comments.
const KEY_FILE_BYTES_MAX: usize = 4 << 10;

const KEYRING_SERVICE: &str = "hotcell";

const KEY_FILE_HEAD: &str = "# The key of Hotcell's vault. Whoever has both has the secrets;\n\
    # without this file, the vault cannot be opened. Keep a copy in another place.\n";

/// A key at hand.
pub(super) enum Key {
    File(x25519::Identity),
    Passphrase(SecretString),
}

/// Returns the key of a vault that is there.
pub(super) fn existing(options: &VaultOptions) -> Result<Key, SecretError> {
    match &options.key {
        VaultKey::BesideVault => read_file(&key_beside(&options.folder)),
        VaultKey::File(path) => read_file(path),
        VaultKey::Passphrase => passphrase(options).map(Key::Passphrase),
        VaultKey::Keyring => {
            let (service, user) = keyring_place(&options.folder);
            let value = keyring::get(service, &user)?;
            parse(value.expose(), &keyring::origin(service, &user))
        }
    }
}

/// Returns the key of a vault that is about to be made, and the file that was made for it. A
/// key that is there is used; the vault may have been removed on purpose.
pub(super) fn existing_or_new(
    options: &VaultOptions,
) -> Result<(Key, Option<PathBuf>), SecretError> {
    let path = match &options.key {
        VaultKey::BesideVault => key_beside(&options.folder),
        VaultKey::File(path) => path.clone(),
        VaultKey::Passphrase => return new_passphrase(options).map(|key| (key, None)),
        VaultKey::Keyring => return existing_or_new_in_keyring(options).map(|key| (key, None)),
    };
    match read_file(&path) {
        Err(error) if error.fault() == SecretFault::Key && !path.exists() => {
            let key = make_file(&path)?;
            Ok((key, Some(path)))
        }
        read => read.map(|key| (key, None)),
    }
}

fn existing_or_new_in_keyring(options: &VaultOptions) -> Result<Key, SecretError> {
    match existing(options) {
        Err(error) if error.fault() == SecretFault::Missing => {
            let (service, user) = keyring_place(&options.folder);
            let identity = x25519::Identity::generate();
            let text = identity.to_string();
            let value = SecretValue::copy_of(text.expose_secret().as_bytes());
            keyring::set(service, &user, &value)?;
            Ok(Key::File(identity))
        }
        read => read,
    }
}

/// Names the vault by its folder, however it was called: there may be more than one.
fn keyring_place(folder: &Path) -> (&'static str, String) {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    (KEYRING_SERVICE, format!("vault:{}", folder.display()))
}

fn passphrase(options: &VaultOptions) -> Result<SecretString, SecretError> {
    let source = options.folder.join(super::VAULT_FILE).display().to_string();
    let Some(value) = &options.passphrase else {
        return Err(SecretError::new(
            SecretFault::Key,
            source,
            "it is opened by a passphrase, and none was given",
            "set HOTCELL_VAULT_PASSPHRASE",
        ));
    };
    let text = std::str::from_utf8(value.expose()).map_err(|_| {
        let mend = "give it in UTF-8";
        SecretError::new(SecretFault::Key, source, "the passphrase is no text", mend)
    })?;
    Ok(SecretString::from(text))
}

fn new_passphrase(options: &VaultOptions) -> Result<Key, SecretError> {
    let text = passphrase(options)?;
    if text.expose_secret().len() < PASSPHRASE_BYTES_MIN {
        return Err(SecretError::new(
            SecretFault::Key,
            options.folder.join(super::VAULT_FILE).display().to_string(),
            format!("the passphrase has fewer than {PASSPHRASE_BYTES_MIN} bytes"),
            "choose a longer one: some words that nobody said before",
        ));
    }
    Ok(Key::Passphrase(text))
}

fn read_file(path: &Path) -> Result<Key, SecretError> {
    let file = private_file::read(path, KEY_FILE_BYTES_MAX).map_err(|error| {
        if error.fault() != SecretFault::Missing {
            return error;
        }
        SecretError::new(
            SecretFault::Key,
            path.display().to_string(),
            "the vault's key file is not there",
            "bring it back from where a copy of it is, or correct `[vault] key` in hotcell.toml",
        )
    })?;
    parse(&file.bytes, &path.display().to_string())
}

/// Reads the one line that is no comment, as `age-keygen` writes it.
fn parse(bytes: &[u8], source: &str) -> Result<Key, SecretError> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let identity = match (lines.next(), lines.next()) {
        (Some(line), None) => line.parse().ok(),
        _ => None,
    };
    identity.map(Key::File).ok_or_else(|| {
        SecretError::new(
            SecretFault::Key,
            source,
            "it is no key of a vault: one line `AGE-SECRET-KEY-1…` is expected",
            "bring the key back from where a copy of it is",
        )
    })
}

/// Makes a key file; one that came there meanwhile is kept, and is the key.
fn make_file(path: &Path) -> Result<Key, SecretError> {
    let identity = x25519::Identity::generate();
    let text = identity.to_string();
    let bytes = Zeroizing::new(format!("{KEY_FILE_HEAD}{}\n", text.expose_secret()));
    let folder = path.parent().unwrap_or(Path::new("/"));
    let written = make_folder(folder).and_then(|()| write_new(path, bytes.as_bytes()));
    match written {
        Ok(()) => Ok(Key::File(identity)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => read_file(path),
        Err(error) => Err(failed(path, &error)),
    }
}

/// Writes a file whole that was not there: it is linked to its name when it is on the disk.
fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::Builder::new()
        .prefix(".vault.key.")
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    std::fs::File::open(folder)?.sync_all()
}

impl Key {
    /// Encrypts the vault's content.
    pub(super) fn encrypt(&self, plain: &[u8], source: &str) -> Result<Vec<u8>, SecretError> {
        let encryptor = match self {
            Key::File(identity) => {
                Encryptor::with_recipients(iter::once(&identity.to_public() as _))
            }
            Key::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(passphrase.clone());
                recipient.set_work_factor(SCRYPT_LOG_N);
                Encryptor::with_recipients(iter::once(&recipient as _))
            }
        };
        let failed = || {
            let mend = "look whether this machine has memory left";
            SecretError::new(SecretFault::Failed, source, "it cannot be encrypted", mend)
        };
        let encryptor = encryptor.map_err(|_| failed())?;
        let mut bytes = Vec::new();
        let mut writer = encryptor.wrap_output(&mut bytes).map_err(|_| failed())?;
        writer.write_all(plain).map_err(|_| failed())?;
        writer.finish().map_err(|_| failed())?;
        Ok(bytes)
    }

    /// Decrypts the vault's content.
    pub(super) fn decrypt(
        &self,
        bytes: &[u8],
        source: &str,
    ) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        let told = |error: &DecryptError| self.told(error, source);
        let decryptor = Decryptor::new_buffered(bytes).map_err(|error| told(&error))?;
        let opened = match self {
            Key::File(identity) => decryptor.decrypt(iter::once(identity as _)),
            Key::Passphrase(passphrase) => {
                let mut identity = scrypt::Identity::new(passphrase.clone());
                identity.set_max_work_factor(SCRYPT_LOG_N_MAX);
                decryptor.decrypt(iter::once(&identity as _))
            }
        };
        let mut reader = opened.map_err(|error| told(&error))?;
        // What is read is never longer than what it came from, so that nothing is moved about.
        let mut plain = Zeroizing::new(vec![0; bytes.len().min(VAULT_BYTES_MAX)]);
        let mut end = 0;
        while end < plain.len() {
            match reader.read(&mut plain[end..]) {
                Ok(0) => break,
                Ok(read) => end += read,
                Err(error) => return Err(told(&DecryptError::Io(error))),
            }
        }
        plain.truncate(end);
        Ok(plain)
    }

    fn told(&self, error: &DecryptError, source: &str) -> SecretError {
        let is_wrong_key = matches!(
            error,
            DecryptError::NoMatchingKeys
                | DecryptError::DecryptionFailed
                | DecryptError::KeyDecryptionFailed
        );
        if !is_wrong_key {
            return super::document::damaged(source);
        }
        let why = match (self, error) {
            (Key::Passphrase(_), DecryptError::NoMatchingKeys) => {
                "it is opened by a key file, not by a passphrase"
            }
            (Key::Passphrase(_), _) => "the passphrase does not open it",
            (Key::File(_), _) => "the key does not open it",
        };
        SecretError::new(
            SecretFault::Key,
            source,
            why,
            "give the key with which it was made; see `[vault] key` in hotcell.toml",
        )
    }
}
