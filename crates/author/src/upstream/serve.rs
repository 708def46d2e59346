//! One connection: HTTP/1.1 by hyper, and the faults of a script.

use std::convert::Infallible;
use std::io;

use bytes::Bytes;
use futures_util::stream::unfold;
use hotcell_package::Origin;
use http::header::CONTENT_LENGTH;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;

use super::wire::Silence;
use super::{Reaction, Received, Upstream};
use crate::cases::{Answer, Fault};

/// Most bytes of a request's body that a server keeps: as many as the broker lets through.
const BODY_BYTES_MAX: usize = 16 << 20;

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Serves one connection until it ends.
pub(super) async fn serve(
    stream: DuplexStream,
    origin: Origin,
    upstream: Upstream,
    silence: Silence,
) {
    let service = service_fn(|request| {
        let (origin, upstream, silence) = (origin.clone(), upstream.clone(), silence.clone());
        async move {
            let reaction = upstream.react(receive(request, origin).await?);
            answer(reaction, &silence)
        }
    });
    let mut builder = Builder::new();
    // What a script answers is the same each time.
    builder.auto_date_header(false);
    // However it ends, the client learns of it.
    let _ = builder
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn receive(request: Request<Incoming>, origin: Origin) -> io::Result<Received> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
    let target = head.uri.path_and_query();
    Ok(Received {
        method: head.method.as_str().to_owned(),
        origin,
        target: target.map_or_else(|| "/".to_owned(), ToString::to_string),
        headers: head.headers,
        body: body.map_err(io::Error::other)?.to_bytes(),
        used: None,
    })
}

/// An error ends the connection without an answer.
fn answer(reaction: Reaction, silence: &Silence) -> io::Result<Response<Body>> {
    let Reaction { answer, fault } = reaction;
    match fault {
        Some(Fault::Timeout) => {
            silence.begin();
            Err(io::ErrorKind::TimedOut.into())
        }
        Some(Fault::Reset) => Err(io::ErrorKind::ConnectionReset.into()),
        Some(Fault::Truncate) => {
            let length = HeaderValue::from(answer.body.len());
            let half = answer.body[..answer.body.len() / 2].to_vec();
            let mut response = response(&answer, broken_off(half.into()))?;
            response.headers_mut().insert(CONTENT_LENGTH, length);
            Ok(response)
        }
        None => {
            let whole = Full::new(Bytes::from(answer.body.clone()));
            let whole = whole.map_err(|never: Infallible| match never {});
            response(&answer, whole.boxed_unsync())
        }
    }
}

fn response(answer: &Answer, body: Body) -> io::Result<Response<Body>> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).map_err(io::Error::other)?;
    for (name, value) in &answer.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(io::Error::other)?;
        let value = HeaderValue::from_str(value).map_err(io::Error::other)?;
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

/// A body that ends in an error once its beginning is on the wire.
fn broken_off(beginning: Bytes) -> Body {
    let pieces = unfold(Some(beginning), |beginning| async move {
        match beginning {
            Some(bytes) if !bytes.is_empty() => Some((Ok(Frame::data(bytes)), Some(Bytes::new()))),
            Some(_) => {
                // What was written so far goes out while this waits for its turn.
                tokio::task::yield_now().await;
                Some((Err(io::ErrorKind::ConnectionAborted.into()), None))
            }
            None => None,
        }
    });
    StreamBody::new(pieces).boxed_unsync()
}
