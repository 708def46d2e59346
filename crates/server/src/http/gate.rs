//! What a request passes before the protocol sees it.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_TYPE, HOST, WWW_AUTHENTICATE};
use http::{HeaderMap, Method, StatusCode};
use hyper::body::Body as _;
use rmcp::model::{ErrorData, JsonRpcError};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::callers::{CallerSource, Unknown};
use super::sessions::{SESSION_HEADER, Sessions};
use crate::limits::{BODY_TIME, MESSAGE_BYTES_MAX, REQUESTS_MAX};
use crate::mcp::Who;

/// What the gate knows.
#[derive(Debug)]
pub(super) struct Gate {
    callers: Arc<dyn CallerSource>,
    sessions: Sessions,
    requests: Semaphore,
}

impl Gate {
    pub(super) fn new(callers: Arc<dyn CallerSource>, sessions: Sessions) -> Self {
        Self {
            callers,
            sessions,
            requests: Semaphore::new(REQUESTS_MAX),
        }
    }
}

/// Lets a request through to the protocol, with who it is from.
pub(super) async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let Ok(_turn) = gate.requests.try_acquire() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many requests").into_response();
    };
    if !has_plain_host(request.headers()) {
        return (StatusCode::BAD_REQUEST, "one Host, without a user").into_response();
    }
    let Some(callers) = gate.callers.callers() else {
        let text = "who may call cannot be found out now";
        return (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    };
    let caller = match callers.caller(request.headers()) {
        Ok(caller) => caller,
        Err(unknown) => return unauthorized(unknown),
    };
    let path = request.uri().path();
    let who = Who {
        caller: caller.to_owned(),
        assistant: path.strip_prefix("/mcp/").map(str::to_owned),
    };
    let session = request.headers().get(SESSION_HEADER).cloned();
    if let Some(id) = &session {
        let is_own = id.to_str().is_ok_and(|id| gate.sessions.is_of(id, &who));
        if !is_own {
            return (StatusCode::NOT_FOUND, "there is no such session").into_response();
        }
    }
    let request = match read_body(request).await {
        Ok(request) => request,
        Err(refusal) => return refusal,
    };
    // What begins a session is not told apart here; where there is no room, none can begin.
    let may_begin = session.is_some() || gate.sessions.has_room().await;
    if !may_begin && !has_version_of_2026(&request) {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many sessions").into_response();
    }
    let mut request = request;
    request.extensions_mut().insert(who.clone());
    let response = next.run(request).await;
    let begun = response.headers().get(SESSION_HEADER);
    if let (None, Some(Ok(id))) = (session, begun.map(|id| id.to_str())) {
        gate.sessions.keep(id, who);
    }
    response
}

/// Returns whether a request names one host, as RFC 9110 (7.2) writes it. With a user before it,
/// the check of the host that follows would pass over what another reader takes for the name.
fn has_plain_host(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next();
    hosts.next().is_none() && host.is_some_and(|host| !host.as_bytes().contains(&b'@'))
}

/// Reads the body whole, within its limits, and answers what is no JSON.
async fn read_body(request: Request) -> Result<Request, Response> {
    if request.method() != Method::POST {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    // One that is said to be too large is not waited for.
    if body.size_hint().lower() > MESSAGE_BYTES_MAX as u64 {
        return Err(too_large());
    }
    let read = timeout(BODY_TIME, to_bytes(body, MESSAGE_BYTES_MAX)).await;
    let Ok(read) = read else {
        return Err((StatusCode::REQUEST_TIMEOUT, "the body took too long").into_response());
    };
    let Ok(bytes) = read else {
        return Err(too_large());
    };
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok();
    match is_json {
        true => Ok(Request::from_parts(parts, Body::from(bytes))),
        false => Err(not_json()),
    }
}

fn has_version_of_2026(request: &Request) -> bool {
    let version = request.headers().get("mcp-protocol-version");
    version.is_some_and(|version| version.as_bytes() >= b"2026-07-28".as_slice())
}

/// Says that a token is needed (RFC 6750, 3; RFC 9110, 11.6.1).
fn unauthorized(unknown: Unknown) -> Response {
    let (challenge, text) = match unknown {
        Unknown::NoToken => ("Bearer realm=\"hotcell\"", "a bearer token is needed"),
        Unknown::WrongToken => (
            "Bearer realm=\"hotcell\", error=\"invalid_token\"",
            "the bearer token is nobody's",
        ),
    };
    let headers = [(WWW_AUTHENTICATE, challenge)];
    (StatusCode::UNAUTHORIZED, headers, text).into_response()
}

fn too_large() -> Response {
    let most = format!("a message has at most {MESSAGE_BYTES_MAX} bytes");
    (StatusCode::PAYLOAD_TOO_LARGE, most).into_response()
}

fn not_json() -> Response {
    let error = ErrorData::parse_error("the body is no JSON", None);
    let text = serde_json::to_string(&JsonRpcError::new(None, error));
    let text = text.expect("our own words serialise");
    let headers = [(CONTENT_TYPE, "application/json")];
    (StatusCode::BAD_REQUEST, headers, text).into_response()
}
