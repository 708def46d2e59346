//! The CRM's API: where it is, and what its answers mean.

use hotcell_sdk::{http, settings};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::CrmError;

/// Bytes of the CRM's own error code that are passed on.
const CODE_BYTES_MAX: usize = 64;

/// The API of one customer's CRM.
pub(crate) struct Api {
    base_url: String,
}

impl Api {
    /// Returns the API that the operator's setting `base_url` names.
    pub(crate) fn of_settings() -> Result<Self, CrmError> {
        let url = settings::get("base_url").map_err(|_| CrmError::NoBaseUrl)?;
        let url = url.ok_or(CrmError::NoBaseUrl)?;
        let base_url = url.trim_end_matches('/').to_owned();
        let has_scheme = base_url.starts_with("https://") || base_url.starts_with("http://");
        has_scheme
            .then_some(Self { base_url })
            .ok_or(CrmError::NoBaseUrl)
    }

    /// Returns the URL of `path`, which begins with `/`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// Returns the URL of one contact.
    pub(crate) fn contact_url(&self, id: &str) -> String {
        self.url(&format!("/v1/contacts/{}", http::encode(id)))
    }
}

/// Sends a request and reads its answer, or the failure that its status is.
pub(crate) fn send<T: DeserializeOwned>(request: http::Request) -> Result<T, CrmError> {
    let response = request.header("accept", "application/json").send()?;
    match response.status() {
        200..300 => Ok(response.json()?),
        429 => Err(CrmError::RateLimited(response.retry_after_ms())),
        status => Err(CrmError::Status(status, own_code(response))),
    }
}

/// What the CRM sends where it refuses.
#[derive(Deserialize)]
struct Refusal {
    error: RefusalCode,
}

#[derive(Deserialize)]
struct RefusalCode {
    code: String,
}

/// Returns the CRM's own code, where it is one: a plain word. Its message is not passed on.
fn own_code(response: http::Response) -> Option<String> {
    let code = response.json::<Refusal>().ok()?.error.code;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (code.len() <= CODE_BYTES_MAX && code.bytes().all(plain)).then_some(code)
}
