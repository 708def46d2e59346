//! Step 4, for the body: it streams, and is looked through on its way out.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::unfold;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::Frame;
use tokio::select;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::body::{Body, BodyError};
use crate::dial::ms;
use crate::error::{Denial, SendError};
use crate::scan::Scan;
use crate::watch::Watch;
use hotcell_policy::Transport;
use hotcell_policy::config::EgressLimits;

/// Why a body that hyper was given ended early. hyper tells only that it did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cause(Arc<Mutex<Option<SendError>>>);

impl Cause {
    fn set(&self, error: SendError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    pub(crate) fn take(&self) -> Option<SendError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A guest's body, read only as far as the rules that hold for it need.
pub(crate) struct RequestBody {
    source: Body,
    /// What was read to find out whether there is a body at all.
    first: Bytes,
    scan: Scan,
    watch: Watch,
    declared: Option<u64>,
    max: u64,
    idle: Duration,
    sent: u64,
}

/// What goes on the wire, and what is told of it.
pub(crate) struct Wire {
    pub(crate) body: Body,
    /// Its length, where that is known before it is sent.
    pub(crate) length: Option<u64>,
    /// Where its bytes are not all there: why it ended early, and what resolves when its last
    /// byte was taken.
    pub(crate) streamed: Option<(Cause, oneshot::Receiver<()>)>,
}

impl RequestBody {
    /// Reads the first piece of `source`, or finds that there is none.
    pub(crate) async fn open(
        source: Body,
        watch: Watch,
        declared: Option<u64>,
        limits: &EgressLimits,
    ) -> Result<Self, SendError> {
        let max = limits.request_bytes;
        if declared.is_some_and(|declared| declared > max) {
            return Err(too_large(max));
        }
        let mut body = Self {
            source,
            first: Bytes::new(),
            scan: watch.stream(),
            watch,
            declared,
            max,
            idle: ms(limits.idle_ms),
            sent: 0,
        };
        body.first = body.next().await?.unwrap_or_default();
        Ok(body)
    }

    /// Returns whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Reads all of it, where a signature or a JSON place needs that.
    pub(crate) async fn whole(mut self, max: u64) -> Result<Bytes, SendError> {
        self.max = self.max.min(max);
        let mut whole = BytesMut::from(std::mem::take(&mut self.first));
        while let Some(piece) = self.next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    /// Returns it as hyper will send it; `sent` counts its bytes as they go.
    pub(crate) fn stream(self, sent: Arc<AtomicU64>) -> Wire {
        if self.is_empty() {
            return Wire::of_bytes(Bytes::new());
        }
        let length = self.declared;
        let cause = Cause::default();
        let (done, taken) = oneshot::channel();
        let state = Some((self, cause.clone(), done, sent));
        let pieces = unfold(state, |state| async move {
            let (mut body, cause, done, sent) = state?;
            let first = std::mem::take(&mut body.first);
            let next = match first.is_empty() {
                false => Ok(Some(first)),
                true => body.next().await,
            };
            match next {
                Ok(Some(piece)) => {
                    sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
                    Some((Ok(Frame::data(piece)), Some((body, cause, done, sent))))
                }
                Ok(None) => {
                    let _ = done.send(());
                    None
                }
                Err(error) => {
                    cause.set(error.clone());
                    Some((Err(BodyError::from(error)), None))
                }
            }
        });
        Wire {
            body: StreamBody::new(pieces).boxed_unsync(),
            length,
            streamed: Some((cause, taken)),
        }
    }

    /// Returns the next piece that has passed the scan; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, SendError> {
        loop {
            let frame = select! {
                biased;
                frame = self.source.frame() => frame,
                // Made only where the guest has to be waited for.
                () = async { sleep(self.idle).await } => return Err(Transport::IdleTimeout.into()),
            };
            let passed = match frame {
                None => {
                    let last = self.scan.finish();
                    let last = last.map_err(|hit| self.watch.in_request(hit))?;
                    self.check_length(last.len(), true)?;
                    return Ok((!last.is_empty()).then_some(last));
                }
                Some(Err(_)) => return Err(Transport::RequestBody.into()),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => {
                        let passed = self.scan.push(data);
                        passed.map_err(|hit| self.watch.in_request(hit))?
                    }
                    Err(_) => {
                        let why = "a skill may not send trailers";
                        return Err(Denial::new("trailers_denied", why).into());
                    }
                },
            };
            self.check_length(passed.len(), false)?;
            if !passed.is_empty() {
                return Ok(Some(passed));
            }
        }
    }

    fn check_length(&mut self, more: usize, at_end: bool) -> Result<(), SendError> {
        self.sent += more as u64;
        if self.sent > self.max {
            return Err(too_large(self.max));
        }
        match self.declared {
            Some(declared) if self.sent > declared || (at_end && self.sent < declared) => {
                Err(Transport::RequestBody.into())
            }
            _ => Ok(()),
        }
    }
}

impl Wire {
    /// Returns a body whose bytes are all there.
    pub(crate) fn of_bytes(bytes: Bytes) -> Self {
        let length = bytes.len() as u64;
        let body = match bytes.is_empty() {
            true => Empty::new().map_err(|never| match never {}).boxed_unsync(),
            false => Full::new(bytes)
                .map_err(|never| match never {})
                .boxed_unsync(),
        };
        Self {
            body,
            length: Some(length),
            streamed: None,
        }
    }
}

fn too_large(max: u64) -> SendError {
    let why = format!("the request's body has more than {max} bytes, the limit for it");
    Denial::new("request_too_large", why).into()
}
