//! Methods and headers that speak to what stands before a server.

use bytes::Bytes;
use futures_util::stream::iter;
use hotcell_broker::{Body, BodyError};
use hotcell_package::Manifest;
use hotcell_testkit::servers::Authority;
use http::{HeaderMap, HeaderValue, Request};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;

use crate::ledger::Tally;
use crate::world::{Setup, World, honest, request, saw_one};

/// Headers of the connection, and those that change what a method means.
const HEADERS: &[(&str, &str)] = &[
    ("te", "trailers"),
    ("te", "gzip"),
    ("trailer", "x-a"),
    ("expect", "100-continue"),
    ("expect", "x"),
    ("connection", "close"),
    ("connection", "authorization"),
    ("connection", "keep-alive, authorization"),
    ("connection", "te"),
    ("keep-alive", "timeout=5"),
    ("proxy-connection", "authorization"),
    ("upgrade", "websocket"),
    ("max-forwards", "0"),
    ("proxy-authorization", "Basic eDp5"),
    ("proxy-authenticate", "x"),
    ("sec-websocket-key", "x"),
    ("range", "bytes=0-1"),
    ("if-range", "x"),
    ("request-range", "bytes=0-1"),
    ("x-method-override", "TRACE"),
    ("x_http_method_override", "TRACE"),
];

#[tokio::test]
async fn attack_15_trace_connect_trailers_expect_te() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(&authority, &server, Setup::default());
    let url = format!("{}/v1/x", world.origin);
    let mut tally = Tally::default();
    for method in [
        "TRACE", "CONNECT", "TRACK", "DEBUG", "PURGE", "PROPFIND", "MOVE", "COPY", "LINK", "PRI",
        "BREW", "trace", "get", "Get", "GETS", "POST-", "UPDATE", "QUERY",
    ] {
        let sent = world.send(request(method, &url, &[], b"")).await;
        tally.refused(method, &sent, "method_denied");
    }
    for method in ["TRACE", "CONNECT", "TRACK", "get", "*"] {
        let manifest = format!(
            "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"api\"\norigin = \"https://api.test\"\n\
             methods = [\"{method}\"]\npath = \"/v1/x\"\n"
        );
        tally.unsayable(method, Manifest::parse(&manifest));
    }
    for (name, value) in HEADERS {
        let sent = world
            .send(request("GET", &url, &[(*name, *value)], b""))
            .await;
        tally.refused(&format!("{name}: {value}"), &sent, "header_denied");
    }
    tally.refused(
        "trailers alone",
        &world.send(trailing(&url, &[])).await,
        "trailers_denied",
    );
    assert_eq!(server.counts().accepted, 0);
    for pieces in [&[&b"hello"[..]][..], &[b"hel", b"lo"]] {
        tally.refused(
            "trailers",
            &world.send(trailing(&url, pieces)).await,
            "trailers_denied",
        );
    }
    assert!(
        server.requests().is_empty(),
        "no request was ended with trailers"
    );
    let before = server.counts().accepted;
    world
        .send(request("OPTIONS", &url, &[], b""))
        .await
        .unwrap_err();
    world
        .send(request("GET", &url, &[("accept", "*/*")], b""))
        .await
        .unwrap();
    assert_eq!(server.requests().len(), 1);
    assert_eq!(server.counts().accepted, before + 1);
    for name in ["te", "trailer", "expect", "connection", "upgrade"] {
        assert_eq!(server.requests()[0].header(name), None);
    }
    tally.note(15, "TRACE, CONNECT, trailers, Expect, TE", "methods that are not the seven, in manifest and request; headers of the connection; trailers with and without a body");
}

fn trailing(url: &str, pieces: &[&'static [u8]]) -> Request<Body> {
    let mut trailers = HeaderMap::new();
    trailers.insert("authorization", HeaderValue::from_static("Bearer mine"));
    let data = pieces
        .iter()
        .map(|piece| Ok::<_, BodyError>(Frame::data(Bytes::from_static(piece))));
    let frames: Vec<_> = data.chain([Ok(Frame::trailers(trailers))]).collect();
    let mut request = request("POST", url, &[], b"");
    *request.body_mut() = StreamBody::new(iter(frames)).boxed_unsync();
    request
}

/// The seven methods pass where the manifest names them.
#[tokio::test]
async fn a_granted_method_is_sent_as_it_is() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let setup = Setup {
        methods: r#"["DELETE"]"#,
        ..Setup::default()
    };
    let world = World::new(&authority, &server, setup);
    world
        .send(request(
            "DELETE",
            &format!("{}/v1/x", world.origin),
            &[],
            b"",
        ))
        .await
        .unwrap();
    saw_one(&server);
    assert_eq!(server.requests()[0].method, "DELETE");
}
