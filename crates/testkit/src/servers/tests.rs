//! The servers, driven by a plain client over real TLS.
#![allow(clippy::unwrap_used)]

mod behaviours;
mod breaks;
mod crm;
mod oauth;
mod web;
mod wire;

use bytes::Bytes;

use crate::servers::{Authority, Behaviour, Server, probe};

/// The name under which the tests know their servers.
const NAME: &str = "crm.test";

/// What most tests ask for. The last header is what a server may not tell anybody.
const ASK: &str = "GET /v1/a?b=c HTTP/1.1\r\nhost: crm.test\r\nauthorization: Bearer canary-0123456789\r\nconnection: close\r\n\r\n";

/// A TLS server that behaves so, with the authority that a client has to trust.
async fn start(behaviour: Behaviour) -> (Server, Authority) {
    let authority = Authority::new();
    let server = Server::tls(&authority.issue(&[NAME, "127.0.0.1"]), behaviour).await;
    (server, authority)
}

/// Asks once and returns all that comes back.
async fn ask(behaviour: Behaviour) -> String {
    let (server, authority) = start(behaviour).await;
    let response = probe::ask(&server, &authority, NAME, ASK).await.unwrap();
    server.wait_closed().await;
    response.escape_ascii().to_string()
}

/// Asks once with hyper and returns what it makes of the answer.
async fn fetch(behaviour: Behaviour) -> Result<http::Response<Bytes>, String> {
    let (server, authority) = start(behaviour).await;
    let request = http::Request::get("/v1/a").body(Bytes::new()).unwrap();
    let response = probe::fetch(&server, &authority, NAME, request).await;
    server.wait_closed().await;
    response.map_err(|error| format!("{error:?}"))
}
