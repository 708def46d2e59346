//! A replay: a recorded call runs again, sealed from the network, and is compared.
//!
//! It is exact, because all that a guest sees is the host's and on record: arguments, files,
//! settings, randomness, clocks, the order of events, exchanges and checkpoints. No replay has a
//! broker, and none is an attempt: it writes one event, that it was done.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hotcell_journal::{Entry, Event, InvocationRow, Kind};
use hotcell_package::{FileTree, Package};
use hotcell_policy::{LimitName, Limits, Outcome, Transport};
use hotcell_sandbox::{Body, Call, Context, CredentialStatus, Outbound, OutboundError, Tape};
use hotcell_sandbox::{TapeData, TapeError};
use serde::Serialize;
use serde_json::{Value, json};

use crate::artifacts::artifacts;
use crate::conclude::{Attempt, conclude};
use crate::fault::Fault;
use crate::flight::{Flight, FlightRequest};
use crate::journaled::{EXCHANGE, request_number};
use crate::load::read_tree;
use crate::record::{Recorder, body, read_files, unhex};
use crate::work::{self, RecordedWork, WORK};
use crate::{Host, Skill};

/// Recorded exchanges with their ordinals, by the guest's own count of its requests.
type Flights = BTreeMap<u64, (u64, Flight)>;

/// What came of a replay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Replay {
    /// The invocation.
    pub invocation_id: String,
    /// The digest of the package that ran.
    pub digest: String,
    /// Whether it did the same as the record says.
    pub is_identical: bool,
    /// The first thing that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
}

/// What differs between a record and its replay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// What: `request 2`, `status`, `output/total`, `artifact quote.docx`, `fuel`.
    pub what: String,
    /// As it is on record.
    pub recorded: Value,
    /// As it was this time.
    pub replayed: Value,
}

impl Host {
    /// Runs a recorded call again, sealed, and compares. `with` is another version of its skill;
    /// then what it does is compared, and not what it costs.
    ///
    /// # Errors
    ///
    /// Fails where there is no such call, its package is gone, or it cannot be replayed: why.
    pub async fn replay(&self, id: &str, with: Option<Package>, by: &str) -> Result<Replay, Fault> {
        let record = self.record()?;
        let row = record.row(id).await?;
        let tape = Recorded::read(&record, &row).await?;
        let is_own = with.is_none();
        let skill = match with {
            Some(package) => self.load(package).await?,
            None => self.skill(&row.digest).await?,
        };
        let (attempt, stray) = self.play(&skill, &row, &tape, is_own).await?;
        let difference = stray.or_else(|| tape.compare(&attempt, is_own));
        let replay = Replay {
            invocation_id: row.id.clone(),
            digest: skill.package.digest.to_string(),
            is_identical: difference.is_none(),
            difference,
        };
        let note = body([
            ("digest", json!(replay.digest)),
            ("identical", json!(replay.is_identical)),
        ]);
        let entry = Entry {
            kind: Kind::Replayed,
            actor: Some(by.to_owned()),
            invocation: Some(row.id),
            correlation: Some(row.correlation),
            body: note,
            payloads: Vec::new(),
        };
        record.note(entry).await?;
        Ok(replay)
    }

    async fn play(
        &self,
        skill: &Skill,
        row: &InvocationRow,
        tape: &Recorded,
        is_own: bool,
    ) -> Result<(Attempt, Option<Difference>), Fault> {
        let contract = &skill.package.contract;
        let Some(tool) = contract.tool(&row.tool) else {
            let message = format!("{} has no tool {}", skill.package.name, row.tool);
            return Err(Fault::new(message, "replay it with a version that has it"));
        };
        let sealed = Arc::new(Sealed::new(tape.flights.clone()));
        let call = Call {
            context: Context {
                invocation_id: row.id.clone(),
                correlation_id: row.correlation.clone(),
                idempotency_key: row.key.clone(),
                attempt: row.attempt.max(1),
                time_left_ms: tape.limits.time_ms,
            },
            limits: tape.limits.clone(),
            package: Arc::clone(&skill.tree),
            input: Arc::new(read_tree(&tape.files)),
            work: tape.work.as_ref().map(RecordedWork::folder),
            outbound: Arc::clone(&sealed) as Arc<dyn Outbound>,
            settings: Arc::new(tape.settings.clone()),
            seed: tape.seed,
            wall_clock: std::time::Duration::from_millis(tape.clock_ms),
            // Another version goes its own way: what it sees of time and order is its own.
            tape: match is_own {
                true => Tape::Play(Arc::clone(&tape.tape)),
                false => Tape::None,
            },
            ..Call::new(row.tool.clone(), tape.input.to_string())
        };
        let report = self.options.sandbox.run(&skill.prepared, call).await;
        let attempt = conclude(tool, &tape.limits, report);
        Ok((attempt, sealed.difference()))
    }
}

