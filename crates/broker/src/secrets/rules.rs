//! What a secret's value and name may be, whatever the source.

use hotcell_policy::config::SecretKind;

use super::error::{SecretError, SecretFault};
use super::value::SecretValue;

/// Bytes that a value has at least. Responses are scanned for windows of this length: a shorter
/// value would reach a skill unseen.
pub const SECRET_BYTES_MIN: usize = 12;

/// Bytes that a value has at most.
pub const SECRET_BYTES_MAX: usize = 64 << 10;

/// Bytes that a secret's name has at most.
pub const SECRET_NAME_BYTES_MAX: usize = 64;

/// Returns whether `name` can be one of a secret, as `hotcell.toml` has them: a small letter of
/// ASCII, then small letters, digits, `_`, `.` and `-`. It never looks like an option.
pub fn is_secret_name(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b);
    starts && name.len() <= SECRET_NAME_BYTES_MAX && name.bytes().all(inner)
}

/// Returns the bytes without the one newline that an editor or `echo` leaves at the end.
pub fn trim_newline(bytes: &[u8]) -> &[u8] {
    let Some(line) = bytes.strip_suffix(b"\n") else {
        return bytes;
    };
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Refuses a value that cannot be protected, whatever it is for.
pub(crate) fn check_size(
    value: &SecretValue,
    source: impl Fn() -> String,
) -> Result<(), SecretError> {
    let bytes = value.expose().len();
    if bytes < SECRET_BYTES_MIN {
        return Err(SecretError::new(
            SecretFault::TooShort,
            source(),
            format!("the value has fewer than {SECRET_BYTES_MIN} bytes"),
            "get a longer one from the service: a shorter one cannot be found again in a response",
        ));
    }
    if bytes > SECRET_BYTES_MAX {
        return Err(SecretError::new(
            SecretFault::TooLong,
            source(),
            format!("the value has more than {SECRET_BYTES_MAX} bytes"),
            "no header, token or key is that long: look whether the right thing was given",
        ));
    }
    Ok(())
}

/// Refuses a value that cannot be protected, or that its kind cannot carry.
pub(crate) fn check_value(
    kind: &SecretKind,
    value: &SecretValue,
    source: impl Fn() -> String,
) -> Result<(), SecretError> {
    check_size(value, &source)?;
    let fits = match kind_of_bytes(kind) {
        Bytes::Any => true,
        Bytes::OneLine => is_one_line(value.expose()),
    };
    if fits {
        return Ok(());
    }
    Err(SecretError::new(
        SecretFault::Malformed,
        source(),
        "the value is not one line of text, and its kind goes into a header, URL or form",
        "look for a line break, a tab or bytes that are no UTF-8, and set it again",
    ))
}

/// Returns whether a value is UTF-8 without control characters; most are ASCII.
fn is_one_line(value: &[u8]) -> bool {
    // Without a branch in it, the compiler looks at many bytes at once.
    let visible = |all, byte| all & (0x20..0x7f).contains(byte);
    value.iter().fold(true, visible)
        || std::str::from_utf8(value).is_ok_and(|text| !text.chars().any(char::is_control))
}

/// What the bytes of a kind may be.
enum Bytes {
    /// A key, in PEM or as it is.
    Any,
    /// UTF-8 without control characters.
    OneLine,
}

fn kind_of_bytes(kind: &SecretKind) -> Bytes {
    match kind {
        SecretKind::Hmac(_) | SecretKind::Jwt(_) | SecretKind::Mtls { .. } => Bytes::Any,
        SecretKind::Bearer
        | SecretKind::Basic { .. }
        | SecretKind::Header { .. }
        | SecretKind::Query { .. }
        | SecretKind::Json { .. }
        | SecretKind::SigV4 { .. }
        | SecretKind::OauthClientCredentials(_)
        | SecretKind::OauthRefresh(_) => Bytes::OneLine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: &SecretKind, value: &[u8], expected: Option<SecretFault>) {
        let value = SecretValue::copy_of(value);
        let found = check_value(kind, &value, || "test".to_owned()).map_err(|error| error.fault());
        assert_eq!(found.err(), expected, "{kind:?}");
    }

    #[test]
    fn sizes() {
        let bearer = SecretKind::Bearer;
        check(&bearer, b"", Some(SecretFault::TooShort));
        check(&bearer, &[b'a'; 11], Some(SecretFault::TooShort));
        check(&bearer, &[b'a'; 12], None);
        check(&bearer, &[b'a'; 64 << 10], None);
        check(&bearer, &[b'a'; (64 << 10) + 1], Some(SecretFault::TooLong));
    }

    #[test]
    fn what_goes_into_http_is_one_line() {
        let query = SecretKind::Query { name: "key".into() };
        let mtls = SecretKind::Mtls {
            certificate: "/c.pem".into(),
        };
        for bad in [
            &b"aaaaaaaaaaaa\r\nX-Evil: 1"[..],
            b"aaaaaaaaaaaa\n",
            b"aaaaaaaa\0aaaaaaaa",
            b"aaaaaaaa\taaaaaaaa",
            b"aaaaaaaa\x7faaaaaaaa",
            "aaaaaaaa\u{85}aaaaaaaa".as_bytes(),
            b"aaaaaaaa\xffaaaaaaaa",
        ] {
            check(&SecretKind::Bearer, bad, Some(SecretFault::Malformed));
            check(&query, bad, Some(SecretFault::Malformed));
            check(&mtls, bad, None);
        }
        check(&SecretKind::Bearer, "größer als zwölf".as_bytes(), None);
    }

    #[test]
    fn names() {
        for good in ["a", "ci-bot", "ci_token", "a.b", "a9", &"a".repeat(64)] {
            assert!(is_secret_name(good), "{good}");
        }
        for bad in [
            "",
            "-a",
            "_a",
            "9a",
            "A",
            "a b",
            "a/b",
            "é",
            "a\n",
            &"a".repeat(65),
        ] {
            assert!(!is_secret_name(bad), "{bad}");
        }
    }

    #[test]
    fn one_newline_goes() {
        for (text, expected) in [
            (&b"a"[..], &b"a"[..]),
            (b"a\n", b"a"),
            (b"a\r\n", b"a"),
            (b"a\n\n", b"a\n"),
            (b"\n", b""),
            (b"", b""),
        ] {
            assert_eq!(trim_newline(text), expected);
        }
    }
}
