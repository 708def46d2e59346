//! The codes with which the tools fail, and which tool may use which.

use std::fmt;
use std::marker::PhantomData;

use hotcell_sdk::serde_json::{Value, json};
use hotcell_sdk::{Declared, Retry, ToolError, http};

const NOT_AUTHORIZED: Declared = Declared::never(
    "NOT_AUTHORIZED",
    "The CRM does not accept the operator's credential for this. Tell the user; do not retry.",
);
const NOT_GRANTED: Declared = Declared::never(
    "NOT_GRANTED",
    "The operator has not granted the request, or has not said where the CRM is. Tell the user; \
     `hotcell check-config` says what is missing.",
);
const NOT_FOUND: Declared = Declared::never("NOT_FOUND", "The CRM has no contact of this id.");
const CONFLICT: Declared = Declared::never(
    "CONFLICT",
    "It conflicts with what the CRM has: as a rule another contact has this e-mail address. \
     Search for that contact and update it instead.",
);
const TRANSIENT_RATE_LIMITED: Declared = Declared::after_ms(
    "TRANSIENT_RATE_LIMITED",
    "Too many requests. Try again after the time that the failure says.",
    1_000,
);
const TRANSIENT_UPSTREAM: Declared = Declared::same_key(
    "TRANSIENT_UPSTREAM",
    "The CRM does not answer, or not rightly. Try again with the same idempotency key.",
);
const PERMANENT_FAILURE: Declared = Declared::never(
    "PERMANENT_FAILURE",
    "The request cannot succeed as it is. The message says why.",
);

/// What can go wrong with any request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CrmError {
    /// The setting `base_url` is missing or no URL.
    NoBaseUrl,
    /// The host refused, for as long as nobody changes the grant.
    Denied(String),
    /// Too many requests, in the host's view or the CRM's; milliseconds to wait, where known.
    RateLimited(Option<u64>),
    /// The request failed on the way: the code, and whether time may mend it.
    Transport(String, Mends),
    /// The CRM answered with this status, and perhaps a code of its own.
    Status(u16, Option<String>),
    /// The answer is not what the CRM's API promises.
    Unreadable(&'static str),
}

/// Whether time may mend a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mends {
    Perhaps,
    Never,
}

impl CrmError {
    fn declared(&self) -> Declared {
        match self {
            Self::NoBaseUrl | Self::Denied(_) => NOT_GRANTED,
            Self::RateLimited(_) => TRANSIENT_RATE_LIMITED,
            Self::Transport(_, Mends::Perhaps) => TRANSIENT_UPSTREAM,
            Self::Transport(_, Mends::Never) | Self::Unreadable(_) => PERMANENT_FAILURE,
            Self::Status(401 | 403, _) => NOT_AUTHORIZED,
            Self::Status(404, _) => NOT_FOUND,
            Self::Status(409, _) => CONFLICT,
            Self::Status(500.., _) => TRANSIENT_UPSTREAM,
            Self::Status(..) => PERMANENT_FAILURE,
        }
    }
}

impl From<http::Error> for CrmError {
    fn from(error: http::Error) -> Self {
        let code = error.code().to_owned();
        match error.kind() {
            http::ErrorKind::Denied {
                retry_after_ms: Some(ms),
                ..
            } => Self::RateLimited(Some(*ms)),
            http::ErrorKind::Denied { .. } => Self::Denied(code),
            http::ErrorKind::Transient(_) => Self::Transport(code, Mends::Perhaps),
            http::ErrorKind::Permanent(_) => Self::Transport(code, Mends::Never),
            http::ErrorKind::Body(_) => Self::Unreadable("its body cannot be read"),
        }
    }
}