/// All that is on record of a call's last attempt.
struct Recorded {
    input: Value,
    files: FileTree,
    /// The host folder, as it was seen.
    work: Option<RecordedWork>,
    settings: BTreeMap<String, String>,
    limits: Limits,
    seed: [u8; 32],
    clock_ms: u64,
    tape: Arc<TapeData>,
    flights: Flights,
    outcome: Outcome,
}

impl Recorded {
    async fn read(record: &Recorder, row: &InvocationRow) -> Result<Recorded, Fault> {
        let Some(seq) = row.ended_seq else {
            return Err(not_replayable("it has not ended"));
        };
        let (begun, ended) = (record.event(row.begun_seq).await?, record.event(seq).await?);
        if let Some(why) = ended.body.get("not_replayable").and_then(Value::as_str) {
            return Err(not_replayable(why));
        }
        let payload = async |seq: u64, name: &str| record.payload(seq, name).await;
        let missing = |what: &str| not_replayable(&format!("its {what} is not kept"));
        let input = payload(begun.seq, "input").await?;
        let outcome = payload(seq, "outcome").await?;
        let tape = payload(seq, "tape").await?.ok_or_else(|| missing("tape"))?;
        let files = payload(begun.seq, "files").await?;
        let settings = payload(begun.seq, "settings").await?;
        let work = payload(seq, WORK).await?;
        let parse = |bytes: Option<Vec<u8>>| bytes.and_then(|b| serde_json::from_slice(&b).ok());
        let outcome = outcome.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let text = |key: &str| begun.body.get(key).and_then(Value::as_str);
        Ok(Recorded {
            input: parse(input).ok_or_else(|| missing("input"))?,
            work: work.and_then(|b| serde_json::from_slice(&b).ok()),
            files: files.and_then(|b| read_files(&b)).unwrap_or_default(),
            settings: settings
                .and_then(|b| serde_json::from_slice(&b).ok())
                .unwrap_or_default(),
            limits: limits(&begun),
            seed: text("seed")
                .and_then(unhex)
                .ok_or_else(|| missing("seed"))?,
            clock_ms: ended
                .body
                .get("clock_ms")
                .and_then(Value::as_u64)
                .unwrap_or(0),
            tape: Arc::new(TapeData::parse(tape).map_err(|error| damaged(&error))?),
            flights: flights(record, &row.id, &ended).await?,
            outcome: outcome.ok_or_else(|| missing("outcome"))?,
        })
    }

    /// Returns the first thing that differs.
    fn compare(&self, attempt: &Attempt, is_own: bool) -> Option<Difference> {
        let kept = &self.outcome;
        let differs = |what: &str, recorded: Value, replayed: Value| {
            (recorded != replayed).then(|| Difference {
                what: what.to_owned(),
                recorded,
                replayed,
            })
        };
        let code = |failure: Option<&hotcell_policy::Failure>| json!(failure.map(|f| &f.code));
        differs("status", json!(kept.status), json!(attempt.status))
            .or_else(|| {
                differs(
                    "error code",
                    code(kept.error.as_ref()),
                    code(attempt.error.as_ref()),
                )
            })
            .or_else(|| {
                let replayed = attempt.output.clone().unwrap_or(Value::Null);
                first_difference(
                    "output",
                    kept.output.as_ref().unwrap_or(&Value::Null),
                    &replayed,
                )
            })
            .or_else(|| {
                let replayed = json!(artifacts(&attempt.files));
                first_difference("artifacts", &json!(kept.artifacts), &replayed)
            })
            .or_else(|| {
                let recorded = kept.changes.as_ref().map(|changes| &changes.digest);
                let replayed = work::told(&attempt.work.changes, &[]).ok().flatten();
                let replayed = replayed.map(|changes| changes.digest);
                first_difference("changes", &json!(recorded), &json!(replayed))
            })
            .or_else(|| {
                let fuel = attempt.usage.fuel;
                is_own.then(|| differs("fuel", json!(kept.usage.fuel), json!(fuel)))?
            })
    }
}

