//! One connection of a server, in the clear.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::servers::ledger::{Ledger, Open};
use crate::servers::request::{Request, parse_trailers};
use crate::servers::stream::Stream;

/// The most bytes of a head, or of trailers, that are read.
const HEAD_BYTES_MAX: usize = 1024 * 1024;

/// The most bytes of a body that are kept; what follows is only counted.
const BODY_BYTES_KEPT_MAX: usize = 1024 * 1024;

/// Room for one read.
const READ_BYTES: usize = 64 * 1024;

/// What a behaviour is handed. When it is dropped, the server says goodbye, and the connection
/// counts as open until the peer has closed its side too.
pub struct Connection {
    number: usize,
    /// None only after `reset`, and in `drop`.
    stream: Option<Stream>,
    open: Option<Open>,
    buffer: BytesMut,
    ending: Ending,
}

/// How the server ends its side.
#[derive(Clone, Copy)]
enum Ending {
    /// As it should be.
    Goodbye,
    /// Without TLS's goodbye.
    Cut,
}

impl Connection {
    pub(crate) fn new(number: usize, stream: Stream, open: Open) -> Self {
        Self {
            number,
            stream: Some(stream),
            open: Some(open),
            buffer: BytesMut::new(),
            ending: Ending::Goodbye,
        }
    }

