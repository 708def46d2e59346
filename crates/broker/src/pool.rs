//! Connections that one call may use again.
//!
//! They are kept for the call only, and only for requests to the same server with the same
//! secrets: what a server might smuggle into a kept connection reaches nobody else.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hotcell_package::Origin;
use tokio::time::timeout;

use crate::dial::Connection;

/// How long a kept connection may take to say that it is ready. It is ready or it is not; the
/// time is for its task to have its turn.
const READY: Duration = Duration::from_millis(50);

/// Which connections are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) origin: Origin,
    /// The secrets that are placed, with their versions.
    pub(crate) secrets: Vec<String>,
}

/// The idle connections of one call.
#[derive(Debug)]
pub(crate) struct Pool {
    idle: Mutex<Vec<(Line, Connection)>>,
    max: usize,
}

impl Pool {
    pub(crate) fn new(max: u64) -> Self {
        Self {
            idle: Mutex::default(),
            max: usize::try_from(max).unwrap_or(usize::MAX),
        }
    }

    /// Returns an idle connection that is ready for a request; those that are not are closed.
    pub(crate) async fn take(&self, line: &Line) -> Option<Connection> {
        loop {
            let mut connection = self.pick(line)?;
            if let Ok(Ok(())) = timeout(READY, connection.sender.ready()).await {
                return Some(connection);
            }
        }
    }

    fn pick(&self, line: &Line) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let at = idle.iter().position(|(kept, _)| kept == line)?;
        Some(idle.swap_remove(at).1)
    }

    /// Keeps a connection whose response has ended as it should.
    pub(crate) fn keep(&self, line: Line, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.max && !connection.sender.is_closed() {
            idle.push((line, connection));
        }
    }
}
