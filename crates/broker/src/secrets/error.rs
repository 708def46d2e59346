//! Why a secret cannot be had, and what to do about it.

use std::fmt;

/// What is wrong, for code that decides by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretFault {
    /// No `[secret.NAME]` has this name.
    Unknown,
    /// The source has no value.
    Missing,
    /// A file is a link, no regular file, somebody else's, or open to others.
    Unsafe,
    /// The value is shorter than [`super::SECRET_BYTES_MIN`].
    TooShort,
    /// The value is longer than [`super::SECRET_BYTES_MAX`].
    TooLong,
    /// The value has characters that its kind cannot carry.
    Malformed,
    /// The name cannot be one of a secret.
    BadName,
    /// The vault has this name already.
    Exists,
    /// The source cannot be written.
    ReadOnly,
    /// The vault's key is missing or does not open it.
    Key,
    /// The vault is not what Hotcell wrote.
    Damaged,
    /// The vault's limits are met.
    Full,
    /// This build has no keyring.
    NotBuilt,
    /// The keyring, the disk or the file system failed.
    Failed,
}

/// Why a secret cannot be had or kept. It names the secret, its source and the mend, and holds
/// nothing of a value, not even its length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretError {
    secret: Option<String>,
    source: String,
    fault: SecretFault,
    why: String,
    mend: String,
}

impl SecretError {
    pub(crate) fn new(
        fault: SecretFault,
        source: impl Into<String>,
        why: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self {
            secret: None,
            source: source.into(),
            fault,
            why: why.into(),
            mend: mend.into(),
        }
    }

    /// Says which secret it is about.
    pub(crate) fn of(mut self, secret: &str) -> Self {
        self.secret = Some(secret.to_owned());
        self
    }

    /// Returns what is wrong, for code.
    pub fn fault(&self) -> SecretFault {
        self.fault
    }

    /// Returns the name of the secret, where it is about one.
    pub fn secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }

    /// Returns what the operator can do.
    pub fn mend(&self) -> &str {
        &self.mend
    }
}

/// Shows the secret, its source and what is wrong; [`SecretError::mend`] is apart.
impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(secret) = &self.secret {
            write!(f, "secret `{secret}`: ")?;
        }
        write!(f, "{}: {}", self.source, self.why)
    }
}

impl std::error::Error for SecretError {}
