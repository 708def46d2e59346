//! The way of one request, top to bottom: [`Session::send`].

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hotcell_policy::egress::{CredentialDecision, Egress, EgressRule};
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

use crate::body::Body;
use crate::broker::Inner;
use crate::canonical::{self, Target};
use crate::delivery::Delivery;
use crate::dial::{Connection, ms};
use crate::enrich::{CallIdentity, Enrichment, write_length};
use crate::error::{Denial, SendError};
use crate::headers::{self, GuestHeaders};
use crate::live::{Live, secrets_of};
use crate::place::Outgoing;
use crate::pool::{Line, Pool};
use crate::record::{Record, Recording};
use crate::request_body::{RequestBody, Wire, found};
use crate::response::{check_head, find_in_headers};
use crate::rules;
use hotcell_policy::Transport;

/// What one call may send. All of its requests share their count, their connections and their
/// place in the record.
pub struct Session {
    pub(crate) broker: Arc<Inner>,
    pub(crate) egress: Egress,
    call: CallIdentity,
    enrichment: Enrichment,
    record: Arc<dyn Record>,
    requests: AtomicU64,
    running: Arc<Semaphore>,
    pool: Arc<Pool>,
}

/// Whether requests carry a credential that a manifest asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialState {
    /// They do.
    Granted,
    /// The operator did not grant it.
    NotGranted,
    /// It was granted, and is suspended.
    Suspended,
}

impl Session {
    pub(crate) fn new(
        broker: Arc<Inner>,
        egress: Egress,
        call: CallIdentity,
        record: Arc<dyn Record>,
    ) -> Self {
        let concurrent = broker.dialer.limits().concurrent;
        Self {
            enrichment: Enrichment::new(&call, &broker.host_key),
            running: Arc::new(Semaphore::new(usize::try_from(concurrent).unwrap_or(1))),
            pool: Arc::new(Pool::new(concurrent)),
            requests: AtomicU64::new(0),
            broker,
            egress,
            call,
            record,
        }
    }

    /// Returns what a guest may know of a credential; none where its manifest asks for none of
    /// that name.
    pub fn credential(&self, name: &str) -> Option<CredentialState> {
        Some(match self.egress.credentials.get(name)? {
            CredentialDecision::Granted { grant, .. } if self.broker.is_suspended(grant) => {
                CredentialState::Suspended
            }
            CredentialDecision::Granted { .. } => CredentialState::Granted,
            CredentialDecision::Closed(closed) if closed.code == "suspended" => {
                CredentialState::Suspended
            }
            CredentialDecision::Closed(_) => CredentialState::NotGranted,
        })
    }

