//! A call whose exchanges are looked at, for who makes a test case of them: each request as the
//! guest made it, before any secret was placed, and each answer as the guest got it.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hotcell_sandbox::{Body, CredentialStatus, Outbound, OutboundError};

use crate::flight::{Flight, FlightEnd, FlightError, FlightRequest};
use crate::invoke::{Ask, Reply};
use crate::outside::Outside;
use crate::{Host, Skill};

/// Bytes of an answer's body that are kept: as many as a record keeps.
const BODY_BYTES_MAX: usize = 1 << 20;

/// One exchange as the guest saw it. It holds no secret that the broker placed; what the guest or
/// the server wrote is in it as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenExchange {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The guest's own headers.
    pub headers: Vec<(String, String)>,
    /// The body; empty where it is too long to be kept.
    pub body: Vec<u8>,
    /// What the guest got.
    pub end: SeenEnd,
}

/// What a guest got for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeenEnd {
    /// A response.
    Answered {
        /// Its status.
        status: u16,
        /// Its headers.
        headers: Vec<(String, String)>,
        /// Its body, or what came of it.
        body: Vec<u8>,
        /// Whether the body ended early.
        is_broken: bool,
    },
    /// An error, by its code.
    Failed(String),
    /// A response that is too long to be kept.
    TooLong,
}

impl Host {
    /// Runs one tool of `skill` once, off the record, as [`Host::invoke`]; returns also what it
    /// sent and got.
    pub async fn invoke_seen(&self, skill: &Arc<Skill>, ask: Ask) -> (Reply, Vec<SeenExchange>) {
        let seen = Arc::<Mutex<Vec<Flight>>>::default();
        let kept = Arc::clone(&seen);
        let reply = self
            .invoke_through(skill, ask, move |outside| {
                Arc::new(Watched { outside, kept }) as Arc<dyn Outbound>
            })
            .await;
        let flights = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
        (reply, flights.into_iter().map(SeenExchange::of).collect())
    }
}

/// The way out of a guest that is looked at.
struct Watched {
    outside: Outside,
    kept: Arc<Mutex<Vec<Flight>>>,
}

#[async_trait::async_trait]
impl Outbound for Watched {
    async fn send(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, OutboundError> {
        let (asked, _, request) = FlightRequest::read(request).await;
        let answer = self.outside.send(request).await;
        let (end, answer) = FlightEnd::read(answer, BODY_BYTES_MAX).await;
        let end = end.unwrap_or_else(|| FlightEnd::Failed(FlightError::Transport(TOO_LONG.into())));
        let flight = Flight {
            request: asked,
            end,
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(flight);
        answer
    }

    fn credential(&self, name: &str) -> Option<CredentialStatus> {
        self.outside.credential(name)
    }
}

/// Stands for an answer that was too long; no transport has this code.
const TOO_LONG: &str = "too_long_to_keep";

impl SeenExchange {
    fn of(flight: Flight) -> SeenExchange {
        let bytes = |text: &str| BASE64.decode(text).unwrap_or_default();
        let end = match flight.end {
            FlightEnd::Answered {
                status,
                headers,
                body,
                broken,
            } => SeenEnd::Answered {
                status,
                headers,
                body: bytes(&body),
                is_broken: broken.is_some(),
            },
            FlightEnd::Failed(FlightError::Transport(code)) if code == TOO_LONG => SeenEnd::TooLong,
            FlightEnd::Failed(FlightError::Transport(code) | FlightError::Denied { code, .. }) => {
                SeenEnd::Failed(code)
            }
        };
        SeenExchange {
            body: bytes(&flight.request.body),
            method: flight.request.method,
            url: flight.request.url,
            headers: flight.request.headers,
            end,
        }
    }
}
