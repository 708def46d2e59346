//! MCP: one handler for both revisions in force.
//!
//! 2026-07-28 has no sessions: each request stands for itself, and the list of tools is the same for
//! all of a reader's connections. 2025-11-25 has them: there the tools of a loaded skill appear, and
//! the client is told.

mod approval;
mod call;
mod catalog;
mod content;
mod error;
mod handler;
mod jobs;
mod listen;
mod meta_tools;
mod pages;
mod progress;
mod prompts;
mod resources;
mod session;
mod skills;
mod tell;
mod tools;
mod words;

use std::fmt;
use std::sync::Arc;

use hotcell_host::{Host, Reader};
use rmcp::model::ErrorData;
use rmcp::service::serve_server_with_ct;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::limits::{CALLS_MAX, END_WAIT, LISTENERS_MAX, QUESTIONS_MAX};
use crate::stdio::Lines;
use catalog::{Catalog, Catalogs};
pub use error::BUSY;
pub(crate) use session::{Session, Who};
pub use words::{ARTIFACT_KEY, CORRELATION_KEY, IDEMPOTENCY_KEY, OUTCOME_KEY};

/// What all sessions of a server share.
#[derive(Debug)]
pub(crate) struct Mcp {
    pub(crate) host: Arc<Host>,
    /// A permit for each tool call under way.
    calls: Semaphore,
    /// A permit for each question that a client is asked.
    questions: Semaphore,
    /// A permit for each client that listens.
    listeners: Semaphore,
    catalogs: Catalogs,
}

impl Mcp {
    pub(crate) fn new(host: Arc<Host>) -> Arc<Mcp> {
        Arc::new(Mcp {
            host,
            calls: Semaphore::new(CALLS_MAX),
            questions: Semaphore::new(QUESTIONS_MAX),
            listeners: Semaphore::new(LISTENERS_MAX),
            catalogs: Catalogs::default(),
        })
    }

    /// Returns what a reader is told of the tools.
    async fn catalog(&self, who: &Who) -> Result<Arc<Catalog>, ErrorData> {
        self.catalogs.of(&self.host, who).await
    }

    /// Returns a handler. `who` is whose all its requests are; without it, each request says so
    /// itself, by what the HTTP server found out. `gone` is told when nobody waits any more.
    pub(crate) fn session(self: &Arc<Self>, who: Option<Who>, gone: CancellationToken) -> Session {
        Session::new(Arc::clone(self), who, gone)
    }

    /// Waits until no call is under way, so that the end of each is on record.
    pub(crate) async fn ended(&self) {
        let all = u32::try_from(CALLS_MAX).expect("it is a small number");
        if timeout(END_WAIT, self.calls.acquire_many(all))
            .await
            .is_err()
        {
            tracing::error!("calls are under way that did not end when they were told to");
        }
    }
}

/// Serves one client over two streams, until the client ends its own or `until` is done. Then its
/// calls are stopped, and their ends are on record when this returns.
///
/// # Errors
///
/// Fails where a task of the server's own failed.
pub async fn serve_stdio<R, W>(
    host: Arc<Host>,
    who: Reader,
    (read, write): (R, W),
    until: impl Future<Output = ()>,
) -> Result<(), StdioError>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let mcp = Mcp::new(host);
    let gone = CancellationToken::new();
    let session = mcp.session(Some(who), gone.clone());
    let lines = Lines::new(read, write, gone.clone());
    let client = async {
        // An end before the first request is an end like any other.
        let Ok(running) = serve_server_with_ct(session, lines, gone.child_token()).await else {
            return Ok(());
        };
        running.waiting().await.map(drop)
    };
    tokio::pin!(client);
    let ended = tokio::select! {
        ended = &mut client => ended,
        () = until => {
            gone.cancel();
            client.await
        }
    };
    gone.cancel();
    mcp.ended().await;
    ended.map_err(|error| StdioError(error.to_string()))
}

/// A task of the server's own failed.
#[derive(Debug)]
pub struct StdioError(String);

impl fmt::Display for StdioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the MCP server failed: {}", self.0)
    }
}

impl std::error::Error for StdioError {}
