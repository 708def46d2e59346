//! Requests through `wasi:http/outgoing-handler`.

use std::fmt;
use std::io::{Read, Write};

use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, InputStream, Method,
    OutgoingBody, OutgoingRequest, OutputStream, Scheme, http_error_code,
};
use wasip2::io::streams::StreamError;

use super::{Content, Error, ErrorKind, Outgoing, Response};
use crate::credentials::{Denial, last_denial};

/// Bytes that are written in one piece.
const PIECE_BYTES: usize = 64 << 10;

/// Where a body comes from.
pub(crate) struct Source {
    // A child of the body: it must go first.
    stream: InputStream,
    _body: IncomingBody,
    /// The host's last refusal when this response came: another one since then is of its body.
    denied_before: Option<Denial>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

impl Source {
    /// Waits for at most `bytes_max` bytes; none are the end.
    pub(crate) fn read(&mut self, bytes_max: usize) -> Result<Vec<u8>, Error> {
        loop {
            match self.stream.blocking_read(bytes_max as u64) {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => return Ok(bytes),
                Err(StreamError::Closed) => return Ok(Vec::new()),
                Err(StreamError::LastOperationFailed(cause)) => {
                    return Err(self.broken_off(http_error_code(&cause)));
                }
            }
        }
    }
}

impl Source {
    /// Returns why the body ended early. Wasmtime 48 has no code for it, whatever the host said,
    /// so a refusal is found by what the host last refused.
    fn broken_off(&self, code: Option<ErrorCode>) -> Error {
        match (last_denial(), code) {
            (Some(denial), _) if Some(&denial) != self.denied_before.as_ref() => {
                Error::denied(Some(denial))
            }
            (_, Some(code)) => code.into(),
            (_, None) => ErrorKind::Transient("http_response_incomplete").into(),
        }
    }
}

/// Sends a request and waits for the head of its response.
pub(crate) fn send(outgoing: Outgoing) -> Result<Response, Error> {
    let request = request(&outgoing)?;
    let body = match &outgoing.content {
        Content::Empty => None,
        _ => Some(
            request
                .body()
                .map_err(|()| Error::permanent("request_body"))?,
        ),
    };
    let future = outgoing_handler::handle(request, None)?;
    if let Some(body) = body {
        write(body, outgoing.content)?;
    }
    response(wait(&future)?)
}

fn request(outgoing: &Outgoing) -> Result<OutgoingRequest, Error> {
    let entries: Vec<(String, Vec<u8>)> = outgoing
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().into_bytes()))
        .collect();
    let fields = Fields::from_list(&entries).map_err(|_| Error::permanent("header_invalid"))?;
    let request = OutgoingRequest::new(fields);
    let scheme = match outgoing.scheme.as_str() {
        "https" => Scheme::Https,
        "http" => Scheme::Http,
        other => Scheme::Other(other.to_owned()),
    };
    request
        .set_method(&method(outgoing.method))
        .and_then(|()| request.set_scheme(Some(&scheme)))
        .and_then(|()| request.set_authority(Some(&outgoing.authority)))
        .and_then(|()| request.set_path_with_query(Some(&outgoing.path_and_query)))
        .map_err(|()| Error::permanent("url_invalid"))?;
    Ok(request)
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        other => Method::Other(other.to_owned()),
    }
}

/// Writes a body. Where the host takes no more of it, the response says why.
fn write(body: OutgoingBody, content: Content) -> Result<(), Error> {
    let mut stream = body
        .write()
        .map_err(|()| Error::permanent("request_body"))?;
    let taken = match content {
        Content::Empty => true,
        Content::Bytes(bytes) => stream.write_all(&bytes).is_ok(),
        Content::Stream(mut reader) => copy(&mut reader, &mut stream)?,
    };
    // Not flushed: that would wait for a host that may have answered already.
    drop(stream);
    if taken {
        // What fails here fails the response too.
        let _ = OutgoingBody::finish(body, None);
    }
    Ok(())
}

/// Returns whether all of it was taken; an error where the skill's own reader fails.
fn copy(reader: &mut dyn Read, stream: &mut OutputStream) -> Result<bool, Error> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(true),
            Ok(count) if stream.write_all(&piece[..count]).is_ok() => {}
            Ok(_) => return Ok(false),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return Err(Error::permanent("request_body")),
        }
    }
}

fn wait(future: &FutureIncomingResponse) -> Result<IncomingResponse, Error> {
    let ready = future.subscribe();
    loop {
        match future.get() {
            Some(Ok(result)) => return result.map_err(Error::from),
            Some(Err(())) => return Err(Error::permanent("internal_error")),
            None => ready.block(),
        }
    }
}

fn response(incoming: IncomingResponse) -> Result<Response, Error> {
    let internal = |()| Error::permanent("internal_error");
    let headers = incoming.headers().entries();
    let body = incoming.consume().map_err(internal)?;
    let stream = body.stream().map_err(internal)?;
    let source = Source {
        stream,
        _body: body,
        denied_before: last_denial(),
    };
    Ok(Response::new(incoming.status(), headers, source))
}
