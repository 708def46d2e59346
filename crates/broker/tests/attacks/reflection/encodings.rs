//! The secret in other writings.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use hotcell_package::Effect;
use hotcell_testkit::servers::Behaviour;
use hotcell_testkit::servers::behaviours::echo::{Place, What, echo, put};
use hotcell_testkit::servers::encodings::TEXTS;
use proptest::prelude::*;

use crate::ledger::Tally;
use crate::reflection::{Site, take};
use crate::world::{CANARY, get};

#[tokio::test]
async fn attack_18_encodings() {
    let site = Site::new().await;
    let mut tally = Tally::default();
    for (name, encoding) in TEXTS {
        let whole = encoding(CANARY.as_bytes());
        for place in [
            Place::Body,
            Place::Chunks(1),
            Place::Chunks(7),
            Place::ErrorPage(403),
            Place::Header,
            Place::Location,
            Place::Trailer,
        ] {
            let name = format!("{name} in {place:?}");
            // A header cannot hold the zeros of UTF-16.
            let is_text = whole.iter().all(|byte| *byte >= b' ');
            let in_body = matches!(place, Place::Body | Place::Chunks(_) | Place::ErrorPage(_));
            if !is_text && !in_body {
                continue;
            }
            let got = site
                .ask(echo(What::Credential, encoding, place), &name)
                .await;
            tally.refused(&name, &got.end, "secret_reflected");
            if in_body {
                // Less than four bytes of the value, in whatever writing.
                assert!(whole.starts_with(&got.body), "{name}: not a prefix");
                let bytes = bytes_of(&name, got.body.len(), whole.len());
                assert!(bytes <= 3, "{name}: {bytes} bytes were delivered");
            }
        }
    }
    tally.note(
        18,
        "the secret in other writings",
        "percent, base64 at three alignments, base64url, hex, JSON, HTML and UTF-16, in bodies, \
         chunks, error pages, headers and trailers",
    );
}

/// Returns how many bytes of the secret are in the first `signs` of its `all`.
fn bytes_of(name: &str, signs: usize, all: usize) -> usize {
    let before = match name {
        _ if name.contains("after one byte") => 1,
        _ if name.contains("after two bytes") => 2,
        _ => 0,
    };
    (signs * (before + CANARY.len()) / all).saturating_sub(before)
}

/// Writes each byte in one of eight ways.
fn mixed(ways: &[u8]) -> String {
    let mut text = String::new();
    for (byte, way) in CANARY.bytes().zip(ways) {
        // Signs that begin an escape, or stand for another byte, are always escaped.
        let special = matches!(byte, b'%' | b'&' | b'\\' | b'+');
        match way % 8 {
            0 | 1 if !special => text.push(char::from(byte)),
            2 => write!(text, "%{byte:02X}").unwrap(),
            3 => write!(text, "%{byte:02x}").unwrap(),
            4 => write!(text, "\\u{byte:04x}").unwrap(),
            5 => write!(text, "\\x{byte:02x}").unwrap(),
            6 => write!(text, "&#{byte};").unwrap(),
            _ => write!(text, "&#x{byte:x};").unwrap(),
        }
    }
    text
}

/// Any mixture of escapes, between other text, in any place and any chunks.
#[test]
fn attack_18_encodings_at_random() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let site = runtime.block_on(Site::new());
    let next = Arc::new(Mutex::new((Vec::new(), Place::Body)));
    let said = Arc::clone(&next);
    let behaviour = Behaviour::answering(move |_| {
        let (text, place) = said.lock().unwrap().clone();
        put(text, place)
    });
    let places = (0..4usize, 1..40usize).prop_map(|(which, bytes)| match which {
        0 => Place::Header,
        1 => Place::Body,
        _ => Place::Chunks(bytes),
    });
    let ways = prop::collection::vec(any::<u8>(), CANARY.len());
    let around = "[ -~]{0,60}[ .,;:]";
    let config = ProptestConfig::with_cases(200);
    proptest!(config, |(ways in ways, before in around, after in "[ .,;:][ -~]{0,60}", place in places)| {
        let text = format!("{before}{}{after}", mixed(&ways));
        *next.lock().unwrap() = (text.clone().into_bytes(), place);
        let got = runtime.block_on(async {
            site.server.behave(behaviour.clone());
            let world = site.world();
            take(&world.session(Effect::Read), get(&site.url("/v1/x"))).await
        });
        prop_assert_eq!(got.code(), "secret_reflected", "{} in {:?}", text, place);
        prop_assert!(text.as_bytes().starts_with(&got.body));
    });
}
