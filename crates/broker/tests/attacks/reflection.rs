//! Reflection: a server hands a secret back, and the guest must not get it.

mod chunks;
mod coding;
mod colluding;
mod echo;
mod encodings;
mod errors;
mod oracle;
mod request;
mod slices;
mod store;

use hotcell_broker::{Body, SendError, Session};
use hotcell_package::Effect;
use hotcell_testkit::servers::{Authority, Behaviour, Server};
use http::Request;
use http::response::Parts;
use http_body_util::BodyExt;

use crate::world::{CANARY, Setup, World, get};

/// Bytes of a secret that a guest may have got before an exchange was stopped: the bound that
/// the scan documents.
const BYTES_BEFORE_STOP_MAX: usize = 3;

/// All that a guest was given of one exchange.
struct Got {
    head: Option<Parts>,
    body: Vec<u8>,
    trailers: Option<http::HeaderMap>,
    end: Result<(), SendError>,
}

impl Got {
    /// Returns how the exchange ended: `ok` or a code.
    fn code(&self) -> String {
        crate::world::code(&self.end)
    }

    /// Returns everything as text: what a guest could print.
    fn text(&self) -> String {
        let head = self.head.as_ref().map(|head| {
            // A reason phrase would be among the extensions.
            assert!(head.extensions.is_empty());
            format!("{:?} {:?}", head.status, head.headers)
        });
        let body = self.body.escape_ascii();
        format!(
            "{head:?} {body} {:?} {} {:?}",
            self.trailers,
            self.code(),
            self.end
        )
    }

    /// Returns how many bytes of `text` stand somewhere in the body, from its beginning on.
    fn longest_start_of(&self, text: &[u8]) -> usize {
        let holds = |length: &usize| {
            let start = &text[..*length];
            self.body.windows(*length).any(|window| window == start)
        };
        (1..=text.len()).rev().find(holds).unwrap_or(0)
    }

    /// Checks that nothing here is the secret, or a run of it that is longer than the bound.
    #[track_caller]
    fn is_clean(&self, what: &str) {
        let text = self.text();
        for run in CANARY.as_bytes().windows(BYTES_BEFORE_STOP_MAX + 2) {
            let run = std::str::from_utf8(run).unwrap();
            assert!(!text.contains(run), "{what}: the guest saw {run} in {text}");
        }
    }
}

/// Sends, and takes all that comes, as far as it comes.
async fn take(session: &Session, request: Request<Body>) -> Got {
    let mut got = Got {
        head: None,
        body: Vec::new(),
        trailers: None,
        end: Ok(()),
    };
    let response = match session.send(request).await {
        Ok(response) => response,
        Err(error) => {
            got.end = Err(error);
            return got;
        }
    };
    let (head, mut body) = response.into_parts();
    got.head = Some(head);
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => match frame.into_data() {
                Ok(data) => got.body.extend_from_slice(&data),
                Err(frame) => got.trailers = frame.into_trailers().ok(),
            },
            Err(error) => {
                got.end = Err(*error.downcast::<SendError>().expect("the broker's own"));
                return got;
            }
        }
    }
    got
}

/// A server whose behaviour a test changes, and its authority.
struct Site {
    authority: Authority,
    server: Server,
}

impl Site {
    async fn new() -> Self {
        let authority = Authority::new();
        let server = crate::world::honest(&authority, &["api.test"]).await;
        Self { authority, server }
    }

    /// A new broker, in which no grant is suspended.
    fn world(&self) -> World {
        self.world_of(Setup::default())
    }

    fn world_of(&self, setup: Setup) -> World {
        World::new(&self.authority, &self.server, setup)
    }

    /// Asks a server that behaves so, by a broker that is new; checks that nothing leaked.
    async fn ask(&self, behaviour: Behaviour, what: &str) -> Got {
        self.server.behave(behaviour);
        let world = self.world();
        let got = take(&world.session(Effect::Read), get(&self.url("/v1/x"))).await;
        got.is_clean(what);
        world.records_hold_none(&[]);
        let stopped = got.code() == "secret_reflected";
        let suspended: &[&str] = if stopped { &["probe/c"] } else { &[] };
        assert_eq!(world.suspended.all(), suspended, "{what}");
        got
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.origin("api.test"))
    }
}
