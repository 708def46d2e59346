//! Step 6: places a secret into a request, where the secret's own record says.
//!
//! There are no placeholders: nothing that a guest writes is looked for and replaced, so a guest
//! cannot choose a place. And nothing is overwritten: where a request already has the header,
//! parameter or member, under any name that a server might take for it, it is refused.

mod add_header;
mod basic;
mod bearer;
mod conflict;
mod digest;
mod hmac;
mod json;
pub(crate) mod mtls;
mod query;
mod sigv4;
mod wipe;

use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use hotcell_package::Origin;
use hotcell_policy::config::SecretKind;
use http::{HeaderMap, Method};

use crate::canonical::Target;
use crate::error::{Denial, SendError};
use crate::secrets::SecretValue;

pub(crate) use basic::{header as basic_header, pair as basic_pair};
pub(crate) use bearer::place_bearer;
pub(crate) use query::ESCAPED;
pub(crate) use wipe::wipe;

/// A request that has passed every rule and is about to be sent.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) origin: Origin,
    /// The path as it goes on the wire.
    pub(crate) path: String,
    /// The query as it goes on the wire, without `?`.
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    /// The whole body, where [`needs_whole_body`] said so: of no bytes where there is none.
    /// Placing may change its length.
    pub(crate) whole_body: Option<Bytes>,
}

impl Outgoing {
    /// Returns the request that a guest asked for, as it was read.
    pub(crate) fn of(method: Method, target: Target, headers: HeaderMap) -> Self {
        Self {
            method,
            origin: target.origin,
            path: target.path,
            query: target.query,
            headers,
            whole_body: None,
        }
    }
}

/// Shows nothing in which a secret may have been placed, and no path.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("method", &self.method)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// Returns whether `kind` must see the whole body before the request can be sent.
pub(crate) fn needs_whole_body(kind: &SecretKind) -> bool {
    match kind {
        SecretKind::Json { .. } | SecretKind::SigV4 { .. } => true,
        SecretKind::Hmac(kind) => hmac::needs_whole_body(kind),
        _ => false,
    }
}

/// Returns whether a secret of `kind` is never sent to a service itself: tokens are got with it.
pub(crate) fn is_for_tokens(kind: &SecretKind) -> bool {
    matches!(
        kind,
        SecretKind::Jwt(_) | SecretKind::OauthClientCredentials(_) | SecretKind::OauthRefresh(_)
    )
}

/// Returns when `kind` is placed, where a request gets more than one secret: lower first. What
/// signs comes after what is signed.
pub(crate) fn order(kind: &SecretKind) -> u8 {
    match kind {
        SecretKind::Hmac(_) => 1,
        SecretKind::SigV4 { .. } => 2,
        _ => 0,
    }
}

/// Places `value` into `outgoing` by `kind`. A value from which a token is got (a JWT's key, an
/// OAuth secret) is never placed itself: `crate::tokens` has the token, and [`place_bearer`]
/// places that.
///
/// # Errors
/// `placement_conflict` where the request already has what would be placed, `placement_body`
/// where the body has no place for it, `secret_unusable` where the operator's value or record
/// cannot be placed.
pub(crate) fn place(
    kind: &SecretKind,
    value: &SecretValue,
    outgoing: &mut Outgoing,
    now: SystemTime,
) -> Result<(), SendError> {
    let placed = match kind {
        SecretKind::Bearer => place_bearer(value, outgoing),
        SecretKind::Basic { user } => basic::place(user, value, outgoing),
        SecretKind::Header { name, prefix } => add_header::place(name, prefix, value, outgoing),
        SecretKind::Query { name } => query::place(name, value, outgoing),
        SecretKind::Json { pointer } => json::place(pointer, value, outgoing),
        SecretKind::Hmac(kind) => hmac::place(kind, value, outgoing, now),
        SecretKind::SigV4 {
            access_key_id,
            region,
            service,
        } => {
            let scope = sigv4::Scope {
                access_key_id,
                region,
                service,
            };
            sigv4::place(&scope, value, outgoing, now)
        }
        // The handshake places it.
        SecretKind::Mtls { .. } => Ok(()),
        SecretKind::Jwt(_)
        | SecretKind::OauthClientCredentials(_)
        | SecretKind::OauthRefresh(_) => Err(unusable(
            "a secret of this kind is never sent itself; its token is",
        )),
    };
    placed.map_err(SendError::from)
}

/// Returns what else than the value itself a request carries of it, for the scan: the pair of
/// Basic, whose base64 hides both ends of a short password.
pub(crate) fn derived(kind: &SecretKind, value: &SecretValue) -> Option<SecretValue> {
    match kind {
        SecretKind::Basic { user } => Some(basic::pair(user.as_bytes(), value.expose())),
        _ => None,
    }
}

/// A guest's request already has what would be placed. It says where, and not what is there.
fn conflict(place: &str) -> Denial {
    let explanation = format!(
        "the request already has {place}, where the secret is placed; the skill must leave it out"
    );
    Denial::new("placement_conflict", explanation)
}

/// A guest's body has no place for the secret.
fn no_place(why: &str) -> Denial {
    let explanation = format!("the secret has no place in the request's body: {why}");
    Denial::new("placement_body", explanation)
}

/// The operator's value or record cannot be used. `why` holds nothing of the value.
pub(crate) fn unusable(why: &str) -> Denial {
    Denial::new(
        "secret_unusable",
        format!("the secret cannot be used: {why}"),
    )
}

#[cfg(test)]
mod tests;
