//! Step 3: which headers a guest may set.
//!
//! A header that authenticates, frames, routes or caches in the guest's name is refused. Names
//! are compared with `_` read as `-`, because many servers fold the two (CGI's rule).

use hotcell_policy::config::EgressLimits;
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::Denial;

/// Refused by name: credentials that are the operator's to give, framing and hops that are the
/// broker's, and what tells a server behind a proxy of another method, path, host, client or user
/// than those that were checked. In the order of the alphabet.
const REFUSED: &[&str] = &[
    "api-key",
    "authorization",
    "cf-connecting-ip",
    "client-ip",
    "connection",
    "cookie",
    "cookie2",
    "expect",
    "fastly-client-ip",
    "forwarded",
    "http2-settings",
    "idempotency-key",
    "if-range",
    "keep-alive",
    "max-forwards",
    "private-token",
    "range",
    "remote-user",
    "request-range",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "true-client-ip",
    "upgrade",
    "via",
    "x-access-token",
    "x-api-key",
    "x-auth-token",
    "x-authorization",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-csrf-token",
    "x-forwarded",
    "x-goog-api-key",
    "x-host",
    "x-http-method",
    "x-http-method-override",
    "x-method",
    "x-method-override",
    "x-original-host",
    "x-original-method",
    "x-original-url",
    "x-real-ip",
    "x-remote-user",
    "x-rewrite-url",
];

/// Refused by how the name begins.
const REFUSED_FAMILIES: &[&str] = &[
    "proxy-",
    "sec-",
    "x-amz-security-",
    "x-envoy-",
    "x-forwarded-",
];

/// A guest's headers after the check, and the length of its body where it says one.
#[derive(Debug)]
pub(crate) struct GuestHeaders {
    pub(crate) headers: HeaderMap,
    pub(crate) content_length: Option<u64>,
}

/// Checks a guest's headers. `Host`, `Accept-Encoding` and `Content-Length` are the broker's to
/// write: `host` must say the server that was asked for, the second is dropped, the third is read.
pub(crate) fn check(
    headers: HeaderMap,
    authority: &str,
    limits: &EgressLimits,
) -> Result<GuestHeaders, Denial> {
    let bytes = size(&headers);
    let (headers_max, bytes_max) = (limits.headers, limits.header_bytes);
    if headers.len() as u64 > headers_max || bytes > bytes_max {
        let explanation = format!(
            "the request has {} headers of {bytes} bytes; the limits are headers={headers_max} \
             and header_bytes={bytes_max}",
            headers.len()
        );
        return Err(Denial::new("header_denied", explanation));
    }
    let mut checked = GuestHeaders {
        headers: HeaderMap::with_capacity(headers.len() + 4),
        content_length: None,
    };
    for name in headers.keys() {
        let mut values = headers.get_all(name).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(denied(name, "it is there twice"));
        };
        take(&mut checked, name, value, authority)?;
    }
    Ok(checked)
}

fn take(
    checked: &mut GuestHeaders,
    name: &HeaderName,
    value: &HeaderValue,
    authority: &str,
) -> Result<(), Denial> {
    let text = value
        .to_str()
        .map_err(|_| denied(name, "its value is not plain ASCII"))?;
    if *name == HOST {
        return match text == authority {
            true => Ok(()),
            false => Err(denied(name, "it is not the server that is asked for")),
        };
    }
    if *name == ACCEPT_ENCODING {
        return Ok(());
    }
    if *name == CONTENT_LENGTH {
        let canonical = text.parse().ok().filter(|n: &u64| n.to_string() == text);
        let length = canonical.ok_or_else(|| denied(name, "it is not a plain number"))?;
        checked.content_length = Some(length);
        return Ok(());
    }
    let folded = name.as_str().replace('_', "-");
    let refused = REFUSED.binary_search(&folded.as_str()).is_ok()
        || REFUSED_FAMILIES
            .iter()
            .any(|family| folded.starts_with(family))
        || folded == "host"
        || folded == "content-length"
        || folded == "accept-encoding";
    if refused {
        return Err(denied(name, "a skill may not set it"));
    }
    checked.headers.insert(name.clone(), value.clone());
    Ok(())
}

/// Names a header only where the name is one of ours, so that nothing of a guest's own making
/// reaches an operator's log.
fn denied(name: &HeaderName, why: &str) -> Denial {
    let folded = name.as_str().replace('_', "-");
    let known = REFUSED.iter().find(|refused| **refused == folded);
    let name = known.copied().unwrap_or("a header");
    Denial::new("header_denied", format!("{name}: {why}"))
}

/// Returns the bytes of all names and values.
pub(crate) fn size(headers: &HeaderMap) -> u64 {
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    bytes as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_one(name: &str, value: &[u8]) -> Result<GuestHeaders, Denial> {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(value).unwrap();
        headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), value);
        check(headers, "a.test", &EgressLimits::STANDARD)
    }

    #[test]
    fn ordinary_headers_pass() {
        for (name, value) in [
            ("accept", "application/json"),
            ("content-type", "text/plain; charset=utf-8"),
            ("if-none-match", "\"abc\""),
            ("user-agent", "crm/1"),
            ("x-request-source", "x"),
        ] {
            let checked = check_one(name, value.as_bytes()).unwrap();
            assert_eq!(checked.headers[name], value);
        }
        assert!(
            check_one("accept-encoding", b"gzip")
                .unwrap()
                .headers
                .is_empty()
        );
        assert!(check_one("host", b"a.test").unwrap().headers.is_empty());
        assert_eq!(
            check_one("content-length", b"12").unwrap().content_length,
            Some(12)
        );
    }

    #[test]
    fn headers_with_power_are_refused() {
        for name in REFUSED {
            assert!(check_one(name, b"x").is_err(), "{name}");
            assert!(
                check_one(&name.replace('-', "_"), b"x").is_err(),
                "{name} with _"
            );
        }
        for (name, value) in [
            ("host", "b.test"),
            ("content_length", "1"),
            ("content-length", "+1"),
            ("content-length", "1, 1"),
            ("content-length", "01"),
            ("proxy-authorization", "x"),
            ("x-forwarded-for", "127.0.0.1"),
            ("sec-fetch-mode", "cors"),
        ] {
            assert!(
                check_one(name, value.as_bytes()).is_err(),
                "{name}: {value}"
            );
        }
        assert!(check_one("x-a", b"caf\xe9").is_err());
    }

    #[test]
    fn names_are_found_by_the_alphabet() {
        assert!(REFUSED.is_sorted());
    }

    #[test]
    fn a_header_stands_once() {
        let mut headers = HeaderMap::new();
        headers.append("content-type", HeaderValue::from_static("a"));
        headers.append("content-type", HeaderValue::from_static("b"));
        assert!(check(headers, "a.test", &EgressLimits::STANDARD).is_err());
    }

    #[test]
    fn many_and_large_headers_are_refused() {
        let mut headers = HeaderMap::new();
        headers.insert("x-a", HeaderValue::from_static("0123456789"));
        let check = |count, bytes| {
            let limits = EgressLimits {
                headers: count,
                header_bytes: bytes,
                ..EgressLimits::STANDARD
            };
            check(headers.clone(), "a.test", &limits)
        };
        assert!(check(1, 13).is_ok());
        assert!(check(1, 12).is_err());
        assert!(check(0, 13).is_err());
    }
}
