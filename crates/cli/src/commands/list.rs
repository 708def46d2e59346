//! `hotcell list`: what is installed.

use std::collections::BTreeSet;
use std::sync::Arc;

use clap::Args;
use hotcell_host::journal::Release;
use hotcell_host::{Card, Registry};
use serde_json::{Value, json};

use crate::record::with_record_if_any;
use crate::recorded::{RecordArguments, Trouble};
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell list --json
  hotcell list

enabled: it can be called · disabled: an operator disabled it · waits: it asks for something that
nobody has looked at, and `hotcell approve NAME@VERSION` lets it be called.";

/// Most characters of a description in a line.
const DESCRIPTION_CHARS_MAX: usize = 60;
/// Digits of a digest in a line: enough to tell packages apart, not to name one.
const DIGEST_CHARS: usize = "sha256:".len() + 12;

/// What `hotcell list` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    record: RecordArguments,
}

/// One installed version.
struct Line {
    release: Release,
    state: &'static str,
    card: Result<Arc<Card>, String>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    with_record_if_any(&arguments.record, async |record| {
        let lines = match record {
            Some(record) => read(&record.registry).await?,
            None => Vec::new(),
        };
        if arguments.record.json {
            let all: Vec<_> = lines.iter().map(Line::as_json).collect();
            print::json(&json!({ "skills": all }));
        } else if lines.is_empty() {
            print::note("nothing is installed: hotcell add PACKAGE");
        } else {
            print::result(as_text(&lines).trim_end());
        }
        Ok(exit::OK)
    })
}

async fn read(registry: &Registry) -> Result<Vec<Line>, Trouble> {
    let waiting = registry.waiting().await?;
    let releases = registry.releases().await?;
    let line = |release: &Release| Line {
        state: state(release, &waiting),
        card: registry.card(release).map_err(|error| error.to_string()),
        release: release.clone(),
    };
    Ok(releases.iter().map(line).collect())
}

fn state(release: &Release, waiting: &BTreeSet<(String, String)>) -> &'static str {
    let name = (release.name.clone(), release.version.clone());
    match release.is_enabled {
        true => "enabled",
        false if waiting.contains(&name) => "waits",
        false => "disabled",
    }
}

impl Line {
    fn as_json(&self) -> Value {
        let card = self.card.as_ref().ok();
        let tools = card.map(|card| {
            let tools = card.tools.iter();
            tools.map(|tool| tool.name.as_str()).collect::<Vec<_>>()
        });
        json!({
            "skill": self.release.name,
            "version": self.release.version,
            "digest": self.release.digest,
            "state": self.state,
            "added_ms": self.release.added_ms,
            "tools": tools,
            "kind": card.map(|card| card.kind),
            "description": card.map(|card| &card.description),
            "broken": self.card.as_ref().err(),
        })
    }

    /// Returns the columns: name, version, state, digest, tools and what it is for.
    fn columns(&self) -> [String; 6] {
        let (tools, description) = match &self.card {
            Ok(card) => (card.tools.len().to_string(), short(&card.description)),
            Err(_) => ("?".to_owned(), "BROKEN: see hotcell verify".to_owned()),
        };
        let digest = self.release.digest.chars().take(DIGEST_CHARS).collect();
        let (name, version) = (self.release.name.clone(), self.release.version.clone());
        [
            name,
            version,
            self.state.to_owned(),
            digest,
            tools,
            description,
        ]
    }
}

fn short(words: &str) -> String {
    match words.chars().count() > DESCRIPTION_CHARS_MAX {
        true => words
            .chars()
            .take(DESCRIPTION_CHARS_MAX - 1)
            .chain(['…'])
            .collect(),
        false => words.to_owned(),
    }
}

fn as_text(lines: &[Line]) -> String {
    let head = ["NAME", "VERSION", "STATE", "DIGEST", "TOOLS", "DESCRIPTION"];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(lines.iter().map(Line::columns));
    let width = |at: usize| {
        rows.iter()
            .map(|row| row[at].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<_> = (0..head.len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    text
}
