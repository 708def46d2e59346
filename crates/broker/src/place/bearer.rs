//! Kind `bearer`, and minted tokens.

use http::HeaderValue;
use http::header::AUTHORIZATION;

use super::{Outgoing, add_header, unusable};
use crate::error::Denial;
use crate::secrets::SecretValue;

/// Places `token` as `Authorization: Bearer` (RFC 6750, 2.1).
///
/// # Errors
/// As `place`.
pub(crate) fn place_bearer(token: &SecretValue, outgoing: &mut Outgoing) -> Result<(), Denial> {
    add_header::insert(outgoing, AUTHORIZATION, bearer_header(token)?)
}

/// Returns the value of an `Authorization` header with `token`.
///
/// # Errors
/// `secret_unusable` where the token holds what a token cannot: a space, a line break, a
/// letter that is not ASCII.
pub(crate) fn bearer_header(token: &SecretValue) -> Result<HeaderValue, Denial> {
    if token.expose().is_empty() || token.expose().contains(&b' ') {
        return Err(unusable("a bearer token is one word without a space"));
    }
    add_header::sensitive(&[b"Bearer ", token.expose()])
}
