//! Events as canonical JSON (RFC 8785).
//!
//! `serde_json_canonicalizer` does the same for any value and is what the tests compare with. It
//! took a quarter of a commit's time, because it builds a tree of texts for each object; here an
//! event's fields stand in their order already, and numbers that are no plain integers are left
//! to it.

use std::io::Write as _;

use serde_json::{Map, Number, Value};

use crate::words::{Event, PayloadDigest};

/// Integers up to this one are the same as IEEE doubles: 2^53.
const INTEGER_MAX: u64 = 1 << 53;

/// Returns an event as canonical JSON: its fields by name, without spaces.
pub(crate) fn canonical(event: &Event) -> serde_json::Result<String> {
    let mut out = Out(Vec::with_capacity(512));
    out.raw("{");
    if let Some(actor) = &event.actor {
        out.raw("\"actor\":").text(actor)?.raw(",");
    }
    out.raw("\"at_ms\":").integer(event.at_ms)?.raw(",");
    if let Some(attempt) = event.attempt {
        out.raw("\"attempt\":").integer(attempt.into())?.raw(",");
    }
    out.raw("\"body\":").object(&event.body)?;
    if let Some(correlation) = &event.correlation {
        out.raw(",\"correlation\":").text(correlation)?;
    }
    if let Some(invocation) = &event.invocation {
        out.raw(",\"invocation\":").text(invocation)?;
    }
    out.raw(",\"kind\":");
    serde_json::to_writer(&mut out.0, &event.kind)?;
    if !event.payloads.is_empty() {
        out.raw(",\"payloads\":").payloads(&event.payloads)?;
    }
    out.raw(",\"seq\":").integer(event.seq)?.raw("}");
    Ok(String::from_utf8(out.0).expect("all that is written is UTF-8"))
}

/// The text so far.
struct Out(Vec<u8>);

impl Out {
    fn raw(&mut self, text: &str) -> &mut Out {
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    /// Writes a text. `serde_json` escapes as the RFC says: no more than it must, in lowercase.
    fn text(&mut self, text: &str) -> serde_json::Result<&mut Out> {
        serde_json::to_writer(&mut self.0, text)?;
        Ok(self)
    }

    fn integer(&mut self, number: u64) -> serde_json::Result<&mut Out> {
        self.number(&number.into())
    }

    fn number(&mut self, number: &Number) -> serde_json::Result<&mut Out> {
        let size = number
            .as_u64()
            .or_else(|| number.as_i64().map(i64::unsigned_abs));
        if size.is_some_and(|size| size <= INTEGER_MAX) {
            serde_json::to_writer(&mut self.0, number)?;
        } else {
            serde_json_canonicalizer::to_writer(number, &mut self.0)?;
        }
        Ok(self)
    }

    fn payloads(&mut self, payloads: &[PayloadDigest]) -> serde_json::Result<&mut Out> {
        let mut before = "[";
        for payload in payloads {
            self.raw(before).raw("{\"bytes\":").integer(payload.bytes)?;
            self.raw(",\"name\":").text(&payload.name)?;
            self.raw(",\"sha256\":").text(&payload.sha256)?.raw("}");
            before = ",";
        }
        Ok(self.raw("]"))
    }

    /// Writes an object, its names in the order of their UTF-16.
    fn object(&mut self, object: &Map<String, Value>) -> serde_json::Result<&mut Out> {
        let mut fields: Vec<(&String, &Value)> = object.iter().collect();
        if fields.iter().all(|(name, _)| name.is_ascii()) {
            fields.sort_unstable_by_key(|(name, _)| *name);
        } else {
            fields.sort_unstable_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
        }
        let mut before = "{";
        for (name, value) in fields {
            self.raw(before).text(name)?.raw(":").value(value)?;
            before = ",";
        }
        Ok(self.raw(if object.is_empty() { "{}" } else { "}" }))
    }

    fn value(&mut self, value: &Value) -> serde_json::Result<&mut Out> {
        match value {
            Value::Null => Ok(self.raw("null")),
            Value::Bool(is) => {
                write!(self.0, "{is}").map_err(serde_json::Error::io)?;
                Ok(self)
            }
            Value::Number(number) => self.number(number),
            Value::String(text) => self.text(text),
            Value::Array(all) => {
                let mut before = "[";
                for one in all {
                    self.raw(before).value(one)?;
                    before = ",";
                }
                Ok(self.raw(if all.is_empty() { "[]" } else { "]" }))
            }
            Value::Object(object) => self.object(object),
        }
    }
}
