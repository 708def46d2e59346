//! The story of one request: all that happened under its correlation id, in order.

use hotcell_journal::{Entry, Event, EventQuery, InvocationQuery, InvocationRow, Kind, State};
use hotcell_policy::Outcome;
use serde::Serialize;
use serde_json::{Value, json};

use crate::Host;
use crate::fault::Fault;
use crate::record::{body, step};

/// Most invocations and notes of one timeline.
const TIMELINE_MAX: usize = 10_000;
/// Most characters of a note.
pub const NOTE_CHARS_MAX: usize = 4_000;

/// What happened under one correlation id.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timeline {
    /// The correlation id.
    pub correlation_id: String,
    /// What happened, the earliest first.
    pub steps: Vec<TimelineStep>,
    /// The first invocation that has not ended well: where to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume_at: Option<String>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimelineStep {
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// What, in the words of the record.
    pub kind: Kind,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The invocation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invocation_id: Option<String>,
    /// The skill, its version and the tool, of an event that begins an invocation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<Value>,
    /// The attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// What there is to know.
    pub body: Value,
    /// Of an end, what came of it, where that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// A note's own words. Untrusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Host {
    /// Returns the story of a correlation id.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be read.
    pub async fn timeline(&self, correlation: &str) -> Result<Timeline, Fault> {
        let record = self.record()?;
        let query = EventQuery {
            correlation: Some(correlation.to_owned()),
            limit: TIMELINE_MAX,
            ..EventQuery::default()
        };
        let mut steps = Vec::new();
        for event in record.journal().events(&query).await? {
            let outcome = match event.kind {
                Kind::Ended | Kind::AttemptEnded => record.payload(event.seq, "outcome").await?,
                _ => None,
            };
            let note = match event.kind {
                Kind::Note => record.payload(event.seq, "note").await?,
                _ => None,
            };
            steps.push(TimelineStep {
                outcome: outcome.and_then(|bytes| serde_json::from_slice(&bytes).ok()),
                note: note.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
                ..TimelineStep::of(event)
            });
        }
        let query = InvocationQuery {
            correlation: Some(correlation.to_owned()),
            limit: TIMELINE_MAX,
            ..InvocationQuery::default()
        };
        let rows = record.journal().invocations(&query).await?;
        let is_open = |row: &&InvocationRow| row.state != State::Done;
        Ok(Timeline {
            correlation_id: correlation.to_owned(),
            steps,
            resume_at: rows.iter().rfind(is_open).map(|row| row.id.clone()),
        })
    }

    /// Adds a caller's or a model's own words to the story of a correlation id.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be written, or the words are too many.
    pub async fn note(&self, correlation: &str, words: &str, by: &str) -> Result<(), Fault> {
        if words.chars().count() > NOTE_CHARS_MAX {
            let message = format!("a note has at most {NOTE_CHARS_MAX} characters");
            return Err(Fault::new(message, "write less, or several notes"));
        }
        let record = self.record()?;
        let payloads = record.payloads("", "");
        let part = crate::record::Part::bytes("note", words.as_bytes().to_vec());
        let entry = Entry {
            actor: Some(by.to_owned()),
            correlation: Some(correlation.to_owned()),
            ..step(Kind::Note, body([]), payloads.all([part]))
        };
        record.note(entry).await
    }
}

impl TimelineStep {
    fn of(event: Event) -> TimelineStep {
        let text = |key: &str| event.body.get(key).cloned().unwrap_or(Value::Null);
        let call = (event.kind == Kind::Begun).then(
            || json!({ "skill": text("skill"), "version": text("version"), "tool": text("tool") }),
        );
        TimelineStep {
            at_ms: event.at_ms,
            kind: event.kind,
            actor: event.actor.clone(),
            invocation_id: event.invocation.clone(),
            attempt: event.attempt,
            call,
            body: Value::Object(event.body),
            outcome: None,
            note: None,
        }
    }
}
