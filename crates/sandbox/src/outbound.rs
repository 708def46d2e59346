//! The one way out: every HTTP request of a guest comes here, in `http` types.
//!
//! The sandbox itself never dials. Whoever embeds it hands in an [`Outbound`]; without one,
//! [`DenyAll`] refuses each request. `wasmtime-wasi-http` is built without its default
//! sender, so a request cannot miss this trait.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use wasmtime_wasi_http::{Error as HttpError, RequestOptions, WasiBody, WasiHttpHooks};

use crate::settings::HTTP_CHUNK_BYTES_MAX;

/// Why a body ended early. It is shown to nobody; the guest sees an incomplete body.
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
    /// Returns why the request was not sent.
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>, Denial>;
}

/// Why a request of a guest was refused: what the guest may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// A stable snake_case code, such as `egress_denied`.
    pub code: &'static str,
    /// Milliseconds after which the same request may pass.
    pub retry_after_ms: Option<u64>,
}

/// Refuses every request.
#[derive(Debug, Clone, Copy)]
pub struct DenyAll;

#[async_trait::async_trait]
impl Outbound for DenyAll {
    async fn send(&self, _request: http::Request<Body>) -> Result<http::Response<Body>, Denial> {
        Err(Denial {
            code: "egress_denied",
            retry_after_ms: None,
        })
    }
}

/// Joins wasmtime's HTTP interface to an [`Outbound`], and remembers the last denial.
pub(crate) struct Wall {
    outbound: Arc<dyn Outbound>,
    last_denial: Arc<Mutex<Option<Denial>>>,
}

impl Wall {
    pub(crate) fn new(outbound: Arc<dyn Outbound>) -> Wall {
        Wall {
            outbound,
            last_denial: Arc::default(),
        }
    }

    pub(crate) fn last_denial(&self) -> Option<Denial> {
        self.last_denial
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
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
        let last_denial = Arc::clone(&self.last_denial);
        Box::new(async move {
            let request = request.map(|body| body.map_err(BodyError::from).boxed_unsync());
            match outbound.send(request).await {
                Ok(response) => Ok((response.map(for_guest), Box::new(async { Ok(()) }) as _)),
                Err(denial) => {
                    *last_denial.lock().unwrap_or_else(PoisonError::into_inner) = Some(denial);
                    Err(HttpError::HttpRequestDenied)
                }
            }
        })
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        HTTP_CHUNK_BYTES_MAX
    }
}

fn for_guest(body: Body) -> WasiBody {
    body.map_err(|_| HttpError::HttpResponseIncomplete)
        .boxed_unsync()
}
