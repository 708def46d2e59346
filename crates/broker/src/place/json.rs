//! Kind `json`.

use bytes::Bytes;
use hotcell_package::json::{JsonLimits, parse_strict};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::conflict::fold;
use super::{Outgoing, conflict, no_place, unusable, wipe};
use crate::error::Denial;
use crate::secrets::SecretValue;

/// Arrays and objects inside one another.
const DEPTH_MAX: usize = 64;
/// Values in all, at up to 72 bytes of memory each. The bytes are bounded before, by the
/// egress limit `signed_bytes`.
const VALUES_MAX: usize = 1 << 18;

/// Places the value as a string at `pointer` (RFC 6901), and writes the body anew from what was
/// read: what was checked is what is sent.
pub(super) fn place(
    pointer: &str,
    value: &SecretValue,
    outgoing: &mut Outgoing,
) -> Result<(), Denial> {
    let secret = std::str::from_utf8(value.expose())
        .map_err(|_| unusable("its value is not UTF-8, which a JSON string is"))?;
    let (parent, member) = pointer
        .rsplit_once('/')
        .ok_or_else(|| unusable("its pointer names no member"))?;
    let member = member.replace("~1", "/").replace("~0", "~");
    check_media_type(&outgoing.headers)?;
    let body = outgoing.whole_body.as_deref().unwrap_or_default();
    let mut document = read(body)?;
    let object = object_at(&mut document, parent)?;
    let wanted = fold(&member);
    if object.keys().any(|present| fold(present) == wanted) {
        return Err(conflict("the JSON member"));
    }
    object.insert(member, Value::String(secret.to_owned()));
    // Six bytes are the longest escape of one.
    let mut written = Zeroizing::new(Vec::with_capacity(
        body.len() + 6 * pointer.len() + 6 * secret.len() + 8,
    ));
    let outcome = serde_json::to_writer(&mut *written, &document);
    wipe(&mut document);
    outcome.map_err(|_| no_place("it cannot be written anew"))?;
    outgoing.whole_body = Some(Bytes::from_owner(written));
    Ok(())
}

/// Checks that the server will read the body as JSON in UTF-8, as we do.
fn check_media_type(headers: &HeaderMap) -> Result<(), Denial> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(kind), None) = (types.next().map(HeaderValue::to_str), types.next()) else {
        return Err(no_place("it needs one `content-type`"));
    };
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    let mut parts = kind.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let json = essence == "application/json"
        || essence.starts_with("application/") && essence.ends_with("+json");
    let utf8 = |part: &str| match part.split_once('=') {
        Some(("charset", set)) => set.trim_matches('"') == "utf-8",
        _ => true,
    };
    if !json || !parts.all(utf8) {
        return Err(no_place(
            "its `content-type` is not `application/json` or `…+json` in UTF-8",
        ));
    }
    Ok(())
}

fn read(body: &[u8]) -> Result<Value, Denial> {
    let text = std::str::from_utf8(body).map_err(|_| no_place("it is not UTF-8"))?;
    let limits = JsonLimits {
        bytes: text.len(),
        depth: DEPTH_MAX,
        values: VALUES_MAX,
    };
    // The code alone: the message may quote a key, and what the guest wrote is not ours to tell.
    parse_strict(text, &limits).map_err(|error| no_place(error.code))
}

/// Finds the object in which the member goes. Every step down is a member of an object: in a
/// list the place would be one that the guest can move.
fn object_at<'d>(
    document: &'d mut Value,
    parent: &str,
) -> Result<&'d mut Map<String, Value>, Denial> {
    let absent = || no_place("it has no object where the pointer leads");
    let mut at = document;
    for token in parent.split('/').skip(1) {
        let key = token.replace("~1", "/").replace("~0", "~");
        at = at
            .as_object_mut()
            .and_then(|members| members.get_mut(&key))
            .ok_or_else(absent)?;
    }
    at.as_object_mut().ok_or_else(absent)
}
