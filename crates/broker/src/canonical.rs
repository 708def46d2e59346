//! Step 1: a guest's URL is read once, into the one form that is matched and sent.
//!
//! What two parsers could read in two ways is refused, never repaired: the `url` and `http`
//! crates disagree on most of the odd URLs below, and so may a server and its proxy. The rules
//! are RFC 3986's grammar, made narrower.

use hotcell_package::Origin;
use http::{Method, Uri};
use percent_encoding::percent_decode_str;

use crate::error::Denial;

/// A request's target in its only spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) origin: Origin,
    /// Begins with `/`; holds no dot segment, no empty segment but the last, no `;`, and no
    /// escape of a character that need not be escaped or that would change its meaning.
    pub(crate) path: String,
    /// Without `?`; none where there is none, also not an empty one.
    pub(crate) query: Option<String>,
}

/// The methods that may be sent at all. CONNECT and TRACE speak to proxies, not to servers.
const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

/// Checks a method.
pub(crate) fn method(method: &Method) -> Result<(), Denial> {
    match METHODS.contains(method) {
        true => Ok(()),
        false => Err(Denial::new(
            "method_denied",
            "only GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS are sent",
        )),
    }
}

/// Reads the URL of a request of at most `url_bytes_max` bytes.
pub(crate) fn target(uri: &Uri, url_bytes_max: u64) -> Result<Target, Denial> {
    let odd = |why: &str| Denial::new("url_denied", format!("the URL is refused: {why}"));
    let (scheme, authority) = server(uri);
    if scheme.is_empty() || authority.is_empty() {
        return Err(odd("it is not absolute"));
    }
    let path_and_query = uri.path_and_query().map_or("/", |whole| whole.as_str());
    let bytes = scheme.len() + 3 + authority.len() + path_and_query.len();
    if bytes as u64 > url_bytes_max {
        let why = format!("it has {bytes} bytes; the limit url_bytes is {url_bytes_max}");
        return Err(odd(&why));
    }
    if authority.contains('@') {
        return Err(odd("it holds a user"));
    }
    let origin = Origin::parse(&[scheme, "://", authority].concat()).map_err(odd)?;
    let (path, query) = match path_and_query.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path_and_query, None),
    };
    check_path(path).map_err(odd)?;
    let query = query.filter(|query| !query.is_empty());
    if let Some(query) = query {
        check_query(query).map_err(odd)?;
    }
    Ok(Target {
        origin,
        path: path.to_owned(),
        query: query.map(str::to_owned),
    })
}

/// Returns the scheme and the authority of a URL as they stand, empty where there is none.
pub(crate) fn server(uri: &Uri) -> (&str, &str) {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    (uri.scheme_str().unwrap_or_default(), authority)
}

/// Checks a path: RFC 3986 `path-absolute` without parameters, dot segments, and escapes that a
/// server might resolve before or after it matches.
pub(crate) fn check_path(path: &str) -> Result<(), &'static str> {
    let Some(rest) = path.strip_prefix('/') else {
        return Err("its path does not begin with `/`");
    };
    let mut segments = rest.as_bytes().split(|byte| *byte == b'/').peekable();
    while let Some(segment) = segments.next() {
        if segment.is_empty() && segments.peek().is_some() {
            return Err("its path has an empty segment");
        }
        if matches!(segment, b"." | b"..") {
            return Err("its path has a `.` or `..` segment");
        }
    }
    check_text(
        rest,
        |b| is_pchar(b) && b != b';' || b == b'/',
        is_plain_in_path,
    )?;
    // An overlong sequence such as `%c0%ae` is a dot to a careless decoder (RFC 3629, 10).
    match percent_decode_str(rest).decode_utf8() {
        Ok(_) => Ok(()),
        Err(_) => Err("its path escapes bytes that are not UTF-8"),
    }
}

/// Checks a query: RFC 3986 `query`.
fn check_query(query: &str) -> Result<(), &'static str> {
    check_text(query, |b| is_pchar(b) || b == b'/' || b == b'?', |_| true)
}

/// Checks that each byte is `allowed` or part of an escape of a byte that is `escapable`.
fn check_text(
    text: &str,
    allowed: fn(u8) -> bool,
    escapable: fn(u8) -> bool,
) -> Result<(), &'static str> {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = (bytes.next().and_then(hex), bytes.next().and_then(hex));
            let (Some(high), Some(low)) = digits else {
                return Err("it has a `%` that begins no escape");
            };
            if !escapable(high << 4 | low) {
                return Err("it escapes a character that must not be escaped there");
            }
        } else if !allowed(byte) {
            return Err("it holds a character that must be escaped, or must not be there");
        }
    }
    Ok(())
}

/// Returns whether a path may hold the byte escaped: not what need not be escaped (`%61` is `a`
/// to a server and not to a template), not what has a meaning (`%2f`, `%5c`, `%2e`, `%3b`,
/// `%25`), and no control character.
fn is_plain_in_path(byte: u8) -> bool {
    !(byte.is_ascii_control() || byte.is_ascii_alphanumeric() || b"-._~/\\;%".contains(&byte))
}

/// RFC 3986 `pchar`, without escapes.
fn is_pchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Target, String> {
        let uri: Uri = text.parse().map_err(|_| "no URI".to_owned())?;
        target(&uri, 8_192).map_err(|denial| denial.explanation)
    }

    #[test]
    fn plain_urls_are_sent_as_they_stand() {
        for (text, path, query) in [
            ("https://a.test", "/", None),
            ("https://a.test/", "/", None),
            ("https://a.test/v1/a%20b/", "/v1/a%20b/", None),
            (
                "https://a.test/v1/%C3%BC?q=a%2Fb&x",
                "/v1/%C3%BC",
                Some("q=a%2Fb&x"),
            ),
            ("https://a.test/a:b@c,d?", "/a:b@c,d", None),
        ] {
            let target = read(text).unwrap();
            assert_eq!(
                (target.path.as_str(), target.query.as_deref()),
                (path, query),
                "{text}"
            );
        }
    }

    #[test]
    fn odd_urls_are_refused() {
        for text in [
            "/v1",
            "https://user@a.test/",
            "https://user:pw@a.test/",
            "https://a.test:443/",
            "https://a.test:0443/",
            "https://a.test:/",
            "https://A.test/",
            "https://a.test./",
            "https://0x7f.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://[0:0:0:0:0:0:0:1]/",
            "https://b\u{fc}cher.test/",
            "https://a_b.test/",
            "https://a.test/v1/../admin",
            "https://a.test/v1/./x",
            "https://a.test/v1/..;/admin",
            "https://a.test/v1;a=b",
            "https://a.test//v1",
            "https://a.test/v1//x",
            "https://a.test/v1%2fx",
            "https://a.test/v1%2Fx",
            "https://a.test/v1%5cx",
            "https://a.test/v1/%2e%2e/x",
            "https://a.test/%61dmin",
            "https://a.test/a%252fb",
            "https://a.test/a%00b",
            "https://a.test/a%0d%0ab",
            "https://a.test/%c0%ae%c0%ae/x",
            "https://a.test/a%ff",
            "https://a.test/a%zz",
            "https://a.test/a%2",
            "https://a.test/a\\b",
            "https://a.test/a|b",
            "https://a.test/a?b=\"",
            "https://a.test/a?b=%g0",
            "ftp://a.test/",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_long_url_is_refused() {
        let text = format!("https://a.test/{}", "a".repeat(8_192));
        assert!(read(&text).unwrap_err().contains("url_bytes"));
    }
}
