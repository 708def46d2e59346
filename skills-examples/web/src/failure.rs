//! Why a page could not be read.

use std::fmt;

use hotcell_sdk::serde_json::{Value, json};
use hotcell_sdk::{Declared, Retry, ToolError, http};

/// A failure of either tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WebError {
    /// The address is none that can be asked for.
    Address,
    /// The host refused, for as long as nobody changes the grant.
    Denied(String),
    /// The page moved to an address that cannot be followed, and why.
    Redirected(String, &'static str),
    /// The site has no such page.
    NotFound,
    /// The page is of this media type, which is no text.
    Type(String),
    /// Too many requests; milliseconds to wait, where known.
    RateLimited(Option<u64>),
    /// The site does not answer, or is broken: a code or a status.
    Upstream(String),
    /// The request cannot succeed: a code or a status.
    Permanent(String),
}

impl ToolError for WebError {
    const DECLARED: &'static [Declared] = &[
        Declared::never(
            "ADDRESS_INVALID",
            "The address is no absolute http or https URL that can be asked for.",
        ),
        Declared::never(
            "NOT_GRANTED",
            "The operator has not granted this site. Tell the user; do not try other spellings.",
        ),
        Declared::never(
            "REDIRECTED",
            "The page moved to an address that was not followed; `location` in the details.",
        ),
        Declared::never("NOT_FOUND", "The site has no such page."),
        Declared::never(
            "UNSUPPORTED_TYPE",
            "The address is no page but something else, such as an image or a PDF.",
        ),
        Declared::after_ms(
            "TRANSIENT_RATE_LIMITED",
            "Too many requests. Try again after the time that the failure says.",
            1_000,
        ),
        Declared::same_key(
            "TRANSIENT_UPSTREAM",
            "The site does not answer, or not rightly. Try again later.",
        ),
        Declared::never(
            "PERMANENT_FAILURE",
            "The page cannot be read. The message says why.",
        ),
    ];

    fn code(&self) -> &'static str {
        match self {
            Self::Address => "ADDRESS_INVALID",
            Self::Denied(_) => "NOT_GRANTED",
            Self::Redirected(..) => "REDIRECTED",
            Self::NotFound => "NOT_FOUND",
            Self::Type(_) => "UNSUPPORTED_TYPE",
            Self::RateLimited(_) => "TRANSIENT_RATE_LIMITED",
            Self::Upstream(_) => "TRANSIENT_UPSTREAM",
            Self::Permanent(_) => "PERMANENT_FAILURE",
        }
    }

    fn retry(&self) -> Option<Retry> {
        match self {
            Self::RateLimited(Some(ms)) => Some(Retry::AfterMs(*ms)),
            _ => None,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Redirected(location, _) => Some(json!({ "location": location })),
            Self::Type(media_type) => Some(json!({ "type": media_type })),
            Self::Denied(code) | Self::Upstream(code) | Self::Permanent(code) => {
                Some(json!({ "code": code }))
            }
            _ => None,
        }
    }
}

impl From<http::Error> for WebError {
    fn from(error: http::Error) -> Self {
        let code = error.code().to_owned();
        match error.kind() {
            http::ErrorKind::Denied {
                retry_after_ms: Some(ms),
                ..
            } => Self::RateLimited(Some(*ms)),
            http::ErrorKind::Denied { .. } => Self::Denied(code),
            http::ErrorKind::Transient(_) => Self::Upstream(code),
            http::ErrorKind::Permanent(_) | http::ErrorKind::Body(_) => Self::Permanent(code),
        }
    }
}

impl fmt::Display for WebError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("The address is no http or https URL that can be read."),
            Self::Denied(code) => write!(f, "The host refused the request ({code})."),
            Self::Redirected(_, why) => write!(f, "The page moved, and {why}."),
            Self::NotFound => f.write_str("The site has no such page."),
            Self::Type(_) => f.write_str("The address is no text, so it cannot be read."),
            Self::RateLimited(_) => f.write_str("Too many requests to the site."),
            Self::Upstream(code) => write!(f, "The site does not answer rightly ({code})."),
            Self::Permanent(code) => write!(f, "The page cannot be read ({code})."),
        }
    }
}
