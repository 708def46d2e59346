//! `[expect]`: what must come of a call.

use hotcell_package::table::{Reader, Table};
use hotcell_policy::{LimitName, Retry};
use serde_json::Value;

use super::content::{CONTENT_KEYS, Content, content, value, ways};
use super::parse::inner_table;
use super::read::SkillFolder;

/// What must come of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// How it must end.
    pub end: ExpectedEnd,
    /// The files that it must produce, all of them; none where they are not looked at.
    pub artifacts: Option<Vec<ExpectedArtifact>>,
}

/// How a call must end.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpectedEnd {
    /// With this output.
    Output(Value),
    /// With an output that has these members.
    Partial(Value),
    /// With an error of the skill's own.
    Failure {
        /// Its code.
        code: String,
        /// Its advice, where the case says one.
        retry: Option<Retry>,
    },
    /// With a refusal of the host.
    Refused(String),
    /// At a limit.
    Limit(LimitName),
}

/// A file that must be produced.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedArtifact {
    /// Its path below `/out`.
    pub name: String,
    /// What it must hold; none where only its name is looked at.
    pub content: Option<ArtifactContent>,
}

/// What a file must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum ArtifactContent {
    /// Bytes of this SHA-256, in hex.
    Sha256(String),
    /// This.
    Content(Content),
}

/// The ends that a case may expect, by their keys.
const ENDS: [&str; 5] = ["output", "partial", "failure", "refused", "limit"];

/// Reads `[expect]`.
pub(super) fn read_expected(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    case: &Table<'_>,
) -> Option<Expected> {
    if !case.values.contains_key("expect") {
        reader.missing(
            case,
            "expect",
            "a table that says what must come of the call",
        );
        return None;
    }
    let table = inner_table(reader, case, "expect")?;
    let ways = [ways("output"), ways("partial")].concat();
    let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
    let allowed = [&ENDS[..], &["retry", "artifact"], &ways].concat();
    let before = reader.found.len();
    reader.allow_keys(&table, &allowed);
    let is_misspelt = reader.found.len() > before;
    let artifacts = read_artifacts(reader, folder, &table);
    let is_written = |end: &&str| {
        let mut keys = table.values.keys().map(|key| key.get_ref().as_ref());
        keys.any(|key| key == *end || super::content::ways(end).iter().any(|way| way == key))
    };
    let ends: Vec<&str> = ENDS.into_iter().filter(is_written).collect();
    let [end] = ends[..] else {
        if ends.is_empty() && is_misspelt {
            return None;
        }
        let message = format!("[expect] says {} ends", ends.len());
        let hint = "say one of `output`, `partial`, `failure`, `refused`, `limit`";
        reader.error("wrong_value", &table.span, message, hint);
        return None;
    };
    let end = read_end(reader, folder, &table, end)?;
    Some(Expected { end, artifacts })
}

fn read_end(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    table: &Table<'_>,
    end: &str,
) -> Option<ExpectedEnd> {
    if end != "failure" && table.values.contains_key("retry") {
        let message = "only a `failure` has a `retry`";
        let span = table.value_span("retry");
        reader.error("wrong_value", &span, message, "remove it");
    }
    match end {
        "output" => value(reader, folder, table, "output").map(ExpectedEnd::Output),
        "partial" => value(reader, folder, table, "partial").map(ExpectedEnd::Partial),
        "failure" => Some(ExpectedEnd::Failure {
            code: reader.string(table, "failure")?.text.to_owned(),
            retry: read_retry(reader, table),
        }),
        "refused" => {
            let code = reader.string(table, "refused")?.text.to_owned();
            Some(ExpectedEnd::Refused(code))
        }
        _ => {
            let text = reader.string(table, "limit")?;
            let found = LimitName::ALL.into_iter().find(|l| l.as_str() == text.text);
            if found.is_none() {
                let message = format!("`{}` is no limit", text.text);
                let names: Vec<_> = LimitName::ALL.iter().map(|limit| limit.as_str()).collect();
                let hint = format!("write one of {}", names.join(", "));
                reader.error("wrong_value", &text.span, message, hint);
            }
            found.map(ExpectedEnd::Limit)
        }
    }
}

fn read_retry(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Retry> {
    let value = table.values.get("retry")?;
    if value.get_ref().is_integer() {
        return reader.count(table, "retry").map(Retry::AfterMs);
    }
    let choices = [
        ("never", Some(Retry::Never)),
        ("same-key", Some(Retry::SameKey)),
    ];
    reader.choice(table, "retry", &choices)
}

fn read_artifacts(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    table: &Table<'_>,
) -> Option<Vec<ExpectedArtifact>> {
    if !table.values.contains_key("artifact") {
        return None;
    }
    let tables = reader.array_of_tables(table.values, "artifact");
    let mut artifacts = Vec::new();
    for one in &tables {
        let [text, json, json_text, base64, file] = CONTENT_KEYS;
        let keys = ["name", "sha256", text, json, json_text, base64, file];
        reader.allow_keys(one, &keys);
        let sha256 = reader.optional_string(one, "sha256");
        let written = content(reader, folder, one);
        if let (Some(sha256), Some(_)) = (&sha256, &written) {
            let message = "the file has a `sha256` and a content";
            reader.error("duplicate", &sha256.span, message, "keep one of the two");
        }
        let sha256 = sha256.map(|text| ArtifactContent::Sha256(text.text.to_ascii_lowercase()));
        if let Some(name) = reader.string(one, "name") {
            artifacts.push(ExpectedArtifact {
                name: name.text.to_owned(),
                content: sha256.or(written.map(ArtifactContent::Content)),
            });
        }
    }
    Some(artifacts)
}
