//! The beat of a lease: as long as a guest runs, its lease is kept.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hotcell_journal::{Hold, JobProgress, Journal, Lease};
use hotcell_sandbox::{Cancel, Progress};
use tokio::task::JoinHandle;

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
