//! An OAuth 2.0 token endpoint (RFC 6749): client credentials, and refresh with rotation.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::servers::answer::Answer;
use crate::servers::behaviour::Behaviour;
use crate::servers::connection::Connection;
use crate::servers::form;
use crate::servers::request::Request;

/// How the endpoint answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// As it should.
    Ok,
    /// It knows no client any more: 401 `invalid_client`.
    InvalidClient,
    /// It takes no refresh token any more: 400 `invalid_grant`.
    InvalidGrant,
    /// It fails with this status and a page instead of JSON.
    Broken(u16),
    /// It keeps everybody waiting until [`TokenEndpoint::release`].
    Waits,
    /// It answers with this body and status 200, whatever it is.
    Says(String),
}

/// A token endpoint for one client. Clones share their state.
#[derive(Clone)]
pub struct TokenEndpoint {
    state: Arc<Mutex<State>>,
    released: Arc<watch::Sender<bool>>,
}

struct State {
    client_id: String,
    client_secret: String,
    refresh_token: String,
    mode: Mode,
    lifetime_s: u64,
    calls: usize,
    issued: Vec<String>,
    scopes: Vec<String>,
}

impl TokenEndpoint {
    /// Makes an endpoint that knows one client.
    pub fn new(client_id: &str, client_secret: &str) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                client_id: client_id.to_owned(),
                client_secret: client_secret.to_owned(),
                refresh_token: "refresh-0-x7Kq2mVw9LdR4tYb".to_owned(),
                mode: Mode::Ok,
                lifetime_s: 3_600,
                calls: 0,
                issued: Vec::new(),
                scopes: Vec::new(),
            })),
            released: Arc::new(watch::Sender::new(false)),
        }
    }

    /// Returns what a server has to do to be this endpoint, on any path.
    pub fn behaviour(&self) -> Behaviour {
        let endpoint = self.clone();
        Behaviour::on_connection(move |connection| endpoint.clone().serve(connection))
    }

    /// Answers otherwise from the next request on.
    pub fn set_mode(&self, mode: Mode) {
        self.released.send_replace(false);
        self.state().mode = mode;
    }

    /// Lets those go that wait, with a token; whoever comes later has one at once.
    pub fn release(&self) {
        self.state().mode = Mode::Ok;
        self.released.send_replace(true);
    }

    /// Says how long tokens live, in seconds.
    pub fn set_lifetime(&self, seconds: u64) {
        self.state().lifetime_s = seconds;
    }

    /// Returns how often it was asked.
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    /// Returns the access tokens that it has issued, the newest last.
    pub fn issued(&self) -> Vec<String> {
        self.state().issued.clone()
    }

    /// Returns the scopes that were asked for, call by call.
    pub fn scopes(&self) -> Vec<String> {
        self.state().scopes.clone()
    }

    /// Returns the one refresh token that is good now; each use replaces it.
    pub fn refresh_token(&self) -> String {
        self.state().refresh_token.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(self, mut connection: Connection) -> io::Result<()> {
        while let Some(request) = connection.request().await? {
            self.state().calls += 1;
            if self.state().mode == Mode::Waits {
                // The sender lives in `self`, so it cannot be gone.
                let _ = self
                    .released
                    .subscribe()
                    .wait_for(|released| *released)
                    .await;
            }
            let answer = self.state().answer(&request);
            connection.write(answer.to_bytes()).await?;
            if request.is_last() {
                break;
            }
        }
        Ok(())
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Answer {
        match &self.mode {
            Mode::Broken(status) => return Answer::new(*status).body("<h1>Out of order</h1>"),
            Mode::Says(body) => return Answer::new(200).body(body.clone()),
            Mode::Ok | Mode::InvalidClient | Mode::InvalidGrant | Mode::Waits => {}
        }
        if request.method != "POST" {
            return Answer::new(405);
        }
        let form = form::parse(&String::from_utf8_lossy(&request.body));
        if self.mode == Mode::InvalidClient || !self.is_client(request, &form) {
            return refusal(401, "invalid_client");
        }
        let scope = form::value(&form, "scope").unwrap_or_default();
        self.scopes.push(scope.to_owned());
        match form::value(&form, "grant_type") {
            Some("client_credentials") => self.issue(&[]),
            Some("refresh_token") => {
                let shown = form::value(&form, "refresh_token").unwrap_or_default();
                if self.mode == Mode::InvalidGrant || shown != self.refresh_token {
                    return refusal(400, "invalid_grant");
                }
                self.refresh_token = format!("refresh-{}-h3Zn8sPc5WfJ1gXe", self.calls);
                let next = self.refresh_token.clone();
                self.issue(&[("refresh_token", json!(next))])
            }
            _ => refusal(400, "unsupported_grant_type"),
        }
    }

    /// By Basic, with both parts form-encoded (RFC 6749, 2.3.1), or in the form.
    fn is_client(&self, request: &Request, form: &[(String, String)]) -> bool {
        let shown = match request.header("authorization") {
            Some(value) => basic(value),
            None => form::value(form, "client_id")
                .zip(form::value(form, "client_secret"))
                .map(|(id, secret)| (id.to_owned(), secret.to_owned())),
        };
        shown.is_some_and(|(id, secret)| id == self.client_id && secret == self.client_secret)
    }

    fn issue(&mut self, more: &[(&str, Value)]) -> Answer {
        let token = format!("access-{}-Tg6vB2nQ8yHs0KdL", self.issued.len() + 1);
        self.issued.push(token.clone());
        let mut body = json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.lifetime_s,
        });
        for (name, value) in more {
            body[*name] = value.clone();
        }
        json_answer(200, &body)
    }
}

fn basic(value: &str) -> Option<(String, String)> {
    let text = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(text).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form::decode(id), form::decode(secret)))
}

fn refusal(status: u16, code: &str) -> Answer {
    json_answer(status, &json!({ "error": code }))
}

fn json_answer(status: u16, body: &Value) -> Answer {
    Answer::new(status)
        .header("content-type", "application/json")
        .header("cache-control", "no-store")
        .body(body.to_string())
}
