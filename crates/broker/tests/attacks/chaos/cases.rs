//! The table of breaks: what happens, under which limit, and what it is called.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use hotcell_policy::Transport;
use hotcell_testkit::servers::behaviours::broken::{Break, Stage, broken};
use hotcell_testkit::servers::behaviours::{coding, endless, foreign, framing, heads, slow};
use hotcell_testkit::servers::{Authority, Behaviour, Identity, Listen, Server};

type Starting<'a> = Pin<Box<dyn Future<Output = Server> + 'a>>;
type Start = Box<dyn for<'a> Fn(&'a Authority) -> Starting<'a>>;

/// The time between two bytes of what is slow.
const PAUSE: Duration = Duration::from_millis(5);

/// One break.
pub(crate) struct Case {
    pub(crate) what: String,
    /// Lines of `[egress.limits]`: the one that ends this case.
    pub(crate) limits: &'static str,
    pub(crate) wanted: Transport,
    start: Start,
}

impl Case {
    /// Starts its server.
    pub(crate) fn start<'a>(&self, authority: &'a Authority) -> Starting<'a> {
        (self.start)(authority)
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = breaks();
    cases.extend(certificates());
    cases.extend(handshakes());
    cases.extend(answers());
    cases.extend(endless_ones());
    cases
}

fn breaks() -> Vec<Case> {
    let mut cases = Vec::new();
    for stage in Stage::ALL {
        for how in Break::ALL {
            let (wanted, limits) = match (how, stage) {
                (Break::Reset | Break::HalfClose, _) => (Transport::Reset, ""),
                (_, Stage::Accepted | Stage::ClientHello | Stage::Handshake) => {
                    (Transport::TlsTimeout, "tls_ms = 200")
                }
                (_, Stage::RequestHead | Stage::ResponseHead) => {
                    (Transport::HeadTimeout, "head_ms = 200")
                }
                (_, Stage::ResponseBody) => (Transport::IdleTimeout, "idle_ms = 200"),
            };
            cases.push(Case {
                what: format!("{how:?} at {stage:?}"),
                limits,
                wanted,
                start: Box::new(move |authority| {
                    Box::pin(async move {
                        let identity = authority.issue(&["api.test"]);
                        broken(&identity, stage, how).await.unwrap()
                    })
                }),
            });
        }
    }
    let stalled = "exchange_ms = 200";
    cases.push(case_of(
        "the whole takes too long",
        stalled,
        Transport::ExchangeTimeout,
        || slow::body(PAUSE),
    ));
    cases
}

/// A server whose certificate is wrong.
fn certificates() -> Vec<Case> {
    fn case(what: &str, issue: fn(&Authority) -> Identity) -> Case {
        Case {
            what: what.to_owned(),
            limits: "",
            wanted: Transport::TlsCertificate,
            start: Box::new(move |authority| {
                Box::pin(async move { Server::tls(&issue(authority), framing::short(1, 1)).await })
            }),
        }
    }
    vec![
        case("expired", |authority| {
            authority.issue_expired(&["api.test"])
        }),
        case("not yet", |authority| authority.issue_future(&["api.test"])),
        case("wrong name", |authority| {
            authority.issue(&["other.test", "a.api.test"])
        }),
        case("an address", |authority| authority.issue(&["127.0.0.1"])),
        case("unknown authority", |_| {
            Authority::new().issue(&["api.test"])
        }),
        case("self-signed", |_| Identity::self_signed(&["api.test"])),
        case("a client's", |authority| authority.issue_client("api.test")),
    ]
}

