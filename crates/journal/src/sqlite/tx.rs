//! Writing to the file.

use std::path::Path;

use hotcell_policy::Status;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, Params, Row, named_params, params};

use super::code::{FOLD, fold, int, int_of, kind_number, mode_number, state_number};
use super::error::told;
use super::options::Fail;
use super::view::{one, read_edge};
use crate::fold::Fold;
use crate::journal::{JournalError, Result};
use crate::leaf::leaf_of;
use crate::store::{Draft, Tx};
use crate::tree::{Edge, leaf_hash};
use crate::words::*;

/// A transaction on the file. The tree's edge is read when it begins and written when it ends.
pub(super) struct SqlTx<'tx> {
    conn: &'tx Connection,
    path: &'tx Path,
    fail: &'tx Fail,
    now_ms: u64,
    edge: Edge,
    /// How long the log was.
    from: u64,
}

impl<'tx> SqlTx<'tx> {
    pub(super) fn begin(conn: &'tx Connection, path: &'tx Path, fail: &'tx Fail) -> Result<Self> {
        let edge = read_edge(conn, path)?;
        Ok(SqlTx {
            conn,
            path,
            fail,
            now_ms: 0,
            from: edge.size(),
            edge,
        })
    }

    pub(super) fn set_now(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
    }

    /// Begins an operation. Returns what [`SqlTx::undo`] needs.
    pub(super) fn save(&self) -> Result<Edge> {
        self.run("SAVEPOINT operation", ())?;
        Ok(self.edge.clone())
    }

    /// Ends an operation that went well.
    pub(super) fn keep(&self) -> Result<()> {
        self.run("RELEASE operation", ()).map(drop)
    }

    /// Takes an operation back.
    pub(super) fn undo(&mut self, saved: Edge) -> Result<()> {
        self.edge = saved;
        self.run("ROLLBACK TO operation", ())?;
        self.keep()
    }

    /// Writes the tree's edge.
    pub(super) fn end(&self) -> Result<()> {
        if self.edge.size() == self.from {
            return Ok(());
        }
        self.fail.point("tree");
        let edge = params![int(self.edge.size()), self.edge.to_bytes()];
        self.run("UPDATE tree SET size = ?1, edge = ?2 WHERE id = 0", edge)
            .map(drop)
    }

    fn at(&self, error: rusqlite::Error) -> JournalError {
        told(self.path, error)
    }

    fn run(&self, sql: &str, params: impl Params) -> Result<usize> {
        let run = self
            .conn
            .prepare_cached(sql)
            .and_then(|mut sql| sql.execute(params));
        run.map_err(|error| self.at(error))
    }

    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        one(self.conn, self.path, sql, params, read)
    }

    fn one_fold(&self, rest: &str, params: impl Params) -> Result<Option<Fold>> {
        self.one(
            &format!("SELECT {FOLD} FROM invocation {rest}"),
            params,
            fold,
        )
    }
}

const CALLBACK: &str = "SELECT id, invocation, url, seq, attempt, fence FROM callback";

fn callback(row: &Row<'_>) -> rusqlite::Result<Callback> {
    Ok(Callback {
        id: row.get(0)?,
        invocation: row.get(1)?,
        url: row.get(2)?,
        seq: row.get(3)?,
        attempt: row.get(4)?,
        fence: row.get(5)?,
    })
}

