//! Places a secret into a request, where the secret's own record says.

use std::time::SystemTime;

use bytes::Bytes;
use hotcell_package::Origin;
use hotcell_policy::config::SecretKind;
use http::{HeaderMap, Method};

use crate::error::SendError;
use crate::secrets::SecretValue;

/// A request that has passed every rule and is about to be sent.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) origin: Origin,
    /// The path as it goes on the wire.
    pub(crate) path: String,
    /// The query as it goes on the wire, without `?`.
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    /// The whole body, where [`needs_whole_body`] said so.
    pub(crate) whole_body: Option<Bytes>,
}

/// Returns whether `kind` must see the whole body before the request can be sent.
pub(crate) fn needs_whole_body(kind: &SecretKind) -> bool {
    let _ = kind;
    false
}

/// Places `value` into `outgoing` by `kind`. A value that is more than it (a token, a minted
/// JWT, a Basic header) is for `crate::tokens`.
pub(crate) fn place(
    kind: &SecretKind,
    value: &SecretValue,
    outgoing: &mut Outgoing,
    now: SystemTime,
) -> Result<(), SendError> {
    let _ = (kind, value, outgoing, now);
    Ok(())
}
