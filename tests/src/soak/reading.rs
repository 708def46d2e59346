//! The whole record, read in pages.

use std::collections::BTreeMap;

use hotcell_host::journal::{
    Event, EventQuery, InvocationQuery, InvocationRow, Journal, READ_ROWS_MAX,
};

use super::place::Failed;
use super::words::Tool;

/// Returns all invocations by their ids.
///
/// # Errors
///
/// Fails where the record cannot be read.
pub async fn invocations(journal: &dyn Journal) -> Result<BTreeMap<String, InvocationRow>, Failed> {
    let mut all = BTreeMap::new();
    let mut before_seq = None;
    loop {
        let query = InvocationQuery {
            before_seq,
            limit: READ_ROWS_MAX,
            ..InvocationQuery::default()
        };
        let page = journal.invocations(&query).await?;
        let Some(last) = page.last() else {
            return Ok(all);
        };
        before_seq = Some(last.begun_seq);
        all.extend(page.into_iter().map(|row| (row.id.clone(), row)));
    }
}

/// Returns all events in their order.
///
/// # Errors
///
/// Fails where the record cannot be read.
pub async fn events(journal: &dyn Journal) -> Result<Vec<Event>, Failed> {
    let mut all: Vec<Event> = Vec::new();
    loop {
        let query = EventQuery {
            from: all.last().map_or(0, |event| event.seq + 1),
            limit: READ_ROWS_MAX,
            ..EventQuery::default()
        };
        let page = journal.events(&query).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// Returns the invocations of a tool, each with the effect that it asked for.
///
/// # Errors
///
/// Fails where the record cannot be read.
pub async fn effects_of(
    journal: &dyn Journal,
    rows: &BTreeMap<String, InvocationRow>,
    tool: Tool,
) -> Result<Vec<(String, InvocationRow)>, Failed> {
    let mut found = Vec::new();
    for row in rows.values().filter(|row| row.tool == tool.name()) {
        let input = journal.payload(row.begun_seq, "input").await?;
        let input: serde_json::Value = match input {
            Some(payload) => serde_json::from_slice(&payload.bytes)?,
            None => return Err(format!("{} has no arguments", row.id).into()),
        };
        let effect = input["effect"].as_str().unwrap_or_default().to_owned();
        found.push((effect, row.clone()));
    }
    Ok(found)
}

/// Returns how many invocations have not ended.
///
/// # Errors
///
/// Fails where the record cannot be read.
pub async fn open(journal: &dyn Journal) -> Result<usize, Failed> {
    let query = InvocationQuery {
        open: true,
        limit: READ_ROWS_MAX,
        ..InvocationQuery::default()
    };
    Ok(journal.invocations(&query).await?.len())
}
