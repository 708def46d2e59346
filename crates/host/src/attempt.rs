//! One attempt at a recorded invocation: its guest runs while its lease is kept.

use std::sync::Arc;

use hotcell_journal::{Entry, Hold, Kind, Lease};
use hotcell_policy::{Decision, Exchange, Failure, Status};
use hotcell_sandbox::{Checkpoints, Outbound, Progress, ProgressSink, Tape};
use serde_json::json;

use crate::Host;
use crate::conclude::Attempt;
use crate::fault::Fault;
use crate::invoke::{Ready, UnderWay, Way};
use crate::journaled::Journaled;
use crate::outside::Exchanges;
use crate::record::{Beat, Recording, body, step};
use crate::work::Kept;

impl Host {
    /// Runs the guest of a recorded invocation.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be read.
    pub(crate) async fn attempt(
        &self,
        ready: &Ready,
        recording: &Recording,
        under_way: UnderWay,
    ) -> Result<Attempt, Fault> {
        match recording {
            Recording::Steps(lease) => self.attempt_in_steps(ready, lease, under_way).await,
            Recording::Whole(_) => {
                let closed = Arc::new(self.closed(ready));
                let way = Way {
                    progress: under_way.progress,
                    cancel: under_way.cancel,
                    tape: Tape::Record,
                    ..Way::through(closed)
                };
                Ok(self.run(ready, way).await)
            }
        }
    }

    async fn attempt_in_steps(
        &self,
        ready: &Ready,
        lease: &Lease,
        under_way: UnderWay,
    ) -> Result<Attempt, Fault> {
        let UnderWay { progress, cancel } = under_way;
        let record = self.record()?;
        let events = match lease.attempt {
            1 => Vec::new(),
            _ => record.events(&lease.id).await?,
        };
        let exchanges = Arc::<Exchanges>::default();
        let outside = match self.outside(ready, &exchanges) {
            Ok(outside) => outside,
            Err(refusal) => return Ok(Attempt::refused(refusal)),
        };
        let (source, folder) = match self.open_work(ready).await {
            Ok(opened) => opened.unzip(),
            Err(failure) => return Ok(Attempt::failed(Status::Failed, *failure)),
        };
        let beat = Beat::keep(Arc::clone(record.journal()), lease.clone(), cancel.clone());
        let journaled = Arc::new(Journaled::new(
            outside,
            Arc::clone(&record),
            (ready, lease),
            cancel.clone(),
            Arc::clone(&exchanges),
            &events,
        ));
        let way = Way {
            outbound: Arc::clone(&journaled) as Arc<dyn Outbound>,
            work: folder,
            checkpoints: ready
                .is_job
                .then(|| Arc::clone(&journaled) as Arc<dyn Checkpoints>),
            progress: Some(both(beat.progress(), progress)),
            tape: Tape::Record,
            cancel,
        };
        let mut attempt = self.run(ready, way).await;
        if let Some(why) = journaled.doubt() {
            attempt.status = Status::Unknown;
            attempt.output = None;
            attempt.error = Some(Failure::in_doubt(&why));
        } else if attempt.status == Status::Cancelled && beat.why() == Some(Hold::Lost) {
            attempt.status = Status::Unknown;
        }
        let mut attempt = self
            .stage_work(ready, source, Kept::OnRecord, attempt)
            .await;
        attempt.used_exchanges = journaled.used();
        attempt.is_cut = journaled.is_cut();
        let exchanges = exchanges.take();
        for exchange in exchanges.iter().filter(|exchange| suspends(exchange)) {
            record.note(suspension(ready, exchange)).await?;
        }
        Ok(attempt.with_exchanges(exchanges))
    }
}

/// Returns whether a secret was found where none may be, so that the broker suspended the grants.
fn suspends(exchange: &Exchange) -> bool {
    let (Decision::Refused(code) | Decision::Stopped(code)) = &exchange.decision else {
        return false;
    };
    ["secret_reflected", "secret_in_request"].contains(&code.as_str())
}

/// Returns the event that tells of it.
fn suspension(ready: &Ready, exchange: &Exchange) -> Entry {
    let note = body([
        ("exchange", json!(exchange.ordinal)),
        ("grants", json!(exchange.grants)),
        ("decision", json!(exchange.decision)),
    ]);
    Entry {
        invocation: Some(ready.ids.invocation_id.clone()),
        correlation: Some(ready.ids.correlation_id.clone()),
        ..step(Kind::Suspended, note, Vec::new())
    }
}

/// Tells the record and the caller of progress.
fn both(
    first: impl Fn(&Progress) + Send + Sync + 'static,
    second: Option<ProgressSink>,
) -> ProgressSink {
    Arc::new(move |progress| {
        first(&progress);
        if let Some(second) = &second {
            second(progress);
        }
    })
}
