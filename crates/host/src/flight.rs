//! One exchange as it is kept for a later attempt and for a replay: the request as the guest made
//! it, before any secret was placed, and the response as the guest got it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use hotcell_policy::Transport;
use hotcell_sandbox::{Body, BodyError, Denial, OutboundError};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::artifacts::hex;

/// Bytes of a request's body that are kept, and compared with a later attempt's.
const REQUEST_BYTES_MAX: usize = 1 << 20;

/// An exchange on record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Flight {
    pub(crate) request: FlightRequest,
    pub(crate) end: FlightEnd,
}

/// A guest's request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FlightRequest {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// What the guest got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FlightEnd {
    /// A response, whole.
    Answered {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
        /// Why its body ended early, where it did.
        #[serde(skip_serializing_if = "Option::is_none")]
        broken: Option<FlightError>,
    },
    /// None.
    Failed(FlightError),
}

/// An error as the guest got it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FlightError {
    Denied {
        code: String,
        retry_after_ms: Option<u64>,
    },
    Transport(String),
}

/// A body that was read up to a bound.
pub(crate) enum Read {
    /// All of it, and the error that ended it, if one did.
    Whole(Vec<u8>, Option<OutboundError>),
    /// It is longer: what was read, and the rest.
    Longer(Vec<u8>, Body),
}

/// Reads a body up to `max` bytes.
pub(crate) async fn read(mut body: Body, max: usize) -> Read {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        match frame.map(Frame::into_data) {
            Ok(Ok(data)) => bytes.extend_from_slice(&data),
            // Trailers: the broker passes none on.
            Ok(Err(_)) => {}
            Err(error) => return Read::Whole(bytes, Some(told(error))),
        }
        if bytes.len() > max {
            return Read::Longer(bytes, body);
        }
    }
    Read::Whole(bytes, None)
}

fn told(error: BodyError) -> OutboundError {
    match error.downcast::<OutboundError>() {
        Ok(error) => *error,
        Err(_) => OutboundError::Failed(Transport::RequestBody),
    }
}

impl FlightRequest {
    /// Reads a request, and returns what is kept of it and the request as it was. Of a body that
    /// is too long to be kept, none is, and the second is false.
    pub(crate) async fn read(request: Request<Body>) -> (FlightRequest, bool, Request<Body>) {
        let (head, body) = request.into_parts();
        let (kept, is_whole, body) = match read(body, REQUEST_BYTES_MAX).await {
            Read::Whole(bytes, None) => (BASE64.encode(&bytes), true, whole(bytes)),
            Read::Whole(bytes, Some(error)) => (String::new(), false, broken(bytes, error)),
            Read::Longer(bytes, rest) => (String::new(), false, longer(bytes, rest)),
        };
        let flight = FlightRequest {
            method: head.method.to_string(),
            url: head.uri.to_string(),
            headers: pairs(&head.headers),
            body: kept,
        };
        (flight, is_whole, Request::from_parts(head, body))
    }

    /// Returns what tells it from another request.
    pub(crate) fn fingerprint(&self) -> String {
        let text = serde_json::to_vec(self).expect("text is JSON");
        hex(&Sha256::digest(text))
    }

    /// Returns whether it changes nothing (RFC 9110, 9.2.1).
    pub(crate) fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }
}

impl FlightEnd {
    /// Returns what is kept of a response, and the response as it was; of one whose body is longer
    /// than `max`, nothing is kept.
    pub(crate) async fn read(
        answer: Result<Response<Body>, OutboundError>,
        max: usize,
    ) -> (Option<FlightEnd>, Result<Response<Body>, OutboundError>) {
        let response = match answer {
            Ok(response) => response,
            Err(error) => return (Some(FlightEnd::Failed(FlightError::of(&error))), Err(error)),
        };
        let (head, body) = response.into_parts();
        let answered = |bytes: &[u8], error: Option<&OutboundError>| FlightEnd::Answered {
            status: head.status.as_u16(),
            headers: pairs(&head.headers),
            body: BASE64.encode(bytes),
            broken: error.map(FlightError::of),
        };
        let (kept, body) = match read(body, max).await {
            Read::Whole(bytes, None) => (Some(answered(&bytes, None)), whole(bytes)),
            Read::Whole(bytes, Some(error)) => {
                (Some(answered(&bytes, Some(&error))), broken(bytes, error))
            }
            Read::Longer(bytes, rest) => (None, longer(bytes, rest)),
        };
        (kept, Ok(Response::from_parts(head, body)))
    }

    /// Returns what the guest gets once more.
    pub(crate) fn again(&self) -> Result<Response<Body>, OutboundError> {
        let (status, headers, body, error) = match self {
            FlightEnd::Failed(error) => return Err(error.again()),
            FlightEnd::Answered {
                status,
                headers,
                body,
                broken,
            } => (status, headers, body, broken),
        };
        let bytes = BASE64.decode(body).unwrap_or_default();
        let body = match error {
            None => whole(bytes),
            Some(error) => broken(bytes, error.again()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(*status).unwrap_or(StatusCode::OK);
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), from_latin1(value)) {
                response.headers_mut().append(name, value);
            }
        }
        Ok(response)
    }
}

impl FlightError {
    fn of(error: &OutboundError) -> FlightError {
        match error {
            OutboundError::Denied(denial) => FlightError::Denied {
                code: denial.code.to_string(),
                retry_after_ms: denial.retry_after_ms,
            },
            OutboundError::Failed(failure) => FlightError::Transport(failure.code().to_owned()),
        }
    }

    fn again(&self) -> OutboundError {
        match self {
            FlightError::Denied {
                code,
                retry_after_ms,
            } => OutboundError::Denied(Denial {
                code: code.clone().into(),
                retry_after_ms: *retry_after_ms,
            }),
            FlightError::Transport(code) => {
                OutboundError::Failed(Transport::of_code(code).unwrap_or(Transport::Reset))
            }
        }
    }
}

/// Header values as text: each byte is one character (ISO 8859-1), so that none is lost.
fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let latin1 = |value: &HeaderValue| value.as_bytes().iter().map(|b| char::from(*b)).collect();
    let pairs = headers.iter();
    pairs
        .map(|(name, value)| (name.to_string(), latin1(value)))
        .collect()
}

fn from_latin1(text: &str) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
    let bytes: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(c).unwrap_or(b'?'))
        .collect();
    HeaderValue::from_bytes(&bytes)
}

fn whole(bytes: Vec<u8>) -> Body {
    let body = Full::new(Bytes::from(bytes));
    body.map_err(|never| match never {}).boxed_unsync()
}

/// A body that ends with an error.
fn broken(bytes: Vec<u8>, error: OutboundError) -> Body {
    let frames = [Ok(Frame::data(Bytes::from(bytes))), Err(error.into())];
    StreamBody::new(futures_util::stream::iter(frames)).boxed_unsync()
}

/// What was read of a body, and then the rest of it.
fn longer(bytes: Vec<u8>, rest: Body) -> Body {
    use futures_util::StreamExt as _;
    let begin = futures_util::stream::iter([Ok(Frame::data(Bytes::from(bytes)))]);
    let rest = http_body_util::BodyStream::new(rest);
    StreamBody::new(begin.chain(rest)).boxed_unsync()
}
