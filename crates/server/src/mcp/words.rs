//! The words that Hotcell adds to the protocol: keys of `_meta`, and addresses of what it serves.
//!
//! A key's prefix is a label and a slash, as the specification asks (2026-07-28, "General fields").

/// Of a result: the Outcome without its output, which the result tells itself.
pub const OUTCOME_KEY: &str = "hotcell/outcome";
/// Of a request: the key under which the call is done once.
pub const IDEMPOTENCY_KEY: &str = "hotcell/idempotency-key";
/// Of a request: what ties the call to a request of the caller's own.
pub const CORRELATION_KEY: &str = "hotcell/correlation-id";
/// Of a content block: the artifact that it is.
pub const ARTIFACT_KEY: &str = "hotcell/artifact";

/// What the addresses of artifacts begin with.
const INVOCATIONS: &str = "hotcell://invocations/";
const ARTIFACTS: &str = "/artifacts/";
/// The shape of these addresses (RFC 6570).
pub(super) const ARTIFACT_TEMPLATE: &str = "hotcell://invocations/{id}/artifacts/{+name}";

/// Returns the address of an artifact.
pub(super) fn artifact_uri(invocation: &str, name: &str) -> String {
    format!("{INVOCATIONS}{invocation}{ARTIFACTS}{}", escape(name))
}

/// Reads the address of an artifact: the invocation's id and the file's name.
pub(super) fn read_artifact_uri(uri: &str) -> Option<(String, String)> {
    let (id, name) = uri.strip_prefix(INVOCATIONS)?.split_once(ARTIFACTS)?;
    Some((id.to_owned(), unescape(name)?))
}

/// Percent-encodes a path: all but unreserved characters and slashes (RFC 3986, 2.3).
pub(super) fn escape(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// Reads what [`escape`] wrote; none where it is not well-formed.
pub(super) fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifacts_address_is_read_back() {
        for name in ["a.txt", "re ports/ü%2F#?.csv"] {
            let uri = artifact_uri("inv-1", name);
            assert!(uri.bytes().all(|b| b.is_ascii_graphic()), "{uri}");
            let read = read_artifact_uri(&uri);
            assert_eq!(read, Some(("inv-1".to_owned(), name.to_owned())));
        }
        for odd in [
            "hotcell://invocations/a",
            "file:///etc/passwd",
            "hotcell://invocations/a/artifacts/%f",
        ] {
            assert_eq!(read_artifact_uri(odd), None, "{odd}");
        }
    }
}
