//! The vault's content: secrets by name, each with its versions, as JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::VAULT_BYTES_MAX;
use crate::secrets::error::{SecretError, SecretFault};
use crate::secrets::rules::{SECRET_BYTES_MAX, SECRET_BYTES_MIN, is_secret_name};
use crate::secrets::value::SecretValue;

/// Secrets that a vault has at most.
pub const SECRETS_MAX: usize = 1_000;

/// Versions of a secret that are kept, the current one included.
pub const VERSIONS_KEPT: usize = 3;

/// The content's shape; another one is of a newer Hotcell.
const FORMAT: u32 = 1;

/// Bytes of content at most, so that with age's head and tags the file is within its limit.
const PLAIN_BYTES_MAX: usize = VAULT_BYTES_MAX - (16 << 10);

/// What is told of a secret in the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultEntry {
    /// Its name.
    pub name: String,
    /// The current version.
    pub version: u64,
    /// When that version was made.
    pub created: SystemTime,
    /// The versions before and after it that are kept, oldest first.
    pub others: Vec<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    format: u32,
    secrets: BTreeMap<String, Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    current: u64,
    /// Oldest first; the numbers rise.
    versions: Vec<Version>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Version {
    version: u64,
    /// Seconds since 1970.
    created: u64,
    #[serde(serialize_with = "write_value", deserialize_with = "read_value")]
    value: SecretValue,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            format: FORMAT,
            secrets: BTreeMap::new(),
        }
    }
}

impl Document {
    /// Reads what [`Document::to_json`] wrote, and nothing else. The parser's own words are not
    /// repeated: they may quote what it met.
    pub(super) fn parse(json: &[u8], source: &str) -> Result<Self, SecretError> {
        let document: Self = serde_json::from_slice(json).map_err(|_| damaged(source))?;
        if document.format > FORMAT {
            return Err(SecretError::new(
                SecretFault::Damaged,
                source,
                "it was written by a newer Hotcell",
                "use that one",
            ));
        }
        let fits = document.format == FORMAT
            && document.secrets.len() <= SECRETS_MAX
            && document
                .secrets
                .iter()
                .all(|(name, entry)| is_secret_name(name) && entry.is_sound());
        if fits {
            Ok(document)
        } else {
            Err(damaged(source))
        }
    }

