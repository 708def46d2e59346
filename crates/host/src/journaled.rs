//! The way out of a recorded call: each exchange is on record before the guest sees its answer,
//! and what an earlier attempt was answered is not sent again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hotcell_journal::{Event, Hold, Kind, Lease};
use hotcell_policy::Transport;
use hotcell_sandbox::{
    Body, Cancel, CheckpointError, Checkpoints, CredentialStatus, Outbound, OutboundError,
    RequestNumber,
};
use serde_json::{Map, Value, json};

use crate::flight::{Flight, FlightEnd, FlightRequest};
use crate::invoke::Ready;
use crate::outside::{Exchanges, Outside};
use crate::record::{Part, Recorder, body, step};

/// Name of the payload of an exchange, and of a checkpoint.
pub(crate) const EXCHANGE: &str = "exchange";
pub(crate) const STATE: &str = "state";

/// One attempt's requests and checkpoints.
pub(crate) struct Journaled {
    outside: Outside,
    record: Arc<Recorder>,
    lease: Lease,
    cancel: Cancel,
    exchanges: Arc<Exchanges>,
    skill: String,
    tool: String,
    /// Whether a server can tell that a request is the same as before.
    is_keyed: bool,
    sent: Mutex<Sent>,
}

/// What is known of what was sent.
#[derive(Default)]
struct Sent {
    /// Exchanges of earlier attempts that this one has not come to.
    past: Vec<Past>,
    /// The event of the last checkpoint of an earlier attempt.
    checkpoint: Option<u64>,
    /// The last checkpoint of this attempt.
    saved: Option<Vec<u8>>,
    /// The last ordinal.
    last: u64,
    /// The ordinals of this attempt's exchanges, by the guest's own count of its requests.
    used: BTreeMap<u64, u64>,
    /// Why an effect is in doubt.
    doubt: Option<String>,
    /// An exchange was too long to be kept.
    is_cut: bool,
}

/// An exchange of an earlier attempt.
#[derive(Debug, Clone)]
struct Past {
    ordinal: u64,
    fingerprint: String,
    is_safe: bool,
    /// The event that it began with.
    begun: u64,
    /// The event that holds the answer; none where nobody knows whether there was one.
    answered: Option<u64>,
    /// The status of the answer.
    status: Option<u64>,
}

impl Past {
    /// Returns whether the server said that it did nothing for now (RFC 6585, section 4).
    fn is_put_off(&self) -> bool {
        self.status == Some(429)
    }

    /// Returns whether the same request may be answered otherwise later: RFC 9110, sections
    /// 15.5.9 and 15.6; RFC 6585; RFC 8470, section 5.2.
    fn is_transient(&self) -> bool {
        matches!(self.status, Some(408 | 425 | 429 | 500..))
    }
}

/// What an earlier attempt knows of a request.
enum Before {
    /// Nothing: it is new, with this ordinal.
    New(u64),
    /// It was answered, as this event tells.
    Answered(u64, u64),
    /// It was sent, and may be sent again under its ordinal.
    Again(u64),
    /// It may have been done, and must not be done again: why.
    Doubt(String),
}

impl Journaled {
    /// Returns the way out of an attempt, which knows what `events` tell of earlier ones.
    pub(crate) fn new(
        outside: Outside,
        record: Arc<Recorder>,
        (ready, lease): (&Ready, &Lease),
        cancel: Cancel,
        exchanges: Arc<Exchanges>,
        events: &[Event],
    ) -> Journaled {
        Journaled {
            outside,
            record,
            lease: lease.clone(),
            cancel,
            exchanges,
            skill: ready.skill.package.name.clone(),
            tool: ready.tool.clone(),
            is_keyed: ready.is_keyed(),
            sent: Mutex::new(Sent::of(events)),
        }
    }

    /// Returns the ordinals of this attempt's exchanges, by the guest's own count of its requests.
    pub(crate) fn used(&self) -> BTreeMap<u64, u64> {
        self.lock().used.clone()
    }

    /// Returns whether an exchange was too long to be kept.
    pub(crate) fn is_cut(&self) -> bool {
        self.lock().is_cut
    }

