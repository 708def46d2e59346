//! Tokens: what is got with a secret and then sent instead of it.
//!
//! A JWT is signed here, an OAuth 2.0 token is asked for at the operator's token endpoint. Both
//! are kept until shortly before they end, and no one outside of the broker sees them. However
//! many calls want one token, one request is made for it; one that fails is not made again at
//! once; and a new refresh token is stored before the access token beside it is used.
//!
//! Read `state.rs` for when a token is used, renewed and given up.

mod answer;
mod client;
mod jwt;
mod oauth;
mod state;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use hotcell_policy::config::SecretKind;
use tokio::sync::OwnedMutexGuard;

use crate::error::{Denial, SendError};
use crate::secrets::SecretValue;

pub(crate) use client::{RefreshStore, TOKEN_BODY_BYTES_MAX, TokenClient, TokenResponse};
use state::{Ready, Source, State};

/// Tells the time.
pub(crate) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// What the tokens reach of the world.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) client: Arc<dyn TokenClient>,
    pub(crate) store: Arc<dyn RefreshStore>,
    pub(crate) clock: Clock,
}

impl World {
    fn now(&self) -> SystemTime {
        (self.clock)()
    }
}

/// Which token is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TokenAsk<'a> {
    /// The `[secret.NAME]`.
    pub(crate) secret: &'a str,
    /// Its kind: a JWT or one of the OAuth kinds.
    pub(crate) kind: &'a SecretKind,
    /// Its value.
    pub(crate) value: &'a SecretValue,
    /// The value of the secret that the kind names as its client secret.
    pub(crate) client_secret: Option<&'a SecretValue>,
}

/// All tokens of a broker.
pub(crate) struct Tokens {
    world: World,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

/// What is known of one secret's token. There is one for each secret of the operator's file.
#[derive(Default)]
struct Slot {
    /// Held by who renews.
    flight: Arc<tokio::sync::Mutex<()>>,
    state: Mutex<State>,
}

impl Tokens {
    /// Returns a holder without any token.
    pub(crate) fn new(world: World) -> Self {
        Self {
            world,
            slots: Mutex::default(),
        }
    }

    /// Returns a token that is valid now.
    ///
    /// # Errors
    /// `token_failed`, with how long to wait where waiting is of use; `secret_unusable` where
    /// the operator's value or record is no key of its kind.
    pub(crate) async fn bearer(&self, ask: TokenAsk<'_>) -> Result<SecretValue, SendError> {
        let slot = self.slot(ask.secret);
        let source = Source::of(ask)?;
        let ready = slot.state().ready(&source, self.world.now());
        let guard = match ready {
            Ready::Fresh(token) => return Ok(token),
            // One caller renews; whoever comes meanwhile need not wait for it.
            Ready::Ageing(token) => match slot.flight.clone().try_lock_owned() {
                Ok(guard) => guard,
                Err(_) => return Ok(token),
            },
            Ready::Missing => slot.flight.clone().lock_owned().await,
        };
        let ready = slot.state().ready(&source, self.world.now());
        match ready {
            Ready::Fresh(token) => Ok(token),
            Ready::Ageing(token) => Ok(renew(slot, source, &self.world, guard)
                .await
                .unwrap_or(token)),
            Ready::Missing => Ok(renew(slot, source, &self.world, guard).await?),
        }
    }

    /// Drops `token`, which a server did not accept, so that the next call renews it. Returns
    /// whether it did: not where another one has come meanwhile, and not twice within
    /// [`state::FORCED_GAP`], or a server that always says 401 would have the token endpoint
    /// asked for every request.
    pub(crate) fn forget(&self, secret: &str, token: &SecretValue) -> bool {
        self.slot(secret).state().forget(token, self.world.now())
    }

    /// Returns what a response to a request with this secret must not hold: every token that is
    /// still valid, the refresh tokens, and what the token endpoint was sent. It is to be asked
    /// after [`Tokens::bearer`], for what that has got. As long as nothing changes, the values
    /// are the same ones in memory.
    pub(crate) fn live(&self, secret: &str) -> Vec<SecretValue> {
        self.slot(secret).state().live(self.world.now())
    }

    fn slot(&self, secret: &str) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        match slots.get(secret) {
            Some(slot) => slot.clone(),
            None => slots.entry(secret.to_owned()).or_default().clone(),
        }
    }
}

/// Shows nothing of the tokens.
impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Slot {
    fn state(&self) -> MutexGuard<'_, State> {
        // A state is whole after each of its functions, so one that panicked leaves a whole one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gets a token, unless an earlier failure says to wait.
async fn renew(
    slot: Arc<Slot>,
    source: Source,
    world: &World,
    guard: OwnedMutexGuard<()>,
) -> Result<SecretValue, Denial> {
    if let SecretKind::Jwt(kind) = &source.kind {
        let token = jwt::mint(kind, &source.value, world.now())?;
        return Ok(slot.state().accept(token));
    }
    if let Some(denial) = slot.state().paused(world.now()) {
        return Err(denial);
    }
    // A task of its own: a call that is cancelled must not take a new refresh token with it.
    let world = world.clone();
    let task = tokio::spawn(async move {
        let _guard = guard;
        oauth::renew(&slot, &world).await
    });
    task.await
        .unwrap_or_else(|_| Err(Denial::new("token_failed", "the token's renewal broke off")))
}

#[cfg(test)]
mod tests;
