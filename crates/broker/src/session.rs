//! The way of one request, top to bottom: [`Session::send`].

use std::collections::BTreeSet;
use std::fmt;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hotcell_policy::egress::{CredentialDecision, Egress, EgressRule};
use http::{Method, Request, Response, StatusCode, Uri};
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::body::Body;
use crate::broker::Inner;
use crate::canonical::{self, Target};
use crate::delivery::Delivery;
use crate::dial::{Connection, late, ms};
use crate::enrich::{CallIdentity, Enrichment, write_length};
use crate::error::{Denial, SendError};
use crate::headers::{self, GuestHeaders};
use crate::live::secrets_of;
use crate::place::Outgoing;
use crate::placing::Placed;
use crate::pool::{Line, Pool};
use crate::record::{Record, Recording};
use crate::request_body::{RequestBody, Wire};
use crate::response::check_head;
use crate::rules;
use crate::secrets::SecretValue;
use crate::watch::Watch;
use hotcell_policy::Transport;

/// What one call may send. All of its requests share their count, their connections and their
/// place in the record.
pub struct Session {
    pub(crate) broker: Arc<Inner>,
    pub(crate) egress: Arc<Egress>,
    call: CallIdentity,
    enrichment: Enrichment,
    record: Arc<dyn Record>,
    /// What its open rules can place.
    secrets: BTreeSet<String>,
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
            secrets: secrets_of(&egress),
            broker,
            egress: Arc::new(egress),
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
        self.send_as(ordinal, request).await
    }

    /// Sends a request as the exchange of this ordinal, which the caller counts: from it follow
    /// the key that a server is sent and the place in the record, so that a request that is sent
    /// again after a crash is the same to its server.
    ///
    /// # Errors
    ///
    /// As [`Session::send`].
    pub async fn send_as(
        &self,
        ordinal: u64,
        request: Request<Body>,
    ) -> Result<Response<Body>, SendError> {
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
        let limits = self.broker.dialer.limits();
        let permit = self.admit(recording.exchange.ordinal)?;
        let (guest, body) = request.into_parts();

        // 1: one reading of the request, for matching and for the wire.
        canonical::method(&guest.method)?;
        let target = canonical::target(&guest.uri, limits.url_bytes)?;
        // An origin has one spelling only: the one that was read.
        let (scheme, authority) = canonical::server(&guest.uri);
        recording.exchange.method = Some(guest.method.as_str().to_owned());
        recording.exchange.origin = Some([scheme, "://", authority].concat());

        // 2: manifest ∩ grant ∩ secret record, suspensions, rates.
        let rule = rules::matching(&self.egress, self.call.effect, &guest.method, &target)?;
        note_rule(recording, rule);
        self.check_standing(rule)?;

        // 3: headers that a guest may not set.
        let checked = headers::check(guest.headers, authority, limits)?;

        // 4: the guest sends no secret.
        let watch = self.watch();
        refuse_secrets(&watch, &target, &checked)?;
        let body = RequestBody::open(body, watch, checked.content_length, limits).await?;
        refuse_body(&guest.method, &body)?;

        // 6: what the host adds, then the secrets, at the last moment: a signature covers both.
        let mut outgoing = Outgoing::of(guest.method, target, checked.headers);
        let ordinal = recording.exchange.ordinal;
        self.enrichment.write(&mut outgoing, authority, ordinal);
        let (wire, mut placed) = self
            .fill(rule, body, &mut outgoing, &recording.sent)
            .await?;
        recording.exchange.secrets.clone_from(&placed.names);

        // 5 and 7: a checked address, and one exchange; no redirect, no proxy.
        write_length(&mut outgoing, wire.length);
        let (connection, response) = self.exchange(outgoing, wire, &mut placed, deadline).await?;

        // 8: what of it the guest may see. 9: `Sent::deliver`.
        recording.exchange.status = Some(response.status().as_u16());
        self.inspect(response, connection, &placed, (permit, deadline))
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

    /// Looks for all that this skill's grants can place, as of now.
    fn watch(&self) -> Watch {
        let mut values = Vec::new();
        for name in &self.secrets {
            self.add_values(name, &mut values);
        }
        let derived = |name: &str, value: &SecretValue| self.derived(name, value);
        Watch {
            live: self.broker.prepared.scan(values, derived),
            broker: Arc::clone(&self.broker),
            egress: Arc::clone(&self.egress),
        }
    }

    /// Puts body and secrets into `outgoing`. The body is read whole only where a secret needs it.
    async fn fill(
        &self,
        rule: &EgressRule,
        body: RequestBody,
        outgoing: &mut Outgoing,
        sent: &Arc<AtomicU64>,
    ) -> Result<(Wire, Placed), SendError> {
        if !self.needs_whole_body(rule) {
            let placed = self.place(rule, outgoing).await?;
            return Ok((body.stream(Arc::clone(sent)), placed));
        }
        let whole = body.whole(self.broker.dialer.limits().signed_bytes).await?;
        outgoing.whole_body = Some(whole);
        let placed = self.place(rule, outgoing).await?;
        let whole = outgoing.whole_body.take().unwrap_or_default();
        sent.store(whole.len() as u64, Ordering::Relaxed);
        Ok((Wire::of_bytes(whole), placed))
    }

    /// Sends on a kept connection or a new one. A kept one that turns out to be closed before
    /// anything was sent is replaced once.
    async fn exchange(
        &self,
        outgoing: Outgoing,
        wire: Wire,
        placed: &mut Placed,
        deadline: Instant,
    ) -> Result<((Line, Connection), Response<Incoming>), SendError> {
        let line = Line {
            origin: outgoing.origin.clone(),
            secrets: std::mem::take(&mut placed.names),
        };
        let Wire { body, streamed, .. } = wire;
        let (cause, taken) = streamed.unzip();
        let mut request = request(outgoing, body)?;
        let dialer = &self.broker.dialer;
        let late = async {
            if let Some(taken) = taken
                && timeout_at(deadline, taken).await.is_err()
            {
                return Transport::ExchangeTimeout;
            }
            let head = ms(dialer.limits().head_ms);
            late(head, deadline, Transport::HeadTimeout).await
        };
        tokio::pin!(late);
        let mut kept = self.pool.take(&line).await;
        loop {
            let is_kept = kept.is_some();
            let mut connection = match kept.take() {
                Some(connection) => connection,
                None => {
                    let identity = placed.identity.as_ref();
                    // On the heap, as it is large and rare.
                    Box::pin(dialer.connect(&line.origin, identity, deadline)).await?
                }
            };
            let answered = tokio::select! {
                biased;
                answered = connection.sender.try_send_request(request) => answered,
                late = &mut late => return Err(late.into()),
            };
            match answered {
                Ok(response) => return Ok(((line, connection), response)),
                Err(mut error) => match error.take_message() {
                    Some(unsent) if is_kept => request = unsent,
                    _ => {
                        let cause = cause.and_then(|cause| cause.take());
                        return Err(cause.unwrap_or_else(|| failure(error.error()).into()));
                    }
                },
            }
        }
    }

    /// Checks a response's head, and prepares its body.
    fn inspect(
        &self,
        response: Response<Incoming>,
        connection: (Line, Connection),
        placed: &Placed,
        (permit, deadline): (OwnedSemaphorePermit, Instant),
    ) -> Result<Sent, SendError> {
        let (mut head, incoming) = response.into_parts();
        if head.status == StatusCode::UNAUTHORIZED {
            for (secret, token) in &placed.tokens {
                self.broker.tokens.forget(secret, token);
            }
        }
        let watch = self.watch();
        if let Some(hit) = watch.find_in(&head.headers) {
            return Err(watch.in_response(hit));
        }
        let limits = *self.broker.dialer.limits();
        let coding = check_head(&mut head, &limits)?;
        let delivery = Delivery {
            incoming,
            connection: Some(connection),
            pool: Arc::clone(&self.pool),
            limits,
            deadline,
            coding,
            watch,
            _permit: permit,
        };
        Ok(Sent { head, delivery })
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
        .map(|(grant, _)| grant.as_str().to_owned())
        .collect();
}

fn refuse_secrets(watch: &Watch, target: &Target, guest: &GuestHeaders) -> Result<(), SendError> {
    let query = target.query.as_deref().unwrap_or_default();
    let url = [target.path.as_bytes(), b"?", query.as_bytes()].concat();
    let hit = watch.find(&url);
    match hit.or_else(|| watch.find_in(&guest.headers)) {
        Some(hit) => Err(watch.in_request(hit)),
        None => Ok(()),
    }
}

/// A body of GET or HEAD has no meaning (RFC 9110, 9.3.1), and servers disagree on where it ends.
fn refuse_body(method: &Method, body: &RequestBody) -> Result<(), Denial> {
    let bodiless = *method == Method::GET || *method == Method::HEAD;
    match bodiless && !body.is_empty() {
        true => Err(Denial::new("body_denied", "GET and HEAD carry no body")),
        false => Ok(()),
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
    } else if is_badly_framed(error) {
        Transport::Malformed
    } else if of_io(error).is_some_and(|io| io.kind() == ErrorKind::TimedOut) {
        Transport::HeadTimeout
    } else {
        Transport::Reset
    }
}

/// Returns the error of the connection below.
fn of_io(error: &hyper::Error) -> Option<&std::io::Error> {
    std::error::Error::source(error)?.downcast_ref()
}

/// Returns whether chunks or trailers are no HTTP. hyper tells that by the kind of an I/O error,
/// as rustls does of a record that was tampered with, which is a lost connection.
fn is_badly_framed(error: &hyper::Error) -> bool {
    let Some(io) = of_io(error) else {
        return false;
    };
    let by_tls = matches!(io.get_ref(), Some(inner) if inner.is::<rustls::Error>());
    !by_tls && matches!(io.kind(), ErrorKind::InvalidInput | ErrorKind::InvalidData)
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("skill", &self.call.skill)
            .field("tool", &self.call.tool)
            .finish_non_exhaustive()
    }
}
