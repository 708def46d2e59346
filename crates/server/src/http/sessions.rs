//! Sessions of the 2025 revision: how many, and whose.
//!
//! A session's id opens what was asked in it, streams that are taken up again included. So it is
//! good for the caller and the assistant that began it, and to anybody else it looks absent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;

use crate::limits::SESSIONS_MAX;
use crate::mcp::Who;

/// The header that names a session.
pub(super) const SESSION_HEADER: &str = "mcp-session-id";

/// The sessions that are open, each with who began it.
#[derive(Debug)]
pub(super) struct Sessions {
    manager: Arc<LocalSessionManager>,
    owners: Mutex<BTreeMap<String, Who>>,
}

impl Sessions {
    pub(super) fn new(manager: Arc<LocalSessionManager>) -> Self {
        Self {
            manager,
            owners: Mutex::default(),
        }
    }

    /// Returns whether there is room for one more; those that have ended are forgotten.
    pub(super) async fn has_room(&self) -> bool {
        let open = self.manager.sessions.read().await;
        let mut owners = self.owners();
        owners.retain(|id, _| open.contains_key(id.as_str()));
        open.len() < SESSIONS_MAX
    }

    /// Keeps whose a new session is.
    pub(super) fn keep(&self, id: &str, who: Who) {
        self.owners().insert(id.to_owned(), who);
    }

    /// Returns whether a session is that of `who`.
    pub(super) fn is_of(&self, id: &str, who: &Who) -> bool {
        self.owners().get(id) == Some(who)
    }

    fn owners(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Who>> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
