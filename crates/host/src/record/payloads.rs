//! What of a call is kept beside its events, and in which form.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hotcell_broker::secrets::PayloadKey;
use hotcell_journal::{NEEDED, NewPayload};
use hotcell_package::FileTree;
use hotcell_policy::config::{Capture, RecordTable};
use hotcell_policy::{Outcome, capture_of, redact};
use hotcell_sandbox::Recording as TapeRecording;
use serde_json::{Value, json};

use crate::invoke::random;
use crate::work::{RecordedWork, WORK};

/// Name of an artifact's payload, before the artifact's own.
pub(crate) const ARTIFACT: &str = "artifact/";

/// How payloads of one tool's calls are kept.
pub(crate) struct Payloads<'a> {
    capture: &'a Capture,
    seal: Option<&'a PayloadKey>,
}

/// One payload, before it is decided how it is kept.
pub(crate) struct Part {
    name: String,
    content: Content,
}

#[derive(Clone)]
enum Content {
    /// JSON, in which an operator may redact values.
    Json(Value),
    /// Bytes, which are kept whole or not at all.
    Bytes(Vec<u8>),
}

impl<'a> Payloads<'a> {
    pub(crate) fn new(
        table: &'a RecordTable,
        seal: Option<&'a PayloadKey>,
        skill: &str,
        tool: &str,
    ) -> Payloads<'a> {
        Payloads {
            capture: capture_of(table, skill, tool),
            seal: seal.filter(|_| table.encrypt),
        }
    }

    /// Returns how they are kept where only their digests are.
    pub(crate) fn digests_only(self) -> Payloads<'a> {
        Payloads {
            capture: &Capture::Digest,
            ..self
        }
    }

    /// Returns whether all is kept, so that a call can be replayed.
    pub(crate) fn are_whole(&self) -> bool {
        *self.capture == Capture::Full
    }

    pub(crate) fn all(&self, parts: impl IntoIterator<Item = Part>) -> Vec<NewPayload> {
        parts.into_iter().map(|part| self.one(part)).collect()
    }

    /// Returns payloads as they are kept, and beside those that are not kept whole one that is, for
    /// as long as the invocation goes on: another attempt needs it.
    pub(crate) fn all_needed(&self, parts: impl IntoIterator<Item = Part>) -> Vec<NewPayload> {
        let mut all = Vec::new();
        for part in parts {
            if !self.are_whole() {
                all.push(self.sealed(Part {
                    name: format!("{NEEDED}{}", part.name),
                    content: part.content.clone(),
                }));
            }
            all.push(self.one(part));
        }
        all
    }

    /// Returns a payload that is kept whole.
    fn sealed(&self, part: Part) -> NewPayload {
        let bytes = match part.content {
            Content::Json(value) => value.to_string().into_bytes(),
            Content::Bytes(bytes) => bytes,
        };
        NewPayload {
            name: part.name,
            bytes: self
                .seal
                .map_or_else(|| bytes.clone(), |key| key.seal(&bytes)),
            salt: random(),
            is_kept: true,
        }
    }

    fn one(&self, part: Part) -> NewPayload {
        let (bytes, is_kept) = match (self.capture, part.content) {
            (Capture::Digest, Content::Json(value)) => (value.to_string().into_bytes(), false),
            (Capture::Digest, Content::Bytes(bytes)) => (bytes, false),
            (Capture::Redacted(pointers), Content::Json(mut value)) => {
                redact(&mut value, &prefixed(&part.name, pointers));
                (value.to_string().into_bytes(), true)
            }
            // What has no pointers cannot be redacted, so it is not kept.
            (Capture::Redacted(_), Content::Bytes(bytes)) => (bytes, false),
            (Capture::Full, Content::Json(value)) => (value.to_string().into_bytes(), true),
            (Capture::Full, Content::Bytes(bytes)) => (bytes, true),
        };
        let bytes = match self.seal {
            Some(key) if is_kept => key.seal(&bytes),
            _ => bytes,
        };
        NewPayload {
            name: part.name,
            bytes,
            salt: random(),
            is_kept,
        }
    }
}