    /// Returns the content as it is encrypted.
    pub(super) fn to_json(&self, source: &str) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        // A buffer of the full size never grows, and so leaves no copy behind.
        let mut buffer = Zeroizing::new(vec![0; PLAIN_BYTES_MAX]);
        let mut rest = buffer.as_mut_slice();
        serde_json::to_writer(&mut rest, self).map_err(|_| full(source))?;
        let used = PLAIN_BYTES_MAX - rest.len();
        buffer.truncate(used);
        Ok(buffer)
    }

    pub(super) fn get(&self, name: &str) -> Option<(SecretValue, u64)> {
        let entry = self.secrets.get(name)?;
        let current = entry.current()?;
        Some((current.value.clone(), current.version))
    }

    pub(super) fn list(&self) -> Vec<VaultEntry> {
        let told = |(name, entry): (&String, &Entry)| {
            let current = entry.current()?;
            let others = entry.versions.iter().map(|version| version.version);
            Some(VaultEntry {
                name: name.clone(),
                version: current.version,
                created: UNIX_EPOCH.checked_add(Duration::from_secs(current.created))?,
                others: others.filter(|number| *number != entry.current).collect(),
            })
        };
        self.secrets.iter().filter_map(told).collect()
    }

    /// Adds a secret; its version is 1.
    pub(super) fn add(
        &mut self,
        name: &str,
        value: &SecretValue,
        now: SystemTime,
        source: &str,
    ) -> Result<Option<u64>, SecretError> {
        if self.secrets.contains_key(name) {
            return Err(SecretError::new(
                SecretFault::Exists,
                source,
                "the vault has a secret of this name",
                format!("a new value for it: hotcell secret rotate {name}"),
            ));
        }
        if self.secrets.len() >= SECRETS_MAX {
            return Err(full(source));
        }
        let versions = vec![Version::new(1, value, now)];
        let entry = Entry {
            current: 1,
            versions,
        };
        self.secrets.insert(name.to_owned(), entry);
        Ok(Some(1))
    }

    /// Adds a version and makes it current; none where there is no such secret.
    pub(super) fn rotate(
        &mut self,
        name: &str,
        value: &SecretValue,
        now: SystemTime,
    ) -> Result<Option<u64>, SecretError> {
        let Some(entry) = self.secrets.get_mut(name) else {
            return Ok(None);
        };
        let newest = entry.versions.last().map_or(0, |version| version.version);
        let number = newest.saturating_add(1);
        // What was current is what one goes back to: newer versions were given up before.
        entry
            .versions
            .retain(|version| version.version <= entry.current);
        entry.versions.push(Version::new(number, value, now));
        entry.current = number;
        let gone = entry.versions.len().saturating_sub(VERSIONS_KEPT);
        entry.versions.drain(..gone);
        Ok(Some(number))
    }

    /// Makes the version before the current one current; none where there is no such secret.
    pub(super) fn back(&mut self, name: &str, source: &str) -> Result<Option<u64>, SecretError> {
        let Some(entry) = self.secrets.get_mut(name) else {
            return Ok(None);
        };
        let before = entry.versions.iter().map(|version| version.version);
        let before = before.filter(|number| *number < entry.current).max();
        let Some(before) = before else {
            return Err(SecretError::new(
                SecretFault::Missing,
                source,
                "there is no version before the current one",
                format!("a new value for it: hotcell secret rotate {name}"),
            ));
        };
        entry.current = before;
        Ok(Some(before))
    }

    /// Removes a secret; none where it is not there.
    pub(super) fn remove(&mut self, name: &str) -> Result<Option<u64>, SecretError> {
        Ok(self.secrets.remove(name).map(|entry| entry.current))
    }
}

impl Entry {
    fn current(&self) -> Option<&Version> {
        let mut versions = self.versions.iter();
        versions.find(|version| version.version == self.current)
    }

    fn is_sound(&self) -> bool {
        let rises = |pair: &[Version]| pair[0].version < pair[1].version;
        self.versions.len() <= VERSIONS_KEPT
            && self.versions.windows(2).all(rises)
            && self.current().is_some()
    }
}

impl Version {
    fn new(version: u64, value: &SecretValue, now: SystemTime) -> Self {
        Self {
            version,
            created: now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
            value: value.clone(),
        }
    }
}

/// Returns the error of a vault that is not what Hotcell wrote.
pub(super) fn damaged(source: &str) -> SecretError {
    SecretError::new(
        SecretFault::Damaged,
        source,
        "it is damaged, or no vault",
        "bring a copy back; to begin anew, move the file away",
    )
}

/// Returns the error of a vault that has no room.
pub(super) fn full(source: &str) -> SecretError {
    SecretError::new(
        SecretFault::Full,
        source,
        format!("it has no room: {SECRETS_MAX} secrets and {VAULT_BYTES_MAX} bytes are the most"),
        "remove what is no longer used: hotcell secret rm NAME",
    )
}

fn write_value<S: Serializer>(value: &SecretValue, serializer: S) -> Result<S::Ok, S::Error> {
    let bytes = value.expose();
    // Of the right size from the start, so that nothing is moved and left behind.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().div_ceil(3) * 4));
    STANDARD.encode_string(bytes, &mut text);
    serializer.serialize_str(&text)
}

fn read_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretValue, D::Error> {
    deserializer.deserialize_str(ValueVisitor)
}

/// Decodes base64 where it lies, without a string of its own.
struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = SecretValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value in base64")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<SecretValue, E> {
        let invalid = || E::custom("no value in base64");
        let bytes_max = base64::decoded_len_estimate(text.len());
        let mut bytes = Zeroizing::new(vec![0; bytes_max]);
        let length = STANDARD
            .decode_slice(text, &mut bytes)
            .map_err(|_| invalid())?;
        if !(SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&length) {
            return Err(invalid());
        }
        Ok(SecretValue::copy_of(&bytes[..length]))
    }
}
