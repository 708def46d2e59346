//! The callers that are killed. The workers are `hotcell work`.

use std::io::{Read, Write, stdin, stdout};
use std::sync::Arc;
use std::time::Duration;

use hotcell_host::{Ask, Host};
use hotcell_policy::{Invocation, Recorded, Retry, Status};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::place::{Failed, Place, SKILL};
use super::words::{Line, Said, Tool, choice};

/// How long a caller waits for what somebody else carries out.
const WAIT: Duration = Duration::from_secs(2);
/// How often it asks again, at most.
const PAUSE: Duration = Duration::from_millis(20);

/// A caller's part.
#[derive(Debug, Clone)]
pub struct Part {
    /// Chooses what is called.
    pub seed: u64,
    /// Which caller this is.
    pub process: u32,
    /// Its lanes: number, and the call to go on with.
    pub lanes: Vec<(u32, u64)>,
}

/// Calls on all lanes until stdin ends; calls that were begun are ended first.
///
/// # Errors
///
/// Fails where the place cannot be used.
pub async fn call(place: &Place, part: &Part) -> Result<(), Failed> {
    let host = Arc::new(place.host(&owner())?);
    let until = until_stdin_ends();
    let lanes = part.lanes.iter().map(|&(lane, number)| {
        let caller = Caller {
            host: Arc::clone(&host),
            seed: part.seed,
            process: part.process,
            lane,
        };
        let until = until.clone();
        tokio::spawn(async move {
            let mut number = number;
            while !*until.borrow() {
                caller.call(number).await;
                number += 1;
            }
        })
    });
    for lane in lanes.collect::<Vec<_>>() {
        lane.await?;
    }
    host.flush().await;
    host.seal().await?;
    Ok(())
}

/// One lane of a caller.
struct Caller {
    host: Arc<Host>,
    seed: u64,
    process: u32,
    lane: u32,
}

impl Caller {
    /// Makes one call, and makes it again with its key until it has ended. A job is left to the
    /// workers now and then.
    async fn call(&self, number: u64) {
        let (tool, effect) = choice(self.seed, self.process, self.lane, number);
        let say = |said: Said| {
            tell(&Line {
                lane: self.lane,
                number,
                tool,
                effect: effect.clone(),
                said,
            });
        };
        let leaves = tool == Tool::Job && number.is_multiple_of(2);
        let mut pauses = tokio::time::interval(PAUSE);
        pauses.set_missed_tick_behavior(MissedTickBehavior::Delay);
        say(Said::Asks);
        loop {
            pauses.tick().await;
            let said = self.ask(tool, &effect, leaves).await;
            let is_again = match &said {
                Said::Accepted(_) => tool.has_key() && !leaves,
                Said::Again(_) | Said::Fault(_) => tool.has_key(),
                Said::Asks | Said::Ended { .. } => false,
            };
            say(said);
            if !is_again {
                return;
            }
        }
    }

    async fn ask(&self, tool: Tool, effect: &str, leaves: bool) -> Said {
        let ask = Ask {
            wait: if leaves { Duration::ZERO } else { WAIT },
            ..Ask::new(Invocation {
                skill: Some(SKILL.to_owned()),
                idempotency_key: tool.has_key().then(|| effect.to_owned()),
                ..Invocation::new(tool.name(), json!({ "effect": effect }))
            })
        };
        let outcome = match self.host.call(ask).await {
            Ok(reply) => reply.outcome,
            Err(fault) => return Said::Fault(fault.to_string()),
        };
        let retry = outcome.error.as_ref().map(|error| error.retry);
        match (outcome.status, retry) {
            (Status::Accepted, _) => Said::Accepted(outcome.invocation_id),
            (Status::Failed, Some(Retry::SameKey | Retry::AfterMs(_))) if tool.has_key() => {
                Said::Again(outcome.invocation_id)
            }
            (status, _) => Said::Ended {
                id: outcome.invocation_id,
                status,
                is_recorded: outcome.recorded == Recorded::Yes,
            },
        }
    }
}

/// Writes a line in one stroke, so that a kill leaves all of it or a part without an end.
fn tell(line: &Line) {
    let mut text = serde_json::to_string(line).expect("words are JSON");
    text.push('\n');
    let mut out = stdout().lock();
    // Where nobody reads any more, nobody is told.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Tells when stdin has ended.
fn until_stdin_ends() -> watch::Receiver<bool> {
    let (tell, until) = watch::channel(false);
    std::thread::spawn(move || {
        let _ = stdin().lock().read_to_end(&mut Vec::new());
        tell.send_replace(true);
    });
    until
}

fn owner() -> String {
    format!("process {}", std::process::id())
}
