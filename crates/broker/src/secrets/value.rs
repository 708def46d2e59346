//! A value that only the broker may see.

use std::fmt;
use std::sync::Arc;

use ring::hmac;
use secrecy::{ExposeSecret, SecretSlice};
use zeroize::Zeroizing;

/// The bytes of a secret. They are wiped when the last holder goes; there is no `Display`, no
/// `Serialize`, and `Debug` shows nothing of them, not even their number.
#[derive(Clone)]
pub struct SecretValue(Arc<SecretSlice<u8>>);

impl SecretValue {
    /// Takes the bytes of a secret.
    pub fn new(bytes: Vec<u8>) -> Self {
        // A box has no spare room. Shrinking a vector may move it, and would leave the bytes
        // behind; so they are copied, and the vector is wiped.
        Self::copy_of(&Zeroizing::new(bytes))
    }

    /// Copies the bytes of a secret; the caller wipes its own.
    pub fn copy_of(bytes: &[u8]) -> Self {
        Self(Arc::new(SecretSlice::from(Box::<[u8]>::from(bytes))))
    }

    /// Returns another key that follows from it, for one purpose: HMAC-SHA256 of the purpose. It
    /// tells nothing of the value.
    pub fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.expose());
        let tag = hmac::sign(&key, purpose);
        *tag.as_ref().first_chunk().expect("a SHA-256 has 32 bytes")
    }

    /// Returns whether both are one value in memory. It compares no bytes.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Returns the bytes, for placing, signing and scanning only.
    pub(crate) fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue")
    }
}
