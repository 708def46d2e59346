//! The two codes with which every tool fails: time may mend it, or not.

use std::fmt;

use hotcell_sdk::serde_json::{Value, json};
use hotcell_sdk::{Declared, Retry, ToolError, http};

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CiError {
    /// The setting `base_url` is missing or no URL.
    NoBaseUrl,
    /// The host refused, for as long as nobody changes the grant.
    Denied(String),
    /// Too much to do, in the host's view or the CI's; milliseconds to wait, where known.
    Busy(Option<u64>),
    /// The request failed on the way, and the next may not.
    Lost(String),
    /// The request can never succeed.
    Hopeless(String),
    /// The CI answered with this status, and perhaps a code of its own.
    Status(u16, Option<String>),
    /// The answer is not what the CI's API promises.
    Unreadable(&'static str),
    /// The run goes on, and this attempt's time is up.
    StillRunning(String),
}

/// How long to wait for a run that goes on.
const RUNNING_RETRY_MS: u64 = 5_000;

impl CiError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Busy(_) | Self::Lost(_) | Self::StillRunning(_) => true,
            Self::Status(status, _) => *status >= 500 || *status == 408,
            _ => false,
        }
    }
}

impl From<http::Error> for CiError {
    fn from(error: http::Error) -> Self {
        let code = error.code().to_owned();
        match error.kind() {
            http::ErrorKind::Denied {
                retry_after_ms: Some(ms),
                ..
            } => Self::Busy(Some(*ms)),
            http::ErrorKind::Denied { .. } => Self::Denied(code),
            http::ErrorKind::Transient(_) => Self::Lost(code),
            http::ErrorKind::Permanent(_) => Self::Hopeless(code),
            http::ErrorKind::Body(_) => Self::Unreadable("its body cannot be read"),
        }
    }
}

impl fmt::Display for CiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBaseUrl => f.write_str(
                "The operator has not set where the CI is: the setting base_url is missing, or no \
                 URL.",
            ),
            Self::Denied(code) => write!(f, "The host refused the request ({code})."),
            Self::Busy(_) => f.write_str("The CI has too much to do."),
            Self::Lost(code) => write!(f, "The CI does not answer ({code})."),
            Self::Hopeless(code) => write!(f, "The request cannot succeed ({code})."),
            Self::Status(401 | 403, _) => f.write_str("The CI did not accept the credential."),
            Self::Status(404, _) => f.write_str("The CI has no such run, artifact or repository."),
            Self::Status(409, _) => {
                f.write_str("The CI refuses this: as a rule the run has not passed.")
            }
            Self::Status(status, _) => write!(f, "The CI answered with status {status}."),
            Self::Unreadable(why) => write!(f, "The CI's answer is not as its API says: {why}."),
            Self::StillRunning(id) => write!(f, "The run {id} has not ended yet."),
        }
    }
}

impl ToolError for CiError {
    const DECLARED: &'static [Declared] = &[
        Declared::same_key(
            "TRANSIENT_TIMEOUT",
            "The CI does not answer, has too much to do, or the run goes on. The same call with the \
             same idempotency key, after the time that the failure says.",
        ),
        Declared::never(
            "PERMANENT_FAILURE",
            "The call cannot succeed as it is; the message says why. Do not repeat it.",
        ),
    ];

    fn code(&self) -> &'static str {
        match self.is_transient() {
            true => "TRANSIENT_TIMEOUT",
            false => "PERMANENT_FAILURE",
        }
    }

    fn retry(&self) -> Option<Retry> {
        match self {
            Self::Busy(Some(ms)) => Some(Retry::AfterMs(*ms)),
            Self::StillRunning(_) => Some(Retry::AfterMs(RUNNING_RETRY_MS)),
            _ => None,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Status(status, code) => Some(json!({ "status": status, "code": code })),
            Self::Denied(code) | Self::Lost(code) | Self::Hopeless(code) => {
                Some(json!({ "code": code }))
            }
            Self::StillRunning(id) => Some(json!({ "run_id": id })),
            _ => None,
        }
    }
}
