//! Asks a token endpoint, by the broker's own dialer: the same addresses, authorities and times
//! as for a skill's request, and nothing of it reaches a skill.

use std::sync::Arc;

use bytes::Bytes;
use hotcell_package::Origin;
use hotcell_policy::Transport;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full, Limited};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::dial::{Dialer, ms};
use crate::error::{Denial, SendError};
use crate::secrets::{SecretValue, Secrets};
use crate::session::failure;
use crate::tokens::{RefreshStore, TOKEN_BODY_BYTES_MAX, TokenClient, TokenResponse};

/// Asks, within the time of one exchange.
pub(crate) struct TokenCaller(pub(crate) Arc<Dialer>);

/// Keeps what a server rotated where the operator's secret came from.
pub(crate) struct InSecrets(pub(crate) Arc<Secrets>);

#[async_trait::async_trait]
impl RefreshStore for InSecrets {
    async fn replace(&self, secret: &str, value: SecretValue) -> Result<(), Denial> {
        self.0.replace(secret, &value).map_err(|error| {
            let why = format!("a new refresh token cannot be kept: {error}");
            Denial::new("token_failed", why)
        })
    }

    async fn current(&self, secret: &str) -> Option<SecretValue> {
        self.0.get(secret).ok().map(|held| held.value)
    }
}

#[async_trait::async_trait]
impl TokenClient for TokenCaller {
    async fn post_form(
        &self,
        origin: &Origin,
        path: &str,
        headers: HeaderMap,
        form: Zeroizing<String>,
    ) -> Result<TokenResponse, SendError> {
        let dialer = &self.0;
        let deadline = Instant::now() + ms(dialer.limits().exchange_ms);
        let mut connection = dialer.connect(origin, None, deadline).await?;
        let body = Full::new(Bytes::from_owner(form)).map_err(|never| match never {});
        let mut request = Request::new(body.boxed_unsync());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = path.parse().map_err(|_| Transport::Malformed)?;
        *request.headers_mut() = headers;
        let authority = HeaderValue::from_str(&origin.authority()).expect("host names are ASCII");
        let own = request.headers_mut();
        own.insert(HOST, authority);
        own.insert(ACCEPT, HeaderValue::from_static("application/json"));
        own.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        own.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        let until = deadline.min(Instant::now() + ms(dialer.limits().head_ms));
        let response = timeout_at(until, connection.sender.send_request(request)).await;
        let response = response
            .map_err(|_| Transport::HeadTimeout)?
            .map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), TOKEN_BODY_BYTES_MAX).collect();
        let body = timeout_at(until, body)
            .await
            .map_err(|_| Transport::IdleTimeout)?;
        let body = body.map_err(|_| Transport::BodyTooLarge)?.to_bytes();
        Ok(TokenResponse {
            status,
            body: Zeroizing::new(body.to_vec()),
        })
    }
}