    /// Returns why an effect is in doubt; none where none is.
    pub(crate) fn doubt(&self) -> Option<String> {
        self.lock().doubt.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an event. Where the lease is lost, the guest ends and sees nothing more.
    async fn write(&self, kind: Kind, note: Map<String, Value>, part: Option<Part>) -> Written {
        let payloads = self.record.payloads(&self.skill, &self.tool);
        let payloads = payloads.all_needed(part);
        let entry = step(kind, note, payloads);
        let held = self.record.journal().append(&self.lease, vec![entry]).await;
        match held {
            Ok(Hold::Held | Hold::CancelAsked) => Written::Kept,
            Ok(Hold::Lost) => {
                self.cancel.cancel();
                Written::Lost
            }
            Err(error) => {
                tracing::error!("an exchange is not on record: {error}");
                self.cancel.cancel();
                Written::Lost
            }
        }
    }

    /// Returns what an earlier attempt was answered.
    async fn answered_before(
        &self,
        seq: u64,
    ) -> Option<Result<http::Response<Body>, OutboundError>> {
        let kept = self.record.payload(seq, EXCHANGE).await.ok()??;
        let flight: Flight = serde_json::from_slice(&kept).ok()?;
        Some(flight.end.again())
    }

    fn stop(&self, why: String) -> OutboundError {
        self.lock().doubt = Some(why);
        self.cancel.cancel();
        OutboundError::Failed(Transport::Reset)
    }

    /// Sends a request that is not known from before, or may be sent again.
    async fn exchange(
        &self,
        ordinal: u64,
        flight: FlightRequest,
        is_whole: bool,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, OutboundError> {
        let fingerprint = flight.fingerprint();
        let is_safe = flight.is_safe();
        // What changes nothing can be sent again, so only its end is written.
        if !is_safe {
            let note = body([
                ("ordinal", json!(ordinal)),
                ("fingerprint", json!(fingerprint)),
                ("method", json!(flight.method)),
                ("safe", json!(false)),
            ]);
            if self.write(Kind::ExchangeBegun, note, None).await == Written::Lost {
                return Err(OutboundError::Failed(Transport::Reset));
            }
        }
        let answer = self.outside.send_as(ordinal, request).await;
        let max = usize::try_from(self.record.table.response_bytes).unwrap_or(usize::MAX);
        let (end, answer) = FlightEnd::read(answer, max).await;
        let end = end.filter(|_| is_whole);
        self.lock().is_cut |= end.is_none();
        let was_answered = matches!(end, Some(FlightEnd::Answered { .. }));
        let part = end.map(|end| {
            let flight = Flight {
                request: flight,
                end,
            };
            let value = serde_json::to_value(flight).expect("text is JSON");
            Part::bytes(EXCHANGE, value.to_string().into_bytes())
        });
        let note = body([
            ("ordinal", json!(ordinal)),
            ("fingerprint", json!(fingerprint)),
            ("safe", json!(is_safe)),
            ("answered", json!(was_answered)),
            ("exchange", json!(self.exchanges.get(ordinal))),
        ]);
        match self.write(Kind::ExchangeEnded, note, part).await {
            Written::Kept => answer,
            Written::Lost => Err(OutboundError::Failed(Transport::Reset)),
        }
    }
}

/// Returns whether an exchange was refused before anything was sent.
fn was_refused(exchange: &Value) -> bool {
    let decision = exchange.get("decision");
    decision.is_some_and(|decision| decision.get("refused").is_some())
}

/// Returns the guest's own count of a request: requests at one time come here in any order.
pub(crate) fn request_number(request: &http::Request<Body>) -> u64 {
    let number = request.extensions().get::<RequestNumber>();
    number.map_or(u64::MAX, |number| number.0)
}

/// Whether an event is on record.
#[derive(PartialEq, Eq)]
enum Written {
    Kept,
    Lost,
}

#[async_trait::async_trait]
impl Outbound for Journaled {
    async fn send(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, OutboundError> {
        let number = request_number(&request);
        let (flight, is_whole, request) = FlightRequest::read(request).await;
        let before = self.lock().before(&flight, self.is_keyed);
        match before {
            Before::Answered(ordinal, seq) => match self.answered_before(seq).await {
                Some(answer) => {
                    self.lock().used.insert(number, ordinal);
                    answer
                }
                None => Err(self.stop(format!(
                    "exchange {ordinal} was answered in an earlier attempt, and its answer is not \
                     kept"
                ))),
            },
            Before::Doubt(why) => Err(self.stop(why)),
            Before::New(ordinal) | Before::Again(ordinal) => {
                self.lock().used.insert(number, ordinal);
                self.exchange(ordinal, flight, is_whole, request).await
            }
        }
    }

    fn credential(&self, name: &str) -> Option<CredentialStatus> {
        self.outside.credential(name)
    }
}

#[async_trait::async_trait]
impl Checkpoints for Journaled {
    async fn save(&self, state: Vec<u8>) -> Result<(), CheckpointError> {
        let note = body([("bytes", json!(state.len()))]);
        let part = Part::bytes(STATE, state.clone());
        match self.write(Kind::Checkpoint, note, Some(part)).await {
            Written::Kept => {
                self.lock().saved = Some(state);
                Ok(())
            }
            Written::Lost => Err(CheckpointError::Unavailable),
        }
    }

    async fn load(&self) -> Option<Vec<u8>> {
        let seq = {
            let mut sent = self.lock();
            if let Some(saved) = &sent.saved {
                return Some(saved.clone());
            }
            let seq = sent.checkpoint?;
            // What came before it is behind the guest.
            sent.past.retain(|past| past.begun > seq);
            seq
        };
        self.record.payload(seq, STATE).await.ok()?
    }
}

impl Sent {
    /// Reads what the events of earlier attempts tell.
    fn of(events: &[Event]) -> Sent {
        let mut sent = Sent::default();
        for event in events {
            let number = |key: &str| event.body.get(key).and_then(Value::as_u64);
            match event.kind {
                Kind::Checkpoint => sent.checkpoint = Some(event.seq),
                Kind::ExchangeBegun | Kind::ExchangeEnded => {
                    let Some(ordinal) = number("ordinal") else {
                        continue;
                    };
                    sent.last = sent.last.max(ordinal);
                    sent.note(event, ordinal);
                }
                Kind::AttemptEnded => sent.ask_anew(),
                _ => {}
            }
        }
        sent
    }

    /// An attempt that ended by its own word is followed by one that asks anew: what changes
    /// nothing is sent again, and so is what the server would not do then. After a crash, the
    /// next attempt is answered as the one before was.
    fn ask_anew(&mut self) {
        self.past.retain(|past| !past.is_safe);
        for past in self.past.iter_mut().filter(|past| past.is_transient()) {
            past.answered = None;
        }
    }

    fn note(&mut self, event: &Event, ordinal: u64) {
        let text = |key: &str| event.body.get(key).and_then(Value::as_str);
        let is = |key: &str| event.body.get(key).and_then(Value::as_bool) == Some(true);
        if event.body.get("exchange").is_some_and(was_refused) {
            self.past.retain(|past| past.ordinal != ordinal);
            return;
        }
        let known = self.past.iter_mut().find(|past| past.ordinal == ordinal);
        let answered = is("answered").then_some(event.seq);
        let exchange = event.body.get("exchange");
        let status = exchange.and_then(|told| told.get("status"));
        let status = status.and_then(Value::as_u64);
        match known {
            Some(past) => {
                past.answered = past.answered.or(answered);
                past.status = status.or(past.status);
            }
            None => self.past.push(Past {
                ordinal,
                fingerprint: text("fingerprint").unwrap_or_default().to_owned(),
                is_safe: is("safe"),
                begun: event.seq,
                answered,
                status,
            }),
        }
    }

    /// Returns what is known of a request. The first exchange of an earlier attempt with the same
    /// request is taken; one that changes something and was passed over is in doubt, because the
    /// guest has gone another way than before.
    fn before(&mut self, request: &FlightRequest, is_keyed: bool) -> Before {
        let fingerprint = request.fingerprint();
        let same = |past: &Past| past.fingerprint == fingerprint;
        if let Some(at) = self.past.iter().position(same) {
            let past = self.past.remove(at);
            return match past.answered {
                Some(seq) => Before::Answered(past.ordinal, seq),
                None if past.is_safe || is_keyed || past.is_put_off() => {
                    Before::Again(past.ordinal)
                }
                None => Before::Doubt(format!(
                    "exchange {} was sent by an earlier attempt, and nobody knows whether it was \
                     done",
                    past.ordinal
                )),
            };
        }
        match self.past.iter().find(|past| !past.is_safe) {
            Some(past) if !request.is_safe() => Before::Doubt(format!(
                "this attempt sends another request than the one before, which sent exchange {}",
                past.ordinal
            )),
            _ => {
                self.last += 1;
                Before::New(self.last)
            }
        }
    }
}
