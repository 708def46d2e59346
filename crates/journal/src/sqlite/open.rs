//! Opening the file: what it must be, how SQLite is to treat it, and migrations.

use std::fs::{self, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::error::{file, told};
use crate::journal::{JournalError, Result};

/// `HOTC`: tells our files from others'.
const APPLICATION_ID: i32 = 0x484f_5443;

/// What leads from each version of the schema to the next. The number of the last one stands in
/// the file.
const MIGRATIONS: [&str; 1] = [include_str!("1.sql")];

/// The version that this program writes.
pub(super) const SCHEMA: i64 = MIGRATIONS.len() as i64;

/// How often a connection asks for a lock that another process holds.
const BUSY_TRIES_MAX: i32 = 20_000;

/// How long it waits between: with the system's own delay, some ten seconds in all. Short,
/// because whoever asks seldom never finds a moment between two commits of a busy process.
const BUSY_PAUSE: Duration = Duration::from_micros(400);

/// How many pages the write-ahead log holds before they go into the file: 16 MiB.
const WAL_PAGES: i64 = 4_096;

/// What is left of the write-ahead log when it was longer, for a time.
const WAL_BYTES_MAX: i64 = 64 * 1024 * 1024;

/// Pages that a connection keeps in memory, in KiB.
const CACHE_KIB: i64 = 16 * 1024;

/// How many prepared statements a connection keeps: more than there are.
const STATEMENTS_MAX: usize = 96;

/// Creates the file where there is none, checks it and brings its schema up to date.
pub(super) fn prepare(path: &Path) -> Result<Connection> {
    create(path)?;
    let mut conn = connect(path)?;
    let at = |error| told(path, error);
    check_ours(path, &mut conn)?;
    write_ahead(&conn)
        .map_err(at)
        .and_then(|mode| match mode.as_str() {
            "wal" => Ok(()),
            _ => Err(file(
                path,
                "its file system does not let processes share a write-ahead log",
                "keep the data folder on a local disk",
            )),
        })?;
    migrate(path, &mut conn)?;
    Ok(conn)
}

/// Returns one more connection to a file that is prepared.
pub(super) fn connect(path: &Path) -> Result<Connection> {
    let at = |error| told(path, error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags).map_err(at)?;
    conn.busy_handler(Some(wait)).map_err(at)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    let set = |name: &str, value: &dyn rusqlite::ToSql| conn.pragma_update(None, name, value);
    // A commit is on the disk when it returns; what is erased is overwritten.
    set("synchronous", &"FULL").map_err(at)?;
    set("foreign_keys", &"ON").map_err(at)?;
    set("secure_delete", &"ON").map_err(at)?;
    set("trusted_schema", &"OFF").map_err(at)?;
    set("temp_store", &"MEMORY").map_err(at)?;
    set("cache_size", &-CACHE_KIB).map_err(at)?;
    set("wal_autocheckpoint", &WAL_PAGES).map_err(at)?;
    set("journal_size_limit", &WAL_BYTES_MAX).map_err(at)?;
    Ok(conn)
}

/// Turns the write-ahead log on, and returns the mode that the file has then. SQLite does not ask
/// the busy handler here where two processes open a new file at one time.
fn write_ahead(conn: &Connection) -> rusqlite::Result<String> {
    let mut tries = 0;
    loop {
        let mode = conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0));
        let is_busy = matches!(&mode, Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy));
        if !is_busy || !wait(tries) {
            return mode;
        }
        tries += 1;
    }
}

fn wait(tries: i32) -> bool {
    thread::sleep(BUSY_PAUSE);
    tries < BUSY_TRIES_MAX
}

/// Creates an empty file that only its owner reads; SQLite gives its companions the same mode.
fn create(path: &Path) -> Result<()> {
    let at = |error: io::Error| file(path, &error.to_string(), "check the data folder");
    let new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match new {
        Ok(new) => {
            return new
                .set_permissions(Permissions::from_mode(0o600))
                .map_err(at);
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(at(error)),
    }
    let is = fs::symlink_metadata(path).map_err(at)?;
    if !is.is_file() {
        return Err(file(
            path,
            "it is not a regular file",
            "choose another data folder",
        ));
    }
    if is.permissions().mode() & 0o077 != 0 {
        let mend = format!("chmod 600 {}", path.display());
        return Err(file(path, "other users may read or write it", &mend));
    }
    Ok(())
}

fn number(conn: &Connection, name: &str) -> rusqlite::Result<i64> {
    conn.pragma_query_value(None, name, |row| row.get(0))
}

/// Refuses a file that another program wrote, or a newer Hotcell. It looks at one state of the
/// file: another process may be creating the tables meanwhile.
fn check_ours(path: &Path, conn: &mut Connection) -> Result<()> {
    let at = |error| told(path, error);
    let state = conn.transaction().map_err(at)?;
    let schema = number(&state, "user_version").map_err(at)?;
    let application = number(&state, "application_id").map_err(at)?;
    let tables: i64 = state
        .query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))
        .map_err(at)?;
    state.finish().map_err(at)?;
    let is_new = tables == 0 && application == 0;
    if !is_new && application != i64::from(APPLICATION_ID) {
        let mend = "choose another data folder, or move the file away";
        return Err(file(path, "it is another program's database", mend));
    }
    check_version(path, schema)
}

/// Refuses a schema that is not known here.
pub(super) fn check_version(path: &Path, schema: i64) -> Result<()> {
    if schema <= SCHEMA {
        return Ok(());
    }
    let why =
        format!("a newer Hotcell wrote it: its schema is {schema}, this program knows {SCHEMA}");
    let mend = "run the newer Hotcell, or restore a backup that this one wrote";
    Err(file(path, &why, mend))
}

/// Brings the schema up to date, while nobody else writes.
fn migrate(path: &Path, conn: &mut Connection) -> Result<()> {
    let at = |error| told(path, error);
    if number(conn, "user_version").map_err(at)? == SCHEMA {
        return Ok(());
    }
    let exclusive = conn
        .transaction_with_behavior(TransactionBehavior::Exclusive)
        .map_err(at)?;
    // Another process may have done it meanwhile.
    let from = number(&exclusive, "user_version").map_err(at)?;
    check_version(path, from)?;
    let done = usize::try_from(from).map_err(|_| odd_version(from))?;
    for step in &MIGRATIONS[done..] {
        exclusive.execute_batch(step).map_err(at)?;
    }
    exclusive
        .pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(at)?;
    exclusive
        .pragma_update(None, "user_version", SCHEMA)
        .map_err(at)?;
    exclusive.commit().map_err(at)
}

fn odd_version(version: i64) -> JournalError {
    JournalError::Corrupt(format!("its schema is {version}"))
}