    /// Sends one request of a guest, if it may be sent, and returns the response as far as the
    /// guest may see it. Its body streams, and is scanned as it does.
    ///
    /// # Errors
    ///
    /// Returns why there is no response. An error in the middle of the body is a [`SendError`]
    /// as well.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Body>, SendError> {
        let ordinal = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let record = Arc::clone(&self.record);
        let mut recording = Recording::begin(record, self.call.digest.clone(), ordinal);
        let deadline = Instant::now() + ms(self.broker.dialer.limits().exchange_ms);
        match self.attempt(request, &mut recording, deadline).await {
            Ok(sent) => Ok(sent.deliver(recording)),
            Err(error) => {
                recording.failed(&error);
                Err(error)
            }
        }
    }

    async fn attempt(
        &self,
        request: Request<Body>,
        recording: &mut Recording,
        deadline: Instant,
    ) -> Result<Sent, SendError> {
        let limits = *self.broker.dialer.limits();
        let permit = self.admit(recording.exchange.ordinal)?;
        let (guest, body) = request.into_parts();

        // 1: one reading of the request, for matching and for the wire.
        canonical::method(&guest.method)?;
        let target = canonical::target(&guest.uri, limits.url_bytes)?;
        recording.exchange.method = Some(guest.method.to_string());
        recording.exchange.origin = Some(target.origin.to_string());

        // 2: manifest ∩ grant ∩ secret record, suspensions, rates.
        let rule = rules::matching(&self.egress, self.call.effect, &guest.method, &target)?;
        note_rule(recording, rule);
        self.check_standing(rule)?;

        // 3: headers that a guest may not set.
        let authority = target.origin.authority();
        let checked = headers::check(
            guest.headers,
            &authority,
            limits.headers,
            limits.header_bytes,
        )?;

        // 4: the guest holds no secret, and sends none.
        let live = self.live();
        refuse_secrets(&live, &target, &checked)?;
        let body = RequestBody::open(
            body,
            live.needles.stream(),
            checked.content_length,
            limits.request_bytes,
            ms(limits.idle_ms),
        )
        .await?;

        // 5 and 6: a checked address, then the secrets, at the last moment.
        let mut outgoing = Outgoing {
            method: guest.method,
            origin: target.origin,
            path: target.path,
            query: target.query,
            headers: checked.headers,
            whole_body: None,
        };
        let wire = self.take_body(rule, body, &mut outgoing).await?;
        let placed = self.place(rule, &mut outgoing).await?;
        recording.exchange.secrets.clone_from(&placed.names);
        let line = Line {
            origin: outgoing.origin.clone(),
            secrets: placed.names,
        };
        let wire = outgoing.whole_body.take().map_or(wire, Wire::of_bytes);
        recording.exchange.request_bytes = wire.length.unwrap_or_default();

        // 7: one exchange, no redirect, no proxy.
        let ordinal = recording.exchange.ordinal;
        let headers = &mut outgoing.headers;
        self.enrichment
            .write(headers, &outgoing.method, &authority, ordinal);
        write_length(headers, &outgoing.method, wire.length);
        let identity = placed.identity.as_ref();
        let (connection, response) = self
            .exchange(outgoing, wire, &line, identity, deadline)
            .await?;

        // 8: what of it the guest may see. 9 is `Sent::deliver`.
        let (mut head, incoming) = response.into_parts();
        recording.exchange.status = Some(head.status.as_u16());
        if head.status.as_u16() == 401 {
            for (secret, token) in &placed.tokens {
                self.broker.tokens.forget(secret, token);
            }
        }
        let live = self.live();
        if let Some(hit) = find_in_headers(&live.needles, &head.headers) {
            return Err(self.suspend(&live, hit));
        }
        let coding = check_head(&mut head, limits.header_bytes, limits.response_bytes)?;
        let delivery = Delivery {
            incoming,
            connection: Some((line, connection)),
            pool: Arc::clone(&self.pool),
            limits,
            deadline,
            coding,
            live,
            broker: Arc::clone(&self.broker),
            skill_egress: self.egress.clone(),
            permit,
        };
        Ok(Sent { head, delivery })
    }

    /// Counts the request against the call.
    fn admit(&self, ordinal: u64) -> Result<OwnedSemaphorePermit, Denial> {
        let limits = self.broker.dialer.limits();
        if ordinal > limits.requests {
            let why = format!(
                "the call sent {} requests, the limit `requests`",
                limits.requests
            );
            return Err(Denial::new("request_limit", why));
        }
        Arc::clone(&self.running).try_acquire_owned().map_err(|_| {
            let why = format!(
                "{} requests of the call are under way, the limit `concurrent`",
                limits.concurrent
            );
            Denial::new("concurrency_limit", why)
        })
    }

    /// Refuses what was suspended since the call began, and what is asked too often.
    fn check_standing(&self, rule: &EgressRule) -> Result<(), Denial> {
        let suspended = rule
            .grants
            .iter()
            .find(|(grant, _)| self.broker.is_suspended(grant));
        if let Some((grant, _)) = suspended {
            let why = format!("the grant {grant} is suspended; `hotcell lift {grant}` lifts it");
            return Err(Denial::new("suspended", why));
        }
        let now = (self.broker.clock)();
        self.broker
            .meter
            .admit(&rule.grants, now)
            .map_err(|refused| Denial {
                code: "rate_limited",
                retry_after_ms: Some(refused.retry_after_ms),
                explanation: format!("{}: {}", refused.grant, refused.why),
            })
    }

    /// Returns the scan for all that this skill's grants can place, as of now.
    fn live(&self) -> Arc<Live> {
        let mut values = Vec::new();
        for name in secrets_of(&self.egress) {
            for value in self.values_of(&name) {
                values.push((name.clone(), value));
            }
        }
        self.broker
            .prepared
            .scan(values, |name, value| self.derived(name, value))
    }

    async fn take_body(
        &self,
        rule: &EgressRule,
        body: RequestBody,
        outgoing: &mut Outgoing,
    ) -> Result<Wire, SendError> {
        if !self.needs_whole_body(rule) {
            return Ok(body.stream());
        }
        let whole = body.whole(self.broker.dialer.limits().signed_bytes).await?;
        outgoing.whole_body = Some(whole);
        Ok(Wire::of_bytes(bytes::Bytes::new()))
    }

    /// Sends on a kept connection or a new one. A kept one that turns out to be closed before
    /// anything was sent is replaced once.
    async fn exchange(
        &self,
        outgoing: Outgoing,
        wire: Wire,
        line: &Line,
        identity: Option<&crate::dial::ClientIdentity>,
        deadline: Instant,
    ) -> Result<(Connection, Response<Incoming>), SendError> {
        let Wire {
            body, cause, taken, ..
        } = wire;
        let mut request = request(outgoing, body)?;
        let limits = self.broker.dialer.limits();
        let head_late = async {
            let _ = taken.await;
            sleep_until(Instant::now() + ms(limits.head_ms)).await;
        };
        tokio::pin!(head_late);
        let mut kept = self.pool.take(line).await;
        loop {
            let is_kept = kept.is_some();
            let mut connection = match kept.take() {
                Some(connection) => connection,
                None => {
                    self.broker
                        .dialer
                        .connect(&line.origin, identity, deadline)
                        .await?
                }
            };
            let answered = tokio::select! {
                biased;
                answered = connection.sender.try_send_request(request) => answered,
                () = &mut head_late => return Err(Transport::HeadTimeout.into()),
                () = sleep_until(deadline) => return Err(Transport::ExchangeTimeout.into()),
            };
            match answered {
                Ok(response) => return Ok((connection, response)),
                Err(mut error) => match error.take_message() {
                    Some(unsent) if is_kept => request = unsent,
                    _ => {
                        return Err(cause
                            .take()
                            .unwrap_or_else(|| failure(error.error()).into()));
                    }
                },
            }
        }
    }
}

