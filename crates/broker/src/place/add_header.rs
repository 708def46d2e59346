//! Kind `header`, and every header that carries a secret.

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use super::conflict::has_header;
use super::{Outgoing, conflict, unusable};
use crate::error::Denial;
use crate::secrets::SecretValue;

/// Places `prefix` and the value into the header `name`.
pub(super) fn place(
    name: &str,
    prefix: &str,
    value: &SecretValue,
    outgoing: &mut Outgoing,
) -> Result<(), Denial> {
    add(
        outgoing,
        name,
        sensitive(&[prefix.as_bytes(), value.expose()])?,
    )
}

/// Adds a header that the request does not have.
pub(super) fn add(outgoing: &mut Outgoing, name: &str, value: HeaderValue) -> Result<(), Denial> {
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| unusable("its record names a header that no request can have"))?;
    insert(outgoing, name, value)
}

/// Adds a header whose name is one.
pub(super) fn insert(
    outgoing: &mut Outgoing,
    name: HeaderName,
    value: HeaderValue,
) -> Result<(), Denial> {
    if has_header(&outgoing.headers, &name) {
        return Err(conflict(&format!("the header `{name}`")));
    }
    outgoing.headers.insert(name, value);
    Ok(())
}

/// Returns `parts` as one header value that no `Debug` shows and that is wiped when it goes.
///
/// Refused is what RFC 9110, 5.5 does not allow to be sent or advises against: a line break
/// would begin a header of its own, a space at an end would be lost.
pub(super) fn sensitive(parts: &[&[u8]]) -> Result<HeaderValue, Denial> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(parts.iter().map(|p| p.len()).sum()));
    for part in parts {
        bytes.extend_from_slice(part);
    }
    let visible = |byte: &u8| (0x20..=0x7e).contains(byte);
    let ends = [bytes.first(), bytes.last()];
    if !bytes.iter().all(visible) || ends.contains(&Some(&b' ')) || bytes.is_empty() {
        return Err(unusable(
            "its value does not fit into a header; look for a line break at its end, a space \
             around it, or a letter that is not ASCII",
        ));
    }
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(bytes))
        .expect("visible ASCII is a header value");
    value.set_sensitive(true);
    Ok(value)
}
