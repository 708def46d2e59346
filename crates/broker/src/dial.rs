//! Step 5: one connection to one server, at an address that was checked and is kept.
//!
//! The environment has no say: no proxy is read from it, and names are asked of the
//! [`Resolve`] that was handed in. HTTP/1.1 only, so that there are no pseudo-headers and no
//! second way to say where a request goes.

mod address;
mod in_process;
mod resolve;
mod tls;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hotcell_package::Origin;
use hotcell_policy::config::{EgressLimits, EgressTable};
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use crate::body::Body;
use crate::error::{Denial, SendError};
use hotcell_policy::Transport;

pub use in_process::{Servers, Wire};
pub use resolve::{Resolve, SystemResolver};
pub(crate) use tls::ClientIdentity;
pub use tls::{Roots, RootsError};

/// Makes connections.
pub(crate) struct Dialer {
    way: Way,
    egress: EgressTable,
}

/// Where connections lead: never to both.
enum Way {
    /// To servers, by their names' addresses.
    Network(Network),
    /// To what this process itself answers.
    InProcess(Arc<dyn Servers>),
}

struct Network {
    resolver: Arc<dyn Resolve>,
    tls: tls::Tls,
}

/// A connection that speaks HTTP/1.1. When it is dropped, its task and its socket go with it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) sender: SendRequest<Body>,
    task: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Dialer {
    pub(crate) fn new(resolver: Arc<dyn Resolve>, roots: Roots, egress: EgressTable) -> Self {
        let tls = tls::Tls::new(roots);
        Self {
            way: Way::Network(Network { resolver, tls }),
            egress,
        }
    }

    /// Makes one that reaches no network.
    pub(crate) fn in_process(servers: Arc<dyn Servers>, egress: EgressTable) -> Self {
        Self {
            way: Way::InProcess(servers),
            egress,
        }
    }

    pub(crate) fn limits(&self) -> &EgressLimits {
        &self.egress.limits
    }

    /// Connects to `origin`. Addresses are tried in the resolver's order.
    pub(crate) async fn connect(
        &self,
        origin: &Origin,
        identity: Option<&ClientIdentity>,
        deadline: Instant,
    ) -> Result<Connection, SendError> {
        if !origin.is_https() && !self.egress.plain_http.contains(origin) {
            let why = format!("{origin} is not encrypted, and no line of [egress] opens it");
            return Err(Denial::new("plain_http_denied", why).into());
        }
        let network = match &self.way {
            Way::Network(network) => network,
            Way::InProcess(servers) => {
                let wire = servers.connect(origin);
                return self
                    .speak(wire.map_err(|e| refused_or_unreachable(&e))?)
                    .await;
            }
        };
        let addresses = self.addresses(network, origin, deadline).await?;
        let addresses = address::filter(&addresses, origin.port(), &self.egress.private)?;
        let socket = self.reach(&addresses, deadline).await?;
        // Requests are small and answered at once; waiting to fill a segment costs 40 ms.
        let _ = socket.set_nodelay(true);
        if !origin.is_https() {
            return self.speak(socket).await;
        }
        let connector = network.tls.connector(identity)?;
        let name = tls::server_name(origin.host())?;
        let until = deadline.min(Instant::now() + ms(self.limits().tls_ms));
        match timeout_at(until, connector.connect(name, socket)).await {
            Err(_) => Err(Transport::TlsTimeout.into()),
            Ok(Err(error)) => Err(tls::failure(&error).into()),
            Ok(Ok(stream)) => self.speak(stream).await,
        }
    }

    async fn addresses(
        &self,
        network: &Network,
        origin: &Origin,
        until: Instant,
    ) -> Result<Vec<IpAddr>, SendError> {
        let host = origin.host();
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        if let Ok(ip) = bare.unwrap_or(host).parse() {
            return Ok(vec![ip]);
        }
        let until = until.min(Instant::now() + ms(self.limits().resolve_ms));
        match timeout_at(until, network.resolver.resolve(host)).await {
            Err(_) => Err(Transport::NameTimeout.into()),
            Ok(Ok(found)) if !found.is_empty() => Ok(found),
            Ok(_) => Err(Transport::NameUnknown.into()),
        }
    }

    async fn reach(
        &self,
        addresses: &[SocketAddr],
        until: Instant,
    ) -> Result<TcpStream, Transport> {
        let mut last = Transport::ConnectUnreachable;
        for address in addresses {
            let left = until.saturating_duration_since(Instant::now());
            let bound = left.min(ms(self.limits().connect_ms));
            match timeout(bound, TcpStream::connect(address)).await {
                Ok(Ok(socket)) => return Ok(socket),
                Ok(Err(error)) => last = refused_or_unreachable(&error),
                Err(_) => last = Transport::ConnectTimeout,
            }
        }
        Err(last)
    }

    async fn speak<S>(&self, stream: S) -> Result<Connection, SendError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let limits = self.limits();
        let bound = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let mut builder = Builder::new();
        builder.max_buf_size(bound(limits.header_bytes).max(HYPER_BUFFER_BYTES_MIN));
        // Where it is told a number, and be it its own, hyper fills a list of them for each head.
        if limits.headers != HYPER_HEADERS_MAX {
            builder.max_headers(bound(limits.headers));
        }
        let (sender, connection) = builder
            .handshake::<_, Body>(TokioIo::new(stream))
            .await
            .map_err(|_| Transport::Reset)?;
        let task = tokio::spawn(async move {
            // What goes wrong is told to whoever waits for the response.
            let _ = connection.await;
        });
        Ok(Connection {
            sender,
            task: task.abort_handle(),
        })
    }
}

/// What hyper bounds the headers of a response by if it is told nothing.
const HYPER_HEADERS_MAX: u64 = 100;

/// hyper refuses a smaller buffer.
const HYPER_BUFFER_BYTES_MIN: usize = 8_192;

fn refused_or_unreachable(error: &io::Error) -> Transport {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Transport::ConnectRefused,
        io::ErrorKind::TimedOut => Transport::ConnectTimeout,
        io::ErrorKind::ConnectionReset => Transport::Reset,
        _ => Transport::ConnectUnreachable,
    }
}

/// Waits until something is late, after `time` or at the deadline of the exchange; returns which
/// it was, `why` or the exchange. The time begins when it is first polled, and nothing before.
pub(crate) async fn late(time: Duration, deadline: Instant, why: Transport) -> Transport {
    let until = Instant::now() + time;
    sleep_until(until.min(deadline)).await;
    match until <= deadline {
        true => why,
        false => Transport::ExchangeTimeout,
    }
}

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
