//! A server that keeps what one request brings, and hands it back on another.

use std::sync::{Arc, Mutex};

use hotcell_package::Effect;
use hotcell_testkit::servers::{Answer, Behaviour};

use crate::reflection::{Site, take};
use crate::world::{Setup, World, code, digest, get, request};

const OTHER: &str = "another-secret-0123456789";

/// A skill with two credentials, `c` on /v1/a and `d` on /v1/b, and no credential on /v1/open.
fn two(site: &Site) -> World {
    let origin = site.server.origin("api.test");
    let (skill, address) = (digest(), site.server.address());
    let secret = |name: &str, env: &str| {
        format!(
            "[secret.{name}]\nkind = \"bearer\"\nsource = \"env:{env}\"\norigins = [\"{origin}\"]\n"
        )
    };
    let grant = |credential: &str, secret: &str| {
        format!(
            "[[grant]]\nskill = \"probe@{skill}\"\ncredential = \"{credential}\"\nsecret = \"{secret}\"\n"
        )
    };
    let ask = |id: &str| {
        format!(
            "[[http]]\nid = \"{id}\"\norigin = \"{origin}\"\nmethods = [\"GET\", \"POST\"]\npath = \"/v1/{id}/{{*rest}}\"\n"
        )
    };
    let credential =
        |name: &str, on: &str| format!("[[credential]]\nname = \"{name}\"\non = [\"{on}\"]\n");
    let file = format!(
        "{}{}{}{}[[grant]]\nskill = \"probe@{skill}\"\nhttp = [\"open\"]\n[egress]\nprivate = [\"{address}\"]\n",
        secret("s", "S"),
        secret("t", "T"),
        grant("c", "s"),
        grant("d", "t"),
    );
    let manifest = format!(
        "[skill]\nversion = \"1.0.0\"\n{}{}{}{}{}",
        ask("a"),
        ask("b"),
        ask("open"),
        credential("c", "a"),
        credential("d", "b"),
    );
    let setup = Setup {
        environment: vec![("T", OTHER.as_bytes().to_vec())],
        ..Setup::default()
    };
    World::of_texts(&site.authority, &file, &manifest, &setup, origin)
}

/// Keeps the last POST; every GET has it.
fn store() -> Behaviour {
    let kept = Arc::new(Mutex::new(Vec::new()));
    Behaviour::answering(move |request| {
        let mut kept = kept.lock().unwrap();
        match request.method.as_str() {
            "POST" => {
                kept.clone_from(&request.raw);
                Answer::new(201)
            }
            _ => Answer::new(200).body(kept.clone()),
        }
    })
}

/// Part of attack 17: stored with one credential, fetched with another, or with none.
#[tokio::test]
async fn what_was_stored_by_one_grant_is_not_fetched_by_another() {
    let site = Site::new().await;
    for (stored, fetched, grant) in [
        ("a", "a", "probe/c"),
        ("a", "b", "probe/c"),
        ("b", "a", "probe/d"),
        ("a", "open", "probe/c"),
        ("b", "open", "probe/d"),
    ] {
        site.server.behave(store());
        let world = two(&site);
        let session = world.session(Effect::Write);
        let post = request("POST", &site.url(&format!("/v1/{stored}/x")), &[], b"note");
        assert_eq!(take(&session, post).await.code(), "ok");
        // In the same call, or in another one of the same broker.
        let later = world.session(Effect::Write);
        let got = take(&later, get(&site.url(&format!("/v1/{fetched}/x")))).await;
        assert_eq!(got.code(), "secret_reflected", "{stored} by {fetched}");
        got.is_clean("stored");
        assert!(!got.text().contains("another-secret"));
        assert_eq!(world.suspended.all(), [grant], "{stored} by {fetched}");
        world.records_hold_none(&["another-secret"]);
    }
}

/// The other grant of the skill goes on, and what was stored stays unseen for it.
#[tokio::test]
async fn a_suspended_grant_s_value_is_still_looked_for() {
    let site = Site::new().await;
    site.server.behave(store());
    let world = two(&site);
    let session = world.session(Effect::Write);
    let post = request("POST", &site.url("/v1/a/x"), &[], b"note");
    assert_eq!(take(&session, post).await.code(), "ok");
    let fetch = |path: &str| get(&site.url(path));
    for path in ["/v1/b/x", "/v1/open/x", "/v1/b/y"] {
        let got = take(&world.session(Effect::Write), fetch(path)).await;
        assert_eq!(got.code(), "secret_reflected", "{path}");
        got.is_clean(path);
    }
    let closed = world.session(Effect::Write).send(fetch("/v1/a/x")).await;
    assert_eq!(code(&closed), "suspended");
    let note = request("POST", &site.url("/v1/open/x"), &[], b"note");
    assert_eq!(take(&session, note).await.code(), "ok");
    let got = take(&session, fetch("/v1/b/x")).await;
    assert_eq!(got.code(), "ok", "the other grant goes on");
}
