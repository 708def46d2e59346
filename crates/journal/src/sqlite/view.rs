//! Reading from the file.

use std::path::Path;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Params, Row, params_from_iter};

use super::code::{FOLD, fold, int, kind_number};
use super::error::told;
use crate::journal::{JournalError, Result};
use crate::leaf::event_of;
use crate::store::View;
use crate::tree::{Edge, TreeHead};
use crate::words::*;

/// A read transaction: all that it reads is of one moment.
pub(super) struct SqlView<'conn> {
    pub(super) conn: &'conn Connection,
    pub(super) path: &'conn Path,
}

/// Reads the right edge of the tree.
pub(super) fn read_edge(conn: &Connection, path: &Path) -> Result<Edge> {
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let read = conn
        .prepare_cached("SELECT size, edge FROM tree WHERE id = 0")
        .and_then(|mut sql| sql.query_row((), row));
    let (size, edge): (u64, Vec<u8>) = read.map_err(|error| told(path, error))?;
    let odd = || JournalError::Corrupt(format!("{}: the tree's edge", path.display()));
    Edge::from_bytes(size, &edge).ok_or_else(odd)
}

pub(super) fn release(row: &Row<'_>) -> rusqlite::Result<Release> {
    Ok(Release {
        name: row.get(0)?,
        version: row.get(1)?,
        digest: row.get(2)?,
        is_enabled: row.get(3)?,
        added_ms: row.get(4)?,
    })
}

/// Returns the one row that a query finds; none where it finds none.
pub(super) fn one<T>(
    conn: &Connection,
    path: &Path,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>> {
    let sql = conn.prepare_cached(sql);
    let found = sql.and_then(|mut sql| sql.query_row(params, read).optional());
    found.map_err(|error| told(path, error))
}

impl SqlView<'_> {
    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let rows = || {
            let mut sql = self.conn.prepare_cached(sql)?;
            sql.query_map(params, read)?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        rows().map_err(|error| told(self.path, error))
    }

    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        one(self.conn, self.path, sql, params, read)
    }

    /// Events by SQL that ends in the place and the leaf.
    fn events_by(&self, wishes: &[&str], values: &[Sql], limit: usize) -> Result<Vec<Event>> {
        let sql = format!(
            "SELECT seq, leaf FROM event WHERE {} ORDER BY seq LIMIT {}",
            wishes.join(" AND "),
            int(limit as u64)
        );
        let row = |row: &Row<'_>| Ok((row.get::<_, u64>(0)?, row.get::<_, String>(1)?));
        let rows = self.all(&sql, params_from_iter(values), row)?;
        rows.iter()
            .map(|(seq, leaf)| event_of(*seq, leaf))
            .collect()
    }
}

/// Invocations of a correlation: their place is that of their event `begun`, of kind 0, which has
/// it too. The join goes along the index, so that a page of many costs no more than one of few.
const OF_CORRELATION: &str = "event INDEXED BY event_correlation \
    CROSS JOIN invocation ON begun_seq = seq AND kind = 0";

/// Returns a text as a value.
fn text(text: &str) -> Sql {
    Sql::Text(text.to_owned())
}

