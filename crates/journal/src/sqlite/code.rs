//! Rows as columns: numbers of words, which stand in files for ever, and reading a row.

use hotcell_policy::Status;
use rusqlite::Row;
use rusqlite::types::Type;
use serde_json::Value;

use crate::fold::Fold;
use crate::words::{InvocationRow, Kind, Mode, State};

/// Kinds by their number. A new one goes to the end.
const KINDS: [Kind; 23] = [
    Kind::Begun,
    Kind::Attempt,
    Kind::ExchangeBegun,
    Kind::ExchangeEnded,
    Kind::Checkpoint,
    Kind::AttemptEnded,
    Kind::Ended,
    Kind::CancelAsked,
    Kind::RunNow,
    Kind::Callback,
    Kind::Note,
    Kind::Added,
    Kind::Enabled,
    Kind::Disabled,
    Kind::Removed,
    Kind::Approved,
    Kind::Suspended,
    Kind::Lifted,
    Kind::Secret,
    Kind::Configured,
    Kind::Replayed,
    Kind::Erased,
    Kind::Fault,
];

/// States by their number; those below 3 have not ended, and indexes say so.
const STATES: [State; 6] = [
    State::Queued,
    State::Running,
    State::Waiting,
    State::Done,
    State::Failed,
    State::Cancelled,
];

const MODES: [Mode; 2] = [Mode::Sync, Mode::Async];

fn number<T: PartialEq>(all: &[T], one: T) -> i64 {
    let place = all.iter().position(|other| *other == one);
    i64::try_from(place.expect("each word is listed")).expect("a list is short")
}

pub(super) fn kind_number(kind: Kind) -> i64 {
    number(&KINDS, kind)
}

pub(super) fn state_number(state: State) -> i64 {
    number(&STATES, state)
}

pub(super) fn mode_number(mode: Mode) -> i64 {
    number(&MODES, mode)
}

/// Returns a number as SQLite keeps it. Times and places beyond its range do not come up: they
/// would be the year 292 million.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn int_of(number: Option<u64>) -> Option<i64> {
    number.map(int)
}

/// The columns of [`fold`], in its order.
pub(super) const FOLD: &str = "begun_seq, id, caller, skill, version, digest, tool, key, is_bound, \
    fingerprint, invocation.correlation, mode, callback, attempts_max, begun_ms, is_erased, state, status, \
    attempt, ended_ms, ended_seq, due_ms, wait_ms, is_cancel_asked, progress, fence, owner, \
    checkpoint_seq";

/// Reads an invocation.
pub(super) fn fold(row: &Row<'_>) -> rusqlite::Result<Fold> {
    Ok(Fold {
        row: InvocationRow {
            begun_seq: row.get(0)?,
            id: row.get(1)?,
            caller: row.get(2)?,
            skill: row.get(3)?,
            version: row.get(4)?,
            digest: row.get(5)?,
            tool: row.get(6)?,
            key: row.get(7)?,
            correlation: row.get(10)?,
            mode: word(row, 11, &MODES)?,
            callback: row.get(12)?,
            attempts_max: row.get(13)?,
            begun_ms: row.get(14)?,
            state: word(row, 16, &STATES)?,
            status: status(row, 17)?,
            attempt: row.get(18)?,
            ended_ms: row.get(19)?,
            ended_seq: row.get(20)?,
            due_ms: row.get(21)?,
            is_cancel_asked: row.get(23)?,
            progress: json(row, 24)?,
        },
        is_bound: row.get(8)?,
        fingerprint: row.get(9)?,
        is_erased: row.get(15)?,
        wait_ms: row.get(22)?,
        fence: row.get(25)?,
        owner: row.get(26)?,
        checkpoint_seq: row.get(27)?,
    })
}

fn odd(column: usize, kind: Type, why: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, kind, why.into())
}

fn word<T: Copy>(row: &Row<'_>, column: usize, all: &[T]) -> rusqlite::Result<T> {
    let number: usize = row.get(column)?;
    let unknown = || {
        odd(
            column,
            Type::Integer,
            format!("no word has the number {number}"),
        )
    };
    all.get(number).copied().ok_or_else(unknown)
}

fn status(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Status>> {
    let Some(text) = row.get::<_, Option<String>>(column)? else {
        return Ok(None);
    };
    let status = serde_json::from_value(Value::String(text));
    status.map_err(|error| odd(column, Type::Text, error.to_string()))
}

fn json<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    let Some(text) = row.get::<_, Option<String>>(column)? else {
        return Ok(None);
    };
    let value = serde_json::from_str(&text).map(Some);
    value.map_err(|error| odd(column, Type::Text, error.to_string()))
}