impl fmt::Display for CrmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBaseUrl => f.write_str(
                "The operator has not set where the CRM is: the setting base_url is missing, or \
                 no URL.",
            ),
            Self::Denied(code) => write!(f, "The host refused the request ({code})."),
            Self::RateLimited(_) => f.write_str("Too many requests to the CRM."),
            Self::Transport(code, Mends::Perhaps) => write!(f, "The CRM does not answer ({code})."),
            Self::Transport(code, Mends::Never) => {
                write!(f, "The request cannot succeed ({code}).")
            }
            Self::Unreadable(why) => write!(f, "The CRM's answer is not as its API says: {why}."),
            Self::Status(401 | 403, _) => f.write_str("The CRM did not accept the credential."),
            Self::Status(404, _) => f.write_str("The CRM has no such contact."),
            Self::Status(409, _) => f.write_str(
                "The change conflicts with what the CRM has: as a rule another contact has this \
                 e-mail address.",
            ),
            Self::Status(status, _) => write!(f, "The CRM answered with status {status}."),
        }
    }
}

/// A failure of a tool that may use the codes of `K`. A code that the tool does not declare
/// becomes `PERMANENT_FAILURE`: a CRM that answers a search with 409 is broken.
#[derive(Debug)]
pub(crate) struct Failed<K>(CrmError, PhantomData<K>);

/// Which codes a kind of tool may use.
pub(crate) trait Codes {
    const CODES: &'static [Declared];
}

/// Tools that read many records.
#[derive(Debug)]
pub(crate) enum ReadsMany {}
/// Tools that read one record.
#[derive(Debug)]
pub(crate) enum ReadsOne {}
/// Tools that make a record.
#[derive(Debug)]
pub(crate) enum Creates {}
/// Tools that change a record.
#[derive(Debug)]
pub(crate) enum Updates {}

impl Codes for ReadsMany {
    const CODES: &'static [Declared] = &[
        NOT_AUTHORIZED,
        NOT_GRANTED,
        TRANSIENT_RATE_LIMITED,
        TRANSIENT_UPSTREAM,
        PERMANENT_FAILURE,
    ];
}

impl Codes for ReadsOne {
    const CODES: &'static [Declared] = &[
        NOT_FOUND,
        NOT_AUTHORIZED,
        NOT_GRANTED,
        TRANSIENT_RATE_LIMITED,
        TRANSIENT_UPSTREAM,
        PERMANENT_FAILURE,
    ];
}

impl Codes for Creates {
    const CODES: &'static [Declared] = &[
        CONFLICT,
        NOT_AUTHORIZED,
        NOT_GRANTED,
        TRANSIENT_RATE_LIMITED,
        TRANSIENT_UPSTREAM,
        PERMANENT_FAILURE,
    ];
}

impl Codes for Updates {
    const CODES: &'static [Declared] = &[
        NOT_FOUND,
        CONFLICT,
        NOT_AUTHORIZED,
        NOT_GRANTED,
        TRANSIENT_RATE_LIMITED,
        TRANSIENT_UPSTREAM,
        PERMANENT_FAILURE,
    ];
}

impl<K> From<CrmError> for Failed<K> {
    fn from(error: CrmError) -> Self {
        Self(error, PhantomData)
    }
}

impl<K> fmt::Display for Failed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K: Codes> ToolError for Failed<K> {
    const DECLARED: &'static [Declared] = K::CODES;

    fn code(&self) -> &'static str {
        let code = self.0.declared().code;
        let known = K::CODES.iter().any(|declared| declared.code == code);
        if known { code } else { PERMANENT_FAILURE.code }
    }

    fn retry(&self) -> Option<Retry> {
        match &self.0 {
            CrmError::RateLimited(Some(ms)) => Some(Retry::AfterMs(*ms)),
            _ => None,
        }
    }

    fn details(&self) -> Option<Value> {
        match &self.0 {
            CrmError::Status(status, code) => Some(json!({ "status": status, "code": code })),
            CrmError::Denied(code) | CrmError::Transport(code, _) => Some(json!({ "code": code })),
            _ => None,
        }
    }
}
