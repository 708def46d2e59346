//! Workers: they carry out jobs, and end what a host left behind.

use std::sync::Arc;
use std::time::Duration;

use hotcell_journal::{Claim, Claimed, Command, Commanded, End, Event, Finish, Kind, Mode};
use hotcell_policy::{Failure, Invocation, Outcome, Recorded, Retry, Status};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::Host;
use crate::conclude::Attempt;
use crate::fault::Fault;
use crate::invoke::{Ask, Ids, Ready, UnderWay};
use crate::record::{Part, Recorder, Recording, body, read_files};

/// How often an idle worker asks for work: at first, and at most.
const ASK_EVERY: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

impl Host {
    /// Carries out jobs, as many at one time as the operator says, until `until` is told; those
    /// under way are ended first and let go of, so that another worker makes their next attempt at once.
    ///
    /// # Errors
    ///
    /// Fails where this host keeps no record. A record that cannot be used for a while is waited
    /// for.
    pub async fn work(self: &Arc<Self>, until: watch::Receiver<bool>) -> Result<(), Fault> {
        let record = self.record()?;
        self.settle_folders().await;
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..record.jobs.workers {
            let host = Arc::clone(self);
            let until = until.clone();
            workers.spawn(async move { host.work_alone(until).await });
        }
        let host = Arc::clone(self);
        let ends = until.clone();
        workers.spawn(async move { host.tell_ends(ends).await });
        let host = Arc::clone(self);
        workers.spawn(async move { host.keep_sealed(until).await });
        workers.join_all().await;
        // The leases of those that stopped half-way were let go; behind this, it is on record.
        record.journal().record(Vec::new()).await?;
        Ok(())
    }

    /// Carries out one job that is due, if there is one.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be used.
    pub async fn work_once(&self) -> Result<bool, Fault> {
        let record = self.record()?;
        let claim = Claim {
            owner: record.options.owner.clone(),
            lease_ms: record.jobs.lease_ms,
            jobs: true,
        };
        let Some(claimed) = record.journal().claim(claim).await? else {
            return Ok(false);
        };
        self.carry_out(&record, claimed).await?;
        Ok(true)
    }

    /// Tells an invocation to end.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be used.
    pub async fn cancel(&self, id: &str, by: &str) -> Result<Commanded, Fault> {
        Ok(self
            .record()?
            .journal()
            .command(id, Command::Cancel, by)
            .await?)
    }

    /// Tells a waiting job to go on now.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be used.
    pub async fn run_now(&self, id: &str, by: &str) -> Result<Commanded, Fault> {
        Ok(self
            .record()?
            .journal()
            .command(id, Command::RunNow, by)
            .await?)
    }

    async fn work_alone(&self, mut until: watch::Receiver<bool>) {
        let mut every = ASK_EVERY.0;
        while !*until.borrow() {
            let worked = tokio::select! {
                worked = self.work_once() => worked,
                _ = until.wait_for(|told| *told) => return,
            };
            match worked {
                Ok(true) => {
                    every = ASK_EVERY.0;
                    continue;
                }
                Ok(false) => {}
                Err(fault) => tracing::error!("a job cannot be carried out: {fault}"),
            }
            tokio::select! {
                () = sleep(every) => {}
                _ = until.wait_for(|told| *told) => return,
            }
            every = (every * 2).min(ASK_EVERY.1);
        }
    }

    /// Carries out what was claimed, and writes down how it ended.
    async fn carry_out(&self, record: &Arc<Recorder>, claimed: Claimed) -> Result<(), Fault> {
        if claimed.is_spent {
            return self.end_spent(record, claimed).await;
        }
        let (ready, input) = match self.ready_again(record, &claimed).await? {
            Ok(ready) => ready,
            Err(failure) => return end(record, &claimed, Status::Failed, failure).await,
        };
        let recording = record.steps(claimed.lease);
        let ready = Ready { input, ..ready };
        let attempt = self.attempt(&ready, &recording, UnderWay::default()).await;
        match (attempt, recording) {
            (Ok(attempt), recording) => record.finish(&ready, recording, attempt).await.map(drop),
            // What failed here would fail again at once: the next attempt waits for the lease's end.
            (Err(fault), Recording::Steps(held)) => {
                held.leave();
                Err(fault)
            }
            (Err(fault), Recording::Whole(_)) => Err(fault),
        }
    }