/// A response whose head has passed.
struct Sent {
    head: http::response::Parts,
    delivery: Delivery,
}

impl Sent {
    /// 9: written down first, then handed on.
    fn deliver(self, mut recording: Recording) -> Response<Body> {
        recording.answered(self.head.status.as_u16());
        Response::from_parts(self.head, self.delivery.body(recording))
    }
}

fn note_rule(recording: &mut Recording, rule: &EgressRule) {
    let exchange = &mut recording.exchange;
    exchange.ask = Some(rule.id.clone());
    exchange.route = Some(rule.path.to_string());
    exchange.grants = rule
        .grants
        .iter()
        .map(|(grant, _)| grant.to_string())
        .collect();
}

fn refuse_secrets(live: &Live, target: &Target, guest: &GuestHeaders) -> Result<(), SendError> {
    let url = format!(
        "{}?{}",
        target.path,
        target.query.as_deref().unwrap_or_default()
    );
    let in_url = live.needles.find(url.as_bytes());
    match in_url.or_else(|| find_in_headers(&live.needles, &guest.headers)) {
        Some(_) => Err(found()),
        None => Ok(()),
    }
}

fn request(outgoing: Outgoing, body: Body) -> Result<Request<Body>, SendError> {
    let target = match &outgoing.query {
        Some(query) => format!("{}?{query}", outgoing.path),
        None => outgoing.path,
    };
    let uri = Uri::try_from(target).map_err(|_| Denial::new("url_denied", "the URL is refused"))?;
    let mut request = Request::new(body);
    *request.method_mut() = outgoing.method;
    *request.uri_mut() = uri;
    *request.headers_mut() = outgoing.headers;
    Ok(request)
}

/// Tells what hyper met. Its own text may quote the peer, and goes nowhere.
pub(crate) fn failure(error: &hyper::Error) -> Transport {
    if error.is_parse_too_large() {
        Transport::HeadTooLarge
    } else if error.is_parse() {
        Transport::Malformed
    } else if error.is_user() || error.is_body_write_aborted() {
        Transport::RequestBody
    } else {
        Transport::Reset
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("skill", &self.call.skill)
            .field("tool", &self.call.tool)
            .finish_non_exhaustive()
    }
}
