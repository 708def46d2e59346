//! How far a guest has come, told to a client that asked for it.

use hotcell_host::{Progress, ProgressSink};
use hotcell_package::printable;
use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::{Peer, RequestContext};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::limits::PROGRESS_WAITING_MAX;

/// How long the end of a call waits for notes on their way. A client that reads nothing gets its
/// result without them.
const LAST_NOTES: Duration = Duration::from_secs(1);

/// Notes of one call on their way to its client.
pub(super) struct Notes {
    told: JoinHandle<()>,
}

impl Notes {
    /// Returns who is to be told of a call's progress, where its client gave a token.
    pub(super) fn of(context: &RequestContext<RoleServer>) -> Option<(ProgressSink, Notes)> {
        let token = context.meta.get_progress_token()?;
        let (sink, notes) = channel(PROGRESS_WAITING_MAX);
        // A guest that tells more than its client reads is not held up: it is heard less often.
        let sink: ProgressSink = Arc::new(move |progress| drop(sink.try_send(progress)));
        let told = tokio::spawn(tell(context.peer.clone(), token, notes));
        Some((sink, Notes { told }))
    }

    /// Waits for the notes that were taken, so that the result comes after them.
    pub(super) async fn end(self) {
        let _ = timeout(LAST_NOTES, self.told).await;
    }
}

async fn tell(peer: Peer<RoleServer>, token: ProgressToken, mut notes: Receiver<Progress>) {
    let mut last = None;
    while let Some(Progress {
        done,
        total,
        message,
    }) = notes.recv().await
    {
        // It has to grow with each note (2025-11-25, "Progress").
        if last.is_some_and(|last| done <= last) {
            continue;
        }
        last = Some(done);
        let mut note = ProgressNotificationParam::new(token.clone(), as_float(done));
        note.total = total.map(as_float);
        // The guest's words: nothing in them that somebody would not see.
        note.message = (!message.is_empty()).then(|| printable(&message).into_owned());
        if peer.notify_progress(note).await.is_err() {
            return;
        }
    }
}

/// JSON has no larger whole numbers that all clients read.
#[allow(clippy::cast_precision_loss)]
fn as_float(number: u64) -> f64 {
    number as f64
}
