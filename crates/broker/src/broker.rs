//! The broker, and what it is made from.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use hotcell_policy::config::EgressTable;
use hotcell_policy::egress::{Egress, GrantId};

use crate::dial::{Dialer, Resolve, Roots, Servers};
use crate::enrich::CallIdentity;
use crate::live::Prepared;
use crate::meter::Meter;
use crate::record::Record;
use crate::secrets::{SecretValue, Secrets};
use crate::session::Session;
use crate::token_client::{InSecrets, TokenCaller};
use crate::tokens::{Tokens, World};

/// What a broker is made from. It reads no environment, home folder or clock of its own.
pub struct BrokerOptions {
    /// `[egress]` of the operator's file.
    pub egress: EgressTable,
    /// `[secret.NAME]` of the operator's file, and where their values come from.
    pub secrets: Secrets,
    /// How often grants may be used.
    pub meter: Meter,
    /// The certificate authorities that are trusted.
    pub roots: Roots,
    /// Finds the addresses of names.
    pub resolver: Arc<dyn Resolve>,
    /// Keeps a grant suspended, so that the next process knows of it as well.
    pub suspend: Arc<dyn Suspend>,
    /// From this follow the idempotency keys that are sent upstream.
    pub host_key: SecretValue,
    /// The time of day.
    pub clock: fn() -> SystemTime,
}

/// What a broker is made from that reaches no network: it has no resolver and no authority, and
/// whatever a skill sends is answered inside this process. For tests of a skill.
pub struct InProcessOptions {
    /// `[egress]`, of which the addresses and authorities mean nothing here.
    pub egress: EgressTable,
    /// Made-up secrets: a real one has no business here.
    pub secrets: Secrets,
    /// How often grants may be used.
    pub meter: Meter,
    /// Answers in place of every server.
    pub servers: Arc<dyn Servers>,
    /// Keeps a grant suspended.
    pub suspend: Arc<dyn Suspend>,
    /// From this follow the idempotency keys that are sent upstream.
    pub host_key: SecretValue,
    /// The time of day.
    pub clock: fn() -> SystemTime,
}

/// Keeps grants suspended.
pub trait Suspend: Send + Sync {
    /// Suspends `grant` until an operator lifts it. `why` names no value.
    ///
    /// # Errors
    ///
    /// Says why it could not be kept; the broker keeps it suspended for its own life then.
    fn suspend(&self, grant: &GrantId, why: &str) -> Result<(), String>;
}

/// Sends requests for skills. It is cheap to clone.
#[derive(Clone)]
pub struct Broker(pub(crate) Arc<Inner>);

/// What every broker has, however it reaches servers.
struct Parts {
    dialer: Arc<Dialer>,
    secrets: Arc<Secrets>,
    meter: Meter,
    suspend: Arc<dyn Suspend>,
    host_key: SecretValue,
    clock: fn() -> SystemTime,
}

pub(crate) struct Inner {
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) meter: Meter,
    pub(crate) dialer: Arc<Dialer>,
    pub(crate) tokens: Tokens,
    pub(crate) prepared: Prepared,
    pub(crate) host_key: SecretValue,
    pub(crate) clock: fn() -> SystemTime,
    suspend: Arc<dyn Suspend>,
    suspended: Mutex<BTreeSet<GrantId>>,
}

impl Broker {
    /// Makes a broker.
    pub fn new(options: BrokerOptions) -> Self {
        let dialer = Dialer::new(options.resolver, options.roots, options.egress);
        Self::of(Parts {
            dialer: Arc::new(dialer),
            secrets: Arc::new(options.secrets),
            meter: options.meter,
            suspend: options.suspend,
            host_key: options.host_key,
            clock: options.clock,
        })
    }

    /// Makes a broker that reaches no network.
    pub fn in_process(options: InProcessOptions) -> Self {
        Self::of(Parts {
            dialer: Arc::new(Dialer::in_process(options.servers, options.egress)),
            secrets: Arc::new(options.secrets),
            meter: options.meter,
            suspend: options.suspend,
            host_key: options.host_key,
            clock: options.clock,
        })
    }

    fn of(parts: Parts) -> Self {
        let Parts {
            dialer,
            secrets,
            meter,
            suspend,
            host_key,
            clock,
        } = parts;
        let tokens = Tokens::new(World {
            client: Arc::new(TokenCaller(Arc::clone(&dialer))),
            store: Arc::new(InSecrets(Arc::clone(&secrets))),
            clock: Arc::new(clock),
        });
        Self(Arc::new(Inner {
            dialer,
            secrets,
            meter,
            tokens,
            prepared: Prepared::default(),
            host_key,
            clock,
            suspend,
            suspended: Mutex::default(),
        }))
    }

    /// Begins a call: `egress` is what its skill may send, by the policy's decision.
    pub fn session(&self, egress: Egress, call: CallIdentity, record: Arc<dyn Record>) -> Session {
        Session::new(Arc::clone(&self.0), egress, call, record)
    }
}

impl Inner {
    /// Returns whether a grant was suspended since this broker began.
    pub(crate) fn is_suspended(&self, grant: &GrantId) -> bool {
        let suspended = self
            .suspended
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        suspended.contains(grant)
    }

    /// Suspends a grant, for this process at once, and for the others as soon as it is kept.
    pub(crate) fn suspend(&self, grant: &GrantId, why: &str) {
        let mut suspended = self
            .suspended
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if suspended.insert(grant.clone())
            && let Err(error) = self.suspend.suspend(grant, why)
        {
            tracing::error!(%grant, %error, "a suspended grant could not be kept suspended");
        }
    }
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Broker")
    }
}
