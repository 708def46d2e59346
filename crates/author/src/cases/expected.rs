//! `[expect]`: what must come of a call.

use hotcell_package::Place;
use hotcell_package::table::{Reader, Table};
use hotcell_policy::{LimitName, Retry};
use serde_json::Value;

use super::content::{value, ways};
use super::files::{
    ExpectedArtifact, ExpectedChange, check_end_changes, read_artifacts, read_changes,
};
use super::parse::inner_table;
use super::read::SkillFolder;

/// What must come of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// How it must end.
    pub end: ExpectedEnd,
    /// Where that is said.
    pub place: Place,
    /// The files that it must produce, all of them; none where they are not looked at.
    pub artifacts: Option<Vec<ExpectedArtifact>>,
    /// What it must change at `/work`, all of it; none where that is not looked at.
    pub changes: Option<Vec<ExpectedChange>>,
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
    let allowed = [
        &ENDS[..],
        &["retry", "artifact", "change", "changes"],
        &ways,
    ]
    .concat();
    let before = reader.found.len();
    reader.allow_keys(&table, &allowed);
    let is_misspelt = reader.found.len() > before;
    let artifacts = read_artifacts(reader, folder, &table);
    let changes = read_changes(reader, folder, &table);
    let is_written = |end: &&str| {
        let mut keys = table.values.keys().map(|key| key.get_ref().as_ref());
        keys.any(|key| key == *end || super::content::ways(end).iter().any(|way| way == key))
    };
    let ends: Vec<&str> = ENDS.into_iter().filter(is_written).collect();
    let [said] = ends[..] else {
        if ends.is_empty() && is_misspelt {
            return None;
        }
        let message = format!("[expect] says {} ends", ends.len());
        let hint = "say one of `output`, `partial`, `failure`, `refused`, `limit`";
        reader.error("wrong_value", &table.span, message, hint);
        return None;
    };
    let end = read_end(reader, folder, &table, said)?;
    let place = reader.place(&table.value_span(said));
    check_end_changes(reader, &table, &end, changes.as_deref());
    Some(Expected {
        end,
        place,
        artifacts,
        changes,
    })
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
