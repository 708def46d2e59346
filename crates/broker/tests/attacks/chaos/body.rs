//! A guest whose body breaks.

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{iter, pending};
use hotcell_broker::{Body, BodyError};
use hotcell_package::Effect;
use hotcell_testkit::servers::Server;
use hotcell_testkit::servers::behaviours::sized;
use http::Request;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;

use crate::chaos::Stage;
use crate::world::{answer, code, get};

type Piece = Result<Frame<Bytes>, BodyError>;

fn data(bytes: &'static [u8]) -> Piece {
    Ok(Frame::data(Bytes::from_static(bytes)))
}

fn broken() -> Piece {
    Err("the guest trapped".into())
}

/// A body of these pieces, which ends or never does.
fn body(pieces: Vec<Piece>, ends: bool) -> Body {
    let pieces = iter(pieces);
    match ends {
        true => StreamBody::new(pieces).boxed_unsync(),
        false => StreamBody::new(pieces.chain(pending())).boxed_unsync(),
    }
}

#[test]
fn a_guest_s_body_that_breaks() {
    let stage = Stage::new();
    let identity = stage.authority.issue(&["api.test"]);
    let server = stage
        .servers
        .block_on(Server::tls(&identity, sized::upload()));
    let limits = "idle_ms = 200\nrequest_bytes = 10";
    for (what, body, length, wanted) in bodies() {
        let world = stage.world(&server, limits);
        stage.client.block_on(async {
            let mut request = Request::post(format!("{}/v1/x", world.origin));
            if let Some(length) = length {
                request = request.header("content-length", length);
            }
            let session = world.session(Effect::Write);
            let got = answer(&session, request.body(body).unwrap()).await;
            assert_eq!(code(&got), wanted, "{what}");
            if wanted != "ok" {
                stage.no_task_left(what).await;
            }
            drop(session);
            stage.no_task_left(what).await;
            server.wait_closed().await;
        });
    }
}

/// What happens, the body, the length that the guest says, and the code.
fn bodies() -> Vec<(&'static str, Body, Option<&'static str>, &'static str)> {
    vec![
        ("whole", body(vec![data(b"hello")], true), Some("5"), "ok"),
        (
            "breaks at once",
            body(vec![broken()], true),
            None,
            "request_body",
        ),
        (
            "breaks",
            body(vec![data(b"a"), broken()], true),
            None,
            "request_body",
        ),
        (
            "is short",
            body(vec![data(b"a")], true),
            Some("5"),
            "request_body",
        ),
        (
            "is long",
            body(vec![data(b"a"), data(b"bc")], true),
            Some("2"),
            "request_body",
        ),
        ("never begins", body(vec![], false), None, "idle_timeout"),
        (
            "never ends",
            body(vec![data(b"a")], false),
            None,
            "idle_timeout",
        ),
        (
            "stalls before its end",
            body(vec![data(b"a")], false),
            Some("5"),
            "idle_timeout",
        ),
        (
            "says too much",
            body(vec![data(b"a")], true),
            Some("11"),
            "request_too_large",
        ),
        (
            "is too much",
            body((0..3).map(|_| data(b"12345")).collect(), true),
            None,
            "request_too_large",
        ),
    ]
}

/// The next request of the call is not harmed by one that broke.
#[test]
fn a_call_goes_on_after_a_break() {
    let stage = Stage::new();
    let identity = stage.authority.issue(&["api.test"]);
    let server = stage
        .servers
        .block_on(Server::tls(&identity, sized::upload()));
    let world = stage.world(&server, "concurrent = 1");
    stage.client.block_on(async {
        let session = world.session(Effect::Write);
        let url = format!("{}/v1/x", world.origin);
        for _ in 0..3 {
            let broken = body(vec![data(b"a"), broken()], true);
            let request = Request::post(&url).body(broken).unwrap();
            assert_eq!(code(&answer(&session, request).await), "request_body");
            assert_eq!(code(&answer(&session, get(&url)).await), "ok");
        }
    });
}
