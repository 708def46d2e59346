//! Tells a server of a job's end, by the broker's own dialer and signed: Standard Webhooks 1.0.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use hotcell_package::Origin;
use hotcell_policy::Transport;
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full};
use ring::hmac;
use std::time::UNIX_EPOCH;
use tokio::time::{Instant, timeout_at};

use crate::broker::Broker;
use crate::dial::ms;
use crate::error::{Denial, SendError};
use crate::session::failure;

/// What a secret of this standard begins with; the rest is base64.
const SECRET_PREFIX: &str = "whsec_";

/// One delivery of a callback.
#[derive(Debug, Clone)]
pub struct CallbackDelivery<'a> {
    /// The server. That it is one to which callbacks may go was decided before.
    pub origin: &'a Origin,
    /// Path and query.
    pub path: &'a str,
    /// The id of what is told: the same each time it is told.
    pub id: &'a str,
    /// The secret that signs it.
    pub secret: &'a str,
    /// JSON.
    pub body: Vec<u8>,
}

impl Broker {
    /// Sends a callback, and returns the status that the server answers. Its body is not read.
    ///
    /// # Errors
    ///
    /// Fails where the secret cannot be used, the address is not permitted, or the server does not
    /// answer in time.
    pub async fn call_back(&self, delivery: CallbackDelivery<'_>) -> Result<u16, SendError> {
        let headers = self.headers(&delivery)?;
        let dialer = &self.0.dialer;
        let deadline = Instant::now() + ms(dialer.limits().exchange_ms);
        let mut connection = dialer.connect(delivery.origin, None, deadline).await?;
        let body = Full::new(Bytes::from(delivery.body)).map_err(|never| match never {});
        let mut request = Request::new(body.boxed_unsync());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = delivery.path.parse().map_err(|_| Transport::Malformed)?;
        *request.headers_mut() = headers;
        let until = deadline.min(Instant::now() + ms(dialer.limits().head_ms));
        let response = timeout_at(until, connection.sender.send_request(request)).await;
        let response = response
            .map_err(|_| Transport::HeadTimeout)?
            .map_err(|error| failure(&error))?;
        Ok(response.status().as_u16())
    }

    fn headers(&self, delivery: &CallbackDelivery<'_>) -> Result<HeaderMap, SendError> {
        let seconds = (self.0.clock)()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        let signature = self.sign(delivery, seconds)?;
        let text = |text: &str| HeaderValue::from_str(text).map_err(|_| Transport::Malformed);
        let mut headers = HeaderMap::new();
        headers.insert(HOST, text(&delivery.origin.authority())?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(delivery.body.len()));
        headers.insert("webhook-id", text(delivery.id)?);
        headers.insert("webhook-timestamp", HeaderValue::from(seconds));
        headers.insert("webhook-signature", text(&signature)?);
        Ok(headers)
    }

    /// Signs id, time and body with HMAC-SHA256, as the standard's "symmetric" scheme says.
    fn sign(&self, delivery: &CallbackDelivery<'_>, seconds: u64) -> Result<String, SendError> {
        let unusable = |why: String| Denial::new("secret_unusable", why);
        let held = self.0.secrets.get(delivery.secret);
        let held = held.map_err(|error| unusable(format!("the callback secret: {error}")))?;
        let secret = std::str::from_utf8(held.value.expose())
            .ok()
            .and_then(|text| text.strip_prefix(SECRET_PREFIX))
            .and_then(|rest| BASE64_STANDARD.decode(rest).ok())
            .map(zeroize::Zeroizing::new);
        let secret = secret.ok_or_else(|| {
            let name = delivery.secret;
            unusable(format!(
                "the secret {name} is no `{SECRET_PREFIX}` and base64, which callbacks need"
            ))
        })?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let signed = format!("{}.{seconds}.", delivery.id);
        let tag = hmac::sign(&key, &[signed.as_bytes(), &delivery.body].concat());
        Ok(format!("v1,{}", BASE64_STANDARD.encode(tag)))
    }
}
