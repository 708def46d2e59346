//! A small CI with a REST API: runs that take their time, artifacts, promotions.
//!
//! Every request needs `Authorization: Bearer TOKEN`. Answers are JSON; a refusal is
//! `{"error": {"code", "message"}}`. All stands below `/v1/repos/{owner}/{repo}`.
//!
//! | request | answer |
//! |---|---|
//! | `POST /runs` with `sha` and `matrix` | 202 and the run; 422 |
//! | `GET /runs/{id}` | the run, one step further each time: queued, running, its end; 404 |
//! | `GET /runs/{id}/artifacts` | `{artifacts: [{name, bytes, sha256}]}`; 404; 409 before it has passed |
//! | `POST /promotions` with `run`, `artifact`, `sha256` and `environment` | 201; 404, 409, 422 |
//!
//! The run of the commit `deadbeef` fails. POST honours `Idempotency-Key`: the same key with the same
//! request has the same answer, and with another one 409.

mod routes;
mod runs;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::servers::behaviour::Behaviour;
use crate::servers::ci::runs::Runs;

/// The commit whose tests fail.
pub const BROKEN_SHA: &str = "deadbeef";

/// What the CI answers to the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// 429 with `Retry-After` in seconds.
    RateLimited(u64),
    /// This status, with a refusal in JSON, and nothing done.
    Status(u16),
    /// 502, and what was asked is done all the same: the answer got lost.
    LostAnswer,
}

/// The CI's data and switches. Clones share them.
#[derive(Clone)]
pub struct Ci(Arc<Mutex<State>>);

pub(crate) struct State {
    token: String,
    troubles: VecDeque<Trouble>,
    runs: Runs,
}

impl Ci {
    /// Makes a CI without runs, which takes this token; a run ends when it was asked for this often.
    pub fn new(token: &str, asks: u32) -> Self {
        Self(Arc::new(Mutex::new(State {
            token: token.to_owned(),
            troubles: VecDeque::new(),
            runs: Runs::new(asks),
        })))
    }

    /// Returns what a server has to do to be this CI.
    pub fn behaviour(&self) -> Behaviour {
        let ci = self.clone();
        Behaviour::service(move |request| routes::answer(&mut ci.state(), &request))
    }

    /// Has this in store for one of the next requests, behind what is in store already.
    pub fn trouble(&self, trouble: Trouble) {
        self.state().troubles.push_back(trouble);
    }

    /// Returns how many runs were started.
    pub fn run_count(&self) -> usize {
        self.state().runs.count()
    }

    /// Returns all promotions.
    pub fn promotions(&self) -> Vec<Value> {
        self.state().runs.promotions().to_vec()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
