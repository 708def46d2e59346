//! A guest that holds a secret, from wherever, and sends it.

use bytes::Bytes;
use futures_util::stream::iter;
use hotcell_broker::{Body, BodyError};
use hotcell_package::Effect;
use hotcell_testkit::servers::behaviours::sized;
use hotcell_testkit::servers::encodings::{
    Encoding, TEXTS, base64, hex, percent, percent_all, raw,
};
use http::Request;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;

use crate::reflection::{Site, take};
use crate::world::{CANARY, code, request};

const FOUND: &str = "secret_in_request";

/// A body in frames.
fn framed(url: &str, frames: Vec<Vec<u8>>) -> Request<Body> {
    let frames = frames
        .into_iter()
        .map(|bytes| Ok::<_, BodyError>(Frame::data(Bytes::from(bytes))));
    let body = StreamBody::new(iter(frames)).boxed_unsync();
    Request::post(url).body(body).unwrap()
}

/// Asks by a broker that is new, so that no grant is suspended yet.
async fn refused(site: &Site, what: &str, asked: Request<Body>) {
    let world = site.world();
    assert_eq!(code(&world.send(asked).await), FOUND, "{what}");
    world.records_hold_none(&[&hex_text()]);
    assert_eq!(world.suspended.all(), ["probe/c"], "{what}");
}

fn hex_text() -> String {
    text(hex)
}

fn text(encoding: Encoding) -> String {
    String::from_utf8(encoding(CANARY.as_bytes())).unwrap()
}

#[tokio::test]
async fn a_secret_in_url_header_or_body_is_refused_before_anything_is_sent() {
    let site = Site::new().await;
    for encoding in [percent as Encoding, percent_all] {
        let url = site.url(&format!("/v1/x?q={}", text(encoding)));
        refused(&site, "query", request("GET", &url, &[], b"")).await;
    }
    let url = site.url(&format!("/v1/{}", hex_text()));
    refused(&site, "path", request("GET", &url, &[], b"")).await;
    for encoding in [raw as Encoding, percent, base64] {
        for name in ["x-note", "accept", "user-agent", "content-type"] {
            let headers = [(name, text(encoding))];
            let headers = headers
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            let asked = request("GET", &site.url("/v1/x"), &headers, b"");
            refused(&site, name, asked).await;
        }
    }
    for (name, encoding) in TEXTS {
        let body = encoding(CANARY.as_bytes());
        let asked = request("POST", &site.url("/v1/x"), &[], &body);
        refused(&site, name, asked).await;
    }
    assert_eq!(site.server.counts().accepted, 0, "the server was reached");
}

/// A body that streams has begun when the secret comes: it ends there, and the secret stays here.
#[tokio::test]
async fn a_secret_split_over_frames_does_not_arrive() {
    let site = Site::new().await;
    for bytes in 1..=CANARY.len() {
        for before in [0, 40, 40_000] {
            site.server.behave(sized::upload());
            let world = site.world();
            let mut body = vec![b'.'; before];
            body.extend_from_slice(CANARY.as_bytes());
            let frames = body
                .chunks(bytes.max(before / 8))
                .map(<[u8]>::to_vec)
                .collect();
            let asked = framed(&site.url("/v1/x"), frames);
            let got = take(&world.session(Effect::Write), asked).await;
            assert_eq!(got.code(), FOUND, "frames of {bytes} after {before}");
            got.is_clean("refused");
            world.records_hold_none(&[]);
        }
    }
    site.server.wait_closed().await;
    for request in site.server.requests() {
        let bearer = request.header("authorization").unwrap().len();
        assert_eq!(bearer, "Bearer ".len() + CANARY.len());
        assert!(
            !request
                .body
                .windows(4)
                .any(|run| run == &CANARY.as_bytes()[..4])
        );
    }
}

#[tokio::test]
async fn a_body_without_a_secret_passes_in_any_frames() {
    let site = Site::new().await;
    site.server.behave(sized::upload());
    let world = site.world();
    let innocent: Vec<u8> = CANARY.bytes().rev().collect();
    for bytes in [1, 7, 32] {
        let frames = innocent.chunks(bytes).map(<[u8]>::to_vec).collect();
        let got = world
            .send(framed(&site.url("/v1/x"), frames))
            .await
            .unwrap();
        assert_eq!(got.body, b"32");
    }
}
