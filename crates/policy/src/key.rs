//! The key of a call whose caller gives none.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// First bytes of what is hashed. A change of the layout changes the number.
const DOMAIN: &[u8] = b"hotcell-derived-key-v1\n";
/// Tells a derived key from a caller's own in records and logs.
pub const DERIVED_KEY_PREFIX: &str = "d-";

/// Returns the idempotency key of a call by its caller, the id of its request and its arguments
/// as canonical JSON (RFC 8785): the same request that asks for the same is the same call.
///
/// It is `d-` and the hex of one SHA-256 over the parts, each after its length as eight bytes, so
/// that no two calls hash the same bytes. The tool is not in it, because keys are bound by
/// skill and tool anyway.
pub fn derived_key(caller: &str, request_id: &str, canonical_input: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(DOMAIN);
    for part in [caller, request_id, canonical_input] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut key = DERIVED_KEY_PREFIX.to_owned();
    for byte in hasher.finalize() {
        write!(key, "{byte:02x}").expect("a String takes all");
    }
    key
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Invocation;

    #[test]
    fn it_is_a_key_that_any_caller_could_give() {
        let key = derived_key("local", "cor-1", r#"{"a":1}"#);
        assert_eq!((key.len(), &key[..2]), (66, DERIVED_KEY_PREFIX));
        let value = json!({ "tool": "run", "idempotency_key": key });
        let read = Invocation::from_value(value).unwrap();
        assert_eq!(read.idempotency_key, Some(key));
    }

    /// A record that was written with it must find it for ever.
    #[test]
    fn its_bytes_never_change() {
        let expected = "d-f8b2b67a5d05b244e22c96c834593847d6b153fde85fc1d1c02239b7020d6f1e";
        assert_eq!(derived_key("local", "cor-1", r#"{"a":1}"#), expected);
    }

    #[test]
    fn every_part_counts_and_its_end_too() {
        let calls = [
            ("a", "b", "c"),
            ("a", "b", "d"),
            ("a", "d", "c"),
            ("d", "b", "c"),
            ("ab", "", "c"),
            ("", "ab", "c"),
            ("a", "bc", ""),
            ("a", "", "bc"),
        ];
        let keys = calls.map(|(caller, id, input)| derived_key(caller, id, input));
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(key), "{:?}", calls[at]);
        }
        assert_eq!(derived_key("a", "b", "c"), keys[0]);
    }
}
