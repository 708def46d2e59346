//! The one thread that writes. Operations that wait are committed together, so that many share
//! one `fdatasync`.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::error::{file, told};
use super::open::check_version;
use super::options::Fail;
use super::tx::SqlTx;
use crate::journal::{JournalError, Result};
use crate::memory::{Clock, clock_ms};
use crate::store::Tx;

/// How many operations one transaction holds.
pub const GROUP_MAX: usize = 256;

/// How many operations wait for the writer; whoever comes then waits before the queue.
pub const QUEUE_MAX: usize = 1_024;

/// From how many operations in a group on the next one is waited for.
const GATHER_FROM: usize = 16;

/// For how long, so that those who were just told come along: a group writes each page once.
const GATHER_PAUSE: Duration = Duration::from_micros(60);

/// After so many groups without a pause there is one, so that other processes find a moment.
const FAIR_GROUPS: u32 = 8;

/// How long that moment is: longer than theirs between two tries.
const FAIR_PAUSE: Duration = Duration::from_micros(600);

/// An operation that waits for the writer.
pub(super) trait Job: Send {
    /// Runs it.
    fn run(self: Box<Self>, tx: &mut SqlTx<'_>) -> Ran;
    /// Tells its caller that nothing could be written.
    fn refuse(self: Box<Self>, error: JournalError);
}

/// An operation that ran.
pub(super) struct Ran {
    /// Why it failed by itself.
    failed: Option<JournalError>,
    /// Tells its caller, once the commit is known.
    tell: Box<dyn FnOnce(Result<()>)>,
}

/// An operation and who waits for it.
struct Op<F, T> {
    op: F,
    caller: oneshot::Sender<Result<T>>,
}

impl<F, T> Job for Op<F, T>
where
    F: FnOnce(&mut dyn Tx) -> Result<T> + Send,
    T: Send + 'static,
{
    fn run(self: Box<Self>, tx: &mut SqlTx<'_>) -> Ran {
        let Op { op, caller } = *self;
        let result = op(tx);
        Ran {
            failed: result.as_ref().err().cloned(),
            // Whoever went away does not hear it.
            tell: Box::new(move |commit| drop(caller.send(commit.and(result)))),
        }
    }

    fn refuse(self: Box<Self>, error: JournalError) {
        drop(self.caller.send(Err(error)));
    }
}

/// Returns an operation as a job, and where its result comes.
pub(super) fn job<T: Send + 'static>(
    op: impl FnOnce(&mut dyn Tx) -> Result<T> + Send + 'static,
) -> (Box<dyn Job>, oneshot::Receiver<Result<T>>) {
    let (caller, result) = oneshot::channel();
    (Box::new(Op { op, caller }), result)
}

/// Where operations wait.
pub(super) type Queue = mpsc::Sender<Box<dyn Job>>;

/// What the thread works with.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) conn: Connection,
    pub(super) clock: Clock,
    pub(super) fail: Fail,
}

/// Operations that wait: the one that woke the thread, then those behind it.
struct Waiting<'queue> {
    first: Option<Box<dyn Job>>,
    queue: &'queue mut mpsc::Receiver<Box<dyn Job>>,
}

impl Waiting<'_> {
    fn next(&mut self) -> Option<Box<dyn Job>> {
        self.first.take().or_else(|| self.queue.try_recv().ok())
    }
}

impl Writer {
    /// Starts the thread; it ends when the queue's senders are gone.
    pub(super) fn start(mut self) -> Result<(Queue, thread::JoinHandle<()>)> {
        let (sender, mut queue) = mpsc::channel(QUEUE_MAX);
        let path = self.path.clone();
        let work = move || {
            let mut groups = 0;
            while let Some(first) = queue.blocking_recv() {
                let done = self.group(Waiting {
                    first: Some(first),
                    queue: &mut queue,
                });
                if done >= GATHER_FROM {
                    thread::sleep(GATHER_PAUSE);
                }
                groups = if queue.is_empty() { 0 } else { groups + 1 };
                if groups == FAIR_GROUPS {
                    groups = 0;
                    thread::sleep(FAIR_PAUSE);
                }
            }
        };
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(work);
        let thread = thread.map_err(|error| {
            file(
                &path,
                &format!("its thread does not start: {error}"),
                "free some memory",
            )
        })?;
        Ok((sender, thread))
    }

    /// Runs what waits in one transaction, and tells each what came of it. Returns how many.
    fn group(&mut self, mut waiting: Waiting<'_>) -> usize {
        let mut ran = Vec::new();
        let result = self.commit(&mut waiting, &mut ran);
        let done = ran.len();
        for one in ran {
            (one.tell)(result.clone());
        }
        // The transaction did not even begin: whoever waits now would only wait once more.
        if let Err(error) = result
            && waiting.first.is_some()
        {
            for _ in 0..GROUP_MAX {
                let Some(job) = waiting.next() else { break };
                job.refuse(error.clone());
            }
        }
        done
    }

    fn commit(&mut self, waiting: &mut Waiting<'_>, ran: &mut Vec<Ran>) -> Result<()> {
        let path = &self.path;
        let at = |error| told(path, error);
        let immediate = TransactionBehavior::Immediate;
        let transaction = self.conn.transaction_with_behavior(immediate).map_err(at)?;
        let schema = transaction
            .prepare_cached("PRAGMA user_version")
            .and_then(|mut version| version.query_row((), |row| row.get(0)))
            .map_err(at)?;
        check_version(path, schema)?;
        let mut tx = SqlTx::begin(&transaction, path, &self.fail)?;
        while ran.len() < GROUP_MAX
            && let Some(job) = waiting.next()
        {
            tx.set_now(clock_ms(&self.clock));
            run(&transaction, &mut tx, job, ran)?;
        }
        tx.end()?;
        self.fail.point("commit");
        transaction.commit().map_err(at)?;
        self.fail.point("told");
        Ok(())
    }
}

/// Runs one operation in its savepoint. An error here is one of the whole group.
fn run(
    transaction: &Transaction<'_>,
    tx: &mut SqlTx<'_>,
    job: Box<dyn Job>,
    ran: &mut Vec<Ran>,
) -> Result<()> {
    let saved = match tx.save() {
        Ok(saved) => saved,
        Err(error) => {
            job.refuse(error.clone());
            return Err(error);
        }
    };
    let done = job.run(tx);
    let failed = done.failed.clone();
    ran.push(done);
    match failed {
        None => tx.keep(),
        // A full disk may have rolled back everything: then nobody's operation has happened.
        Some(error) if transaction.is_autocommit() => Err(error),
        Some(_) => tx.undo(saved),
    }
}

/// Returns the error of a caller whose writer is gone.
pub(super) fn gone(path: &Path) -> JournalError {
    file(path, "its writer has stopped", "start Hotcell again")
}