impl Tx for SqlTx<'_> {
    fn now_ms(&self) -> u64 {
        self.now_ms
    }

    fn next_seq(&self) -> u64 {
        self.edge.size()
    }

    fn push(&mut self, draft: Draft) -> Result<u64> {
        let seq = self.next_seq();
        let (event, payloads) = draft.at(seq, self.now_ms);
        let leaf = leaf_of(&event)?;
        let hash = leaf_hash(leaf.as_bytes());
        self.fail.point("event");
        self.run(
            "INSERT INTO event (seq, leaf, hash, kind, at_ms, invocation, correlation) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                int(seq),
                leaf,
                hash,
                kind_number(event.kind),
                int(event.at_ms),
                event.invocation,
                event.correlation
            ],
        )?;
        self.edge.push(hash);
        for payload in payloads.into_iter().filter(|one| one.is_kept) {
            self.fail.point("payload");
            self.run(
                "INSERT INTO payload (seq, name, salt, bytes) VALUES (?1, ?2, ?3, ?4)",
                params![int(seq), payload.name, payload.salt, payload.bytes],
            )?;
        }
        Ok(seq)
    }

    fn fold(&mut self, id: &str) -> Result<Option<Fold>> {
        self.one_fold("WHERE id = ?1", [id])
    }

    fn bound(&mut self, begin: &Begin, key: &str) -> Result<Option<Fold>> {
        let rest = "WHERE caller = ?1 AND skill = ?2 AND tool = ?3 AND key = ?4 AND is_bound = 1";
        self.one_fold(rest, [&begin.caller, &begin.skill, &begin.tool, key])
    }

    fn add_fold(&mut self, fold: &Fold) -> Result<()> {
        self.fail.point("invocation");
        let row = &fold.row;
        let added = self.run(
            "INSERT INTO invocation (begun_seq, id, caller, skill, version, digest, tool, key, \
             is_bound, fingerprint, correlation, mode, callback, attempts_max, begun_ms, \
             is_erased, state, attempt, due_ms, wait_ms, is_cancel_asked, fence, owner) \
             VALUES (:begun_seq, :id, :caller, :skill, :version, :digest, :tool, :key, \
             :is_bound, :fingerprint, :correlation, :mode, :callback, :attempts_max, :begun_ms, \
             0, :state, :attempt, :due_ms, :wait_ms, 0, :fence, :owner)",
            named_params! {
                ":begun_seq": int(row.begun_seq),
                ":id": row.id,
                ":caller": row.caller,
                ":skill": row.skill,
                ":version": row.version,
                ":digest": row.digest,
                ":tool": row.tool,
                ":key": row.key,
                ":is_bound": fold.is_bound,
                ":fingerprint": fold.fingerprint,
                ":correlation": row.correlation,
                ":mode": mode_number(row.mode),
                ":callback": row.callback,
                ":attempts_max": row.attempts_max,
                ":begun_ms": int(row.begun_ms),
                ":state": state_number(row.state),
                ":attempt": row.attempt,
                ":due_ms": int_of(row.due_ms),
                ":wait_ms": int(fold.wait_ms),
                ":fence": int(fold.fence),
                ":owner": fold.owner,
            },
        );
        match added {
            // The key is free: it was looked up in this transaction.
            Err(JournalError::Corrupt(why)) if why.contains("invocation.id") => {
                Err(JournalError::Misuse("an invocation's id twice".to_owned()))
            }
            added => added.map(drop),
        }
    }

    fn set_fold(&mut self, fold: &Fold) -> Result<()> {
        self.fail.point("invocation");
        let row = &fold.row;
        let progress = row.progress.as_ref().map(serde_json::to_string).transpose();
        let progress = progress.expect("numbers and a text are JSON");
        self.run(
            "UPDATE invocation SET state = ?2, status = ?3, attempt = ?4, ended_ms = ?5, \
             ended_seq = ?6, due_ms = ?7, wait_ms = ?8, is_cancel_asked = ?9, progress = ?10, \
             fence = ?11, owner = ?12, checkpoint_seq = ?13 WHERE begun_seq = ?1",
            params![
                int(row.begun_seq),
                state_number(row.state),
                row.status.map(Status::as_str),
                row.attempt,
                int_of(row.ended_ms),
                int_of(row.ended_seq),
                int_of(row.due_ms),
                int(fold.wait_ms),
                row.is_cancel_asked,
                progress,
                int(fold.fence),
                fold.owner,
                int_of(fold.checkpoint_seq),
            ],
        )?;
        Ok(())
    }

    fn unbind(&mut self, fold: &Fold) -> Result<()> {
        self.fail.point("unbind");
        let seq = int(fold.row.begun_seq);
        self.run(
            "UPDATE invocation SET is_bound = 0 WHERE begun_seq = ?1",
            [seq],
        )?;
        Ok(())
    }

    fn longest(&mut self, state: State, mode: Mode, until: Option<u64>) -> Result<Option<Fold>> {
        let until = until.map_or(i64::MAX, int);
        self.one_fold(
            "INDEXED BY invocation_wait WHERE state = ?1 AND mode = ?2 AND wait_ms <= ?3 \
             AND state < 3 ORDER BY wait_ms, begun_seq LIMIT 1",
            [state_number(state), mode_number(mode), until],
        )
    }

    fn drop_payloads(&mut self, seq: u64) -> Result<u64> {
        self.fail.point("drop_payloads");
        let gone = self.run("DELETE FROM payload WHERE seq = ?1", [int(seq)])?;
        Ok(gone as u64)
    }

    fn drop_needed(&mut self, id: &str) -> Result<()> {
        self.fail.point("drop_needed");
        self.run(
            "DELETE FROM payload WHERE substr(name, 1, 7) = 'needed/' \
             AND seq IN (SELECT seq FROM event WHERE invocation = ?1)",
            [id],
        )?;
        Ok(())
    }

    fn erase_one(&mut self, id: &str) -> Result<u64> {
        self.fail.point("erase_payloads");
        let gone = self.run(
            "DELETE FROM payload WHERE seq IN (SELECT seq FROM event WHERE invocation = ?1)",
            [id],
        )?;
        self.fail.point("erase_progress");
        self.run("UPDATE invocation SET progress = NULL WHERE id = ?1", [id])?;
        Ok(gone as u64)
    }

    fn erasable(&mut self, before_ms: u64, limit: usize) -> Result<Vec<String>> {
        let sql = "SELECT id FROM invocation WHERE ended_ms IS NOT NULL AND is_erased = 0 \
                   AND ended_ms < ?1 ORDER BY ended_ms, begun_seq LIMIT ?2";
        let read = || {
            let mut sql = self.conn.prepare_cached(sql)?;
            let limit = int(limit as u64);
            sql.query_map([int(before_ms), limit], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| self.at(error))
    }

    fn bound_before(&mut self, before_ms: u64, limit: usize) -> Result<Vec<String>> {
        let sql = "SELECT id FROM invocation INDEXED BY invocation_key WHERE is_bound = 1 \
                   AND ended_ms IS NOT NULL AND ended_ms < ?1 LIMIT ?2";
        let read = || {
            let mut sql = self.conn.prepare_cached(sql)?;
            let limit = int(limit as u64);
            sql.query_map([int(before_ms), limit], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| self.at(error))
    }

    fn forget_key(&mut self, id: &str) -> Result<()> {
        self.fail.point("forget_key");
        self.run(
            "UPDATE invocation SET key = NULL, is_bound = 0, fingerprint = zeroblob(32), \
             is_erased = 1 WHERE id = ?1",
            [id],
        )?;
        Ok(())
    }

    fn release(&mut self, name: &str, version: &str) -> Result<Option<(Release, bool)>> {
        let sql = "SELECT name, version, digest, is_enabled, added_ms, is_listed FROM release \
                   WHERE name = ?1 AND version = ?2";
        self.one(sql, [name, version], |row| {
            Ok((super::view::release(row)?, row.get(5)?))
        })
    }

    fn set_release(&mut self, release: &Release, is_listed: bool) -> Result<()> {
        self.fail.point("release");
        self.run(
            "INSERT OR REPLACE INTO release (name, version, digest, is_enabled, is_listed, \
             added_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                release.name,
                release.version,
                release.digest,
                release.is_enabled,
                is_listed,
                int(release.added_ms)
            ],
        )?;
        Ok(())
    }

    fn set_callback(&mut self, callback: &Callback, due_ms: u64) -> Result<()> {
        self.fail.point("callback");
        self.run(
            "INSERT OR REPLACE INTO callback (id, invocation, url, seq, attempt, fence, due_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                callback.id,
                callback.invocation,
                callback.url,
                int(callback.seq),
                callback.attempt,
                int(callback.fence),
                int(due_ms)
            ],
        )?;
        Ok(())
    }

    fn callback(&mut self, id: &str) -> Result<Option<Callback>> {
        self.one(&format!("{CALLBACK} WHERE id = ?1"), [id], callback)
    }

    fn due_callback(&mut self, now_ms: u64) -> Result<Option<Callback>> {
        let rest = "WHERE due_ms <= ?1 ORDER BY due_ms, invocation, seq LIMIT 1";
        self.one(
            &format!("{CALLBACK} {rest}"),
            [Sql::Integer(int(now_ms))],
            callback,
        )
    }

    fn drop_callback(&mut self, id: &str) -> Result<()> {
        self.fail.point("drop_callback");
        self.run("DELETE FROM callback WHERE id = ?1", [id])
            .map(drop)
    }

    fn add_seal(&mut self, seal: &SealedLog) -> Result<()> {
        self.fail.point("seal");
        self.run(
            "INSERT OR IGNORE INTO seal (size, root, note, at_ms) VALUES (?1, ?2, ?3, ?4)",
            params![int(seal.size), seal.root, seal.note, int(seal.at_ms)],
        )?;
        Ok(())
    }
}
