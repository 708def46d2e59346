//! A server that sends its clients elsewhere.

use hotcell_package::Effect;
use hotcell_testkit::servers::behaviours::redirect;
use hotcell_testkit::servers::{Answer, Authority, Behaviour, Server};

use crate::ledger::Tally;
use crate::world::{Setup, World, answer, code, get, honest, request, untouched};

#[tokio::test]
async fn attack_02_redirect_to_another_host() {
    let authority = Authority::new();
    let decoy = honest(&authority, &["evil.test", "api.test"]).await;
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(&authority, &server, Setup::default());
    world.names.set("evil.test", &["127.0.0.1"]);
    let (port, there) = (server.port(), decoy.port());
    let mut tally = Tally::default();
    for location in [
        format!("https://evil.test:{there}/v1/x"),
        format!("http://evil.test:{there}/v1/x"),
        format!("//evil.test:{there}/v1/x"),
        format!("https://api.test:{port}@evil.test:{there}/v1/x"),
        format!("https://api.test:{there}/v1/x"),
        format!("\\\\evil.test:{there}\\v1"),
        format!("https:/evil.test:{there}/v1/x"),
        "/v1/elsewhere".to_owned(),
        "/admin".to_owned(),
    ] {
        for status in redirect::STATUSES {
            server.behave(redirect::to(status, location.as_str()));
            for method in ["GET", "POST"] {
                let url = format!("{}/v1/x", world.origin);
                let got = world.send(request(method, &url, &[], b"")).await.unwrap();
                let told = got.headers["location"] == location.as_str();
                let what = format!("{status} to {location}");
                tally.without_effect(&what, got.status == status && told);
            }
        }
    }
    server.behave(redirect::by_page(&format!(
        "https://evil.test:{there}/v1/x"
    )));
    tally.without_effect("refresh", world.get("/v1/x").await.unwrap().status == 200);
    server.behave(redirect::in_circles());
    tally.without_effect("a circle", world.get("/v1/x").await.unwrap().status == 302);
    // One request for each that was asked: none was followed.
    assert_eq!(server.requests().len(), tally.variants());
    let again = world
        .send(get(&format!("https://evil.test:{there}/v1/x")))
        .await;
    tally.refused("the guest follows", &again, "egress_denied");
    untouched(&decoy, &authority, "evil.test").await;
    tally.note(
        2,
        "redirect to another host",
        "five statuses to absolute, relative and malformed places, by header and by page",
    );
}

/// The guest sees where it was sent, and may ask there under the same rules.
#[tokio::test]
async fn a_guest_may_follow_to_what_it_may_ask_for() {
    let authority = Authority::new();
    let answers = |request: &hotcell_testkit::servers::Request| match request.path() {
        "/v1/old" => Answer::new(307).header("location", "/v1/new"),
        _ => Answer::new(200).body("new"),
    };
    let server = Server::tls(
        &authority.issue(&["api.test"]),
        Behaviour::answering(answers),
    )
    .await;
    let world = World::new(&authority, &server, Setup::default());
    let session = world.session(Effect::Read);
    let first = answer(&session, get(&format!("{}/v1/old", world.origin)))
        .await
        .unwrap();
    let there = first.headers["location"].to_str().unwrap();
    let url = format!("{}{there}", world.origin);
    assert_eq!(answer(&session, get(&url)).await.unwrap().body, b"new");
    let refused = answer(&session, get(&format!("{}/admin", world.origin))).await;
    assert_eq!(code(&refused), "egress_denied");
    assert_eq!(server.requests().len(), 2);
}