impl View for SqlView<'_> {
    fn invocation(&self, id: &str) -> Result<Option<InvocationRow>> {
        let sql = format!("SELECT {FOLD} FROM invocation WHERE id = ?1");
        Ok(self.one(&sql, [id], fold)?.map(|fold| fold.row))
    }

    /// One index is chosen here, the one that finds least; a `+` keeps SQLite from another.
    fn invocations(&self, query: &InvocationQuery) -> Result<Vec<InvocationRow>> {
        let from = match (&query.correlation, &query.caller, &query.skill) {
            (Some(_), _, _) => OF_CORRELATION,
            _ if query.open => "invocation INDEXED BY invocation_open",
            _ if query.jobs => "invocation INDEXED BY invocation_job",
            (None, Some(_), Some(_)) => "invocation INDEXED BY invocation_both",
            (None, Some(_), None) => "invocation INDEXED BY invocation_caller",
            (None, None, Some(_)) => "invocation INDEXED BY invocation_skill",
            (None, None, None) => "invocation NOT INDEXED",
        };
        let place = if query.correlation.is_some() {
            "seq"
        } else {
            "begun_seq"
        };
        let before = format!("{place} < ?1");
        let mut wishes = vec![before.as_str()];
        let mut values = vec![Sql::Integer(query.before_seq.map_or(i64::MAX, int))];
        for (wish, value) in [
            ("event.correlation = ?", &query.correlation),
            ("caller = ?", &query.caller),
            ("skill = ?", &query.skill),
        ] {
            if let Some(value) = value {
                wishes.push(wish);
                values.push(text(value));
            }
        }
        wishes.extend(query.jobs.then_some("mode = 1"));
        wishes.extend(query.open.then_some("state < 3"));
        let sql = format!(
            "SELECT {FOLD} FROM {from} WHERE {} ORDER BY {place} DESC LIMIT {}",
            wishes.join(" AND "),
            int(query.limit as u64)
        );
        let rows = self.all(&sql, params_from_iter(&values), fold)?;
        Ok(rows.into_iter().map(|fold| fold.row).collect())
    }

    fn events(&self, query: &EventQuery) -> Result<Vec<Event>> {
        let mut wishes = vec!["seq >= ?1"];
        let mut values = vec![Sql::Integer(int(query.from))];
        if let Some(invocation) = &query.invocation {
            wishes.push("invocation = ?");
            values.push(text(invocation));
        }
        if let Some(correlation) = &query.correlation {
            // Of the two, the invocation finds less.
            let is_second = query.invocation.is_some();
            wishes.push(if is_second {
                "+correlation = ?"
            } else {
                "correlation = ?"
            });
            values.push(text(correlation));
        }
        if query.kinds.is_empty() {
            return self.events_by(&wishes, &values, query.limit);
        }
        if wishes.len() > 1 {
            let kinds: Vec<_> = query
                .kinds
                .iter()
                .map(|kind| kind_number(*kind).to_string())
                .collect();
            let kinds = format!("+kind IN ({})", kinds.join(", "));
            wishes.push(&kinds);
            return self.events_by(&wishes, &values, query.limit);
        }
        // Each kind by the index, which has them in order; a list of them would be sorted whole.
        let mut kinds = query.kinds.clone();
        kinds.sort();
        kinds.dedup();
        let mut found = Vec::new();
        for kind in kinds {
            let is_frequent = matches!(kind, Kind::Begun | Kind::Ended);
            let indexed = if is_frequent {
                ""
            } else {
                "kind NOT IN (0, 6) AND"
            };
            let kind = format!("{indexed} kind = {}", kind_number(kind));
            found.extend(self.events_by(&[wishes[0], &kind], &values, query.limit)?);
        }
        found.sort_by_key(|event: &Event| event.seq);
        found.truncate(query.limit);
        Ok(found)
    }

    fn payload(&self, seq: u64, name: &str) -> Result<Option<Payload>> {
        let sql = "SELECT bytes, salt FROM payload WHERE seq = ?1 AND name = ?2";
        self.one(sql, (int(seq), name), |row| {
            Ok(Payload {
                bytes: row.get(0)?,
                salt: row.get(1)?,
            })
        })
    }

    fn rows(&self, from: u64, limit: usize) -> Result<Vec<LogRow>> {
        let sql = "SELECT seq, leaf, hash, kind, at_ms, invocation, correlation FROM event \
                   WHERE seq >= ?1 ORDER BY seq LIMIT ?2";
        let mut rows = self.all(sql, [int(from), int(limit as u64)], log_row)?;
        let Some(last) = rows.last().map(|row| row.seq) else {
            return Ok(rows);
        };
        let sql = "SELECT seq, name, bytes, salt FROM payload WHERE seq BETWEEN ?1 AND ?2 \
                   ORDER BY seq, name";
        let payloads = self.all(sql, [int(from), int(last)], |row| {
            // A salt of another length is an edit, and no salt of zeros is ever right.
            let salt: Vec<u8> = row.get(3)?;
            let salt = salt.try_into().unwrap_or([0; 16]);
            let bytes = row.get(2)?;
            Ok((row.get::<_, u64>(0)?, row.get(1)?, Payload { bytes, salt }))
        })?;
        for (seq, name, payload) in payloads {
            if let Ok(place) = rows.binary_search_by_key(&seq, |row| row.seq) {
                rows[place].payloads.push((name, payload));
            }
        }
        Ok(rows)
    }

    fn releases(&self) -> Result<Vec<Release>> {
        let sql = "SELECT name, version, digest, is_enabled, added_ms FROM release \
                   WHERE is_listed = 1";
        self.all(sql, (), release)
    }

    fn seals(&self) -> Result<Vec<SealedLog>> {
        self.all(
            "SELECT size, root, note, at_ms FROM seal ORDER BY size",
            (),
            |row| {
                let root: Vec<u8> = row.get(1)?;
                Ok(SealedLog {
                    size: row.get(0)?,
                    root: root.try_into().unwrap_or_default(),
                    note: row.get(2)?,
                    at_ms: row.get(3)?,
                })
            },
        )
    }

    fn last_seal(&self) -> Result<Option<u64>> {
        let last = self.one("SELECT max(size) FROM seal", (), |row| row.get(0))?;
        Ok(last.flatten())
    }

    fn head(&self) -> Result<TreeHead> {
        Ok(read_edge(self.conn, self.path)?.head())
    }
}

/// Reads a row of the log so that whoever checks it sees what is wrong, and no error hides it.
fn log_row(row: &Row<'_>) -> rusqlite::Result<LogRow> {
    let seq: u64 = row.get(0)?;
    let leaf = String::from_utf8_lossy(row.get_ref(1)?.as_bytes()?).into_owned();
    let hash: Vec<u8> = row.get(2)?;
    let mut odd_column = None;
    if let Ok(event) = event_of(seq, &leaf) {
        let text = |column| row.get::<_, Option<String>>(column).ok();
        let columns = [
            ("kind", row.get(3).ok() == Some(kind_number(event.kind))),
            ("at_ms", row.get(4).ok() == Some(int(event.at_ms))),
            ("invocation", text(5) == Some(event.invocation)),
            ("correlation", text(6) == Some(event.correlation)),
        ];
        let odd = columns.iter().find(|(_, fits)| !fits);
        odd_column = odd.map(|(name, _)| (*name).to_owned());
    }
    Ok(LogRow {
        seq,
        leaf,
        hash: hash.try_into().unwrap_or_default(),
        payloads: Vec::new(),
        odd_column,
    })
}
