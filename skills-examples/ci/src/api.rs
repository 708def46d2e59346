//! The CI's API: where it is, and what its answers mean.

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{http, settings};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::CiError;

/// Bytes of the CI's own error code that are passed on.
const CODE_BYTES_MAX: usize = 64;

/// A repository: `owner/name`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct Repo(
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{1,64}/[A-Za-z0-9_-]{1,64}$"))] String,
);

/// One repository's part of the API.
pub(crate) struct Api {
    base_url: String,
    repo: String,
}

impl Api {
    /// Returns the API that the operator's setting `base_url` names.
    pub(crate) fn of(repo: &Repo) -> Result<Self, CiError> {
        let url = settings::get("base_url").map_err(|_| CiError::NoBaseUrl)?;
        let url = url.ok_or(CiError::NoBaseUrl)?;
        let base_url = url.trim_end_matches('/').to_owned();
        let (owner, name) = repo.0.split_once('/').unwrap_or((&repo.0, ""));
        let repo = format!("{}/{}", http::encode(owner), http::encode(name));
        match base_url.starts_with("https://") || base_url.starts_with("http://") {
            true => Ok(Self { base_url, repo }),
            false => Err(CiError::NoBaseUrl),
        }
    }

    /// Returns the URL of something in the repository.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/v1/repos/{}/{path}", self.base_url, self.repo)
    }

    /// Returns the URL of a run.
    pub(crate) fn run_url(&self, id: &str) -> String {
        self.url(&format!("runs/{}", http::encode(id)))
    }
}

/// Sends a request and reads its answer, or the failure that its status is.
pub(crate) fn send<T: DeserializeOwned>(request: http::Request) -> Result<T, CiError> {
    let response = request.header("accept", "application/json").send()?;
    match response.status() {
        200..300 => Ok(response.json()?),
        429 => Err(CiError::Busy(response.retry_after_ms())),
        503 if response.retry_after_ms().is_some() => Err(CiError::Busy(response.retry_after_ms())),
        status => Err(CiError::Status(status, own_code(response))),
    }
}

/// What the CI sends where it refuses.
#[derive(Deserialize)]
struct Refusal {
    error: RefusalCode,
}

#[derive(Deserialize)]
struct RefusalCode {
    code: String,
}

/// Returns the CI's own code, where it is one: a plain word. Its message is not passed on.
fn own_code(response: http::Response) -> Option<String> {
    let code = response.json::<Refusal>().ok()?.error.code;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (code.len() <= CODE_BYTES_MAX && code.bytes().all(plain)).then_some(code)
}
