//! Connections: how many, how long their heads may be and take.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tower_service::Service as _;

use crate::limits::{
    ACCEPT_WAIT_MAX, ACCEPT_WAIT_MIN, CONNECTIONS_MAX, HEAD_BYTES_MAX, HEAD_TIME, HEADERS_MAX,
};

/// How many connections there may be, and how long a head may take to come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    connections: usize,
    head_time: Duration,
}

impl Bounds {
    /// Those of [`crate::limits`].
    pub(super) const STANDARD: Bounds = Bounds {
        connections: CONNECTIONS_MAX,
        head_time: HEAD_TIME,
    };
}

/// Takes connections until it is dropped; those that are open end with `stop`.
pub(super) async fn accept(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stop: CancellationToken,
) {
    let room = Arc::new(Semaphore::new(bounds.connections));
    let mut wait = ACCEPT_WAIT_MIN;
    loop {
        let place = Arc::clone(&room).acquire_owned().await;
        let place = place.expect("it is never closed");
        // Whoever cannot be taken now, for want of descriptors, is taken later.
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!("no connection can be taken now: {error}");
                sleep(wait).await;
                wait = longer(wait);
                continue;
            }
        };
        wait = ACCEPT_WAIT_MIN;
        let (router, stop) = (router.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = serve(stream, router, bounds) => {}
                () = stop.cancelled() => {}
            }
            drop(place);
        });
    }
}

/// Returns how long is waited after a wait in vain.
fn longer(wait: Duration) -> Duration {
    wait.saturating_mul(2).min(ACCEPT_WAIT_MAX)
}

async fn serve(stream: TcpStream, router: Router, bounds: Bounds) {
    // Answers are written whole; waiting for more (Nagle) costs 40 ms each.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let mut router = router.clone();
        async move { router.call(request.map(Body::new)).await }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head_time)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!("a connection ended: {error}");
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const WHOLE: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

    /// Returns the address of a server with these bounds.
    async fn serving(connections: usize, head_time: Duration) -> std::net::SocketAddr {
        let bounds = Bounds {
            connections,
            head_time,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(async || "served"));
        tokio::spawn(accept(listener, router, bounds, CancellationToken::new()));
        at
    }

    async fn rest(stream: &mut TcpStream) -> String {
        let mut answer = Vec::new();
        // It may be cut off.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_ends_its_connection() {
        let at = serving(8, Duration::from_millis(20)).await;
        for begun in [&b""[..], b"GET / HT", &WHOLE[..WHOLE.len() - 2]] {
            let mut stream = TcpStream::connect(at).await.unwrap();
            stream.write_all(begun).await.unwrap();
            // The server ends it; nobody here ever would.
            assert!(!rest(&mut stream).await.contains("served"));
        }
        let patient = serving(8, HEAD_TIME).await;
        let mut stream = TcpStream::connect(patient).await.unwrap();
        stream.write_all(WHOLE).await.unwrap();
        assert!(rest(&mut stream).await.ends_with("served"));
    }

    #[tokio::test]
    async fn connections_beyond_the_limit_wait_for_room() {
        let at = serving(2, HEAD_TIME).await;
        let mut held = Vec::new();
        for _ in 0..2 {
            let mut stream = TcpStream::connect(at).await.unwrap();
            // It is taken, and kept.
            let kept = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
            stream.write_all(kept).await.unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).await.unwrap();
            assert_eq!(&answer, b"HTTP/1.1 200");
            held.push(stream);
        }
        let mut next = TcpStream::connect(at).await.unwrap();
        next.write_all(WHOLE).await.unwrap();
        let waiting = tokio::spawn(async move { rest(&mut next).await });
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        assert!(!waiting.is_finished());
        drop(held.pop());
        assert!(waiting.await.unwrap().ends_with("served"));
    }

    #[tokio::test]
    async fn a_head_has_its_bytes_and_its_headers() {
        let at = serving(8, HEAD_TIME).await;
        let long = format!("x: {}\r\n", "y".repeat(HEAD_BYTES_MAX));
        let many = (0..=HEADERS_MAX).map(|n| format!("x-{n}: y\r\n")).collect();
        for headers in [long, many] {
            let mut stream = TcpStream::connect(at).await.unwrap();
            let request = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
            let _ = stream.write_all(request.as_bytes()).await;
            assert!(!rest(&mut stream).await.contains("served"));
        }
    }
}
