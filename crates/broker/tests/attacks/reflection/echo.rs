//! A server that hands back what it was sent, wherever a response has a place for it.

use hotcell_testkit::servers::behaviours::echo::{Place, What, echo, put};
use hotcell_testkit::servers::encodings::{Encoding, hex, percent, raw};
use hotcell_testkit::servers::{Answer, Behaviour};

use crate::ledger::Tally;
use crate::reflection::{Got, Site};
use crate::world::CANARY;

const STOPPED: &str = "secret_reflected";

/// What is handed back, and in which places; the places that a guest never sees are apart.
const WHATS: [What; 4] = [
    What::Credential,
    What::Header("authorization"),
    What::Headers,
    What::Everything,
];

/// Headers that a client reads, or that programs print.
const HEADERS: [&str; 14] = [
    "content-type",
    "content-disposition",
    "content-location",
    "etag",
    "link",
    "location",
    "refresh",
    "retry-after",
    "server",
    "via",
    "warning",
    "www-authenticate",
    "x-echo",
    "x-request-id",
];

/// Left out of what a guest sees.
const UNSEEN: [Place; 2] = [Place::ChunkExtension, Place::Reason];

#[tokio::test]
async fn attack_17_echo_in_any_place() {
    let site = Site::new().await;
    let mut tally = Tally::default();
    for what in WHATS {
        for place in Place::ALL {
            let encoding: Encoding = if place == Place::HeaderName { hex } else { raw };
            let name = format!("{what:?} in {place:?}");
            let got = site.ask(echo(what, encoding, place), &name).await;
            match UNSEEN.contains(&place) {
                true => tally.without_effect(&name, unseen(&got)),
                false => tally.refused(&name, &got.end, STOPPED),
            }
        }
    }
    for header in HEADERS {
        for encoding in [raw as Encoding, percent, hex] {
            let got = site.ask(in_header(header, encoding), header).await;
            tally.refused(header, &got.end, STOPPED);
        }
    }
    for status in [
        200, 206, 301, 307, 400, 401, 403, 404, 407, 418, 429, 500, 503,
    ] {
        let behaviour = echo(What::Credential, raw, Place::ErrorPage(status));
        let got = site.ask(behaviour, "a status").await;
        tally.refused(&format!("with status {status}"), &got.end, STOPPED);
    }
    let got = site.ask(over_headers(), "over headers").await;
    tally.refused("cut over four headers", &got.end, STOPPED);
    tally.note(
        17,
        "echo in a body, header, trailer or error page",
        "the credential, its header, all headers and all of the request, in every place of a \
         response and in cookies; chunk extensions and reasons are not handed on at all",
    );
}

fn in_header(name: &'static str, encoding: Encoding) -> Behaviour {
    Behaviour::answering(move |request| {
        Answer::new(200).header(name, encoding(&What::Credential.of(request)))
    })
}

fn over_headers() -> Behaviour {
    Behaviour::answering(|request| {
        let secret = What::Credential.of(request);
        let pieces = secret.chunks(8).enumerate();
        pieces.fold(Answer::new(200), |answer, (at, piece)| {
            answer.header(&format!("x-{at}"), piece)
        })
    })
}

/// The response came, and holds nothing of the place where the secret was.
fn unseen(got: &Got) -> bool {
    let text = got.text();
    got.code() == "ok" && !text.contains("echo") && !text.contains("cookie")
}

/// The same places with a text of the same length that is no secret.
#[tokio::test]
async fn an_innocent_text_passes_in_every_place() {
    let site = Site::new().await;
    let innocent: String = CANARY.chars().rev().collect();
    for place in Place::ALL {
        let text = innocent.clone();
        let behaviour = Behaviour::answering(move |_| put(text.as_bytes(), place));
        let got = site.ask(behaviour, "innocent").await;
        assert_eq!(got.code(), "ok", "{place:?}");
        let shown = matches!(place, Place::Body | Place::Chunks(_) | Place::ErrorPage(_));
        assert_eq!(got.body == innocent.as_bytes(), shown, "{place:?}");
        if place == Place::Trailer {
            assert_eq!(got.trailers.unwrap()["x-echo"], innocent.as_str());
        }
    }
}

#[tokio::test]
async fn trailers_reach_the_guest() {
    let site = Site::new().await;
    site.server
        .behave(Behaviour::answering(|_| put("after all", Place::Trailer)));
    let got = site.world().get("/v1/x").await.unwrap();
    assert_eq!(got.trailers.unwrap()["x-echo"], "after all");
}
