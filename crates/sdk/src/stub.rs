//! A scripted host, for native tests of a skill: settings, credentials, and a server.
//!
//! ```
//! use hotcell_sdk::stub::{Host, Reply};
//! use hotcell_sdk::{http, settings};
//! use serde_json::json;
//!
//! fn version() -> Result<String, http::Error> {
//!     let base = settings::get("base_url").unwrap().unwrap();
//!     http::get(format!("{base}/version")).send()?.text()
//! }
//!
//! let host = Host::new()
//!     .setting("base_url", "https://api.example.com")
//!     .http(|sent| match sent.path() {
//!         "/version" => Reply::new(200).body("1.2"),
//!         _ => Reply::new(404),
//!     });
//! let (answer, sent) = host.run(version);
//! assert_eq!(answer.unwrap(), "1.2");
//! assert_eq!(sent.len(), 1);
//! ```
//!
//! It decides nothing by itself: what a real host would refuse, a test scripts with
//! [`Reply::denied`]. Native only; a component holds nothing of it.

mod reply;
mod sent;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use crate::credentials::{CredentialStatus, Denial};
use crate::http::{Content, Error, Outgoing, Response};

pub use reply::Reply;
pub use sent::Sent;

pub(crate) use reply::Source;

type Server = Box<dyn FnMut(&Sent) -> Reply>;

/// A host that grants what a test says. Without [`http`](Self::http) it refuses every request.
#[derive(Default)]
pub struct Host {
    settings: BTreeMap<String, String>,
    credentials: BTreeMap<String, CredentialStatus>,
    server: Option<Server>,
    sent: Vec<Sent>,
    denial: Option<Denial>,
}

thread_local! {
    static CURRENT: RefCell<Option<Host>> = const { RefCell::new(None) };
}

