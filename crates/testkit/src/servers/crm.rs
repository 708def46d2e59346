//! A small CRM with a REST API, as many firms run one: contacts, deals, pages, tokens.
//!
//! Every request needs `Authorization: Bearer TOKEN`. Answers are JSON; a refusal is
//! `{"error": {"code", "message"}}`.
//!
//! | request | answer |
//! |---|---|
//! | `GET /v1/contacts?query=&page=&per_page=` | `{contacts, page, per_page, total, next_page}`, `Link` |
//! | `POST /v1/contacts` | 201; 409 where the e-mail address is taken; 422 |
//! | `GET`, `PATCH /v1/contacts/{id}` | the contact; 404, 409, 422 |
//! | `GET /v1/deals?contact=&page=&per_page=` | `{deals, page, per_page, total, next_page}`, `Link` |
//!
//! POST and PATCH honour `Idempotency-Key`: the same key with the same request has the same
//! answer, and with another one 409.

mod book;
mod records;
mod routes;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::servers::behaviour::Behaviour;
use crate::servers::crm::book::Book;

/// What the CRM does to the next request instead of answering it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// 429 with `Retry-After` in seconds.
    RateLimited(u64),
    /// This status, with a refusal in JSON.
    Status(u16),
}

/// What the CRM is up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twist {
    /// Nothing: it is honest.
    Honest,
    /// It puts the request's `Authorization` into the note of each contact that it returns.
    EchoAuthorization,
}

/// The CRM's data and switches. Clones share them.
#[derive(Clone)]
pub struct Crm(Arc<Mutex<State>>);

pub(crate) struct State {
    token: String,
    twist: Twist,
    troubles: VecDeque<Trouble>,
    book: Book,
}

impl Crm {
    /// Makes a CRM with its first contacts and deals, which takes this token.
    pub fn new(token: &str) -> Self {
        Self(Arc::new(Mutex::new(State {
            token: token.to_owned(),
            twist: Twist::Honest,
            troubles: VecDeque::new(),
            book: Book::seeded(),
        })))
    }

    /// Returns what a server has to do to be this CRM.
    pub fn behaviour(&self) -> Behaviour {
        let crm = self.clone();
        Behaviour::service(move |request| routes::answer(&mut crm.state(), &request))
    }

    /// Takes this token from now on, and the one before no more.
    pub fn set_token(&self, token: &str) {
        token.clone_into(&mut self.state().token);
    }

    /// Has this in store for one of the next requests, behind what is in store already.
    pub fn trouble(&self, trouble: Trouble) {
        self.state().troubles.push_back(trouble);
    }

    /// Is up to this from now on.
    pub fn twist(&self, twist: Twist) {
        self.state().twist = twist;
    }

    /// Returns a contact as the CRM has it.
    pub fn contact(&self, id: &str) -> Option<Value> {
        self.state().book.contact(id).cloned()
    }

    /// Returns how many contacts there are.
    pub fn contact_count(&self) -> usize {
        self.state().book.contacts("").len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
