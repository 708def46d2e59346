//! A plain client without any defence: it shows that an attack is real where nobody stops it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::servers::authority::Authority;
use crate::servers::server::{PATIENCE, Server};

/// A connection to a server, over which a test writes and reads bytes.
pub struct Probe {
    stream: Box<dyn Wire>,
    received: Vec<u8>,
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Probe {
    /// Connects to a server as it speaks, and trusts `authority` where it speaks TLS.
    ///
    /// # Errors
    /// Fails where the connection or the handshake does.
    pub async fn connect(server: &Server, authority: &Authority, name: &str) -> io::Result<Self> {
        Self::connect_as(server, authority.client_config(), name).await
    }

    /// Connects with a TLS configuration of its own, such as one with a client's certificate.
    ///
    /// # Errors
    /// As [`Probe::connect`].
    pub async fn connect_as(server: &Server, config: ClientConfig, name: &str) -> io::Result<Self> {
        if server.is_tls() {
            return Self::connect_to(server.address(), config, name).await;
        }
        Ok(Self::over(dial(server.address()).await?))
    }

    /// Connects by TLS to a server of which only the address is known.
    ///
    /// # Errors
    /// As [`Probe::connect`].
    pub async fn connect_to(
        address: SocketAddr,
        config: ClientConfig,
        name: &str,
    ) -> io::Result<Self> {
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        let connector = TlsConnector::from(Arc::new(config));
        let tls = connector.connect(name, dial(address).await?).await?;
        Ok(Self::over(tls))
    }

    fn over(stream: impl Wire + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            received: Vec::new(),
        }
    }

    /// Writes bytes.
    ///
    /// # Errors
    /// Fails where the server has closed.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref()).await?;
        self.stream.flush().await
    }

    /// Reads until `count` bytes have come in all, or the server has closed; returns all of them.
    ///
    /// # Errors
    /// Fails where the server breaks off, or says nothing for twenty seconds.
    pub async fn read_at_least(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.received.len() < count {
            if !self.read_some().await? {
                break;
            }
        }
        Ok(&self.received)
    }

    /// Reads until these bytes have come, or the server has closed; returns all that came.
    ///
    /// # Errors
    /// As [`Probe::read_at_least`].
    pub async fn read_until(&mut self, bytes: &[u8]) -> io::Result<&[u8]> {
        while !self
            .received
            .windows(bytes.len())
            .any(|window| window == bytes)
        {
            if !self.read_some().await? {
                break;
            }
        }
        Ok(&self.received)
    }

    /// Returns whether more came before the server closed.
    async fn read_some(&mut self) -> io::Result<bool> {
        let read = self.stream.read_buf(&mut self.received);
        Ok(tokio::time::timeout(PATIENCE, read).await?? > 0)
    }

    /// Reads until the server closes; returns all that came.
    ///
    /// # Errors
    /// As [`Probe::read_at_least`].
    pub async fn read_to_end(&mut self) -> io::Result<&[u8]> {
        self.read_at_least(usize::MAX).await
    }
}

async fn dial(address: SocketAddr) -> io::Result<TcpStream> {
    let tcp = TcpStream::connect(address).await?;
    tcp.set_nodelay(true)?;
    Ok(tcp)
}

/// Sends bytes to a server and returns all that it answers until it closes.
///
/// # Errors
/// Fails where the connection, the handshake or the server breaks off.
pub async fn ask(
    server: &Server,
    authority: &Authority,
    name: &str,
    request: impl AsRef<[u8]>,
) -> io::Result<Vec<u8>> {
    let mut probe = Probe::connect(server, authority, name).await?;
    probe.send(request).await?;
    Ok(probe.read_to_end().await?.to_vec())
}

/// Sends one request to a server with hyper and returns the whole response. `host` is added.
///
/// # Errors
/// Fails where the connection does, or where hyper finds the response wrong.
pub async fn fetch(
    server: &Server,
    authority: &Authority,
    name: &str,
    mut request: http::Request<Bytes>,
) -> io::Result<http::Response<Bytes>> {
    let probe = Probe::connect(server, authority, name).await?;
    let host = format!("{name}:{}", server.port());
    let host = host.parse().map_err(io::Error::other)?;
    request.headers_mut().insert(http::header::HOST, host);
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(probe.stream))
            .await
            .map_err(io::Error::other)?;
    let exchange = async {
        let response = sender.send_request(request.map(Full::new)).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        drop(sender);
        Ok::<_, hyper::Error>(http::Response::from_parts(head, body))
    };
    let (response, _) = tokio::join!(exchange, connection);
    response.map_err(io::Error::other)
}
