//! One client's session, or one request of a client that has none.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hotcell_host::{Conversation, Reader};
use http::request::Parts;
use rmcp::RoleServer;
use rmcp::model::{ErrorData, ProtocolVersion};
use rmcp::service::RequestContext;
use tokio_util::sync::CancellationToken;

use super::Mcp;

/// Whose a request is: a caller, by way of an assistant or not.
pub(crate) type Who = Reader;

/// The handler of a session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) mcp: Arc<Mcp>,
    /// Whose all its requests are; none where each says so.
    who: Option<Who>,
    /// Is told when nobody waits for what its calls give.
    pub(super) gone: CancellationToken,
    /// What is loaded, where the client has a session.
    conversation: Mutex<Conversation>,
}

impl Session {
    pub(super) fn new(mcp: Arc<Mcp>, who: Option<Who>, gone: CancellationToken) -> Self {
        Self {
            mcp,
            who,
            gone,
            conversation: Mutex::default(),
        }
    }

    pub(super) fn conversation(&self) -> MutexGuard<'_, Conversation> {
        let conversation = self.conversation.lock();
        conversation.unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whose a request is.
    ///
    /// # Errors
    ///
    /// Fails where nobody found out: then it is nobody's, and is not answered.
    pub(super) fn who(&self, context: &RequestContext<RoleServer>) -> Result<Who, ErrorData> {
        if let Some(who) = &self.who {
            return Ok(who.clone());
        }
        let parts = context.extensions.get::<Parts>();
        let who = parts.and_then(|parts| parts.extensions.get::<Who>());
        who.cloned()
            .ok_or_else(|| ErrorData::internal_error("the request has no caller", None))
    }

    /// Returns whether a request belongs to a session that remembers what was loaded.
    pub(super) fn remembers(context: &RequestContext<RoleServer>) -> bool {
        let version = context.protocol_version();
        version.is_none_or(|version| version < ProtocolVersion::V_2026_07_28)
    }
}
