//! A guest that uses up what its operator has with a server.

use hotcell_broker::SendError;
use hotcell_package::Effect;
use hotcell_testkit::servers::{Answer, Authority, Behaviour, Connection, Server};

use super::tokens;
use crate::ledger::Tally;
use crate::world::{Answered, Setup, World, answer, get, honest, request};

#[tokio::test]
async fn attack_30_quota_burn() {
    let authority = Authority::new();
    let mut tally = Tally::default();
    rate(&authority, &mut tally).await;
    requests_of_a_call(&authority, &mut tally).await;
    at_one_time(&authority, &mut tally).await;
    sizes(&authority, &mut tally).await;
    failing_token_endpoint(&authority, &mut tally).await;
    refusing_server(&authority, &mut tally).await;
    tally.note(30, "quota burn", "more requests than the rate, the call or the moment allows, larger bodies, a token endpoint that fails, a server that always says 401");
}

/// A rate is the grant's, and holds across calls.
async fn rate(authority: &Authority, tally: &mut Tally) {
    let server = honest(authority, &["api.test"]).await;
    let setup = Setup {
        grant: "rate = \"3/h\"".to_owned(),
        ..Setup::default()
    };
    let world = World::new(authority, &server, setup);
    for _ in 0..3 {
        world.get("/v1/x").await.unwrap();
    }
    for _ in 0..5 {
        let sent = world.get("/v1/x").await;
        let Err(SendError::Denied(denial)) = &sent else {
            panic!("{sent:?}")
        };
        let wait = denial.retry_after_ms.unwrap();
        assert!((1..=3_600_000).contains(&wait), "{wait}");
        tally.refused("beyond the rate", &sent, "rate_limited");
    }
    assert_eq!(server.requests().len(), 3);
}

/// What is refused counts as well: asking costs the host something.
async fn requests_of_a_call(authority: &Authority, tally: &mut Tally) {
    let server = honest(authority, &["api.test"]).await;
    let setup = Setup {
        limits: "requests = 4".to_owned(),
        ..Setup::default()
    };
    let world = World::new(authority, &server, setup);
    let session = world.session(Effect::Read);
    let url = format!("{}/v1/x", world.origin);
    let admin = format!("{}/admin", world.origin);
    for url in [&url, &admin, &url, &admin] {
        let _ = answer(&session, get(url)).await;
    }
    for url in [&url, &url, &admin] {
        tally.refused(
            "beyond the call's",
            &answer(&session, get(url)).await,
            "request_limit",
        );
    }
    assert_eq!(server.requests().len(), 2);
    world.get("/v1/x").await.unwrap();
}

async fn at_one_time(authority: &Authority, tally: &mut Tally) {
    let server = honest(authority, &["api.test"]).await;
    server.behave(Behaviour::on_connection(
        |mut connection: Connection| async move {
            connection.request().await?;
            connection
                .write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n")
                .await?;
            connection.until_closed().await
        },
    ));
    let setup = Setup {
        limits: "concurrent = 2".to_owned(),
        ..Setup::default()
    };
    let world = World::new(authority, &server, setup);
    let session = world.session(Effect::Read);
    let url = format!("{}/v1/x", world.origin);
    let first = session.send(get(&url)).await.unwrap();
    let second = session.send(get(&url)).await.unwrap();
    for _ in 0..3 {
        let sent = session.send(get(&url)).await;
        tally.refused("a third at one time", &sent, "concurrency_limit");
    }
    drop((first, second));
    server.wait_closed().await;
    server.behave(Behaviour::answering(|_| Answer::new(200).body("ok")));
    answer(&session, get(&url)).await.unwrap();
    assert_eq!(server.counts().accepted, 3);
}

async fn sizes(authority: &Authority, tally: &mut Tally) {
    let server = honest(authority, &["api.test"]).await;
    let limits = "request_bytes = 1000\nurl_bytes = 200\nheaders = 10\nheader_bytes = 500\nresponse_bytes = 1000";
    let world = World::new(
        authority,
        &server,
        Setup {
            limits: limits.to_owned(),
            ..Setup::default()
        },
    );
    let url = format!("{}/v1/x", world.origin);
    let send = |url: String, headers: Vec<(String, String)>, body: usize| {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        request("POST", &url, &headers, &vec![b'a'; body])
    };
    let long = format!("{url}?{}", "a".repeat(200));
    let many = (0..11)
        .map(|at| (format!("x-{at}"), "a".to_owned()))
        .collect();
    let wide = vec![("x-a".to_owned(), "a".repeat(500))];
    tally.refused(
        "body",
        &world.send(send(url.clone(), vec![], 1_001)).await,
        "request_too_large",
    );
    tally.refused(
        "URL",
        &world.send(send(long, vec![], 0)).await,
        "url_denied",
    );
    tally.refused(
        "headers",
        &world.send(send(url.clone(), many, 0)).await,
        "header_denied",
    );
    tally.refused(
        "a header",
        &world.send(send(url.clone(), wide, 0)).await,
        "header_denied",
    );
    assert!(server.requests().is_empty());
    world.send(send(url.clone(), vec![], 1_000)).await.unwrap();
    server.behave(Behaviour::answering(|_| {
        Answer::new(200).body(vec![b'a'; 1_001])
    }));
    tally.refused(
        "response",
        &world.send(get(&url)).await,
        "response_too_large",
    );
}

/// One failure of a token endpoint is told to all who come soon after.
async fn failing_token_endpoint(authority: &Authority, tally: &mut Tally) {
    for status in [400, 401, 429, 500, 503] {
        let api = honest(authority, &["api.test"]).await;
        let endpoint = tokens::endpoint(authority).await;
        endpoint.behave(Behaviour::answering(move |_| {
            Answer::new(status).body("{\"error\":\"invalid_client\"}")
        }));
        let world = tokens::world(authority, &api, &endpoint);
        for _ in 0..10 {
            tally.refused("no token", &world.get("/v1/x").await, "token_failed");
        }
        assert_eq!(endpoint.requests().len(), 1, "{status}: it is asked once");
        assert_eq!(api.counts().accepted, 0);
    }
}

/// A server that takes no token cannot have the token endpoint asked for each request.
async fn refusing_server(authority: &Authority, tally: &mut Tally) {
    let api: Server = honest(authority, &["api.test"]).await;
    api.behave(Behaviour::answering(|_| Answer::new(401)));
    let endpoint = tokens::endpoint(authority).await;
    let world = tokens::world(authority, &api, &endpoint);
    for _ in 0..10 {
        let got: Answered = world.get("/v1/x").await.unwrap();
        tally.without_effect("401", got.status == 401);
    }
    assert_eq!(api.requests().len(), 10);
    assert_eq!(endpoint.requests().len(), 2, "renewed once");
}
