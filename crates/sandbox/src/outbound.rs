//! The one way out: every HTTP request of a guest comes here, in `http` types.
//!
//! The sandbox itself never dials. Whoever embeds it hands in an [`Outbound`]; without one,
//! [`DenyAll`] refuses each request. `wasmtime-wasi-http` is built without its default
//! sender, so a request cannot miss this trait.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task;

use bytes::Bytes;
use hotcell_policy::Transport;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use tokio::runtime::Handle;
use wasmtime_wasi_http::{Error as HttpError, RequestOptions, WasiBody, WasiHttpHooks};

use crate::settings::HTTP_CHUNK_BYTES_MAX;
use crate::skill_host::CredentialStatus;
use crate::tape::Tape;

/// Why a body ended early: an [`OutboundError`] where the [`Outbound`] ended it.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body that streams in either direction.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;

/// Which request of its call one is, from 0, in the order in which the guest sent them. It
/// stands in the request's extensions: requests at one time reach an [`Outbound`] in any order,
/// and this one is the same each time that the call is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestNumber(pub u64);

/// Decides about requests, and sends those that it allows.
///
/// Where a call is played from a tape, this answers from the record: each request as its
/// [`RequestNumber`] was answered then, with the same bytes before the same end of a body, in
/// chunks of any size. It must not wait for the end of a request whose response came before
/// that; what it leaves of a request is read to the end.
#[async_trait::async_trait]
pub trait Outbound: Send + Sync {
    /// Returns the response to `request`, whose URI is absolute as the guest wrote it.
    ///
    /// # Errors
    ///
    /// Returns why there is no response. A body that ends early has such an error as well.
    async fn send(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, OutboundError>;

    /// Returns what the guest may know of a credential, at this moment; none where its manifest
    /// declares none of this name.
    fn credential(&self, name: &str) -> Option<CredentialStatus>;
}

/// Why a request was not answered: what the guest may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboundError {
    /// It was refused, or its response was stopped.
    Denied(Denial),
    /// It was allowed, and failed on the way.
    Failed(Transport),
}

/// Why a request of a guest was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// A stable snake_case code, such as `egress_denied`.
    pub code: Cow<'static, str>,
    /// Milliseconds after which the same request may pass.
    pub retry_after_ms: Option<u64>,
}

impl fmt::Display for OutboundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OutboundError::Denied(denial) => &denial.code,
            OutboundError::Failed(failure) => failure.code(),
        })
    }
}

impl std::error::Error for OutboundError {}

/// Refuses every request. The credentials that a manifest declares are not granted.
#[derive(Debug, Clone, Default)]
pub struct DenyAll {
    /// The names of these credentials.
    pub declared: BTreeSet<String>,
}

#[async_trait::async_trait]
impl Outbound for DenyAll {
    async fn send(
        &self,
        _request: http::Request<Body>,
    ) -> Result<http::Response<Body>, OutboundError> {
        Err(OutboundError::Denied(Denial {
            code: "egress_denied".into(),
            retry_after_ms: None,
        }))
    }

    fn credential(&self, name: &str) -> Option<CredentialStatus> {
        let declared = self.declared.contains(name);
        declared.then_some(CredentialStatus::NotGranted)
    }
}

/// Joins wasmtime's HTTP interface to an [`Outbound`], and remembers the last denial.
pub(crate) struct Wall {
    outbound: Arc<dyn Outbound>,
    last_denial: LastDenial,
    requests: u64,
    is_played: bool,
}

/// The last denial of a call, of a request or in the middle of a response.
#[derive(Clone, Default)]
struct LastDenial(Arc<Mutex<Option<Denial>>>);

impl LastDenial {
    /// Remembers a denial, and returns what wasmtime is told.
    fn take_note(&self, error: OutboundError) -> HttpError {
        match error {
            OutboundError::Denied(denial) => {
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(denial);
                HttpError::HttpRequestDenied
            }
            OutboundError::Failed(failure) => wasi_error(failure),
        }
    }
}

