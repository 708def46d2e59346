//! What a server has seen, and a way to wait until it has seen more.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::servers::request::Request;

/// The most requests that are kept; later ones are only counted.
const REQUESTS_KEPT_MAX: usize = 1_000;

/// How a server stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections that were accepted.
    pub accepted: usize,
    /// Connections that the peer has not closed yet.
    pub open: usize,
    /// Connections on which the TLS handshake failed.
    pub handshakes_failed: usize,
    /// Requests whose head arrived whole.
    pub requests: usize,
}

/// Shared by a server and its connections.
pub(crate) struct Ledger {
    counts: watch::Sender<Counts>,
    requests: Mutex<Vec<Request>>,
    ended: watch::Sender<bool>,
}

impl Ledger {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            counts: watch::Sender::new(Counts::default()),
            requests: Mutex::new(Vec::new()),
            ended: watch::Sender::new(false),
        })
    }

    /// Counts a connection as open until the returned value is dropped.
    pub(crate) fn open(self: &Arc<Self>) -> Open {
        self.counts.send_modify(|counts| {
            counts.accepted += 1;
            counts.open += 1;
        });
        Open(Arc::clone(self))
    }

    pub(crate) fn handshake_failed(&self) {
        self.counts
            .send_modify(|counts| counts.handshakes_failed += 1);
    }

    pub(crate) fn record(&self, request: &Request) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() < REQUESTS_KEPT_MAX {
            requests.push(request.clone());
        }
        drop(requests);
        self.counts.send_modify(|counts| counts.requests += 1);
    }

    pub(crate) fn counts(&self) -> Counts {
        *self.counts.borrow()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.clone()
    }

    /// Waits until the counts are as wanted.
    pub(crate) async fn wait(&self, wanted: impl FnMut(&Counts) -> bool) {
        let mut counts = self.counts.subscribe();
        // The sender lives in `self`, so it cannot be gone.
        let _ = counts.wait_for(wanted).await;
    }

    /// Tells every connection to end.
    pub(crate) fn end(&self) {
        self.ended.send_replace(true);
    }

    pub(crate) fn has_ended(&self) -> bool {
        *self.ended.borrow()
    }

    /// Waits for [`Ledger::end`].
    pub(crate) async fn until_ended(&self) {
        let mut ended = self.ended.subscribe();
        let _ = ended.wait_for(|ended| *ended).await;
    }
}

/// An open connection.
pub(crate) struct Open(Arc<Ledger>);

impl Open {
    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.0
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.counts.send_modify(|counts| counts.open -= 1);
    }
}
