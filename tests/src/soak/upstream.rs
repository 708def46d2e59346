//! The server at which effects arrive, and that counts them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use hotcell_testkit::servers::Behaviour;
use http::{Request, Response, StatusCode};

/// Every so many keyed arrivals, the effect is done and the answer says that it is not.
const TROUBLE_EVERY: u64 = 13;

/// What arrived. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Upstream(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    effects: BTreeMap<String, Effect>,
    is_troubled: bool,
    arrivals: u64,
}

/// What is known of one effect, by its path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// Requests for it.
    pub arrivals: u64,
    /// How often it was done: once for each key, and for each request without one.
    pub done: u64,
    /// The keys under which it was asked for.
    pub keys: BTreeSet<String>,
}

impl Upstream {
    /// Returns what a server has to do: `/keyed/…` honours `Idempotency-Key`, and does nothing
    /// without one; `/plain/…` knows none.
    pub fn behaviour(&self) -> Behaviour {
        let upstream = self.clone();
        Behaviour::service(move |request| upstream.answer(&request))
    }

    /// Answers one in a few keyed requests by 503 although it was done, or no more.
    pub fn trouble(&self, is_troubled: bool) {
        self.state().is_troubled = is_troubled;
    }

    /// Returns the effects by their paths.
    pub fn effects(&self) -> BTreeMap<String, Effect> {
        self.state().effects.clone()
    }

    /// Returns how many requests arrived.
    pub fn arrivals(&self) -> u64 {
        self.state().arrivals
    }

    /// Answers the first connections' requests never, though their effects are done.
    pub fn silent_at_first(&self, connections: usize) -> Behaviour {
        let upstream = self.clone();
        let silent = Behaviour::on_connection(move |mut connection| {
            let upstream = upstream.clone();
            async move {
                if let Some(request) = connection.request().await? {
                    let key = request.header("idempotency-key").map(str::to_owned);
                    upstream.arrive(request.path().to_owned(), key);
                }
                connection.until_closed().await
            }
        });
        let all = std::iter::repeat_n(silent, connections);
        Behaviour::in_turn(all.chain([self.behaviour()]))
    }

    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let key = request.headers().get("idempotency-key");
        let key = key.map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned());
        let mut response = Response::new(Bytes::from_static(b"{}"));
        *response.status_mut() = self.arrive(request.uri().path().to_owned(), key);
        response
    }

    /// Counts a request, and returns how it is answered.
    fn arrive(&self, path: String, key: Option<String>) -> StatusCode {
        let is_keyed = path.starts_with("/keyed/");
        let mut state = self.state();
        state.arrivals += 1;
        let is_trouble =
            is_keyed && state.is_troubled && state.arrivals.is_multiple_of(TROUBLE_EVERY);
        let effect = state.effects.entry(path).or_default();
        effect.arrivals += 1;
        match (is_keyed, key) {
            (true, None) => return StatusCode::BAD_REQUEST,
            (true, Some(key)) => effect.done += u64::from(effect.keys.insert(key)),
            (false, _) => effect.done += 1,
        }
        match is_trouble {
            true => StatusCode::SERVICE_UNAVAILABLE,
            false => StatusCode::OK,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
