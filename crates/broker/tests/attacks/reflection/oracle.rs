//! A scan that answers whether a guess was right.

use hotcell_package::Effect;
use hotcell_testkit::servers::Behaviour;
use hotcell_testkit::servers::behaviours::echo::{Place, What, echo, put};
use hotcell_testkit::servers::encodings::raw;

use crate::ledger::Tally;
use crate::reflection::{Site, take};
use crate::world::{CANARY, get, request};

const STOPPED: &str = "secret_reflected";

/// The secret after `before`, with more behind it.
fn after(before: &'static str) -> Behaviour {
    Behaviour::answering(move |request| {
        let secret = What::Credential.of(request);
        let body = [before.as_bytes(), &secret, b" and more that is not secret"].concat();
        put(body, Place::Chunks(5))
    })
}

#[tokio::test]
async fn attack_23_redaction_as_an_oracle() {
    let site = Site::new().await;
    let mut tally = Tally::default();
    for before in ["", "key=", "{\"a\":\"", "a text of some length, and then "] {
        let got = site.ask(after(before), before).await;
        tally.refused(before, &got.end, STOPPED);
        // A prefix: nothing masked, nothing skipped, nothing from behind the secret.
        let whole = format!("{before}{CANARY}");
        assert!(whole.as_bytes().starts_with(&got.body));
        assert!(got.body.len() <= before.len() + 3);
    }
    // One answer and no more: who guesses is suspended, in every call of this broker.
    site.server.behave(echo(What::Headers, raw, Place::Body));
    let world = site.world();
    let (one, other) = (world.session(Effect::Write), world.session(Effect::Write));
    let first = take(&one, get(&site.url("/v1/x"))).await;
    tally.refused("first", &first.end, STOPPED);
    site.server
        .behave(Behaviour::answering(|_| put("innocent", Place::Body)));
    let before = site.server.counts().requests;
    for session in [&one, &other, &world.session(Effect::Write)] {
        let next = take(session, get(&site.url("/v1/x"))).await;
        tally.refused("after it", &next.end, "suspended");
        let again = request("POST", &site.url("/v1/y"), &[], b"a");
        tally.refused("after it", &take(session, again).await.end, "suspended");
    }
    assert_eq!(site.server.counts().requests, before);
    assert_eq!(world.suspended.all(), ["probe/c"]);
    world.records_hold_none(&[]);
    tally.note(
        23,
        "redaction as an oracle",
        "what is delivered is a prefix, never a mask; after one stop every call of the grant is \
         refused until an operator lifts it",
    );
}

/// A guess that is wrong passes whatever its length, and tells no more than that.
#[tokio::test]
async fn wrong_guesses_pass_in_both_directions() {
    let site = Site::new().await;
    site.server.behave(echo(What::Body, raw, Place::Body));
    let world = site.world();
    for shift in 1..6 {
        let guess: String = CANARY.chars().map(|c| guessed(c, shift)).collect();
        let url = site.url("/v1/x");
        let got = take(
            &world.session(Effect::Write),
            request("POST", &url, &[], guess.as_bytes()),
        )
        .await;
        assert_eq!(
            (got.code().as_str(), got.body.as_slice()),
            ("ok", guess.as_bytes())
        );
    }
    // Right but for its last window.
    let near = format!("{}...", &CANARY[..11]);
    let asked = request("POST", &site.url("/v1/x"), &[], near.as_bytes());
    assert_eq!(
        take(&world.session(Effect::Write), asked).await.code(),
        "ok"
    );
    assert!(world.suspended.all().is_empty());
}

fn guessed(sign: char, shift: u8) -> char {
    match sign {
        'a'..='u' | 'A'..='U' | '0'..='4' => char::from(sign as u8 + shift),
        _ => sign,
    }
}
