//! The secret parts of a PEM file (RFC 7468), as text and decoded.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::WINDOW;
use super::der::secret_places;
use super::part::Part;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// What the label of a block says when it is not public.
const PRIVATE: &str = "PRIVATE KEY";

/// Returns the secret parts of a value that holds PEM blocks; none where it holds none.
///
/// Only the blocks of private keys count. A block that is no DER, as OpenSSH's, counts whole.
/// Text outside the blocks does not count, as RFC 7468 takes it for an explanation.
pub(super) fn parts(value: &[u8]) -> Option<Vec<Part>> {
    let mut rest = std::str::from_utf8(value).ok()?;
    let mut parts = Vec::new();
    while let Some((_, block)) = rest.split_once(BEGIN) {
        let (label, body) = block.split_once(DASHES)?;
        let (body, after) = body.split_once(END)?;
        if label.ends_with(PRIVATE) {
            block_parts(body, &mut parts);
        }
        rest = after;
    }
    Some(parts)
}

fn block_parts(body: &str, parts: &mut Vec<Part>) {
    let from = parts.len();
    // Old keys have headers such as `Proc-Type`, which end at an empty line.
    let body = match body
        .rsplit_once("\n\n")
        .or_else(|| body.rsplit_once("\r\n\r\n"))
    {
        Some((headers, body)) if headers.contains(':') => body,
        _ => body,
    };
    let signs: Vec<usize> = (0..body.len())
        .filter(|at| !body.as_bytes()[*at].is_ascii_whitespace())
        .collect();
    let text: Zeroizing<Vec<u8>> =
        Zeroizing::new(signs.iter().map(|at| body.as_bytes()[*at]).collect());
    let der = STANDARD.decode(&text).map(Zeroizing::new).ok();
    let places = der
        .as_ref()
        .and_then(|der| Some((der, secret_places(der)?)));
    let Some((der, places)) = places.filter(|(_, places)| !places.is_empty()) else {
        return push(parts, body.trim().as_bytes());
    };
    for place in places {
        let text = text_place(&place);
        push(
            parts,
            &body.as_bytes()[signs[text.start]..=signs[text.end - 1]],
        );
        push(parts, &der[place]);
    }
    debug_assert!(parts.len() > from);
}

/// Returns where the signs stand that these bytes settle; there are ten bytes at least.
fn text_place(place: &Range<usize>) -> Range<usize> {
    (place.start * 8).div_ceil(6)..place.end * 8 / 6
}

fn push(parts: &mut Vec<Part>, part: &[u8]) {
    if part.len() >= WINDOW {
        parts.push(Zeroizing::new(part.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(value: &str) -> Vec<Vec<u8>> {
        let parts = parts(value.as_bytes()).unwrap();
        parts.iter().map(|part| part.to_vec()).collect()
    }

    /// An Ed25519 key of RFC 8410, section 10.3.
    const KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        -----END PRIVATE KEY-----\n";

    #[test]
    fn a_key_is_its_seed_as_text_and_bytes() {
        let parts = texts(KEY);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0], b"Tuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC");
        assert_eq!(parts[1][..4], [0xd4, 0xee, 0x72, 0xdb]);
        assert_eq!(parts[1].len(), 32);
    }

    #[test]
    fn a_certificate_beside_the_key_does_not_count() {
        let certificate = KEY.replace("PRIVATE KEY", "CERTIFICATE");
        assert_eq!(texts(&format!("{certificate}{KEY}")), texts(KEY));
        assert!(texts(&certificate).is_empty());
    }

    #[test]
    fn a_body_that_is_no_der_counts_whole() {
        let body = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU=";
        let value = format!(
            "-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n-----END OPENSSH PRIVATE KEY-----"
        );
        assert_eq!(texts(&value), [body.as_bytes()]);
    }

    #[test]
    fn the_headers_of_an_old_key_do_not_count() {
        let body = "c29tZXRoaW5nIHRoYXQgaXMgbm8gREVS";
        let value = format!(
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{body}\n-----END RSA PRIVATE KEY-----"
        );
        assert_eq!(texts(&value), [body.as_bytes()]);
    }
}
