//! A server on the loopback.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::servers::authority::{Identity, Tls};
use crate::servers::behaviour::Behaviour;
use crate::servers::connection::{Connection, drain};
use crate::servers::ledger::{Counts, Ledger, Open};
use crate::servers::request::Request;
use crate::servers::stream::Stream;

/// How long a test waits for what it expects before it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Where a server listens, and how it speaks.
#[derive(Clone)]
pub struct Listen {
    address: SocketAddr,
    scheme: &'static str,
    tls: Option<Tls>,
}

impl Listen {
    /// Listens on `127.0.0.1`, on a port that the system picks, and speaks TLS.
    pub fn tls(tls: Tls) -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            scheme: "https",
            tls: Some(tls),
        }
    }

    /// Listens on `127.0.0.1`, on a port that the system picks, in the clear.
    pub fn plain() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            scheme: "http",
            tls: None,
        }
    }

    /// Says `https`, and hands connections over before any handshake.
    pub fn before_tls() -> Self {
        Self {
            scheme: "https",
            ..Self::plain()
        }
    }

    /// Listens on `::1` instead.
    #[must_use]
    pub fn on_ipv6(mut self) -> Self {
        self.address = (Ipv6Addr::LOCALHOST, self.address.port()).into();
        self
    }

    /// Listens on this port.
    #[must_use]
    pub fn on_port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }
}

/// A server that listens until it is dropped.
pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    ledger: Arc<Ledger>,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl Server {
    /// Starts a TLS server with this certificate on a free port of `127.0.0.1`.
    ///
    /// # Panics
    /// Where the loopback has no free port.
    pub async fn tls(identity: &Identity, behaviour: Behaviour) -> Self {
        let server = Self::start(Listen::tls(identity.tls()), behaviour).await;
        server.expect("the loopback has a free port")
    }

    /// Starts a server in the clear on a free port of `127.0.0.1`.
    ///
    /// # Panics
    /// As [`Server::tls`].
    pub async fn plain(behaviour: Behaviour) -> Self {
        let server = Self::start(Listen::plain(), behaviour).await;
        server.expect("the loopback has a free port")
    }

    /// Starts a server on the current tokio runtime.
    ///
    /// # Errors
    /// Fails where the port is taken, or the loopback has no such address.
    pub async fn start(listen: Listen, behaviour: Behaviour) -> io::Result<Self> {
        let listener = TcpListener::bind(listen.address).await?;
        let address = listener.local_addr()?;
        let ledger = Ledger::new();
        let behaviour = Arc::new(Mutex::new(behaviour));
        let accepting = Accepting {
            acceptor: listen
                .tls
                .as_ref()
                .map(|tls| TlsAcceptor::from(Arc::clone(&tls.0))),
            ledger: Arc::clone(&ledger),
            behaviour: Arc::clone(&behaviour),
        };
        tokio::spawn(accepting.run(listener));
        Ok(Self {
            address,
            scheme: listen.scheme,
            ledger,
            behaviour,
        })
    }

    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns its origin under a name, such as `https://crm.test:40123`.
    pub fn origin(&self, name: &str) -> String {
        format!("{}://{name}:{}", self.scheme, self.port())
    }

    /// Returns whether a client has to speak TLS.
    pub fn is_tls(&self) -> bool {
        self.scheme == "https"
    }

    /// Behaves otherwise from the next connection on.
    pub fn behave(&self, behaviour: Behaviour) {
        let mut current = self
            .behaviour
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *current = behaviour;
    }

    /// Returns what it has counted so far.
    pub fn counts(&self) -> Counts {
        self.ledger.counts()
    }

    /// Returns the requests that it has received, the first thousand of them.
    pub fn requests(&self) -> Vec<Request> {
        self.ledger.requests()
    }

    /// Returns whether any request held these bytes.
    pub fn received(&self, bytes: impl AsRef<[u8]>) -> bool {
        let bytes = bytes.as_ref();
        self.requests().iter().any(|request| request.holds(bytes))
    }

    /// Waits until this many connections were accepted.
    ///
    /// # Panics
    /// Where they do not come within twenty seconds.
    pub async fn wait_for_connections(&self, count: usize) {
        let wait = self.ledger.wait(|counts| counts.accepted >= count);
        self.patiently(wait, "connections").await;
    }

    /// Waits until this many requests were received.
    ///
    /// # Panics
    /// As [`Server::wait_for_connections`].
    pub async fn wait_for_requests(&self, count: usize) {
        let wait = self.ledger.wait(|counts| counts.requests >= count);
        self.patiently(wait, "requests").await;
    }

    /// Waits until the peer has closed every connection that was accepted.
    ///
    /// # Panics
    /// As [`Server::wait_for_connections`].
    pub async fn wait_closed(&self) {
        let wait = self.ledger.wait(|counts| counts.open == 0);
        self.patiently(wait, "the peer to close").await;
    }

    /// Stops listening, ends every connection, and waits until they have ended.
    pub async fn shutdown(self) {
        self.ledger.end();
        let wait = self.ledger.wait(|counts| counts.open == 0);
        self.patiently(wait, "the server to end").await;
    }

    async fn patiently(&self, wait: impl Future<Output = ()>, what: &str) {
        if tokio::time::timeout(PATIENCE, wait).await.is_err() {
            panic!("waited in vain for {what}: {:?}", self.counts());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ledger.end();
    }
}

/// What accepts connections.
struct Accepting {
    acceptor: Option<TlsAcceptor>,
    ledger: Arc<Ledger>,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl Accepting {
    async fn run(self, listener: TcpListener) {
        let accepting = async {
            loop {
                // Out of handles, or a peer that left at once: neither ends the server.
                if let Ok((tcp, _)) = listener.accept().await {
                    self.admit(tcp);
                }
            }
        };
        tokio::select! {
            () = accepting => {}
            () = self.ledger.until_ended() => {}
        }
    }

    fn admit(&self, tcp: TcpStream) {
        // Bytes leave when they are written: how they are split is the behaviour's choice.
        let _ = tcp.set_nodelay(true);
        let open = self.ledger.open();
        let number = self.ledger.counts().accepted;
        let ledger = Arc::clone(&self.ledger);
        let current = self
            .behaviour
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let behaviour = current.clone();
        drop(current);
        let acceptor = self.acceptor.clone();
        tokio::spawn(async move {
            let handling = async {
                let Some((stream, open)) = shake_hands(acceptor, tcp, open).await else {
                    return;
                };
                // A peer that breaks off is what many behaviours are there for.
                let _ = behaviour
                    .handle(Connection::new(number, stream, open))
                    .await;
            };
            tokio::select! {
                () = handling => {}
                () = ledger.until_ended() => {}
            }
        });
    }
}

async fn shake_hands(
    acceptor: Option<TlsAcceptor>,
    tcp: TcpStream,
    open: Open,
) -> Option<(Stream, Open)> {
    let Some(acceptor) = acceptor else {
        return Some((Stream::Plain(tcp), open));
    };
    match acceptor.accept(tcp).into_fallible().await {
        Ok(tls) => Some((Stream::Tls(Box::new(tls)), open)),
        Err((_, mut tcp)) => {
            open.ledger().handshake_failed();
            let _ = tcp.shutdown().await;
            let _ = drain(&mut tcp).await;
            None
        }
    }
}
