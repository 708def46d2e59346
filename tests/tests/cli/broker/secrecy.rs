//! A secret is used, and seen nowhere but at the server.

use hotcell_testkit::servers::crm::Twist;
use hotcell_testkit::servers::encodings;

use super::world::{NEXT_TOKEN, SEARCH, TOKEN, World, spelling_in};
use crate::room::example;

/// Without it the others could pass by a check that finds nothing.
#[test]
fn the_check_finds_what_it_is_for() {
    for (name, spell) in encodings::TEXTS {
        let text = [b"{\"a\":\"", &spell(TOKEN.as_bytes())[..], b"\"}"].concat();
        assert!(spelling_in(&text).is_some(), "{name}");
    }
    for part in [&TOKEN[..12], &NEXT_TOKEN[5..17], &TOKEN[15..]] {
        let behind = encodings::base64(format!("Bearer {TOKEN}").as_bytes());
        assert!(spelling_in(part.as_bytes()).is_some(), "{part}");
        assert!(spelling_in(&behind).is_some());
    }
    assert_eq!(spelling_in(&TOKEN.as_bytes()[..11]), None);
}

#[test]
fn a_secret_reaches_the_server_and_nothing_else() {
    let world = World::granted();
    let package = example("crm");
    let ran = world.hotcell(
        &[
            "run",
            &package,
            "search_contacts",
            "--json",
            "--out",
            "out",
            "--input",
            SEARCH,
        ],
        "",
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let outcome = ran.json();
    assert_eq!(outcome["usage"]["requests"], 1);
    let body = outcome["output"].to_string().len() as u64;
    let bytes = outcome["usage"]["bytes"].as_u64().unwrap();
    assert!(bytes > body / 2, "{bytes} bytes for an output of {body}");
    let sent = world.server.requests();
    assert_eq!(
        sent[0].header("authorization"),
        Some(&*format!("Bearer {TOKEN}"))
    );
    let view = world.call("show_view", SEARCH);
    assert_eq!(view.code, 0, "{}", view.stderr);
    let view = view.json();
    assert_eq!(view["exchange"]["status"], 200, "{view}");
    assert_eq!(view["credential"], "granted", "{view}");
    assert_eq!(view["environment"], serde_json::json!([]), "{view}");
    for command in [
        &["secret", "list"][..],
        &["check-config", &package],
        &["lift"],
    ] {
        world.done(command, "");
    }
    assert_eq!(world.server.requests().len(), 2);
    world.assert_nothing_left();
}

#[test]
fn a_rotated_secret_is_the_one_that_is_sent() {
    let world = World::granted();
    world.search_works();
    world.crm.set_token(NEXT_TOKEN);
    world.search().fails(1, &["error: NOT_AUTHORIZED: "]);
    world.done(&["secret", "rotate", "crm-token"], NEXT_TOKEN);
    world.search_works();
    let sent = world.server.requests();
    let with = |token: &str| sent.iter().filter(|request| request.holds(token)).count();
    assert_eq!((with(TOKEN), with(NEXT_TOKEN)), (2, 1));
    world.assert_nothing_left();
}

#[test]
fn a_server_that_hands_it_back_ends_the_grant_until_it_is_lifted() {
    let world = World::granted();
    world.search_works();
    world.crm.twist(Twist::EchoAuthorization);
    let ran = world.search();
    ran.fails(
        1,
        &["request 1 refused [secret_reflected]", "`hotcell lift`"],
    );
    assert_eq!(world.server.counts().requests, 2);
    world.crm.twist(Twist::Honest);
    world.search().fails(
        1,
        &[
            "request 1 refused [suspended]",
            "hotcell lift crm/crm",
            "NOT_GRANTED",
        ],
    );
    assert_eq!(world.server.counts().requests, 2);
    world.done(&["lift", "crm/crm"], "");
    world.search_works();
    world.assert_nothing_left();
}
