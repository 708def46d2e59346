//! Step 8, for the body: decoded, bounded, scanned, and handed on piece by piece.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::unfold;
use hotcell_policy::config::EgressLimits;
use http::HeaderMap;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use tokio::select;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::body::{Body, BodyError};
use crate::decode::{Coding, Decoder};
use crate::dial::{Connection, late, ms};
use crate::error::SendError;
use crate::headers;
use crate::pool::{Line, Pool};
use crate::record::Recording;
use crate::scan::{Hit, Scan};
use crate::session::failure;
use crate::watch::Watch;
use hotcell_policy::Transport;

/// A body on its way to a guest. While it is held, so is its connection and its place among the
/// requests that are under way.
pub(crate) struct Delivery {
    pub(crate) incoming: Incoming,
    pub(crate) connection: Option<(Line, Connection)>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) limits: EgressLimits,
    pub(crate) deadline: Instant,
    pub(crate) coding: Coding,
    pub(crate) watch: Watch,
    pub(crate) _permit: OwnedSemaphorePermit,
}

/// What is left to hand on.
struct State {
    delivery: Delivery,
    recording: Recording,
    decoder: Decoder,
    scan: Scan,
    /// Received, and not yet decoded.
    coded: Bytes,
    has_body: bool,
    /// Bytes after decoding.
    received: u64,
    stage: Stage,
}

/// How far a body has come.
enum Stage {
    Body,
    Trailers(HeaderMap),
    Done,
}

impl Delivery {
    /// Returns the body as a guest reads it.
    pub(crate) fn body(self, recording: Recording) -> Body {
        // On the heap, as it is handed from piece to piece.
        let state = Box::new(State {
            decoder: Decoder::new(self.coding),
            scan: self.watch.stream(),
            delivery: self,
            recording,
            coded: Bytes::new(),
            has_body: false,
            received: 0,
            stage: Stage::Body,
        });
        let pieces = unfold(Some(state), |state| async move {
            let mut state = state?;
            match state.next().await {
                Ok(Some(frame)) => Some((Ok(frame), Some(state))),
                Ok(None) => None,
                Err(error) => {
                    state.recording.failed(&error);
                    Some((Err(BodyError::from(error)), None))
                }
            }
        });
        StreamBody::new(pieces).boxed_unsync()
    }
}

impl State {
    /// Returns the next frame that has passed; none at the end.
    async fn next(&mut self) -> Result<Option<Frame<Bytes>>, SendError> {
        loop {
            let passed = match std::mem::replace(&mut self.stage, Stage::Body) {
                Stage::Done => {
                    self.stage = Stage::Done;
                    return Ok(None);
                }
                Stage::Trailers(trailers) => {
                    self.stage = Stage::Done;
                    return Ok((!trailers.is_empty()).then(|| Frame::trailers(trailers)));
                }
                Stage::Body if self.coded.is_empty() => match self.receive().await? {
                    Some(trailers) => self.end(trailers)?,
                    None => continue,
                },
                Stage::Body => {
                    let text = self.decoder.next(&mut self.coded)?;
                    self.pass(text)?
                }
            };
            if !passed.is_empty() {
                self.recording.exchange.response_bytes += passed.len() as u64;
                return Ok(Some(Frame::data(passed)));
            }
        }
    }

    /// Waits for the next frame from the server. At the end of the body it returns the trailers.
    async fn receive(&mut self) -> Result<Option<HeaderMap>, SendError> {
        let Delivery {
            incoming,
            limits,
            deadline,
            ..
        } = &mut self.delivery;
        let frame = select! {
            biased;
            frame = incoming.frame() => frame,
            late = late(ms(limits.idle_ms), *deadline, Transport::IdleTimeout) => return Err(late.into()),
        };
        match frame {
            None => Ok(Some(HeaderMap::new())),
            Some(Err(error)) => Err(failure(&error).into()),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => {
                    self.has_body |= !data.is_empty();
                    self.coded = data;
                    Ok(None)
                }
                Err(frame) => Ok(Some(frame.into_trailers().unwrap_or_default())),
            },
        }
    }

    /// Looks through decoded bytes, and returns those that may be handed on now.
    fn pass(&mut self, text: Bytes) -> Result<Bytes, SendError> {
        self.received += text.len() as u64;
        if self.received > self.delivery.limits.response_bytes {
            return Err(Transport::BodyTooLarge.into());
        }
        self.scan.push(text).map_err(|hit| self.stop(hit))
    }

    /// Ends the body: what the decoder and the scan still hold, and the trailers.
    fn end(&mut self, trailers: HeaderMap) -> Result<Bytes, SendError> {
        // HEAD, 204 and 304 name a coding and have no body.
        let last = match self.has_body {
            true => self.decoder.finish()?,
            false => Bytes::new(),
        };
        let last = self.pass(last)?;
        let held = self.scan.finish().map_err(|hit| self.stop(hit))?;
        if headers::size(&trailers) > self.delivery.limits.header_bytes {
            return Err(Transport::HeadTooLarge.into());
        }
        if let Some(hit) = self.delivery.watch.find_in(&trailers) {
            return Err(self.stop(hit));
        }
        self.stage = Stage::Trailers(trailers);
        if let Some((line, connection)) = self.delivery.connection.take() {
            self.delivery.pool.keep(line, connection);
        }
        Ok(match (last.is_empty(), held.is_empty()) {
            (_, true) => last,
            (true, false) => held,
            (false, false) => [last, held].concat().into(),
        })
    }

    fn stop(&self, hit: Hit) -> SendError {
        self.delivery.watch.in_response(hit)
    }
}
