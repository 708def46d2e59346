//! How the tokens reach the world.

use async_trait::async_trait;
use hotcell_package::Origin;
use http::HeaderMap;
use zeroize::Zeroizing;

use crate::error::{Denial, SendError};
use crate::secrets::SecretValue;

/// Bytes of a token endpoint's answer; a client fails with `BodyTooLarge` beyond it.
pub(crate) const TOKEN_BODY_BYTES_MAX: usize = 64 << 10;

/// Posts a form to a token endpoint.
///
/// It and the store are held by a renewal that goes on when the call that began it is
/// cancelled; so each of their functions ends in bounded time by itself.
#[async_trait]
pub(crate) trait TokenClient: Send + Sync {
    /// Sends `form` to `path` (with its query) of `origin`, by TLS, within the egress limits,
    /// following no redirect.
    async fn post_form(
        &self,
        origin: &Origin,
        path: &str,
        headers: HeaderMap,
        form: Zeroizing<String>,
    ) -> Result<TokenResponse, SendError>;
}

/// What a token endpoint answered.
pub(crate) struct TokenResponse {
    /// The status.
    pub(crate) status: u16,
    /// The body, of at most [`TOKEN_BODY_BYTES_MAX`].
    pub(crate) body: Zeroizing<Vec<u8>>,
}

/// Shows nothing of the body.
impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenResponse")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Keeps refresh tokens that a server replaced.
#[async_trait]
pub(crate) trait RefreshStore: Send + Sync {
    /// Stores `value` as the new value of `secret`, durably: the old one may be void already.
    ///
    /// # Errors
    /// Why not, for the operator.
    async fn replace(&self, secret: &str, value: SecretValue) -> Result<(), Denial>;

    /// Reads the value of `secret` from its source again: another process of this host may have
    /// replaced it. None where it cannot be read.
    async fn current(&self, secret: &str) -> Option<SecretValue>;
}