impl Host {
    /// Returns a host without settings, credentials and server.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what [`settings::get`](crate::settings::get) returns for `key`.
    pub fn setting(mut self, key: &str, value: &str) -> Self {
        self.settings.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Sets what [`credentials::status`](crate::credentials::status) returns for `name`.
    pub fn credential(mut self, name: &str, status: CredentialStatus) -> Self {
        self.credentials.insert(name.to_owned(), status);
        self
    }

    /// Answers every request by `server`.
    pub fn http(mut self, server: impl FnMut(&Sent) -> Reply + 'static) -> Self {
        self.server = Some(Box::new(server));
        self
    }

    /// Runs `call` on this host, in this thread; returns its answer and the requests that it sent.
    ///
    /// # Panics
    /// Where another host runs in this thread.
    pub fn run<T>(self, call: impl FnOnce() -> T) -> (T, Vec<Sent>) {
        let before = CURRENT.replace(Some(self));
        let guard = Guard;
        assert!(before.is_none(), "a stub host runs in this thread already");
        let answer = call();
        let sent = with(|host| std::mem::take(&mut host.sent)).unwrap_or_default();
        drop(guard);
        (answer, sent)
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("settings", &self.settings)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

/// Takes the host away when its call ends, also by a panic.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        CURRENT.set(None);
    }
}

fn with<T>(ask: impl FnOnce(&mut Host) -> T) -> Option<T> {
    CURRENT.with_borrow_mut(|host| host.as_mut().map(ask))
}

pub(crate) fn setting(key: &str) -> Option<String> {
    with(|host| host.settings.get(key).cloned()).flatten()
}

pub(crate) fn settings() -> Vec<(String, String)> {
    with(|host| host.settings.clone().into_iter().collect()).unwrap_or_default()
}

pub(crate) fn credential(name: &str) -> CredentialStatus {
    let status = with(|host| host.credentials.get(name).copied()).flatten();
    status.unwrap_or(CredentialStatus::Undeclared)
}

pub(crate) fn last_denial() -> Option<Denial> {
    with(|host| host.denial.clone()).flatten()
}

/// Remembers a refusal and returns it as the error that the skill gets.
fn deny(denial: Denial) -> Error {
    with(|host| host.denial = Some(denial.clone()));
    Error::denied(Some(denial))
}

/// Sends a request to the scripted server.
pub(crate) fn send(outgoing: Outgoing) -> Result<Response, Error> {
    let sent = Sent::new(outgoing)?;
    let server = with(|host| host.server.take()).flatten();
    let reply = match server {
        // The server is out while it works, so that it may ask the host itself.
        Some(mut server) => {
            let reply = server(&sent);
            with(|host| {
                host.server = Some(server);
                host.sent.push(sent);
            });
            reply
        }
        None => {
            with(|host| host.sent.push(sent));
            Reply::denied("egress_denied", None)
        }
    };
    reply.into_response()
}

/// Reads the whole of a body.
fn whole(content: Content) -> Result<Vec<u8>, Error> {
    match content {
        Content::Empty => Ok(Vec::new()),
        Content::Bytes(bytes) => Ok(bytes),
        Content::Stream(mut reader) => {
            let mut bytes = Vec::new();
            let read = std::io::Read::read_to_end(&mut reader, &mut bytes);
            read.map_err(|_| Error::permanent("request_body"))?;
            Ok(bytes)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{credentials, http, settings};

    fn send_one() -> Result<u16, Error> {
        http::get("https://a.example/").send().map(|r| r.status())
    }

    #[test]
    fn without_a_host_nothing_is_granted() {
        assert_eq!(settings::get("a"), Ok(None));
        assert_eq!(credentials::status("a"), CredentialStatus::Undeclared);
        assert_eq!(send_one().unwrap_err().code(), "egress_denied");
    }

    #[test]
    fn a_host_answers_as_it_was_told_and_only_while_it_runs() {
        let host = Host::new()
            .setting("a", "1")
            .credential("crm", CredentialStatus::Granted)
            .http(|_| Reply::new(204));
        let (found, sent) = host.run(|| {
            let status = credentials::status("crm");
            assert_eq!(settings::all().unwrap().len(), 1);
            (settings::get("a").unwrap(), status, send_one().unwrap())
        });
        assert_eq!(
            found,
            (Some("1".to_owned()), CredentialStatus::Granted, 204)
        );
        assert_eq!(sent.len(), 1);
        assert_eq!(settings::get("a"), Ok(None));
    }

    #[test]
    fn a_refusal_is_remembered_as_by_a_host() {
        let host = Host::new().http(|_| Reply::denied("rate_limited", Some(700)));
        let ((), _) = host.run(|| {
            let error = send_one().unwrap_err();
            let retry_after_ms = Some(700);
            let expected = http::ErrorKind::Denied {
                code: "rate_limited".to_owned(),
                retry_after_ms,
            };
            assert_eq!(error.kind(), &expected);
            assert_eq!(credentials::last_denial().unwrap().code, "rate_limited");
        });
        assert_eq!(credentials::last_denial(), None);
    }

    #[test]
    fn a_panic_takes_the_host_away() {
        let host = Host::new().setting("a", "1");
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            host.run(|| panic!("the tool fell"))
        }));
        assert!(ended.is_err());
        assert_eq!(settings::get("a"), Ok(None));
    }

    #[test]
    fn a_request_is_kept_whole() {
        let host = Host::new().http(|_| Reply::new(200));
        let ((), sent) = host.run(|| {
            let request = http::post("https://a.example/v1?a=b%20c").header("x-a", "1");
            request.body_from(&b"streamed"[..]).send().unwrap();
        });
        assert_eq!((sent[0].method.as_str(), sent[0].path()), ("POST", "/v1"));
        assert_eq!(sent[0].query("a").as_deref(), Some("b c"));
        assert_eq!(sent[0].header("X-A"), Some("1"));
        assert_eq!(sent[0].body, b"streamed");
    }
}
