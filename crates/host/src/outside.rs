//! Joins a call to the broker: what the operator decided, what the guest asks, what is recorded.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hotcell_broker::{Broker, CallIdentity, CredentialState, Record, SendError, Session, Suspend};
use hotcell_package::Package;
use hotcell_policy::config::Config;
use hotcell_policy::egress::{Egress, GrantId, SkillIdentity, egress};
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
        let standing = self.state.standing(&package.name).map_err(|error| {
            Refusal::new("state_unreadable", "what was approved cannot be read")
                .hint(error.to_string())
        })?;
        let identity = SkillIdentity {
            name: &package.name,
            digest: &package.digest,
            manifest: &package.manifest,
        };
        Ok(egress(&self.config, identity, &standing))
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
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *all).into_values().collect()
    }
}

impl Record for Exchanges {
    fn record(&self, exchange: &Exchange) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(exchange.ordinal, exchange.clone());
    }
}

/// Returns where the requests of a call go: to the broker where the operator has one and the
/// package asks for any, else nowhere.
pub(crate) fn outbound(
    operator: Option<&Operator>,
    package: &Package,
    call: impl FnOnce() -> CallIdentity,
    exchanges: &Arc<Exchanges>,
) -> Result<Arc<dyn Outbound>, Refusal> {
    let manifest = &package.manifest;
    let declared = manifest.credentials.iter().map(|ask| ask.name.clone());
    match operator {
        Some(operator) if !manifest.http.is_empty() => {
            let egress = operator.egress(package)?;
            let record = Arc::clone(exchanges) as Arc<dyn Record>;
            Ok(Arc::new(Brokered(operator.broker.session(
                egress,
                call(),
                record,
            ))))
        }
        _ => Ok(Arc::new(DenyAll {
            declared: declared.collect(),
        })),
    }
}

/// The broker's session as the sandbox knows it.
struct Brokered(Session);

#[async_trait::async_trait]
impl Outbound for Brokered {
    async fn send(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, OutboundError> {
        let response = self.0.send(request).await.map_err(told)?;
        Ok(response.map(|body| {
            body.map_err(|error| match error.downcast::<SendError>() {
                Ok(error) => BodyError::from(told(*error)),
                Err(other) => other,
            })
            .boxed_unsync()
        }))
    }

    fn credential(&self, name: &str) -> Option<CredentialStatus> {
        Some(match self.0.credential(name)? {
            CredentialState::Granted => CredentialStatus::Granted,
            CredentialState::NotGranted => CredentialStatus::NotGranted,
            CredentialState::Suspended => CredentialStatus::Suspended,
        })
    }
}

/// What a guest may know of an error: its code.
fn told(error: SendError) -> OutboundError {
    match error {
        SendError::Denied(denial) => OutboundError::Denied(Denial {
            code: denial.code,
            retry_after_ms: denial.retry_after_ms,
        }),
        SendError::Failed(failure) => OutboundError::Failed(failure),
    }
}
