//! Where a request ends, told in two ways; and connections on which answers come unasked.

use hotcell_package::Effect;
use hotcell_testkit::servers::behaviours::desync;
use hotcell_testkit::servers::{Answer, Authority, Server};

use crate::ledger::Tally;
use crate::world::{Setup, World, answer, code, get, honest, request};

#[tokio::test]
async fn attack_13_framing_and_desync() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(&authority, &server, Setup::default());
    let url = format!("{}/v1/x", world.origin);
    let mut tally = Tally::default();
    for (name, value) in [
        ("transfer-encoding", "chunked"),
        ("transfer-encoding", "identity"),
        ("transfer-encoding", "chunked, identity"),
        ("transfer-encoding", "xchunked"),
        ("Transfer_Encoding", "chunked"),
        ("content_length", "5"),
        ("content-length", "+5"),
        ("content-length", "05"),
        ("content-length", "5, 5"),
        ("content-length", "5,6"),
        ("content-length", "0x5"),
        ("content-length", "-5"),
        ("content-length", ""),
        ("content-length", "5 "),
        ("content-length", "18446744073709551617"),
        ("connection", "content-length"),
        ("connection", "transfer-encoding"),
    ] {
        let sent = world
            .send(request("POST", &url, &[(name, value)], b"hello"))
            .await;
        tally.refused(&format!("{name}: {value}"), &sent, "header_denied");
    }
    let both = [("content-length", "5"), ("transfer-encoding", "chunked")];
    tally.refused(
        "both",
        &world.send(request("POST", &url, &both, b"hello")).await,
        "header_denied",
    );
    let twice = [("content-length", "5"), ("content-length", "6")];
    tally.refused(
        "two lengths",
        &world.send(request("POST", &url, &twice, b"hello")).await,
        "header_denied",
    );
    assert_eq!(server.counts().accepted, 0);
    smuggled(&world, &server, &mut tally).await;
    wrong_lengths(&authority, &mut tally).await;
    unasked_answers(&authority, &mut tally).await;
    tally.note(13, "CL and TE, desync of a reused connection", "lengths and encodings that disagree, doubled and misspelled; requests inside bodies; bodies of another length; answers that nobody asked for");
}

/// A body that looks like the end of one request and the next stays a body.
async fn smuggled(world: &World, server: &Server, tally: &mut Tally) {
    let session = world.session(Effect::Write);
    let url = format!("{}/v1/x", world.origin);
    let next = "GET /admin HTTP/1.1\r\nhost: evil.test\r\n\r\n";
    let mut sent = 0;
    for body in [
        format!("0\r\n\r\n{next}"),
        next.to_owned(),
        format!("\r\n\r\n{next}"),
        format!("5\r\nhello\r\n0\r\n\r\n{next}"),
    ] {
        let on_get = answer(&session, request("GET", &url, &[], body.as_bytes())).await;
        assert_eq!(code(&on_get), "body_denied");
        for method in ["POST", "PUT", "DELETE"] {
            let own = answer(&session, request(method, &url, &[], body.as_bytes())).await;
            assert_eq!(own.unwrap().body, b"ok");
            sent += 1;
            let seen = server.requests();
            let last = &seen[seen.len() - 1];
            let whole = last.method == method && last.body == body.as_bytes();
            tally.without_effect(&body, whole && seen.len() == sent);
        }
    }
    answer(&session, get(&url)).await.unwrap();
    assert!(server.requests().iter().all(|seen| seen.target == "/v1/x"));
}

/// What breaks off takes its connection with it: the next request has another one.
async fn wrong_lengths(authority: &Authority, tally: &mut Tally) {
    let server = honest(authority, &["api.test"]).await;
    let world = World::new(authority, &server, Setup::default());
    let url = format!("{}/v1/x", world.origin);
    let session = world.session(Effect::Write);
    for length in ["4", "1", "0", "6", "500"] {
        let sent = answer(
            &session,
            request("POST", &url, &[("content-length", length)], b"hello"),
        )
        .await;
        tally.refused(&format!("length {length} of 5"), &sent, "request_body");
        answer(&session, get(&url)).await.unwrap();
    }
    let seen = server.requests();
    assert_eq!(seen.iter().filter(|seen| seen.method == "GET").count(), 5);
    assert!(seen.iter().all(|seen| seen.method == "GET"), "{seen:?}");
    let right = request("POST", &url, &[("content-length", "5")], b"hello");
    answer(&session, right).await.unwrap();
    assert_eq!(server.requests().pop().unwrap().body, b"hello");
}

async fn unasked_answers(authority: &Authority, tally: &mut Tally) {
    let honest_answer = || Answer::new(200).body("own");
    let forged = || Answer::new(200).header("x-forged", "yes").body("forged");
    for (what, behaviour) in [
        ("ahead", desync::ahead(honest_answer(), forged())),
        (
            "chunked, ahead",
            desync::ahead(honest_answer().chunked(2), forged()),
        ),
        ("in a 204", desync::as_body_of(204, forged())),
        ("in a 304", desync::as_body_of(304, forged())),
    ] {
        let server = honest(authority, &["api.test"]).await;
        server.behave(behaviour);
        let world = World::new(authority, &server, Setup::default());
        let url = format!("{}/v1/x", world.origin);
        for _ in 0..10 {
            let session = world.session(Effect::Read);
            for _ in 0..3 {
                let got = answer(&session, get(&url)).await;
                let forged = got.is_ok_and(|got| got.headers.contains_key("x-forged"));
                tally.without_effect(what, !forged);
            }
        }
    }
}
