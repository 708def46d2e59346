//! What is told of an invocation that is on record.

use std::time::Duration;

use hotcell_journal::{
    Event, EventQuery, InvocationRow, Lease, NEEDED, Payload, READ_ROWS_MAX, State,
};
use hotcell_package::FileTree;
use hotcell_policy::{Failure, Outcome, Recorded, Retry, Status, Usage};
use hotcell_sandbox::{Cancel, Log};
use tokio::time::{Instant, sleep};

use super::Recorder;
use super::payloads::ARTIFACT;
use crate::fault::Fault;
use crate::invoke::Reply;

/// How often the record is asked whether an invocation has ended: at first, and at most.
const ASK_EVERY: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(200));

impl Recorder {
    /// Waits for an invocation that somebody else carries out, and tells its end; after `wait`, or
    /// once the one who waits is told to go, that it was accepted.
    pub(crate) async fn wait(
        &self,
        row: &InvocationRow,
        wait: Duration,
        gone: &Cancel,
    ) -> Result<Reply, Fault> {
        let until = Instant::now() + wait;
        let mut every = ASK_EVERY.0;
        let mut row = row.clone();
        loop {
            let has_ended = matches!(row.state, State::Done | State::Failed | State::Cancelled);
            if has_ended {
                return self.told_before(&row).await;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || gone.is_cancelled() {
                return Ok(accepted(&row));
            }
            tokio::select! {
                () = sleep(every.min(left)) => {}
                () = gone.cancelled() => {}
            }
            every = (every * 2).min(ASK_EVERY.1);
            row = self.row(&row.id).await?;
        }
    }

    /// Tells the end of an invocation as it is on record.
    pub(crate) async fn told_before(&self, row: &InvocationRow) -> Result<Reply, Fault> {
        let Some(seq) = row.ended_seq else {
            return Ok(accepted(row));
        };
        let kept = self.payload(seq, "outcome").await?;
        let outcome = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let mut outcome: Outcome = outcome.unwrap_or_else(|| forgotten(row));
        outcome.recorded = Recorded::Yes;
        let mut files = Vec::new();
        for artifact in &outcome.artifacts {
            let name = format!("{ARTIFACT}{}", artifact.name);
            if let Some(bytes) = self.payload(seq, &name).await? {
                files.push((artifact.name.clone(), bytes));
            }
        }
        Ok(Reply {
            outcome,
            files: FileTree::new(files).unwrap_or_default(),
            log: Log::default(),
            exchanges: Vec::new(),
            changes: Vec::new(),
            offer: None,
        })
    }

    /// Tells what came of a call whose lease somebody else took over.
    pub(super) async fn overtaken(&self, lease: &Lease) -> Result<Reply, Fault> {
        let row = self.row(&lease.id).await?;
        self.told_before(&row).await
    }

    /// Returns an invocation that is on record.
    pub(crate) async fn row(&self, id: &str) -> Result<InvocationRow, Fault> {
        let row = self.journal().invocation(id).await?;
        row.ok_or_else(|| {
            let id = hotcell_package::printable(id);
            Fault::new(
                format!("there is no invocation {id} on record"),
                "`hotcell jobs` and \
                 `hotcell timeline` list what there is",
            )
        })
    }

    /// Returns one event.
    pub(crate) async fn event(&self, seq: u64) -> Result<Event, Fault> {
        let query = EventQuery {
            from: seq,
            limit: 1,
            ..EventQuery::default()
        };
        let event = self.journal().events(&query).await?.into_iter().next();
        event.filter(|event| event.seq == seq).ok_or_else(|| {
            Fault::new(
                format!("event {seq} is missing"),
                "`hotcell audit verify` tells what else is",
            )
        })
    }

    /// Returns all events of an invocation.
    pub(crate) async fn events(&self, id: &str) -> Result<Vec<Event>, Fault> {
        let mut query = EventQuery {
            invocation: Some(id.to_owned()),
            limit: READ_ROWS_MAX,
            ..EventQuery::default()
        };
        let mut all = Vec::new();
        loop {
            let page = self.journal().events(&query).await?;
            let is_last = page.len() < READ_ROWS_MAX;
            query.from = page.last().map_or(0, |event| event.seq + 1);
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// Returns a payload as it was before it was kept; none where it was erased, never kept, or
    /// is encrypted with another key.
    pub(crate) async fn payload(&self, seq: u64, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        // Where another attempt needs it, the whole one is there as long as that may be.
        let needed = format!("{NEEDED}{name}");
        let kept = match self.journal().payload(seq, &needed).await? {
            None => self.journal().payload(seq, name).await?,
            whole => whole,
        };
        let Some(Payload { bytes, .. }) = kept else {
            return Ok(None);
        };
        Ok(match &self.options.seal {
            Some(key) if self.table.encrypt => key.open(&bytes),
            _ => Some(bytes),
        })
    }
}

/// Tells that somebody else carries it out.
fn accepted(row: &InvocationRow) -> Reply {
    told(row, Status::Accepted, None)
}

/// Tells how it ended where its Outcome was erased or never kept.
fn forgotten(row: &InvocationRow) -> Outcome {
    let status = row.status.unwrap_or(Status::Unknown);
    let failure = Failure {
        code: "outcome_not_kept".to_owned(),
        message: format!(
            "the call ended as {}; what it answered is not kept",
            status.as_str()
        ),
        retry: Retry::Never,
        hint: Some("call with a new key to do it again".to_owned()),
        details: None,
    };
    told(row, status, Some(failure)).outcome
}

fn told(row: &InvocationRow, status: Status, error: Option<Failure>) -> Reply {
    Reply {
        outcome: Outcome {
            status,
            output: None,
            job_id: (status == Status::Accepted).then(|| row.id.clone()),
            error,
            artifacts: Vec::new(),
            changes: None,
            usage: Usage::default(),
            invocation_id: row.id.clone(),
            correlation_id: row.correlation.clone(),
            replayed: false,
            recorded: Recorded::Yes,
        },
        files: FileTree::default(),
        log: Log::default(),
        exchanges: Vec::new(),
        changes: Vec::new(),
        offer: None,
    }
}
