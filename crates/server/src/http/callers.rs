//! Who calls: by a bearer token (RFC 6750), of which the server knows the hash.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use hotcell_policy::config::{Config, TokenHash};
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::limits::TOKEN_BYTES_MAX;

/// Tells who may call, as it is now.
pub trait CallerSource: fmt::Debug + Send + Sync {
    /// Returns who may call; none where that cannot be found out: then nobody may. It is asked with
    /// each request.
    fn callers(&self) -> Option<Arc<Callers>>;
}

/// Who may call over HTTP.
#[derive(Clone, PartialEq, Eq)]
pub struct Callers {
    /// Whom the host knows.
    known: BTreeSet<String>,
    tokens: Vec<(String, TokenHash)>,
    /// Who calls without a token; none where each call needs one.
    open: Option<String>,
}

/// Why a request has no caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// It has no token.
    NoToken,
    /// It has one that is nobody's, or more than one.
    WrongToken,
}

impl Callers {
    /// Returns the callers of the operator's file. Where none of them has a token, and only this
    /// machine reaches the server, every request is that of `local`.
    ///
    /// # Errors
    ///
    /// Tells where nobody could call: others reach the server, and no caller has a token.
    pub fn of(config: &Config, at: IpAddr, local: &str) -> Result<Callers, NobodyMayCall> {
        let known: BTreeSet<_> = config.callers.keys().cloned().collect();
        let tokens = tokens(config, &known);
        let open = match (tokens.is_empty(), at.is_loopback()) {
            (true, true) => Some(local.to_owned()),
            (true, false) => return Err(NobodyMayCall),
            (false, _) => None,
        };
        Ok(Callers {
            known,
            tokens,
            open,
        })
    }

    /// Returns the callers of the operator's file as it is now. Tokens alone follow the file: what a
    /// caller may do, the host took from the file at its start, so that a caller who was not in it
    /// then is let in with the next start only. Where tokens were needed once, they are needed
    /// always: a file that lost them lets nobody in.
    pub fn renewed(&self, config: &Config) -> Callers {
        let is_open = config.callers.values().all(|caller| caller.token.is_none());
        Callers {
            known: self.known.clone(),
            tokens: tokens(config, &self.known),
            open: self.open.clone().filter(|_| is_open),
        }
    }

    /// Returns whether each request needs a token.
    pub fn need_tokens(&self) -> bool {
        self.open.is_none()
    }

    /// Returns the caller of a request.
    pub(super) fn caller(&self, headers: &HeaderMap) -> Result<&str, Unknown> {
        if let Some(open) = &self.open {
            return Ok(open);
        }
        let mut all = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (all.next(), all.next()) else {
            return match headers.contains_key(AUTHORIZATION) {
                true => Err(Unknown::WrongToken),
                false => Err(Unknown::NoToken),
            };
        };
        let token = bearer(value.as_bytes()).ok_or(Unknown::WrongToken)?;
        let given = TokenHash::of(token);
        // All are looked at, each in the same time, so that time tells nothing.
        let mut found = None;
        for (name, hash) in &self.tokens {
            if hash.is_same(&given) {
                found = Some(name.as_str());
            }
        }
        found.ok_or(Unknown::WrongToken)
    }
}

fn tokens(config: &Config, known: &BTreeSet<String>) -> Vec<(String, TokenHash)> {
    let all = config
        .callers
        .iter()
        .filter(|(name, _)| known.contains(*name));
    all.filter_map(|(name, caller)| Some((name.clone(), caller.token?)))
        .collect()
}

/// Returns the token of `Bearer TOKEN` (RFC 6750, 2.1; the scheme's case does not matter).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(7)?;
    let token = token.trim_ascii();
    let fits = (1..=TOKEN_BYTES_MAX).contains(&token.len());
    (scheme.eq_ignore_ascii_case(b"bearer ") && fits).then_some(token)
}

