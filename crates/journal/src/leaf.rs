//! An event as it is hashed: canonical JSON (RFC 8785), and digests of its payloads.

use sha2::{Digest, Sha256};

use crate::canonical::canonical;
use crate::journal::{JournalError, Result};
use crate::words::{Event, NewPayload, PayloadDigest};

/// How long an event may be as canonical JSON. A tlog-tiles entry has a length of 16 bits.
pub const EVENT_BYTES_MAX: usize = 65_535;

/// How many payloads an event may have.
pub const EVENT_PAYLOADS_MAX: usize = 64;

/// A payload with its digest, which is made before the transaction begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digested {
    pub(crate) digest: PayloadDigest,
    pub(crate) payload: NewPayload,
}

/// Returns payloads with their digests; refuses two of one name, and too many.
pub(crate) fn digested(payloads: Vec<NewPayload>) -> Result<Vec<Digested>> {
    if payloads.len() > EVENT_PAYLOADS_MAX {
        let many = payloads.len();
        return Err(JournalError::Misuse(format!(
            "an event with {many} payloads; at most {EVENT_PAYLOADS_MAX}"
        )));
    }
    let mut all: Vec<Digested> = Vec::with_capacity(payloads.len());
    for payload in payloads {
        if all.iter().any(|one| one.digest.name == payload.name) {
            return Err(JournalError::Misuse(format!(
                "an event with two payloads `{}`",
                hotcell_package::printable(&payload.name)
            )));
        }
        let digest = PayloadDigest {
            name: payload.name.clone(),
            sha256: payload_sha256(&payload.salt, &payload.bytes),
            bytes: payload.bytes.len() as u64,
        };
        all.push(Digested { digest, payload });
    }
    Ok(all)
}

/// Returns SHA-256 of salt and bytes, in hex.
pub(crate) fn payload_sha256(salt: &[u8; 16], bytes: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(bytes);
    hex(&hasher.finalize())
}

/// Returns bytes in lowercase hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Returns the event as canonical JSON.
///
/// Numbers are IEEE doubles there: an integer beyond 2^53 is rounded, here and for ever.
pub(crate) fn leaf_of(event: &Event) -> Result<String> {
    let leaf = canonical(event)
        .map_err(|error| JournalError::Misuse(format!("an event that is no JSON: {error}")))?;
    if leaf.len() > EVENT_BYTES_MAX {
        return Err(JournalError::Misuse(format!(
            "an event of {} bytes; at most {EVENT_BYTES_MAX}: what is large goes into a payload",
            leaf.len()
        )));
    }
    Ok(leaf)
}

/// Reads an event from its leaf.
pub(crate) fn event_of(seq: u64, leaf: &str) -> Result<Event> {
    serde_json::from_str(leaf)
        .map_err(|error| JournalError::Corrupt(format!("event {seq} cannot be read: {error}")))
}
