//! The key with which payloads of the record are encrypted.

use std::fmt;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};

use super::value::SecretValue;

/// What the key is for: another use of the same secret gets another key.
const PURPOSE: &[u8] = b"hotcell record payloads 1";

/// Encrypts with ChaCha20-Poly1305 (RFC 8439) under a key that follows from a secret by HKDF
/// (RFC 5869). Each ciphertext begins with its random nonce of 12 bytes: under one key some 2³²
/// payloads are safe.
pub struct PayloadKey(LessSafeKey);

impl PayloadKey {
    /// Returns the key that follows from `secret`.
    pub fn of(secret: &SecretValue) -> PayloadKey {
        let extracted = Salt::new(HKDF_SHA256, &[]).extract(secret.expose());
        let purpose = [PURPOSE];
        let expanded = extracted.expand(&purpose, &CHACHA20_POLY1305);
        let key: UnboundKey = expanded.expect("32 bytes can be expanded").into();
        PayloadKey(LessSafeKey::new(key))
    }

    /// Returns `bytes` encrypted.
    pub fn seal(&self, bytes: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).expect("the system has randomness");
        let mut sealed = bytes.to_vec();
        let once = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(once, Aad::empty(), &mut sealed)
            .expect("no payload is as long as the cipher's limit");
        [&nonce[..], &sealed].concat()
    }

    /// Returns what was encrypted; none where it was with another key, or was changed since.
    pub fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut bytes = sealed.to_vec();
        let once = Nonce::assume_unique_for_key(*nonce);
        let opened = self.0.open_in_place(once, Aad::empty(), &mut bytes).ok()?;
        let length = opened.len();
        bytes.truncate(length);
        Some(bytes)
    }
}

impl fmt::Debug for PayloadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PayloadKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_is_opened_by_the_same_key_only() {
        let key = PayloadKey::of(&SecretValue::copy_of(b"a vault's secret"));
        let other = PayloadKey::of(&SecretValue::copy_of(b"another secret"));
        let sealed = key.seal(b"arguments");
        assert_ne!(sealed, key.seal(b"arguments"));
        assert_eq!(key.open(&sealed).unwrap(), b"arguments");
        assert_eq!(other.open(&sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(&changed), None, "byte {at}");
            assert_eq!(key.open(&sealed[..at]), None, "cut at {at}");
        }
    }
}