/// Other machines reach the server, and no caller has a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NobodyMayCall;

impl fmt::Display for NobodyMayCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("other machines would reach it, and no caller has a token")
    }
}

impl std::error::Error for NobodyMayCall {}

impl fmt::Debug for Callers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.tokens.iter().map(|(name, _)| name).collect();
        f.debug_struct("Callers")
            .field("with_token", &names)
            .field("open", &self.open)
            .finish()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn config(text: &str) -> Config {
        Config::parse("hotcell.toml", text).unwrap()
    }

    fn with_tokens() -> Config {
        // sha256sum of `alice-token` and of `bob-token`.
        let hash = |token: &str| {
            use std::fmt::Write as _;
            let hash = hotcell_package::Digest::of_bytes(token.as_bytes());
            hash.as_bytes()
                .iter()
                .fold(String::new(), |mut text, byte| {
                    let _ = write!(text, "{byte:02x}");
                    text
                })
        };
        config(&format!(
            "[caller.alice]\ntoken_sha256 = \"{}\"\n[caller.bob]\ntoken_sha256 = \"{}\"\n",
            hash("alice-token"),
            hash("bob-token")
        ))
    }

    fn check(authorization: &[&str], expected: Result<&str, Unknown>) {
        let callers = Callers::of(&with_tokens(), Ipv4Addr::LOCALHOST.into(), "local").unwrap();
        let mut headers = HeaderMap::new();
        for value in authorization {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        assert_eq!(callers.caller(&headers), expected, "{authorization:?}");
    }

    #[test]
    fn a_token_tells_the_caller() {
        check(&["Bearer alice-token"], Ok("alice"));
        check(&["bearer bob-token"], Ok("bob"));
        check(&[], Err(Unknown::NoToken));
        check(&["Bearer alice-toke"], Err(Unknown::WrongToken));
        check(&["Bearer "], Err(Unknown::WrongToken));
        check(&["Basic alice-token"], Err(Unknown::WrongToken));
        check(&["alice-token"], Err(Unknown::WrongToken));
        let both = ["Bearer alice-token", "Bearer bob-token"];
        check(&both, Err(Unknown::WrongToken));
    }

    #[test]
    fn tokens_follow_the_file_and_never_open_the_door() {
        let all = with_tokens();
        let start = Callers::of(&all, Ipv4Addr::LOCALHOST.into(), "local").unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, "Bearer bob-token".parse().unwrap());
        let mut less = all.clone();
        less.callers.remove("bob");
        assert_eq!(
            start.renewed(&less).caller(&headers),
            Err(Unknown::WrongToken)
        );
        let back = start.renewed(&less).renewed(&all);
        assert_eq!(back.caller(&headers), Ok("bob"));
        let none = start.renewed(&config(""));
        assert_eq!(none.caller(&headers), Err(Unknown::WrongToken));
        assert_eq!(none.caller(&HeaderMap::new()), Err(Unknown::NoToken));
        let open = Callers::of(&config(""), Ipv4Addr::LOCALHOST.into(), "local").unwrap();
        let shut = open.renewed(&all);
        assert_eq!(
            shut.caller(&headers),
            Err(Unknown::WrongToken),
            "unknown to the host"
        );
        assert!(shut.renewed(&config("")).need_tokens());
    }

    #[test]
    fn without_tokens_only_this_machine_may_call() {
        let none = config("");
        let here = Callers::of(&none, Ipv4Addr::LOCALHOST.into(), "local").unwrap();
        assert_eq!(here.caller(&HeaderMap::new()), Ok("local"));
        let there = Callers::of(&none, Ipv4Addr::UNSPECIFIED.into(), "local");
        assert_eq!(there, Err(NobodyMayCall));
        let tokens = Callers::of(&with_tokens(), Ipv4Addr::UNSPECIFIED.into(), "local").unwrap();
        assert!(tokens.need_tokens());
    }
}
