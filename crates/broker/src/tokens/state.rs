//! When a token is used, renewed and given up: all of it a function of the time.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use hotcell_policy::config::SecretKind;

use super::TokenAsk;
use super::oauth;
use crate::error::Denial;
use crate::place::unusable;
use crate::secrets::SecretValue;

/// A token of OAuth is renewed so long before its end, or a tenth of its life if that is less.
pub(super) const EARLY_MAX: Duration = Duration::from_secs(60);
/// The other bound: life by this.
pub(super) const EARLY_PART: u32 = 10;
/// At most one renewal in this time because a server did not accept a token.
pub(super) const FORCED_GAP: Duration = Duration::from_secs(60);
/// How long a failure is remembered at first; each further one doubles it.
pub(super) const PAUSE_FIRST: Duration = Duration::from_secs(5);
/// And at most; also after an answer that only the operator can mend.
pub(super) const PAUSE_MAX: Duration = Duration::from_secs(300);
/// Servers take a token for so long after its end, for clocks that differ.
const LIVE_AFTER_END: Duration = Duration::from_secs(300);
/// Valid tokens of one secret that are watched for; with so many no renewal is forced.
const LIVE_MAX: usize = 16;
/// Refresh tokens that a server replaced and that a call may still come with.
const REPLACED_MAX: usize = 4;

/// A token and its times.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) value: SecretValue,
    pub(super) issued_at: SystemTime,
    pub(super) renew_at: SystemTime,
    pub(super) ends_at: SystemTime,
    /// Until when responses are scanned for it: later than its end where the end is a guess.
    pub(super) watched_until: SystemTime,
}

/// What a token is got with.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) secret: String,
    pub(super) kind: SecretKind,
    pub(super) value: SecretValue,
    pub(super) client_secret: Option<SecretValue>,
}

impl Source {
    /// Takes what a caller came with.
    pub(super) fn of(ask: TokenAsk<'_>) -> Result<Self, Denial> {
        let wants_client_secret = match ask.kind {
            SecretKind::OauthRefresh(kind) => kind.client_secret.is_some(),
            SecretKind::Jwt(_) | SecretKind::OauthClientCredentials(_) => false,
            _ => return Err(unusable("no token is got with a secret of its kind")),
        };
        if wants_client_secret != ask.client_secret.is_some() {
            return Err(unusable(
                "the secret that it names as `client_secret` has no value",
            ));
        }
        Ok(Self {
            secret: ask.secret.to_owned(),
            kind: ask.kind.clone(),
            value: ask.value.clone(),
            client_secret: ask.client_secret.cloned(),
        })
    }
}

/// Whether there is a token to use.
pub(super) enum Ready {
    /// One that needs nothing.
    Fresh(SecretValue),
    /// One that is valid and should be renewed.
    Ageing(SecretValue),
    /// None.
    Missing,
}

/// Why no token was got.
pub(super) struct Failure {
    /// For the operator; holds nothing that the server wrote but a code of RFC 6749.
    pub(super) explanation: String,
    /// Only the operator can mend it.
    pub(super) lasting: bool,
}

/// What is known of one secret's token.
#[derive(Default)]
pub(super) struct State {
    source: Option<Source>,
    /// What the token endpoint gets of it in base64.
    client_pair: Option<SecretValue>,
    /// Earlier values of `source`, which the server replaced.
    replaced: VecDeque<SecretValue>,
    current: Option<Token>,
    /// A new refresh token that is not stored yet: until it is, no access token is used.
    unstored: Option<SecretValue>,
    watched: Vec<(SecretValue, SystemTime)>,
    pause: Option<Pause>,
    forced_at: Option<SystemTime>,
}

struct Pause {
    since: SystemTime,
    until: SystemTime,
    failures: u32,
    failure: Failure,
}

impl State {
    /// Takes note of what a caller came with, and returns whether there is a token for it.
    pub(super) fn ready(&mut self, source: &Source, now: SystemTime) -> Ready {
        self.take_source(source);
        if self.unstored.is_some() {
            return Ready::Missing;
        }
        match &self.current {
            // A clock that was put back tells nothing of how old the token is.
            Some(token) if now < token.issued_at || now >= token.ends_at => Ready::Missing,
            Some(token) if now >= token.renew_at => Ready::Ageing(token.value.clone()),
            Some(token) => Ready::Fresh(token.value.clone()),
            None => Ready::Missing,
        }
    }

