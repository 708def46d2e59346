//! Step 8, for the head: what of a response's head a guest may see.

use http::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, PROXY_AUTHENTICATE, SET_COOKIE, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::response::Parts;
use http::{HeaderMap, HeaderName, StatusCode};

use crate::decode::Coding;
use crate::headers;
use hotcell_policy::Transport;
use hotcell_policy::config::EgressLimits;

/// Left out of what a guest sees: what concerns this connection only, and cookies, which are
/// credentials that a server makes.
const LEFT_OUT: [HeaderName; 8] = [
    CONNECTION,
    PROXY_AUTHENTICATE,
    SET_COOKIE,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("set-cookie2"),
];

/// Checks a response's head, and removes from it what a guest may not see. Returns how the body
/// is coded.
pub(crate) fn check_head(head: &mut Parts, limits: &EgressLimits) -> Result<Coding, Transport> {
    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Transport::Malformed);
    }
    let count = head.headers.len() as u64;
    if count > limits.headers || headers::size(&head.headers) > limits.header_bytes {
        return Err(Transport::HeadTooLarge);
    }
    let declared = head.headers.get(CONTENT_LENGTH);
    let declared = declared.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|declared| declared > limits.response_bytes) {
        return Err(Transport::BodyTooLarge);
    }
    if head
        .headers
        .get_all(TRANSFER_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"chunked"))
    {
        // A coding of the transfer is one that was not asked for, and hyper takes none off.
        return Err(Transport::ContentCoding);
    }
    let coding = coding(&head.headers)?;
    if coding != Coding::Identity {
        head.headers.remove(CONTENT_ENCODING);
        head.headers.remove(CONTENT_LENGTH);
    }
    let names = head.headers.keys();
    let left_out: Vec<_> = names
        .filter(|name| LEFT_OUT.contains(name))
        .cloned()
        .collect();
    for name in left_out {
        head.headers.remove(name);
    }
    head.extensions.clear();
    Ok(coding)
}

/// Identity was asked for; a server that compresses all the same is decoded where that is
/// bounded, and refused where it is not.
fn coding(headers: &HeaderMap) -> Result<Coding, Transport> {
    let mut values = headers.get_all(CONTENT_ENCODING).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(Coding::Identity),
        (Some(value), None) => match value.as_bytes().to_ascii_lowercase().as_slice() {
            b"identity" => Ok(Coding::Identity),
            b"gzip" | b"x-gzip" => Ok(Coding::Gzip),
            b"deflate" => Ok(Coding::Deflate),
            _ => Err(Transport::ContentCoding),
        },
        _ => Err(Transport::ContentCoding),
    }
}