impl Wall {
    pub(crate) fn new(outbound: Arc<dyn Outbound>, tape: &Tape) -> Wall {
        Wall {
            outbound,
            last_denial: LastDenial::default(),
            requests: 0,
            is_played: matches!(tape, Tape::Play(_)),
        }
    }

    pub(crate) fn credential(&self, name: &str) -> Option<CredentialStatus> {
        self.outbound.credential(name)
    }

    pub(crate) fn last_denial(&self) -> Option<Denial> {
        let last = self.last_denial.0.lock();
        last.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What wasmtime wants of a sender: the response, and a future for trouble that comes later.
type Sent = Result<
    (
        http::Response<WasiBody>,
        Box<dyn Future<Output = Result<(), HttpError>> + Send>,
    ),
    HttpError,
>;

impl WasiHttpHooks for Wall {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _request_trouble: Box<dyn Future<Output = Result<(), HttpError>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let outbound = Arc::clone(&self.outbound);
        let last_denial = self.last_denial.clone();
        let number = RequestNumber(self.requests);
        self.requests += 1;
        let is_played = self.is_played;
        Box::new(async move {
            let mut request = request.map(|body| {
                let body: Body = body.map_err(BodyError::from).boxed_unsync();
                match is_played {
                    true => ReadOn::new(body).boxed_unsync(),
                    false => body,
                }
            });
            request.extensions_mut().insert(number);
            match outbound.send(request).await {
                Ok(response) => {
                    let response = response.map(|body| for_guest(body, last_denial));
                    Ok((response, Box::new(async { Ok(()) }) as _))
                }
                Err(error) => Err(last_denial.take_note(error)),
            }
        })
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        HTTP_CHUNK_BYTES_MAX
    }
}

/// A request's body that is read to its end even where nobody wants the rest: a guest that is
/// played must not meet a stream that is closed earlier than it was then.
struct ReadOn(Option<Body>);

impl ReadOn {
    fn new(body: Body) -> ReadOn {
        ReadOn(Some(body))
    }
}

impl http_body::Body for ReadOn {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
    ) -> task::Poll<Option<Result<http_body::Frame<Bytes>, BodyError>>> {
        match &mut self.0 {
            Some(body) => Pin::new(body).poll_frame(context),
            None => task::Poll::Ready(None),
        }
    }
}

impl Drop for ReadOn {
    fn drop(&mut self) {
        if let (Some(mut body), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            // It ends with the guest, which holds the other end.
            runtime.spawn(async move { while let Some(Ok(_)) = body.frame().await {} });
        }
    }
}

fn for_guest(body: Body, last_denial: LastDenial) -> WasiBody {
    body.map_err(move |error| match error.downcast::<OutboundError>() {
        Ok(error) => last_denial.take_note(*error),
        Err(_) => HttpError::HttpResponseIncomplete,
    })
    .boxed_unsync()
}

/// The code of `wasi:http` that says the same to a guest.
fn wasi_error(failure: Transport) -> HttpError {
    match failure {
        Transport::NameUnknown => HttpError::DnsError {
            rcode: Some("NXDOMAIN".to_owned()),
            info_code: None,
        },
        Transport::NameTimeout => HttpError::DnsTimeout,
        Transport::ConnectRefused => HttpError::ConnectionRefused,
        Transport::ConnectUnreachable => HttpError::DestinationUnavailable,
        Transport::ConnectTimeout | Transport::TlsTimeout => HttpError::ConnectionTimeout,
        Transport::TlsCertificate => HttpError::TlsCertificateError,
        Transport::TlsProtocol => HttpError::TlsProtocolError,
        Transport::Reset => HttpError::ConnectionTerminated,
        Transport::RequestBody => HttpError::HttpRequestBodySize(None),
        Transport::HeadTimeout | Transport::ExchangeTimeout => HttpError::HttpResponseTimeout,
        Transport::IdleTimeout => HttpError::ConnectionReadTimeout,
        Transport::Malformed => HttpError::HttpProtocolError,
        Transport::HeadTooLarge => HttpError::HttpResponseHeaderSectionSize(None),
        Transport::BodyTooLarge => HttpError::HttpResponseBodySize(None),
        Transport::ContentCoding => HttpError::HttpResponseContentCoding(None),
    }
}
