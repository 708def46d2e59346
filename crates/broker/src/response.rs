//! Step 8, for the head: what of a response's head a guest may see.

use http::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, PROXY_AUTHENTICATE, SET_COOKIE, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::response::Parts;
use http::{HeaderMap, HeaderName, StatusCode};

use crate::decode::Coding;
use crate::error::{Denial, SendError};
use crate::headers;
use crate::scan::{Hit, Needles};
use hotcell_policy::Transport;

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
pub(crate) fn check_head(
    head: &mut Parts,
    bytes_max: u64,
    body_max: u64,
) -> Result<Coding, Transport> {
    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Transport::Malformed);
    }
    if headers::size(&head.headers) > bytes_max {
        return Err(Transport::HeadTooLarge);
    }
    let declared = head.headers.get(CONTENT_LENGTH);
    let declared = declared.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|declared| declared > body_max) {
        return Err(Transport::BodyTooLarge);
    }
    let coding = coding(&head.headers)?;
    if coding != Coding::Identity {
        head.headers.remove(CONTENT_ENCODING);
        head.headers.remove(CONTENT_LENGTH);
    }
    for name in &LEFT_OUT {
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

/// Looks through headers or trailers: each name, each value, and the whole as one text, so that
/// a value that was cut over several of them is seen as well.
pub(crate) fn find_in_headers(needles: &Needles, headers: &HeaderMap) -> Option<Hit> {
    let mut values = Vec::new();
    for (name, value) in headers {
        if let Some(hit) = needles.find(name.as_str().as_bytes()) {
            return Some(hit);
        }
        if let Some(hit) = needles.find(value.as_bytes()) {
            return Some(hit);
        }
        values.extend_from_slice(value.as_bytes());
    }
    needles.find(&values)
}

/// The response holds a secret value. It is stopped rather than masked: a mask would tell
/// whoever guesses whether the guess was right.
pub(crate) fn reflected() -> SendError {
    let why = "the response holds the value of a secret that this skill's grants can place; it \
               was stopped, and the grant is suspended until `hotcell lift`";
    Denial::new("secret_reflected", why).into()
}