/// The operator's pointers begin at the arguments and at the answer; an Outcome holds the answer
/// under `output`.
fn prefixed(name: &str, pointers: &[String]) -> Vec<String> {
    let before = if name == "outcome" { "/output" } else { "" };
    pointers.iter().map(|p| format!("{before}{p}")).collect()
}

impl Part {
    pub(crate) fn json(name: &str, value: &Value) -> Part {
        Part {
            name: name.to_owned(),
            content: Content::Json(value.clone()),
        }
    }

    pub(crate) fn bytes(name: &str, bytes: Vec<u8>) -> Part {
        Part {
            name: name.to_owned(),
            content: Content::Bytes(bytes),
        }
    }

    pub(crate) fn outcome(outcome: &Outcome) -> Part {
        let value = serde_json::to_value(outcome).expect("an Outcome is JSON");
        Part::json("outcome", &value)
    }

    /// The files of `/in`; none where there are none.
    pub(crate) fn files(files: &FileTree) -> Option<Part> {
        let encoded = |(path, bytes): (&String, &std::sync::Arc<[u8]>)| {
            (path.clone(), json!(BASE64.encode(bytes)))
        };
        let object = Value::Object(files.iter().map(encoded).collect());
        (!files.is_empty()).then(|| Part::bytes("files", object.to_string().into_bytes()))
    }

    /// The settings that the guest saw; none where there are none.
    pub(crate) fn settings(settings: &BTreeMap<String, String>) -> Option<Part> {
        (!settings.is_empty()).then(|| Part::json("settings", &json!(settings)))
    }

    /// The tape; none where there is no whole one.
    pub(crate) fn tape(tape: &TapeRecording) -> Option<Part> {
        match tape {
            TapeRecording::Whole(tape) => Some(Part::bytes("tape", tape.as_bytes().to_vec())),
            _ => None,
        }
    }

    /// What it saw of its host folder.
    pub(crate) fn work(seen: &RecordedWork) -> Part {
        let text = serde_json::to_vec(seen).expect("what was seen is JSON");
        Part::bytes(WORK, text)
    }

    pub(crate) fn artifacts(files: &FileTree) -> impl Iterator<Item = Part> {
        let part = |(path, bytes): (&String, &std::sync::Arc<[u8]>)| {
            Part::bytes(&format!("{ARTIFACT}{path}"), bytes.to_vec())
        };
        files.iter().map(part)
    }
}

/// Reads what [`Part::files`] kept; none where it is something else.
pub(crate) fn read_files(bytes: &[u8]) -> Option<FileTree> {
    let all: BTreeMap<String, String> = serde_json::from_slice(bytes).ok()?;
    let mut files = Vec::new();
    for (path, text) in all {
        files.push((path, BASE64.decode(text).ok()?));
    }
    FileTree::new(files).ok()
}

/// Returns whether a call is among `percent` in a hundred, by the randomness at the end of its id:
/// the beginning and the end of a call agree.
pub(super) fn is_sampled(id: &str, percent: u8) -> bool {
    let digits = &id.as_bytes()[id.len().saturating_sub(4)..];
    let text = std::str::from_utf8(digits).unwrap_or_default();
    let draw = u32::from(u16::from_str_radix(text, 16).unwrap_or_default());
    draw * 100 / 65_536 < u32::from(percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_drawn_by_the_end_of_the_id() {
        let check = |id: &str, percent, expected| {
            assert_eq!(is_sampled(id, percent), expected, "{id} {percent}");
        };
        check("inv-0000", 0, false);
        check("inv-ffff", 99, false);
        check("inv-ffff", 100, true);
        check("inv-0000", 1, true);
        let half = (0..=0xffff_u32).filter(|n| is_sampled(&format!("inv-{n:04x}"), 50));
        assert_eq!(half.count(), 32_768);
    }
}
