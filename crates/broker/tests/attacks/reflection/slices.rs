//! The secret in slices.

use hotcell_package::Effect;
use hotcell_testkit::servers::behaviours::echo::What;
use hotcell_testkit::servers::behaviours::range;
use hotcell_testkit::servers::{Answer, Behaviour};

use crate::ledger::Tally;
use crate::reflection::{Site, take};
use crate::world::{CANARY, code, get, request};

/// The shortest slice that is stopped.
const WINDOW: usize = 12;

/// Hands back this slice of the secret, with status 206.
fn slice(first: usize, bytes: usize) -> Behaviour {
    Behaviour::answering(move |request| {
        let secret = What::Credential.of(request);
        let end = first + bytes;
        Answer::new(206)
            .header(
                "content-range",
                format!("bytes {first}-{end}/{}", secret.len()),
            )
            .body(&secret[first..end])
    })
}

#[tokio::test]
async fn attack_21_range_and_truncation() {
    let site = Site::new().await;
    let mut tally = Tally::default();
    site.server.behave(range::honoured(What::Credential));
    let world = site.world();
    for (name, value) in [
        ("range", "bytes=0-7"),
        ("Range", "bytes=8-15"),
        ("RANGE", "bytes=-8"),
        ("range", "bytes=0-0,2-2,4-4"),
        ("range", "items=0-5"),
        ("request-range", "bytes=0-7"),
        ("request_range", "bytes=0-7"),
        ("if-range", "\"etag\""),
        ("if_range", "\"etag\""),
    ] {
        let asked = request("GET", &site.url("/v1/x"), &[(name, value)], b"");
        tally.refused(name, &world.send(asked).await, "header_denied");
    }
    assert_eq!(site.server.counts().requests, 0);
    for bytes in WINDOW..=CANARY.len() {
        for first in 0..=CANARY.len() - bytes {
            let name = format!("{bytes} bytes from {first}");
            let got = site.ask(slice(first, bytes), &name).await;
            tally.refused(&name, &got.end, "secret_reflected");
        }
    }
    let got = site
        .ask(range::unasked(What::Credential, WINDOW), "unasked")
        .await;
    tally.refused("unasked", &got.end, "secret_reflected");
    tally.note(
        21,
        "Range and slices",
        "Range and its relatives from the guest; every slice of 12 bytes and more that a server \
         sends unasked (shorter ones pass, as is documented)",
    );
}

/// What remains open: a server that colludes hands out slices that are shorter than a window.
#[tokio::test]
async fn slices_under_the_window_pass_as_documented() {
    let site = Site::new().await;
    let behaviour = Behaviour::answering(|request| {
        let at: usize = request.path()["/v1/".len()..].parse().unwrap();
        let secret = What::Credential.of(request);
        let pieces: Vec<&[u8]> = secret.chunks(WINDOW - 1).collect();
        Answer::new(200).body(pieces[at])
    });
    site.server.behave(behaviour);
    let world = site.world();
    let mut whole = Vec::new();
    for at in 0..CANARY.len().div_ceil(WINDOW - 1) {
        let piece = take(
            &world.session(Effect::Read),
            get(&site.url(&format!("/v1/{at}"))),
        )
        .await;
        assert_eq!(piece.code(), "ok");
        whole.extend(piece.body);
    }
    assert_eq!(whole, CANARY.as_bytes());
    assert!(world.suspended.all().is_empty());
}

/// A 206 that nobody asked for is handed on, where it holds no secret.
#[tokio::test]
async fn an_innocent_slice_passes() {
    let site = Site::new().await;
    site.server.behave(range::unasked(What::Target, 3));
    let got = site.world().get("/v1/x").await;
    assert_eq!(code(&got), "ok");
    assert_eq!(got.unwrap().body, b"/v1");
}
