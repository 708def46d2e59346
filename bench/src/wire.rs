//! A server of the loopback with threads of its own, and bare hyper that talks with it.

use std::sync::Arc;

use bytes::Bytes;
use hotcell_testkit::servers::{Authority, Behaviour, Server};
use http::{Request, Response, Uri};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_rustls::TlsConnector;

use crate::Result;

/// The server's name.
pub(crate) const HOST: &str = "api.test";
/// What is asked for.
pub(crate) const PATH: &str = "/v1/contacts/17";
/// The secret that every request carries.
pub(crate) const TOKEN: &str = "bench-7Hq2xW9vLz4bTkPe0fRs1mYc8nJd5gA";

/// As long as the one that the broker adds, so that both sides send the same bytes.
const TRACEPARENT: &str = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";

/// A server, and what a client needs to trust it.
pub(crate) struct Wire {
    pub(crate) authority: Authority,
    pub(crate) server: Server,
    _threads: Runtime,
}

impl Wire {
    pub(crate) fn new(behaviour: Behaviour) -> Result<Wire> {
        let threads = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let authority = Authority::new();
        let identity = authority.issue(&[HOST, "127.0.0.1"]);
        Ok(Wire {
            server: threads.block_on(Server::tls(&identity, behaviour)),
            authority,
            _threads: threads,
        })
    }
}

/// hyper over rustls, and nothing around it.
pub(crate) struct BareClient {
    connector: TlsConnector,
    address: std::net::SocketAddr,
    authority: String,
    uri: Uri,
}

impl BareClient {
    pub(crate) fn new(wire: &Wire) -> BareClient {
        let mut config = wire.authority.client_config();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        BareClient {
            connector: TlsConnector::from(Arc::new(config)),
            address: wire.server.address(),
            authority: format!("{HOST}:{}", wire.server.port()),
            uri: Uri::from_static(PATH),
        }
    }

    /// Makes a connection.
    pub(crate) async fn connect(&self) -> Result<SendRequest<Empty<Bytes>>> {
        let socket = TcpStream::connect(self.address).await?;
        socket.set_nodelay(true)?;
        let name = ServerName::try_from(HOST)?;
        let stream = self.connector.connect(name, socket).await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with its sender.
        tokio::spawn(connection);
        Ok(sender)
    }

    /// Sends the request of the bench, and returns the response with its body yet to come.
    pub(crate) async fn send(
        &self,
        sender: &mut SendRequest<Empty<Bytes>>,
    ) -> Result<Response<Incoming>> {
        sender.ready().await?;
        let request = Request::get(self.uri.clone())
            .header("host", &self.authority)
            .header("accept", "application/json")
            .header("accept-encoding", "identity")
            .header("traceparent", TRACEPARENT)
            .header("authorization", format!("Bearer {TOKEN}"))
            .body(Empty::new())?;
        Ok(sender.send_request(request).await?)
    }
}
