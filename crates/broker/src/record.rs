//! Step 9: what is written down of an exchange, before the skill sees anything of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hotcell_policy::{Decision, Exchange};

use crate::error::SendError;

/// Takes what is recorded. It is called before a response's head is handed on, and once more
/// with the same ordinal when the exchange has ended; the later one replaces the earlier.
pub trait Record: Send + Sync {
    /// Writes down `exchange`, and returns when it is kept.
    fn record(&self, exchange: &Exchange);
}

/// One exchange while it goes on. However it ends, its end is recorded once.
pub(crate) struct Recording {
    pub(crate) exchange: Exchange,
    /// Bytes of the request's body that went out so far.
    pub(crate) sent: Arc<AtomicU64>,
    record: Arc<dyn Record>,
    ended: bool,
}

impl Recording {
    pub(crate) fn begin(record: Arc<dyn Record>, skill: String, ordinal: u64) -> Self {
        let exchange = Exchange {
            ordinal,
            skill,
            ask: None,
            method: None,
            origin: None,
            route: None,
            grants: Vec::new(),
            secrets: Vec::new(),
            decision: Decision::Failed("abandoned".to_owned()),
            status: None,
            request_bytes: 0,
            response_bytes: 0,
            explanation: None,
        };
        Self {
            exchange,
            sent: Arc::default(),
            record,
            ended: false,
        }
    }

    /// Records that a response is about to be handed on.
    pub(crate) fn answered(&mut self, status: u16) {
        self.exchange.status = Some(status);
        self.exchange.decision = Decision::Delivered;
        self.write();
    }

    /// Records why there is no response, or no end of it.
    pub(crate) fn failed(&mut self, error: &SendError) {
        self.exchange.decision = match error {
            SendError::Denied(denial) => {
                self.exchange.explanation = Some(denial.explanation.clone());
                match self.exchange.status {
                    Some(_) => Decision::Stopped(denial.code.to_owned()),
                    None => Decision::Refused(denial.code.to_owned()),
                }
            }
            SendError::Failed(failure) => Decision::Failed(failure.code().to_owned()),
        };
        self.end();
    }

    fn end(&mut self) {
        if !self.ended {
            self.ended = true;
            self.write();
        }
    }

    fn write(&mut self) {
        self.exchange.request_bytes = self.sent.load(Ordering::Relaxed);
        self.record.record(&self.exchange);
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.end();
    }
}
