//! Names that lead nowhere, and addresses where nobody is.

use std::net::SocketAddr;
use std::time::Duration;

use hotcell_testkit::servers::behaviours::sized;
use hotcell_testkit::servers::{Authority, Server};
use tokio::net::{TcpSocket, TcpStream};

use crate::chaos::Stage;
use crate::world::{World, code};

fn site(stage: &Stage, limits: &str) -> (Server, World) {
    let identity = stage.authority.issue(&["api.test"]);
    let server = stage
        .servers
        .block_on(Server::tls(&identity, sized::upload()));
    let world = stage.world(&server, limits);
    (server, world)
}

#[test]
fn a_name_that_is_unknown_or_never_answered() {
    let stage = Stage::new();
    let (server, world) = site(&stage, "resolve_ms = 200");
    stage.client.block_on(async {
        assert_eq!(code(&world.get("/v1/x").await), "ok");
        world.names.set("api.test", &[]);
        assert_eq!(code(&world.get("/v1/x").await), "name_unknown");
        world.names.in_turn("api.test", &[]);
        assert_eq!(code(&world.get("/v1/x").await), "name_timeout");
        stage.no_task_left("names").await;
        server.wait_closed().await;
    });
}

#[test]
fn a_server_that_is_not_there() {
    let stage = Stage::new();
    let (server, world) = site(&stage, "");
    let address = server.address();
    stage.servers.block_on(server.shutdown());
    stage.client.block_on(async {
        until_gone(address).await;
        assert_eq!(code(&world.get("/v1/x").await), "connect_refused");
        stage.no_task_left("refused").await;
    });
}

/// A listener whose queue is full takes no connection, and refuses none.
#[test]
fn a_server_that_does_not_answer() {
    let stage = Stage::new();
    let (server, _) = site(&stage, "");
    let address = server.address();
    // The port is free again, and somebody else listens there.
    let world = stage.world(&server, "connect_ms = 300");
    stage.servers.block_on(server.shutdown());
    stage.client.block_on(async {
        until_gone(address).await;
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(address).unwrap();
        let _listener = socket.listen(1).unwrap();
        let _waiting = fill(address).await;
        assert_eq!(code(&world.get("/v1/x").await), "connect_timeout");
        stage.no_task_left("no answer").await;
    });
}

/// Waits until nobody listens there. A listener that was told to end does so in its turn.
async fn until_gone(address: SocketAddr) {
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

/// Connects until no more connections are taken.
async fn fill(address: SocketAddr) -> Vec<TcpStream> {
    let mut waiting = Vec::new();
    let short = Duration::from_millis(200);
    while let Ok(taken) = tokio::time::timeout(short, TcpStream::connect(address)).await {
        waiting.push(taken.unwrap());
        assert!(waiting.len() < 100, "the queue has no end");
    }
    waiting
}

/// The whole time holds where each part keeps to its own.
#[test]
fn the_whole_includes_the_name() {
    let stage = Stage::new();
    let (_server, world) = site(&stage, "exchange_ms = 200");
    world.names.in_turn("api.test", &[]);
    stage.client.block_on(async {
        let began = std::time::Instant::now();
        assert!(world.get("/v1/x").await.is_err());
        assert!(began.elapsed() < Duration::from_secs(4));
    });
}

#[test]
fn two_authorities_do_not_trust_each_other() {
    let stage = Stage::new();
    let identity = Authority::new().issue(&["api.test"]);
    let server = stage
        .servers
        .block_on(Server::tls(&identity, sized::upload()));
    let world = stage.world(&server, "");
    stage.client.block_on(async {
        assert_eq!(code(&world.get("/v1/x").await), "tls_certificate");
        assert_eq!(server.counts().requests, 0);
    });
}
