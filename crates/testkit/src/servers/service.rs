//! An honest server: hyper on the connections of a [`Server`](crate::servers::Server).

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::servers::behaviour::Behaviour;
use crate::servers::connection::Connection;
use crate::servers::ledger::Ledger;
use crate::servers::request::Request;

/// The most bytes of a request's body; more is answered with 413.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The most bytes of a request that are kept as they were on the wire.
const RAW_BYTES_KEPT_MAX: usize = 1024 * 1024;

impl Behaviour {
    /// Answers requests as an honest HTTP/1.1 server does: hyper reads and writes them.
    pub fn service(
        answer: impl Fn(http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        let answer = Arc::new(answer);
        Self::on_connection(move |connection| serve(connection, Arc::clone(&answer)))
    }
}

async fn serve(
    connection: Connection,
    answer: Arc<impl Fn(http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync + 'static>,
) -> io::Result<()> {
    let seen = Seen::default();
    let keep = Keep {
        number: connection.number(),
        ledger: connection.ledger(),
        seen: seen.clone(),
    };
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (answer, keep) = (Arc::clone(&answer), keep.clone());
        async move { Ok::<_, Infallible>(reply(request, &keep, answer.as_ref()).await) }
    });
    let tap = TokioIo::new(Tap { connection, seen });
    hyper::server::conn::http1::Builder::new()
        .serve_connection(tap, service)
        .await
        .map_err(io::Error::other)
}

async fn reply(
    request: http::Request<Incoming>,
    keep: &Keep,
    answer: &(impl Fn(http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync),
) -> http::Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(body) => {
            let body = body.to_bytes();
            keep.request(&body);
            answer(http::Request::from_parts(head, body)).map(Full::new)
        }
        Err(_) => {
            let mut response = http::Response::new(Full::default());
            *response.status_mut() = http::StatusCode::PAYLOAD_TOO_LARGE;
            response
        }
    }
}

/// The bytes that came since the last request was answered.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl Seen {
    fn add(&self, bytes: &[u8]) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = RAW_BYTES_KEPT_MAX.saturating_sub(seen.len());
        seen.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Where a connection's requests are kept.
#[derive(Clone)]
struct Keep {
    number: usize,
    ledger: Option<Arc<Ledger>>,
    seen: Seen,
}

impl Keep {
    fn request(&self, body: &Bytes) {
        let raw = self.seen.take();
        let head = raw.windows(4).position(|window| window == b"\r\n\r\n");
        let head = head.map_or(raw.len(), |place| place + 4);
        let mut request = Request::parse_head(&raw[..head]).unwrap_or_default();
        request.connection = self.number;
        request.body = body.to_vec();
        request.body_bytes = body.len() as u64;
        request.raw = raw;
        if let Some(ledger) = &self.ledger {
            ledger.record(&request);
        }
    }
}

/// A connection whose bytes are noted as they are read.
struct Tap {
    connection: Connection,
    seen: Seen,
}

impl AsyncRead for Tap {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let tap = self.get_mut();
        let before = buffer.filled().len();
        let poll = Pin::new(tap.connection.stream()?).poll_read(context, buffer);
        tap.seen.add(&buffer.filled()[before..]);
        poll
    }
}

impl AsyncWrite for Tap {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(self.get_mut().connection.stream()?).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.get_mut().connection.stream()?).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.get_mut().connection.stream()?).poll_shutdown(context)
    }
}
