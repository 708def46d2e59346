//! The record in a file that many processes share: SQLite with a write-ahead log.
//!
//! Reading is in `view.rs`, writing in `tx.rs`; `writer.rs` has the one thread that commits.

mod code;
mod error;
mod open;
mod options;
mod tx;
mod view;
mod writer;

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

#[cfg(any(test, feature = "failpoints"))]
pub use options::FailPoint;
pub use options::SqliteOptions;
pub use writer::{GROUP_MAX, QUEUE_MAX};

use self::error::{file, told};
use self::view::SqlView;
use self::writer::{Queue, Writer, gone, job};
use crate::journal::Result;
use crate::memory::{Clock, clock_ms};
use crate::store::{Store, Tx, View};

/// How many reads run at once; whoever comes then waits.
pub const READERS_MAX: usize = 4;

/// The record in a file. Dropping it waits until what was begun is committed.
pub struct Sqlite {
    path: PathBuf,
    clock: Clock,
    queue: Option<Queue>,
    thread: Option<JoinHandle<()>>,
    readers: Arc<Readers>,
}

/// Connections that only read.
struct Readers {
    path: PathBuf,
    permits: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

impl Sqlite {
    /// Opens the record, creates it where it is not there, and brings an older one up to date.
    ///
    /// It waits for the disk: call it before a runtime is busy.
    pub fn open(options: SqliteOptions) -> Result<Sqlite> {
        let path = options.path.clone();
        let conn = open::prepare(&path)?;
        #[cfg(any(test, feature = "failpoints"))]
        if let Some(pages) = options.pages_max {
            conn.pragma_update(None, "max_page_count", pages)
                .map_err(|error| told(&path, error))?;
        }
        let writer = Writer {
            path: path.clone(),
            conn,
            clock: options.clock.clone(),
            fail: options.fail(),
        };
        let (queue, thread) = writer.start()?;
        Ok(Sqlite {
            clock: options.clock,
            queue: Some(queue),
            thread: Some(thread),
            readers: Arc::new(Readers {
                path: path.clone(),
                permits: Semaphore::new(READERS_MAX),
                idle: Mutex::default(),
            }),
            path,
        })
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has told its callers by going away.
            drop(thread.join());
        }
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Store for Sqlite {
    async fn write<T: Send + 'static>(
        &self,
        op: impl FnOnce(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (job, result) = job(op);
        let queue = self.queue.as_ref().ok_or_else(|| gone(&self.path))?;
        queue.send(job).await.map_err(|_| gone(&self.path))?;
        result.await.map_err(|_| gone(&self.path))?
    }

    async fn read<T: Send + 'static>(
        &self,
        op: impl FnOnce(&dyn View) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let readers = Arc::clone(&self.readers);
        let permit = self.readers.permits.acquire().await;
        let permit = permit.map_err(|_| gone(&self.path))?;
        let result = spawn_blocking(move || readers.read(op)).await;
        drop(permit);
        result.map_err(|_| gone(&self.path))?
    }

    async fn copy(&self, to: &Path) -> Result<()> {
        let (from, to) = (self.path.clone(), to.to_owned());
        let copied = spawn_blocking(move || copy(&from, &to)).await;
        copied.map_err(|_| gone(&self.path))?
    }

    async fn scrub(&self) -> Result<()> {
        let path = self.path.clone();
        let scrubbed = spawn_blocking(move || {
            let conn = open::connect(&path)?;
            let log = "PRAGMA wal_checkpoint(TRUNCATE)";
            conn.query_row(log, (), |_| Ok(()))
                .map_err(|error| told(&path, error))
        });
        scrubbed.await.map_err(|_| gone(&self.path))?
    }

    fn clock_ms(&self) -> u64 {
        clock_ms(&self.clock)
    }
}

impl Readers {
    fn read<T>(&self, op: impl FnOnce(&dyn View) -> Result<T>) -> Result<T> {
        let at = |error| told(&self.path, error);
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let conn = match idle {
            Some(conn) => conn,
            None => {
                let conn = open::connect(&self.path)?;
                conn.pragma_update(None, "query_only", "ON").map_err(at)?;
                conn
            }
        };
        let snapshot = conn.unchecked_transaction().map_err(at)?;
        let result = op(&SqlView {
            conn: &snapshot,
            path: &self.path,
        });
        snapshot.finish().map_err(at)?;
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(conn);
        result
    }
}

/// Copies the whole record into a new file, as of one moment, while others write.
///
/// By `VACUUM INTO` and not by SQLite's backup interface: that one begins anew whenever another
/// process writes.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let mend = "name a new file in a folder that is there";
    let new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to);
    new.map_err(|error| file(to, &error.to_string(), mend))?;
    let copied = (|| {
        let conn = open::connect(from)?;
        // Bound as a value: a path is no part of a statement.
        let name = to
            .to_str()
            .ok_or_else(|| file(to, "its name is not UTF-8", mend))?;
        conn.execute("VACUUM INTO ?1", [name])
            .map_err(|error| told(to, error))?;
        sync(to).map_err(|error| file(to, &error.to_string(), "check the disk"))
    })();
    if copied.is_err() {
        // What is half a copy is none; the error that counts is the first.
        drop(fs::remove_file(to));
    }
    copied
}

/// Makes a file and its name durable.
fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}
