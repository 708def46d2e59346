//! The one way out: every HTTP request of a guest comes here, in `http` types.
//!
//! The sandbox itself never dials. Whoever embeds it hands in an [`Outbound`]; without one,
//! [`DenyAll`] refuses each request. `wasmtime-wasi-http` is built without its default
//! sender, so a request cannot miss this trait.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use hotcell_policy::Transport;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use wasmtime_wasi_http::{Error as HttpError, RequestOptions, WasiBody, WasiHttpHooks};

use crate::settings::HTTP_CHUNK_BYTES_MAX;
use crate::skill_host::CredentialStatus;

/// Why a body ended early: an [`OutboundError`] where the [`Outbound`] ended it.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body that streams in either direction.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;

/// Decides about requests, and sends those that it allows.
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
    pub(crate) fn new(outbound: Arc<dyn Outbound>) -> Wall {
        Wall {
            outbound,
            last_denial: LastDenial::default(),
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
        Box::new(async move {
            let request = request.map(|body| body.map_err(BodyError::from).boxed_unsync());
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