    /// Returns its place among the server's connections, from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Returns the certificate that the client showed.
    pub fn client_certificate(&self) -> Option<CertificateDer<'static>> {
        self.stream.as_ref()?.peer_certificate()
    }

    /// Reads a request whole; none where the peer closed instead.
    ///
    /// # Errors
    /// Fails where the peer sends no HTTP/1, or breaks off.
    pub async fn request(&mut self) -> io::Result<Option<Request>> {
        let Some(mut request) = self.read_head().await? else {
            return Ok(None);
        };
        self.read_body(&mut request).await?;
        self.record(&request);
        Ok(Some(request))
    }

    /// Reads a request's head and leaves the body where it is.
    ///
    /// # Errors
    /// As [`Connection::request`].
    pub async fn head(&mut self) -> io::Result<Option<Request>> {
        let head = self.read_head().await?;
        if let Some(request) = &head {
            self.record(request);
        }
        Ok(head)
    }

    /// Writes bytes and sees them off.
    ///
    /// # Errors
    /// Fails where the peer has closed.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        let stream = self.stream()?;
        stream.write_all(bytes.as_ref()).await?;
        stream.flush().await
    }

    /// Writes one byte at a time, with a pause before each.
    ///
    /// # Errors
    /// As [`Connection::write`].
    pub async fn trickle(&mut self, bytes: impl AsRef<[u8]>, pause: Duration) -> io::Result<()> {
        let mut clock = tokio::time::interval(pause);
        for byte in bytes.as_ref() {
            clock.tick().await;
            self.write([*byte]).await?;
        }
        Ok(())
    }

    /// Reads what there is, at least one byte; nothing where the peer closed.
    ///
    /// # Errors
    /// Fails where the peer breaks off.
    pub async fn read(&mut self) -> io::Result<Vec<u8>> {
        if self.buffer.is_empty() {
            self.fill().await?;
        }
        Ok(self.buffer.split().to_vec())
    }

    /// Says nothing more, and waits until the peer closes.
    ///
    /// # Errors
    /// Fails where the peer breaks off.
    pub async fn until_closed(&mut self) -> io::Result<()> {
        while !self.read().await?.is_empty() {}
        Ok(())
    }

    /// Ends the connection at once with a reset.
    pub fn reset(mut self) {
        if let Some(stream) = self.stream.take() {
            stream.reset();
        }
    }

    /// Ends the server's side without TLS's goodbye, as somebody on the way would.
    pub fn cut(mut self) {
        self.ending = Ending::Cut;
    }

    /// Returns the bytes of the connection as one stream.
    pub(crate) fn stream(&mut self) -> io::Result<&mut Stream> {
        self.stream
            .as_mut()
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Returns where its requests are kept.
    pub(crate) fn ledger(&self) -> Option<Arc<Ledger>> {
        Some(Arc::clone(self.open.as_ref()?.ledger()))
    }

    fn record(&self, request: &Request) {
        if let Some(open) = &self.open {
            open.ledger().record(request);
        }
    }

    /// Returns whether there was anything to read.
    async fn fill(&mut self) -> io::Result<bool> {
        self.buffer.reserve(READ_BYTES);
        let mut buffer = std::mem::take(&mut self.buffer);
        let count = self.stream()?.read_buf(&mut buffer).await;
        self.buffer = buffer;
        Ok(count? > 0)
    }

    async fn read_head(&mut self) -> io::Result<Option<Request>> {
        let Some(head) = self.take_through(b"\r\n\r\n").await? else {
            return Ok(None);
        };
        let mut request = Request::parse_head(&head).ok_or_else(|| no_http("head"))?;
        request.connection = self.number;
        Ok(Some(request))
    }

    async fn read_body(&mut self, request: &mut Request) -> io::Result<()> {
        let chunked = request
            .header("transfer-encoding")
            .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
        if chunked {
            return self.read_chunks(request).await;
        }
        match request.header("content-length") {
            Some(length) => {
                let length = length.parse().map_err(|_| no_http("content-length"))?;
                self.read_piece(request, length).await
            }
            None => Ok(()),
        }
    }

    async fn read_chunks(&mut self, request: &mut Request) -> io::Result<()> {
        loop {
            let line = self.take_through(b"\r\n").await?;
            let line = line.ok_or(io::ErrorKind::UnexpectedEof)?;
            request.raw.extend_from_slice(&line);
            let length = chunk_length(&line).ok_or_else(|| no_http("chunk"))?;
            if length == 0 {
                break;
            }
            self.read_piece(request, length).await?;
            let end = self.take_through(b"\r\n").await?;
            if end.as_deref() != Some(b"\r\n") {
                return Err(no_http("chunk"));
            }
            request.raw.extend_from_slice(b"\r\n");
        }
        let mut trailers = Vec::new();
        while !trailers.ends_with(b"\r\n\r\n") && trailers != b"\r\n" {
            let line = self.take_through(b"\r\n").await?;
            trailers.extend(line.ok_or(io::ErrorKind::UnexpectedEof)?);
        }
        request.raw.extend_from_slice(&trailers);
        request.trailers = parse_trailers(&trailers).ok_or_else(|| no_http("trailers"))?;
        Ok(())
    }

    /// Reads `length` bytes into the request.
    async fn read_piece(&mut self, request: &mut Request, mut length: u64) -> io::Result<()> {
        while length > 0 {
            if self.buffer.is_empty() && !self.fill().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let there = usize::try_from(length)
                .map_or(self.buffer.len(), |left| left.min(self.buffer.len()));
            let room = BODY_BYTES_KEPT_MAX - request.body.len();
            let kept = &self.buffer[..there.min(room)];
            request.body.extend_from_slice(kept);
            request.raw.extend_from_slice(kept);
            self.buffer.advance(there);
            request.body_bytes += there as u64;
            length -= there as u64;
        }
        Ok(())
    }

    /// Takes all bytes up to `end` and with it. None where the peer closed before the first.
    async fn take_through(&mut self, end: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let mut searched = 0;
        loop {
            let found = self.buffer[searched..]
                .windows(end.len())
                .position(|window| window == end);
            if let Some(place) = found {
                let length = searched + place + end.len();
                return Ok(Some(self.buffer.split_to(length).to_vec()));
            }
            if self.buffer.len() > HEAD_BYTES_MAX {
                return Err(no_http("line"));
            }
            searched = (self.buffer.len() + 1).saturating_sub(end.len());
            if !self.fill().await? {
                return match self.buffer.is_empty() {
                    true => Ok(None),
                    false => Err(io::ErrorKind::UnexpectedEof.into()),
                };
            }
        }
    }
}

/// Ends the server's side, and counts the connection until the peer has ended its own.
impl Drop for Connection {
    fn drop(&mut self) {
        let (Some(stream), Some(open)) = (self.stream.take(), self.open.take()) else {
            return;
        };
        if open.ledger().has_ended() {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(linger(stream, open, self.ending));
        }
    }
}

async fn linger(mut stream: Stream, open: Open, ending: Ending) {
    let farewell = async {
        match ending {
            Ending::Goodbye => stream.shutdown().await?,
            Ending::Cut => stream.cut().await?,
        }
        drain(&mut stream).await
    };
    tokio::select! {
        // However it went: it is over.
        _ = farewell => {}
        () = open.ledger().until_ended() => {}
    }
}

/// Reads until the peer closes.
pub(crate) async fn drain(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> io::Result<()> {
    let mut buffer = vec![0; READ_BYTES];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

/// Reads the size of a chunk; extensions are passed over.
fn chunk_length(line: &[u8]) -> Option<u64> {
    let line = std::str::from_utf8(line).ok()?.trim_end();
    let size = line.split(';').next()?.trim_end();
    u64::from_str_radix(size, 16).ok()
}

fn no_http(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("no HTTP: {what}"))
}