/// Returns the first place at which two values differ, and what stands there.
fn first_difference(at: &str, recorded: &Value, replayed: &Value) -> Option<Difference> {
    if recorded == replayed {
        return None;
    }
    let inside = match (recorded, replayed) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            keys.into_iter().find_map(|key| {
                let of = |all: &serde_json::Map<String, Value>| {
                    all.get(key).cloned().unwrap_or(Value::Null)
                };
                first_difference(&format!("{at}/{key}"), &of(a), &of(b))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(i, (a, b))| first_difference(&format!("{at}/{i}"), a, b))
        }
        _ => None,
    };
    inside.or_else(|| {
        Some(Difference {
            what: at.to_owned(),
            recorded: recorded.clone(),
            replayed: replayed.clone(),
        })
    })
}

/// Returns the exchanges of the last attempt.
async fn flights(record: &Recorder, id: &str, ended: &Event) -> Result<Flights, Fault> {
    let used = ended
        .body
        .get("used_exchanges")
        .cloned()
        .unwrap_or_default();
    let used: Vec<(u64, u64)> = serde_json::from_value(used).unwrap_or_default();
    if used.is_empty() {
        return Ok(Flights::new());
    }
    let events = record.events(id).await?;
    let mut flights = Flights::new();
    for (number, ordinal) in used {
        // The last one of the ordinal: one that was sent again replaced the one before.
        let event = events.iter().rev().find(|event| {
            let of = event.body.get("ordinal").and_then(Value::as_u64);
            event.kind == Kind::ExchangeEnded && of == Some(ordinal)
        });
        let missing = || not_replayable(&format!("exchange {ordinal} is not kept"));
        let event = event.ok_or_else(missing)?;
        let kept = record
            .payload(event.seq, EXCHANGE)
            .await?
            .ok_or_else(missing)?;
        let flight = serde_json::from_slice(&kept).map_err(|_| missing())?;
        flights.insert(number, (ordinal, flight));
    }
    Ok(flights)
}

fn limits(begun: &Event) -> Limits {
    let mut limits = Limits::STANDARD;
    let kept = begun.body.get("limits");
    for name in LimitName::ALL {
        let value = kept.and_then(|all| all.get(name.to_string()));
        if let Some(value) = value.and_then(Value::as_u64) {
            limits.set(name, value);
        }
    }
    limits
}

fn not_replayable(why: &str) -> Fault {
    let mend = "a call is replayed where its payloads are kept whole: `capture = \"full\"`";
    Fault::new(format!("the call cannot be replayed: {why}"), mend)
}

fn damaged(error: &TapeError) -> Fault {
    not_replayable(&format!("its tape is damaged: {error}"))
}

/// A way out that only knows what is on record.
struct Sealed {
    left: Mutex<Flights>,
    difference: Mutex<Option<Difference>>,
}

impl Sealed {
    fn new(flights: Flights) -> Sealed {
        Sealed {
            left: Mutex::new(flights),
            difference: Mutex::default(),
        }
    }

    /// Returns the first request that differed, or that was not made.
    fn difference(&self) -> Option<Difference> {
        let mut seen = self
            .difference
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        seen.take().or_else(|| {
            let (_, (ordinal, flight)) = left.first_key_value()?;
            Some(Difference {
                what: format!("request {ordinal}"),
                recorded: told(&flight.request),
                replayed: Value::Null,
            })
        })
    }

    fn note(&self, what: String, recorded: Value, replayed: Value) {
        let mut seen = self
            .difference
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        seen.get_or_insert(Difference {
            what,
            recorded,
            replayed,
        });
    }
}

fn told(request: &FlightRequest) -> Value {
    json!({ "method": request.method, "url": request.url })
}

#[async_trait::async_trait]
impl Outbound for Sealed {
    async fn send(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, OutboundError> {
        let number = request_number(&request);
        let (request, ..) = FlightRequest::read(request).await;
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let next = left.remove(&number);
        drop(left);
        let Some((ordinal, flight)) = next else {
            self.note("a further request".to_owned(), Value::Null, told(&request));
            return Err(OutboundError::Failed(Transport::Reset));
        };
        if flight.request != request {
            let recorded = serde_json::to_value(&flight.request).expect("text is JSON");
            let replayed = serde_json::to_value(&request).expect("text is JSON");
            let what = format!("request {ordinal}");
            let found = first_difference(&what, &recorded, &replayed).expect("they differ");
            self.note(found.what, found.recorded, found.replayed);
            return Err(OutboundError::Failed(Transport::Reset));
        }
        flight.end.again()
    }

    fn credential(&self, _name: &str) -> Option<CredentialStatus> {
        Some(CredentialStatus::Granted)
    }
}
