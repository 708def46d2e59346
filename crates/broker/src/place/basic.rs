//! Kind `basic`, and the client's authentication at a token endpoint.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use zeroize::Zeroizing;

use super::{Outgoing, add_header, unusable};
use crate::error::Denial;
use crate::secrets::SecretValue;

/// Places `Authorization: Basic` with `user` and the value as password (RFC 7617, 2).
pub(super) fn place(
    user: &str,
    value: &SecretValue,
    outgoing: &mut Outgoing,
) -> Result<(), Denial> {
    let value = header(user.as_bytes(), value.expose())?;
    add_header::add(outgoing, "authorization", value)
}

/// Returns the value of an `Authorization` header with a user and a password.
///
/// # Errors
/// `secret_unusable` where the user has a colon, which would end it, or either a control
/// character, which RFC 7617 forbids.
pub(crate) fn header(user: &[u8], password: &[u8]) -> Result<HeaderValue, Denial> {
    if user.contains(&b':') {
        return Err(unusable("the user of Basic authentication holds a colon"));
    }
    if user.iter().chain(password).any(u8::is_ascii_control) {
        return Err(unusable(
            "the user or password of Basic authentication holds a control character; look for \
             a line break at its end",
        ));
    }
    let pair = pair(user, password);
    add_header::sensitive(&[b"Basic ", pair.expose()])
}

/// Returns the base64 of `user:password`.
pub(crate) fn pair(user: &[u8], password: &[u8]) -> SecretValue {
    let mut plain = Zeroizing::new(Vec::with_capacity(user.len() + 1 + password.len()));
    plain.extend_from_slice(user);
    plain.push(b':');
    plain.extend_from_slice(password);
    SecretValue::new(BASE64_STANDARD.encode(&*plain).into_bytes())
}
