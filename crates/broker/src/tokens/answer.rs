//! Reads a token endpoint's answer (RFC 6749, 5).

use std::time::Duration;

use hotcell_package::json::{JsonLimits, parse_strict};
use serde_json::Value;

use super::client::TokenResponse;
use crate::place::wipe;
use crate::secrets::SecretValue;

/// Bytes of a token at least: a shorter one cannot be found again in a response.
const TOKEN_BYTES_MIN: usize = 12;
/// And at most: with more, no server takes the header.
const TOKEN_BYTES_MAX: usize = 16 << 10;
/// A token that lives for less would have the endpoint asked for almost every request.
const LIFETIME_MIN: Duration = Duration::from_secs(10);
/// And one that lives for longer is renewed all the same.
const LIFETIME_MAX: Duration = Duration::from_secs(30 * 86_400);
const LIMITS: JsonLimits = JsonLimits {
    bytes: super::TOKEN_BODY_BYTES_MAX,
    depth: 16,
    values: 1_000,
};

/// The codes of RFC 6749, 5.2, each with what the operator can do.
const ERRORS: &[(&str, &str)] = &[
    (
        "invalid_client",
        "check the client's id and secret, and whether `client_auth` is what the service wants",
    ),
    (
        "invalid_grant",
        "the refresh token has ended, was revoked, or was used elsewhere: get a new one and set it",
    ),
    (
        "invalid_request",
        "the service wants the request in another form; check the record's scopes and audience",
    ),
    (
        "invalid_scope",
        "the service does not give these scopes to this client",
    ),
    (
        "unauthorized_client",
        "the service does not allow this client to get a token in this way",
    ),
    (
        "unsupported_grant_type",
        "the service knows no such way to get a token; check the kind",
    ),
];

/// A good answer.
#[derive(Debug)]
pub(super) struct Granted {
    pub(super) access: SecretValue,
    /// How long it lives, where the server says so.
    pub(super) lifetime: Option<Duration>,
    /// A refresh token in the place of the one that was used.
    pub(super) refresh: Option<SecretValue>,
}

/// Why an answer is not good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bad {
    /// An error of RFC 6749, 5.2.
    Refused {
        /// The code, from our own list.
        code: &'static str,
        /// What the operator can do.
        mend: &'static str,
    },
    /// Another status, or a body that is no answer.
    Odd(String),
}

impl Bad {
    /// Returns whether only the operator can mend it.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self, Bad::Refused { .. })
    }

    /// Says it to the operator, with nothing that the server wrote.
    pub(super) fn explain(&self) -> String {
        match self {
            Bad::Refused { code, mend } => format!("it answered `{code}`: {mend}"),
            Bad::Odd(why) => why.clone(),
        }
    }
}

/// Reads an answer.
pub(super) fn read(response: &TokenResponse) -> Result<Granted, Bad> {
    let text = std::str::from_utf8(&response.body).unwrap_or_default();
    let mut answer = parse_strict(text, &LIMITS).unwrap_or_default();
    let read = match response.status {
        200 => granted(&answer),
        status => Err(refused(status, &answer)),
    };
    wipe(&mut answer);
    read
}

fn refused(status: u16, answer: &Value) -> Bad {
    let named = answer.get("error").and_then(Value::as_str);
    match ERRORS.iter().find(|(code, _)| named == Some(code)) {
        Some((code, mend)) => Bad::Refused { code, mend },
        None if (300..400).contains(&status) => Bad::Odd(format!(
            "it answered with status {status}, and a redirect is not followed; check `token_url`"
        )),
        None => Bad::Odd(format!(
            "it answered with status {status} and no error of RFC 6749"
        )),
    }
}

fn granted(answer: &Value) -> Result<Granted, Bad> {
    let odd = |why: &str| Bad::Odd(format!("its answer {why}"));
    let kind = answer.get("token_type").and_then(Value::as_str);
    if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
        return Err(odd("is no bearer token as JSON (`token_type`)"));
    }
    let token = |name: &str| match answer.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if is_token(text) => {
            Ok(Some(SecretValue::new(text.as_bytes().to_vec())))
        }
        Some(_) => Err(odd(&format!(
            "has a `{name}` that is no token of 12 to 16,384 visible characters"
        ))),
    };
    let access = token("access_token")?.ok_or_else(|| odd("has no `access_token`"))?;
    Ok(Granted {
        access,
        lifetime: lifetime(answer.get("expires_in")).map_err(odd)?,
        refresh: token("refresh_token")?,
    })
}

/// RFC 6749, A.12 and A.17: visible ASCII. A space would end the token in its header.
fn is_token(text: &str) -> bool {
    (TOKEN_BYTES_MIN..=TOKEN_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Reads `expires_in`: a number of seconds, which some services write as a string.
fn lifetime(value: Option<&Value>) -> Result<Option<Duration>, &'static str> {
    let seconds = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(number) => number.as_u64(),
    };
    let life = Duration::from_secs(seconds.ok_or("has an `expires_in` that is no number")?);
    match life < LIFETIME_MIN {
        true => Err("has a token that ends within 10 seconds"),
        false => Ok(Some(life.min(LIFETIME_MAX))),
    }
}

#[cfg(test)]
mod tests;
