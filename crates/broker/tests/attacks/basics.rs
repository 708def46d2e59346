//! What must work, so that a refusal means something.

use hotcell_testkit::servers::{Answer, Authority, Behaviour, Server};

use crate::world::{CANARY, Setup, World, request};

async fn echoing_length() -> (Authority, Server) {
    let authority = Authority::new();
    let identity = authority.issue(&["api.test"]);
    let answer = |request: &hotcell_testkit::servers::Request| {
        Answer::new(200).body(format!("{} bytes", request.body.len()))
    };
    let server = Server::tls(&identity, Behaviour::answering(answer)).await;
    (authority, server)
}

#[tokio::test]
async fn a_granted_request_arrives_with_its_secret() {
    let (authority, server) = echoing_length().await;
    let world = World::new(&authority, &server, Setup::default());
    let url = format!("{}/v1/things?a=b", world.origin);
    let headers = [("content-type", "text/plain"), ("accept-encoding", "gzip")];
    let answered = world
        .send(request("POST", &url, &headers, b"hello"))
        .await
        .unwrap();
    assert_eq!(answered.body, b"5 bytes");
    let seen = &server.requests()[0];
    assert_eq!(seen.target, "/v1/things?a=b");
    assert_eq!(
        seen.header("authorization"),
        Some(format!("Bearer {CANARY}").as_str())
    );
    assert_eq!(seen.header("accept-encoding"), Some("identity"));
    assert!(seen.header("traceparent").is_some() && seen.header("idempotency-key").is_some());
    assert_eq!(seen.body, b"hello");
    let last = world.records.all().pop().unwrap();
    assert_eq!(
        (last.status, last.route.as_deref()),
        (Some(200), Some("/v1/{*rest}"))
    );
    assert_eq!(last.secrets, ["s@env"]);
    assert_eq!((last.request_bytes, last.response_bytes), (5, 7));
}

#[tokio::test]
async fn one_connection_serves_one_call() {
    let (authority, server) = echoing_length().await;
    let world = World::new(&authority, &server, Setup::default());
    let url = format!("{}/v1/x", world.origin);
    let session = world.session(hotcell_package::Effect::Write);
    for _ in 0..5 {
        crate::world::answer(&session, crate::world::get(&url))
            .await
            .unwrap();
    }
    assert_eq!(server.counts().accepted, 1);
    world.get("/v1/x").await.unwrap();
    assert_eq!(
        server.counts().accepted,
        2,
        "another call has a connection of its own"
    );
}

#[tokio::test]
async fn a_coded_answer_without_a_body_is_no_error() {
    let authority = Authority::new();
    let identity = authority.issue(&["api.test"]);
    let coded = b"HTTP/1.1 204 No Content\r\ncontent-encoding: gzip\r\n\r\n";
    let server = Server::tls(&identity, Behaviour::writing(coded.to_vec())).await;
    let world = World::new(&authority, &server, Setup::default());
    let answered = world.get("/v1/x").await.unwrap();
    assert_eq!((answered.status.as_u16(), answered.body.len()), (204, 0));
}
