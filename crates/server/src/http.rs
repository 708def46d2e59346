//! The faces over HTTP/1.1: `/mcp`, and `/mcp/ASSISTANT` for one that the operator set up.
//!
//! Read top to bottom: a connection is taken ([`connections`]), its request's head and body are
//! bounded, its caller is found by its bearer token ([`callers`]), its session must be that caller's
//! own ([`sessions`]), and rmcp's service checks `Host` and `Origin` and does the rest.
//!
//! There is no metadata of RFC 9728: Hotcell issues and introspects no tokens, so there is no
//! authorization server to name. A token is one that the operator gave to a caller.

mod callers;
mod connections;
mod gate;
mod sessions;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use hotcell_host::Host;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::limits::{MESSAGE_BYTES_MAX, SESSION_IDLE, SESSION_STREAM_MESSAGES_MAX};
use crate::mcp::Mcp;
pub use callers::{CallerSource, Callers, NobodyMayCall};
use connections::Bounds;
use gate::Gate;
use sessions::Sessions;

/// How a server over HTTP is reached.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Who may call.
    pub callers: Arc<dyn CallerSource>,
    /// Values of `Host` that are answered, with or without a port: the names under which clients
    /// know this server. Others may be a page of the web that reaches for this machine by its name
    /// (DNS rebinding).
    pub hosts: Vec<String>,
    /// Values of `Origin` that are answered: pages of the web that may call. A request without one
    /// comes from no page.
    pub origins: Vec<String>,
}

/// A server that listens.
#[derive(Debug)]
pub struct HttpServer {
    listener: TcpListener,
    router: Router,
    mcp: Arc<Mcp>,
    stop: CancellationToken,
}

impl HttpServer {
    /// Binds the address.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be had.
    pub async fn bind(host: Arc<Host>, at: SocketAddr, options: HttpOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(at).await?;
        let stop = CancellationToken::new();
        let mcp = Mcp::new(host);
        let router = router(&mcp, options, &stop);
        Ok(Self {
            listener,
            router,
            mcp,
            stop,
        })
    }

    /// Returns the address that it has.
    ///
    /// # Errors
    ///
    /// Fails where the system does not tell it.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `until` is done; then calls under way are stopped, and their ends are on record
    /// when this returns.
    pub async fn serve(self, until: impl Future<Output = ()>) {
        let connections = connections::accept(
            self.listener,
            self.router,
            Bounds::STANDARD,
            self.stop.clone(),
        );
        tokio::select! {
            () = connections => {}
            () = until => {}
        }
        self.stop.cancel();
        self.mcp.ended().await;
    }
}

fn router(mcp: &Arc<Mcp>, options: HttpOptions, stop: &CancellationToken) -> Router {
    let mut manager = LocalSessionManager::default();
    manager.session_config.keep_alive = Some(SESSION_IDLE);
    manager.session_config.channel_capacity = SESSION_STREAM_MESSAGES_MAX;
    let manager = Arc::new(manager);
    let config = StreamableHttpServerConfig::default()
        .with_allowed_hosts(options.hosts)
        .with_allowed_origins(options.origins)
        // Without this, an empty list would let every page of the web call.
        .enforce_origin_validation()
        .with_max_request_body_bytes(MESSAGE_BYTES_MAX)
        .with_json_response(true)
        .with_cancellation_token(stop.clone());
    let made = Arc::clone(mcp);
    let gone = stop.clone();
    let service = StreamableHttpService::new(
        move || Ok(made.session(None, gone.child_token())),
        Arc::clone(&manager),
        config,
    );
    let gate = Gate::new(options.callers, Sessions::new(manager));
    Router::new()
        .route_service("/mcp", service.clone())
        .route_service("/mcp/{assistant}", service)
        .layer(from_fn_with_state(Arc::new(gate), gate::pass))
}
