//! Asks a token endpoint for a token: client credentials (RFC 6749, 4.4) and refresh tokens
//! (RFC 6749, 6). URL, client, scopes and audience are the operator's alone.

use std::time::{Duration, SystemTime};

use hotcell_policy::config::{OauthKind, SecretKind};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use percent_encoding::percent_encode;
use zeroize::Zeroizing;

use super::answer::{Bad, Granted, read};
use super::state::{EARLY_MAX, EARLY_PART, Failure, Ready, Source, Stored, Token, same};
use super::{Slot, World};
use crate::error::{Denial, SendError};
use crate::place::{ESCAPED, basic_header, basic_pair, unusable};
use crate::secrets::SecretValue;

/// A token whose answer tells no end is used for so long.
const LIFETIME_UNSTATED: Duration = Duration::from_secs(3_600);
/// And watched for so long, because nobody knows when it ends.
const WATCHED_UNSTATED: Duration = Duration::from_secs(86_400);

/// Gets a token and keeps it. Who calls holds the flight.
pub(super) async fn renew(slot: &Slot, world: &World) -> Result<SecretValue, Denial> {
    let source = slot.state().source();
    let mut source = source.expect("`Slot::ready` has taken note of a source");
    let unstored = slot.state().unstored();
    if let Some(refresh) = unstored {
        store(slot, world, &source, refresh).await?;
        let ready = slot.state().ready(&source, world.now());
        if let Ready::Fresh(token) | Ready::Ageing(token) = ready {
            return Ok(token);
        }
    }
    let now = world.now();
    let mut asked = ask(world, &source).await?;
    if matches!(
        asked,
        Err(Asked::Bad(Bad::Refused {
            code: "invalid_grant",
            ..
        }))
    ) {
        // Another process of this host may have used the refresh token, and stored its successor.
        let newer = newer(world, &source).await;
        if let Some(newer) = newer {
            slot.state().take_refresh(newer.clone(), Stored::Already);
            source.value = newer;
            asked = ask(world, &source).await?;
        }
    }
    let granted = asked.map_err(|why| slot.state().fail(why.failure(&source), now))?;
    keep(slot, world, &source, granted, now).await
}

/// Why no token came.
enum Asked {
    Bad(Bad),
    Way(SendError),
}

impl Asked {
    fn failure(self, source: &Source) -> Failure {
        let (why, lasting) = match self {
            Asked::Bad(bad) => (bad.explain(), bad.is_lasting()),
            Asked::Way(SendError::Failed(failure)) => {
                (format!("it was not reached ({})", failure.code()), false)
            }
            Asked::Way(SendError::Denied(denial)) => (denial.explanation, false),
        };
        let at = oauth(source).map(|kind| kind.token_origin.to_string());
        Failure {
            explanation: format!(
                "no token for the secret `{}` from {}: {why}",
                source.secret,
                at.unwrap_or_default()
            ),
            lasting,
        }
    }
}

async fn ask(world: &World, source: &Source) -> Result<Result<Granted, Asked>, Denial> {
    let kind = oauth(source).ok_or_else(|| unusable("it is not of an OAuth kind"))?;
    let path = path(kind)?;
    let (headers, form) = request(kind, source)?;
    let answer = world
        .client
        .post_form(&kind.token_origin, path, headers, form)
        .await;
    Ok(match answer {
        Ok(response) => read(&response).map_err(Asked::Bad),
        Err(error) => Err(Asked::Way(error)),
    })
}

fn oauth(source: &Source) -> Option<&OauthKind> {
    match &source.kind {
        SecretKind::OauthClientCredentials(kind) | SecretKind::OauthRefresh(kind) => Some(kind),
        _ => None,
    }
}

/// Returns the path and query of the token endpoint, which is spoken to by TLS only
/// (RFC 6749, 3.2).
fn path(kind: &OauthKind) -> Result<&str, Denial> {
    let path = kind.token_url.strip_prefix(&kind.token_origin.to_string());
    match path {
        Some("") if kind.token_origin.is_https() => Ok("/"),
        Some(path) if kind.token_origin.is_https() && path.starts_with('/') => Ok(path),
        _ => Err(unusable("its `token_url` is not an `https://` URL")),
    }
}