    /// Makes a job ready as its caller asked for it: decided anew, on the package that was pinned.
    async fn ready_again(
        &self,
        record: &Arc<Recorder>,
        claimed: &Claimed,
    ) -> Result<Result<(Ready, hotcell_package::FileTree), Failure>, Fault> {
        let row = &claimed.row;
        let skill = match self.skill(&row.digest).await {
            Ok(skill) => skill,
            Err(fault) => return Ok(Err(broken("package_unreadable", fault.message))),
        };
        let Some(input) = record.payload(row.begun_seq, "input").await? else {
            let message = "the arguments of the job are not kept any more".to_owned();
            return Ok(Err(broken("input_not_kept", message)));
        };
        let files = record.payload(row.begun_seq, "files").await?;
        let files = files
            .and_then(|bytes| read_files(&bytes))
            .unwrap_or_default();
        let ask = Ask {
            invocation: Invocation {
                skill: None,
                tool: row.tool.clone(),
                input: serde_json::from_slice(&input).unwrap_or(Value::Null),
                idempotency_key: row.key.clone(),
                correlation_id: Some(row.correlation.clone()),
            },
            caller: row.caller.clone(),
            queue: true,
            ..Ask::new(Invocation::new("", Value::Null))
        };
        let ids = Ids::new(&ask.invocation, (self.options.clock)());
        let mut ready = match self.ready(&skill, &ask, ids) {
            Ok(ready) => ready,
            Err(refusal) => return Ok(Err(refusal.into())),
        };
        record.resume(&mut ready, &claimed.lease, row).await?;
        Ok(Ok((ready, files)))
    }

    /// Ends an invocation that nobody is to run again.
    async fn end_spent(&self, record: &Arc<Recorder>, claimed: Claimed) -> Result<(), Fault> {
        let row = &claimed.row;
        if row.is_cancel_asked {
            return end(record, &claimed, Status::Cancelled, Failure::cancelled()).await;
        }
        let is_sync = row.mode == Mode::Sync;
        // Its caller may call again with the key, and what is in doubt is sent again under it.
        if is_sync && row.key.is_some() && row.attempt < row.attempts_max {
            let failure = Failure {
                retry: Retry::SameKey,
                hint: Some("call again with the same key".to_owned()),
                ..interrupted()
            };
            return leave_open(record, &claimed, failure).await;
        }
        let events = record.events(&row.id).await?;
        if let Some(ordinal) = in_doubt(&events, is_sync) {
            let why = format!("exchange {ordinal} was sent, and nobody knows whether it was done");
            return end(record, &claimed, Status::Unknown, Failure::in_doubt(&why)).await;
        }
        let failure = match is_sync {
            true => interrupted(),
            false => {
                let message = format!("the job was begun {} times and never ended", row.attempt);
                broken("attempts_spent", message)
            }
        };
        end(record, &claimed, Status::Failed, failure).await
    }
}

/// Returns the first exchange that may have been done, and whose answer was lost. Where a call
/// died whose caller waits, that is every one: with the call, its answers were lost as well.
fn in_doubt(events: &[Event], is_sync: bool) -> Option<u64> {
    let begun = events.iter().filter(|e| e.kind == Kind::ExchangeBegun);
    let has_ended = |ordinal: Option<u64>| {
        let mut ended = events.iter().filter(|e| e.kind == Kind::ExchangeEnded);
        ended.any(|event| self::ordinal(event) == ordinal)
    };
    begun
        .map(ordinal)
        .find(|ordinal| is_sync || !has_ended(*ordinal))
        .flatten()
}

fn ordinal(event: &Event) -> Option<u64> {
    event.body.get("ordinal").and_then(Value::as_u64)
}

fn interrupted() -> Failure {
    broken(
        "interrupted",
        "the host ended before the call did".to_owned(),
    )
}

fn broken(code: &str, message: String) -> Failure {
    Failure {
        code: code.to_owned(),
        message,
        retry: Retry::Never,
        hint: Some("call again with a new key".to_owned()),
        details: None,
    }
}

async fn end(
    record: &Recorder,
    claimed: &Claimed,
    status: Status,
    failure: Failure,
) -> Result<(), Fault> {
    finish(record, claimed, End::Ended(status), status, failure).await
}

async fn leave_open(record: &Recorder, claimed: &Claimed, failure: Failure) -> Result<(), Fault> {
    let due_ms = record.now_ms();
    finish(
        record,
        claimed,
        End::Open { due_ms },
        Status::Failed,
        failure,
    )
    .await
}

async fn finish(
    record: &Recorder,
    claimed: &Claimed,
    end: End,
    status: Status,
    failure: Failure,
) -> Result<(), Fault> {
    let row = &claimed.row;
    let code = failure.code.clone();
    let ids = Ids {
        invocation_id: row.id.clone(),
        correlation_id: row.correlation.clone(),
        seed: [0; 32],
        clock_ms: 0,
    };
    let reply = ids.reply(Attempt::failed(status, failure), Recorded::Yes);
    let outcome: &Outcome = &reply.outcome;
    let payloads = record.payloads(&row.skill, &row.tool);
    let finish = Finish {
        end,
        forgets: !payloads.are_whole(),
        body: body([("code", json!(code))]),
        payloads: payloads.all([Part::outcome(outcome)]),
    };
    record.journal().finish(&claimed.lease, finish).await?;
    Ok(())
}
