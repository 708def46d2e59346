//! Which parts of a value are secret: all of it, but for structure that many values share.
//!
//! Two structures are known. A JWT's header and claims are left out, as another token of the
//! same issuer has them too and they are worth nothing without the signature. Of a PEM file,
//! the armour, public blocks and what all keys of a kind share are left out.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::WINDOW;
use super::pem;

/// The shortest signature of a JWT that is as good as the whole token: that of HS256 has 43.
const SIGNATURE_MIN: usize = 32;

/// A part of a value. Wiped when it goes.
pub(super) type Part = Zeroizing<Vec<u8>>;

/// Returns the parts of a value of at least `WINDOW` bytes; none of them is shorter.
pub(super) fn parts(value: &[u8]) -> Vec<Part> {
    let parts = signed_part(value)
        .map(|part| vec![part])
        .or_else(|| pem::parts(value))
        .unwrap_or_default();
    if parts.is_empty() {
        // What is not understood counts as it is.
        return vec![Zeroizing::new(value.to_vec())];
    }
    parts
}

/// Returns what is secret of a JWT (RFC 7519): the signature of a signed one (RFC 7515), all
/// but the header of an encrypted one (RFC 7516).
fn signed_part(value: &[u8]) -> Option<Part> {
    let dots: Vec<usize> = (0..value.len()).filter(|at| value[*at] == b'.').collect();
    let secret = match dots[..] {
        [header, claims] if value.len() - claims > SIGNATURE_MIN => (header, claims),
        [header, _, _, _] => (header, header),
        _ => return None,
    };
    let header = URL_SAFE_NO_PAD.decode(&value[..secret.0]).ok()?;
    let header: serde_json::Value = serde_json::from_slice(&header).ok()?;
    header.get("alg")?;
    let part = &value[secret.1 + 1..];
    (part.len() >= WINDOW).then(|| Zeroizing::new(part.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: &str) {
        let parts = parts(value.as_bytes());
        let texts: Vec<&[u8]> = parts.iter().map(|part| part.as_slice()).collect();
        assert_eq!(texts, [expected.as_bytes()]);
    }

    #[test]
    fn a_signed_token_is_its_signature() {
        let signature = "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
        let token = format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{signature}");
        check(&token, signature);
    }

    #[test]
    fn an_encrypted_token_is_all_but_its_header() {
        let rest = "a2V5a2V5a2V5.aXZpdml2.Y2lwaGVydGV4dA.dGFndGFn";
        check(&format!("eyJhbGciOiJBMjU2S1cifQ.{rest}"), rest);
    }

    #[test]
    fn what_only_looks_like_a_token_counts_whole() {
        for value in [
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0NTY3ODkwIn0.",
            "first-part.second-part.third-part-of-some-length-it-has",
            "plain-value-without-dots",
        ] {
            check(value, value);
        }
    }
}