/// Returns the headers and the form of a token request.
fn request(kind: &OauthKind, source: &Source) -> Result<(HeaderMap, Zeroizing<String>), Denial> {
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let scope = kind.scopes.join(" ");
    let mut fields: Vec<(&str, &[u8])> = match source.kind {
        SecretKind::OauthRefresh(_) => vec![
            ("grant_type", b"refresh_token"),
            ("refresh_token", source.value.expose()),
        ],
        _ => vec![("grant_type", b"client_credentials")],
    };
    if !scope.is_empty() {
        fields.push(("scope", scope.as_bytes()));
    }
    if let Some(audience) = &kind.audience {
        fields.push(("audience", audience.as_bytes()));
    }
    match client_secret(source) {
        Some(secret) if !kind.in_body => {
            let (id, secret) = (escaped(kind.client_id.as_bytes()), escaped(secret.expose()));
            headers.insert(
                AUTHORIZATION,
                basic_header(id.as_bytes(), secret.as_bytes())?,
            );
        }
        secret => {
            fields.push(("client_id", kind.client_id.as_bytes()));
            fields.extend(secret.map(|secret| ("client_secret", secret.expose())));
        }
    }
    Ok((headers, form(&fields)))
}

fn client_secret(source: &Source) -> Option<&SecretValue> {
    match source.kind {
        SecretKind::OauthClientCredentials(_) => Some(&source.value),
        _ => source.client_secret.as_ref(),
    }
}

/// Returns the pair that `client_secret_basic` sends in base64, where `source` does.
pub(super) fn client_pair(source: &Source) -> Option<SecretValue> {
    let kind = oauth(source).filter(|kind| !kind.in_body)?;
    let secret = client_secret(source)?;
    let (id, secret) = (escaped(kind.client_id.as_bytes()), escaped(secret.expose()));
    Some(basic_pair(id.as_bytes(), secret.as_bytes()))
}

/// Writes a form (RFC 6749, appendix B), in memory that does not move and is wiped.
fn form(fields: &[(&str, &[u8])]) -> Zeroizing<String> {
    let bytes = fields
        .iter()
        .map(|(name, value)| name.len() + 3 * value.len() + 2);
    let mut form = Zeroizing::new(String::with_capacity(bytes.sum()));
    for (name, value) in fields {
        if !form.is_empty() {
            form.push('&');
        }
        form.push_str(name);
        form.push('=');
        form.extend(percent_encode(value, ESCAPED));
    }
    form
}

fn escaped(text: &[u8]) -> Zeroizing<String> {
    let mut escaped = Zeroizing::new(String::with_capacity(3 * text.len()));
    escaped.extend(percent_encode(text, ESCAPED));
    escaped
}

/// Reads a refresh token again; none where it is the one that was used.
async fn newer(world: &World, source: &Source) -> Option<SecretValue> {
    if !matches!(source.kind, SecretKind::OauthRefresh(_)) {
        return None;
    }
    let current = world.store.current(&source.secret).await;
    current.filter(|current| !same(current, &source.value))
}

/// Stores what must be stored, then keeps the token.
async fn keep(
    slot: &Slot,
    world: &World,
    source: &Source,
    granted: Granted,
    asked_at: SystemTime,
) -> Result<SecretValue, Denial> {
    let life = granted.lifetime.unwrap_or(LIFETIME_UNSTATED);
    let early = (life / EARLY_PART).min(EARLY_MAX);
    let access = slot.state().accept(Token {
        value: granted.access,
        issued_at: asked_at,
        renew_at: asked_at + life - early,
        ends_at: asked_at + life,
        watched_until: asked_at + granted.lifetime.unwrap_or(WATCHED_UNSTATED),
    });
    let rotated = granted.refresh.filter(|new| {
        matches!(source.kind, SecretKind::OauthRefresh(_)) && !same(new, &source.value)
    });
    if let Some(new) = rotated {
        slot.state().take_refresh(new.clone(), Stored::NotYet);
        store(slot, world, source, new).await?;
    }
    Ok(access)
}

/// Stores a new refresh token. Until that has worked the access token is not used: a host that
/// stops in between would be left with a refresh token that is void.
async fn store(
    slot: &Slot,
    world: &World,
    source: &Source,
    refresh: SecretValue,
) -> Result<(), Denial> {
    match world.store.replace(&source.secret, refresh).await {
        Ok(()) => {
            slot.state().has_stored();
            Ok(())
        }
        Err(why) => Err(Denial {
            code: "token_failed",
            retry_after_ms: why.retry_after_ms,
            explanation: format!(
                "the new refresh token of the secret `{}` could not be stored: {}",
                source.secret, why.explanation
            ),
        }),
    }
}
