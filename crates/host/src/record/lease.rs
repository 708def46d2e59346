//! A lease that is held, and its beat: as long as a guest runs, its lease is kept.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use hotcell_journal::{Hold, JobProgress, Journal, Lease};
use hotcell_sandbox::{Cancel, Progress};
use tokio::task::JoinHandle;

/// The lease of an attempt under way. Whoever stops half-way, because a worker is to end or a caller
/// went away, lets go of it, so that the next one goes on at once and not when its time is over.
pub(crate) struct Held {
    journal: Arc<dyn Journal>,
    lease: Lease,
    is_left: bool,
}

impl Held {
    pub(crate) fn new(journal: &Arc<dyn Journal>, lease: Lease) -> Held {
        Held {
            journal: Arc::clone(journal),
            lease,
            is_left: false,
        }
    }

    /// Leaves it as it is, and returns it: the attempt's end is on record, or what failed had better wait until the
    /// lease's time is over.
    pub(crate) fn leave(mut self) -> Lease {
        self.is_left = true;
        self.lease.clone()
    }
}

impl Deref for Held {
    type Target = Lease;

    fn deref(&self) -> &Lease {
        &self.lease
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.is_left {
            return;
        }
        let at_once = Lease {
            lease_ms: 0,
            ..self.lease.clone()
        };
        // The first poll hands it to the writer. Where the queue is full, the lease's time ends it.
        let _ = tokio::task::unconstrained(self.journal.renew(&at_once, None)).now_or_never();
    }
}

/// Keeps a lease while it lives: a beat every third of the lease's time. Where the lease is lost,
/// or somebody asked that the invocation end, it ends the guest.
pub(crate) struct Beat {
    task: JoinHandle<()>,
    progress: Arc<Mutex<Option<JobProgress>>>,
    lost: Arc<Mutex<Option<Hold>>>,
}

impl Beat {
    /// Begins to keep `lease`; `cancel` ends the guest.
    pub(crate) fn keep(journal: Arc<dyn Journal>, lease: Lease, cancel: Cancel) -> Beat {
        let progress = Arc::<Mutex<Option<JobProgress>>>::default();
        let lost = Arc::<Mutex<Option<Hold>>>::default();
        let (told, why) = (Arc::clone(&progress), Arc::clone(&lost));
        let every = Duration::from_millis((lease.lease_ms / 3).max(1));
        let task = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(every);
            ticks.tick().await;
            loop {
                ticks.tick().await;
                let latest = lock(&told).take();
                // A record that cannot be written now may be at the next beat; the lease decides.
                let hold = match journal.renew(&lease, latest).await {
                    Ok(hold) => hold,
                    Err(error) => {
                        tracing::warn!("a lease was not renewed: {error}");
                        continue;
                    }
                };
                if hold != Hold::Held {
                    *lock(&why) = Some(hold);
                    cancel.cancel();
                    return;
                }
            }
        });
        Beat {
            task,
            progress,
            lost,
        }
    }

    /// Notes how far the guest is; the next beat tells it.
    pub(crate) fn progress(&self) -> impl Fn(&Progress) + Send + Sync + use<> {
        let told = Arc::clone(&self.progress);
        move |progress| {
            *lock(&told) = Some(JobProgress {
                done: progress.done,
                total: progress.total,
                message: progress.message.clone(),
            });
        }
    }

    /// Returns why the guest was ended, where the beat ended it.
    pub(crate) fn why(&self) -> Option<Hold> {
        *lock(&self.lost)
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