    /// A new value or record from the operator voids what was got with the old one. A refresh
    /// token that the server itself replaced does not: the caller read it before that.
    fn take_source(&mut self, source: &Source) {
        let known = self.source.as_ref().is_some_and(|known| {
            let mut values = self.replaced.iter().chain([&known.value]);
            known.kind == source.kind
                && values.any(|value| same(value, &source.value))
                && match (&known.client_secret, &source.client_secret) {
                    (Some(a), Some(b)) => same(a, b),
                    (a, b) => a.is_none() && b.is_none(),
                }
        });
        if !known {
            self.client_pair = oauth::client_pair(source);
            self.source = Some(source.clone());
            self.replaced.clear();
            self.current = None;
            self.unstored = None;
            self.pause = None;
            self.forced_at = None;
        }
    }

    /// Returns what to get a token with, as it is now.
    pub(super) fn source(&self) -> Option<Source> {
        self.source.clone()
    }

    /// Returns the refusal while an earlier failure says to wait.
    pub(super) fn paused(&self, now: SystemTime) -> Option<Denial> {
        let pause = self.pause.as_ref()?;
        if now < pause.since || now >= pause.until {
            return None;
        }
        let left = pause.until.duration_since(now).unwrap_or_default();
        let left_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX).max(1);
        Some(Denial {
            code: "token_failed",
            retry_after_ms: (!pause.failure.lasting).then_some(left_ms),
            explanation: pause.failure.explanation.clone(),
        })
    }

    /// Takes note of a failure; returns the refusal.
    pub(super) fn fail(&mut self, failure: Failure, now: SystemTime) -> Denial {
        let failures = self.pause.as_ref().map_or(0, |pause| pause.failures);
        let doubled = PAUSE_FIRST.saturating_mul(1 << failures.min(10));
        let length = if failure.lasting {
            PAUSE_MAX
        } else {
            doubled.min(PAUSE_MAX)
        };
        self.pause = Some(Pause {
            since: now,
            until: now + length,
            failures: failures.saturating_add(1),
            failure,
        });
        self.paused(now)
            .expect("a pause has just begun and is longer than nothing")
    }

    /// Takes a new token; returns its value.
    pub(super) fn accept(&mut self, token: Token) -> SecretValue {
        let value = token.value.clone();
        self.watched.retain(|(_, until)| *until > token.issued_at);
        self.watched
            .push((secret_part(&value), token.watched_until + LIVE_AFTER_END));
        self.current = Some(token);
        self.pause = None;
        value
    }

    /// Takes a refresh token in the place of the one that was used.
    pub(super) fn take_refresh(&mut self, value: SecretValue, stored: Stored) {
        let Some(source) = &mut self.source else {
            return;
        };
        let old = std::mem::replace(&mut source.value, value.clone());
        self.replaced.push_back(old);
        if self.replaced.len() > REPLACED_MAX {
            self.replaced.pop_front();
        }
        if stored == Stored::NotYet {
            self.unstored = Some(value);
        }
    }

    /// Returns the refresh token that waits to be stored.
    pub(super) fn unstored(&self) -> Option<SecretValue> {
        self.unstored.clone()
    }

    /// The refresh token is stored.
    pub(super) fn has_stored(&mut self) {
        self.unstored = None;
    }

    /// As `Tokens::forget`.
    pub(super) fn forget(&mut self, token: &SecretValue, now: SystemTime) -> bool {
        let current = self.current.as_ref().is_some_and(|c| same(&c.value, token));
        let recent = self
            .forced_at
            .is_some_and(|at| at <= now && now < at + FORCED_GAP);
        if !current || recent || self.watched.len() >= LIVE_MAX {
            return false;
        }
        self.current = None;
        self.forced_at = Some(now);
        true
    }

    /// As `Tokens::live`.
    pub(super) fn live(&self, now: SystemTime) -> Vec<SecretValue> {
        let tokens = self.watched.iter().filter(|(_, until)| *until > now);
        let mut live: Vec<_> = tokens.map(|(token, _)| token.clone()).collect();
        live.extend(self.replaced.iter().cloned());
        live.extend(self.client_pair.clone());
        let refresh = self.source.as_ref();
        let refresh = refresh.filter(|s| matches!(s.kind, SecretKind::OauthRefresh(_)));
        live.extend(refresh.map(|source| source.value.clone()));
        live
    }
}

/// Whether a refresh token is in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    /// It came from there.
    Already,
    /// It came from the server.
    NotYet,
}

/// Compares two values of the operator's; no guest can have one compared with its own.
pub(super) fn same(a: &SecretValue, b: &SecretValue) -> bool {
    a.expose() == b.expose()
}

/// Returns the part of a token that is secret: of a JWT (RFC 7519) what follows the header,
/// which is the same in tokens of everybody and would stop honest responses.
fn secret_part(token: &SecretValue) -> SecretValue {
    let bytes = token.expose();
    let dots: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at] == b'.').collect();
    match dots[..] {
        [first, second] if bytes.starts_with(b"eyJ") && second + 1 < bytes.len() => {
            SecretValue::new(bytes[first + 1..].to_vec())
        }
        _ => token.clone(),
    }
}
