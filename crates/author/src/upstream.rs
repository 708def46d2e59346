//! The scripted servers of a case: they stand behind the broker in place of the network, and keep
//! what they were asked.

mod serve;
mod wire;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use hotcell_host::broker::{Servers, Wire};
use hotcell_package::Origin;
use http::HeaderMap;
use tokio::io::duplex;

use crate::cases::{Answer, Fault, ScriptedExchange};

/// Bytes that are under way on one connection.
const WIRE_BYTES: usize = 64 << 10;

/// One request as a server got it.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) origin: Origin,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Which exchange of the script it used; none where it is beside the script.
    pub(crate) used: Option<usize>,
}

/// What a server does about a request.
#[derive(Debug, Clone)]
pub(crate) struct Reaction {
    pub(crate) answer: Answer,
    pub(crate) fault: Option<Fault>,
}

/// Decides what a server does about a request that no script foresees.
type Improvise = Box<dyn FnMut(&Received) -> Reaction + Send>;

/// The servers. Clones share them.
#[derive(Clone)]
pub(crate) struct Upstream(Arc<Mutex<State>>);

struct State {
    script: Vec<ScriptedExchange>,
    used: Vec<bool>,
    received: Vec<Received>,
    improvise: Improvise,
}

impl Upstream {
    pub(crate) fn new() -> Upstream {
        Upstream(Arc::new(Mutex::new(State {
            script: Vec::new(),
            used: Vec::new(),
            received: Vec::new(),
            improvise: Box::new(|_| beside()),
        })))
    }

    /// Answers by this script from now on, and has got nothing yet.
    pub(crate) fn play(&self, script: &[ScriptedExchange]) {
        self.improvise(script, |_| beside());
    }

    /// Answers by this script, and by `improvise` what is beside it.
    pub(crate) fn improvise(
        &self,
        script: &[ScriptedExchange],
        improvise: impl FnMut(&Received) -> Reaction + Send + 'static,
    ) {
        *self.lock() = State {
            script: script.to_vec(),
            used: vec![false; script.len()],
            received: Vec::new(),
            improvise: Box::new(improvise),
        };
    }

    /// Returns what was asked since the script began.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.lock().received.clone()
    }

    /// Takes a request, and says what becomes of it: the first exchange of the script that is not
    /// used and has its method and URL. Where several have, one whose body fits comes first.
    fn react(&self, mut request: Received) -> Reaction {
        let mut state = self.lock();
        let state = &mut *state;
        let fits = |at: &usize| {
            let exchange = &state.script[*at];
            !state.used[*at]
                && exchange.method == request.method
                && exchange.origin == request.origin
                && exchange.target == request.target
        };
        let free: Vec<usize> = (0..state.script.len()).filter(fits).collect();
        let by_body = free.iter().find(|at| {
            let body = state.script[**at].body.as_ref();
            body.is_none_or(|body| body.bytes() == request.body)
        });
        request.used = by_body.or(free.first()).copied();
        let reaction = match request.used {
            Some(at) => {
                state.used[at] = true;
                Reaction {
                    answer: state.script[at].answer.clone(),
                    fault: state.script[at].fault,
                }
            }
            None => (state.improvise)(&request),
        };
        state.received.push(request);
        reaction
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Servers for Upstream {
    fn connect(&self, origin: &Origin) -> io::Result<Box<dyn Wire>> {
        let (near, far) = duplex(WIRE_BYTES);
        let (near, silence) = wire::Client::new(near);
        tokio::spawn(serve::serve(far, origin.clone(), self.clone(), silence));
        Ok(Box::new(near))
    }
}

/// The answer to what is beside the script.
fn beside() -> Reaction {
    let answer = Answer {
        status: 501,
        headers: Vec::new(),
        body: b"this request is not in the script".to_vec(),
    };
    Reaction {
        answer,
        fault: None,
    }
}