/// A server that speaks no TLS, or not enough of it.
fn handshakes() -> Vec<Case> {
    fn before(what: &str, behaviour: fn() -> Behaviour) -> Case {
        Case {
            what: what.to_owned(),
            limits: "",
            wanted: Transport::TlsProtocol,
            start: Box::new(move |_| {
                Box::pin(async move {
                    Server::start(Listen::before_tls(), behaviour())
                        .await
                        .unwrap()
                })
            }),
        }
    }
    vec![
        before("a greeting instead of TLS", foreign::greeting),
        before("HTTP instead of TLS", || {
            at_once(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        }),
        before("noise instead of TLS", || at_once(&[0xab; 600])),
        Case {
            what: "h2 alone".to_owned(),
            limits: "",
            wanted: Transport::TlsProtocol,
            start: Box::new(|authority| {
                Box::pin(async move {
                    let tls = authority.issue(&["api.test"]).tls().with_protocols(&["h2"]);
                    Server::start(Listen::tls(tls), foreign::http2())
                        .await
                        .unwrap()
                })
            }),
        },
    ]
}

/// Writes bytes before anybody asks, and waits.
fn at_once(bytes: &'static [u8]) -> Behaviour {
    Behaviour::on_connection(move |mut connection| async move {
        connection.write(bytes).await?;
        connection.until_closed().await
    })
}

/// A response that is no HTTP, or not all of it.
fn answers() -> Vec<Case> {
    const CUT: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";
    const BAD: &[u8] =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfive\r\nhello\r\n0\r\n\r\n";
    vec![
        case_of("a short body", "", Transport::Reset, || {
            framing::short(50, 5)
        }),
        case_of("no body at all", "", Transport::Reset, || {
            framing::short(50, 0)
        }),
        case_of("no last chunk", "", Transport::Reset, || {
            framing::writing(CUT)
        }),
        case_of("no answer", "", Transport::Reset, || framing::writing(b"")),
        case_of("half a head", "", Transport::Reset, || {
            framing::writing(b"HTTP/1.1 200")
        }),
        case_of(
            "no end of a body without length",
            "",
            Transport::Reset,
            unended,
        ),
        case_of("a chunk of no size", "", Transport::Malformed, || {
            framing::writing(BAD)
        }),
        case_of("HTTP/2 frames", "", Transport::Malformed, foreign::http2),
        case_of(
            "HTTP/2's preface",
            "",
            Transport::Malformed,
            foreign::http2_preface,
        ),
        case_of("noise", "", Transport::Malformed, foreign::noise),
        case_of("a greeting", "", Transport::Malformed, foreign::greeting),
        case_of("another protocol", "", Transport::Malformed, || {
            foreign::upgrade("websocket")
        }),
        case_of("half a gzip", "", Transport::Malformed, coding::half),
        case_of("a false gzip", "", Transport::Malformed, coding::false_name),
        case_of("an unknown coding", "", Transport::ContentCoding, || {
            coding::unknown("rot13")
        }),
    ]
}

/// A body that ends with its connection, whose TLS does not end.
fn unended() -> Behaviour {
    Behaviour::on_connection(|mut connection| async move {
        connection.request().await?;
        connection.write("HTTP/1.1 200 OK\r\n\r\nhello").await?;
        connection.cut();
        Ok(())
    })
}

/// What is too much, and what never ends.
fn endless_ones() -> Vec<Case> {
    let small = "response_bytes = 300000";
    let head = Transport::HeadTooLarge;
    let body = Transport::BodyTooLarge;
    vec![
        case_of("a body without end", small, body, endless::body),
        case_of("chunks without end", small, body, endless::chunks),
        case_of("a bomb", small, body, || coding::bomb(4 << 20)),
        case_of("a length past the limit", small, body, || {
            framing::short(300_001, 1)
        }),
        case_of("headers without end", "", head, endless::headers),
        case_of("a header without end", "", head, endless::header),
        case_of("a large header", "", head, || heads::large(70_000)),
        case_of("many headers", "", head, || heads::many(101)),
        case_of("many trailers", "", head, || heads::many_trailers(2_000)),
        case_of(
            "trailers without end",
            "",
            Transport::Malformed,
            endless::trailers,
        ),
        case_of(
            "an extension without end",
            "",
            Transport::Malformed,
            endless::chunk_extension,
        ),
        case_of(
            "interim answers without end",
            "head_ms = 200",
            Transport::HeadTimeout,
            endless::interim,
        ),
        case_of(
            "a slow head",
            "head_ms = 200",
            Transport::HeadTimeout,
            || slow::head(PAUSE),
        ),
        case_of(
            "slow chunks",
            "exchange_ms = 400",
            Transport::ExchangeTimeout,
            || slow::chunks(PAUSE),
        ),
    ]
}

fn case_of(
    what: &str,
    limits: &'static str,
    wanted: Transport,
    behaviour: fn() -> Behaviour,
) -> Case {
    Case {
        what: what.to_owned(),
        limits,
        wanted,
        start: Box::new(move |authority| {
            Box::pin(async move { Server::tls(&authority.issue(&["api.test"]), behaviour()).await })
        }),
    }
}
