//! Joins a call to the broker: what the operator decided, what the guest asks, what is recorded.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hotcell_broker::{Broker, CredentialState, Record, SendError, Session, Suspend};
use hotcell_package::Package;
use hotcell_policy::config::Config;
use hotcell_policy::egress::{
    Egress, GrantId, SkillIdentity, Standing, WorkDecision, egress, work,
};
use hotcell_policy::{Exchange, Refusal};
use hotcell_sandbox::{
    Body, BodyError, CredentialStatus, Denial, DenyAll, Outbound, OutboundError,
};
use http_body_util::BodyExt;

use crate::state::State;

/// What an operator allows outside: the file, the broker made from it, and what was approved and
/// suspended since.
#[derive(Debug)]
pub struct Operator {
    /// What `hotcell.toml` says.
    pub config: Config,
    /// Sends what is allowed.
    pub broker: Broker,
    /// Approvals and suspensions.
    pub state: Arc<State>,
}

impl Operator {
    /// Decides what a package may send, as things stand now.
    pub(crate) fn egress(&self, package: &Package) -> Result<Egress, Refusal> {
        let standing = self.standing(package)?;
        Ok(egress(&self.config, identity(package), &standing))
    }

    /// Decides which folder a package works in, as things stand now.
    pub(crate) fn work(&self, package: &Package) -> Result<Option<WorkDecision>, Refusal> {
        let standing = self.standing(package)?;
        Ok(work(&self.config, identity(package), &standing))
    }

    fn standing(&self, package: &Package) -> Result<Standing, Refusal> {
        self.state.standing(&package.name).map_err(|error| {
            Refusal::new("state_unreadable", "what was approved cannot be read")
                .hint(error.to_string())
        })
    }
}

fn identity(package: &Package) -> SkillIdentity<'_> {
    SkillIdentity {
        name: &package.name,
        digest: &package.digest,
        manifest: &package.manifest,
    }
}

/// Keeps a suspension in the state file.
#[derive(Debug)]
pub struct SuspendInState(pub Arc<State>);

impl Suspend for SuspendInState {
    fn suspend(&self, grant: &GrantId, why: &str) -> Result<(), String> {
        self.0
            .suspend(grant, why)
            .map_err(|error| error.to_string())
    }
}

/// The exchanges of one call, by their ordinals.
#[derive(Debug, Default)]
pub(crate) struct Exchanges(Mutex<BTreeMap<u64, Exchange>>);

impl Exchanges {
    pub(crate) fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.lock()).into_values().collect()
    }

    pub(crate) fn get(&self, ordinal: u64) -> Option<Exchange> {
        self.lock().get(&ordinal).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Record for Exchanges {
    fn record(&self, exchange: &Exchange) {
        self.lock().insert(exchange.ordinal, exchange.clone());
    }
}

/// Where the requests of a call go.
pub(crate) enum Outside {
    /// To the broker.
    Brokered(Box<Session>),
    /// Nowhere.
    Closed(DenyAll),
}

impl Outside {
    /// Sends a request as the exchange of this ordinal: the one sent again keeps its own.
    pub(crate) async fn send_as(
        &self,
        ordinal: u64,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, OutboundError> {
        match self {
            Outside::Closed(closed) => closed.send(request).await,
            Outside::Brokered(session) => shown(session.send_as(ordinal, request).await),
        }
    }
}

#[async_trait::async_trait]
impl Outbound for Outside {
    async fn send(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, OutboundError> {
        match self {
            Outside::Closed(closed) => closed.send(request).await,
            Outside::Brokered(session) => shown(session.send(request).await),
        }
    }

    fn credential(&self, name: &str) -> Option<CredentialStatus> {
        let session = match self {
            Outside::Closed(closed) => return closed.credential(name),
            Outside::Brokered(session) => session,
        };
        Some(match session.credential(name)? {
            CredentialState::Granted => CredentialStatus::Granted,
            CredentialState::NotGranted => CredentialStatus::NotGranted,
            CredentialState::Suspended => CredentialStatus::Suspended,
        })
    }
}

/// What a guest sees of an answer.
fn shown(
    answer: Result<http::Response<Body>, SendError>,
) -> Result<http::Response<Body>, OutboundError> {
    let response = answer.map_err(told)?;
    Ok(response.map(|body| {
        body.map_err(|error| match error.downcast::<SendError>() {
            Ok(error) => BodyError::from(told(*error)),
            Err(other) => other,
        })
        .boxed_unsync()
    }))
}

/// What a guest may know of an error: its code.
fn told(error: SendError) -> OutboundError {
    match error {
        SendError::Denied(denial) => OutboundError::Denied(Denial {
            code: denial.code.into(),
            retry_after_ms: denial.retry_after_ms,
        }),
        SendError::Failed(failure) => OutboundError::Failed(failure),
    }
}
