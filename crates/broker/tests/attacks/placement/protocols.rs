//! HTTP/2, whose pseudo-headers are a second way to say where a request goes.

use hotcell_testkit::servers::behaviours::foreign;
use hotcell_testkit::servers::{Answer, Authority, Behaviour, Listen, Server};
use http::{HeaderName, Version};

use crate::ledger::Tally;
use crate::world::{CANARY, Setup, World, code, get, honest, request, saw_one};

async fn speaking(authority: &Authority, protocols: &[&str]) -> Server {
    let tls = authority
        .issue(&["api.test"])
        .tls()
        .with_protocols(protocols);
    let behaviour = Behaviour::answering(|_| Answer::new(200).body("ok"));
    Server::start(Listen::tls(tls), behaviour).await.unwrap()
}

#[tokio::test]
async fn attack_14_http2_pseudo_headers() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(&authority, &server, Setup::default());
    let url = format!("{}/v1/x", world.origin);
    let mut tally = Tally::default();
    for name in [
        ":authority",
        ":path",
        ":method",
        ":scheme",
        ":status",
        ":protocol",
        ":",
        "::path",
    ] {
        tally.unsayable(name, HeaderName::from_bytes(name.as_bytes()));
    }
    for (name, value) in [
        ("upgrade", "h2c"),
        ("http2-settings", "AAMAAABkAAQAAP__"),
        ("http2_settings", "AAMAAABkAAQAAP__"),
        ("connection", "Upgrade, HTTP2-Settings"),
        ("proxy-connection", "keep-alive"),
        ("te", "trailers"),
    ] {
        tally.refused(
            name,
            &world
                .send(request("GET", &url, &[(name, value)], b""))
                .await,
            "header_denied",
        );
    }
    assert_eq!(server.counts().accepted, 0);
    // Whatever version the guest's request says, 1.1 is spoken.
    for version in [
        Version::HTTP_09,
        Version::HTTP_10,
        Version::HTTP_2,
        Version::HTTP_3,
    ] {
        let mut odd = get(&url);
        *odd.version_mut() = version;
        world.send(odd).await.unwrap();
        let seen = server.requests().pop().unwrap();
        tally.without_effect("version", seen.raw.starts_with(b"GET /v1/x HTTP/1.1\r\n"));
    }
    foreign_servers(&authority, &mut tally).await;
    let both = speaking(&authority, &["h2", "http/1.1"]).await;
    World::new(&authority, &both, Setup::default())
        .get("/v1/x")
        .await
        .unwrap();
    saw_one(&both);
    tally.note(14, "HTTP/2 pseudo-headers", "names with a colon (the types refuse them), upgrades to h2c, other versions, servers that speak HTTP/2 alone or answer in it");
}

async fn foreign_servers(authority: &Authority, tally: &mut Tally) {
    for protocols in [&["h2"][..], &["h3"], &["h2", "h2c"], &["http/1.0"]] {
        let server = speaking(authority, protocols).await;
        let world = World::new(authority, &server, Setup::default());
        tally.refused("ALPN", &world.get("/v1/x").await, "tls_protocol");
        server.wait_closed().await;
        assert!(!server.received(CANARY) && server.counts().requests == 0);
    }
    for (what, behaviour) in [
        ("HTTP/2 frames", foreign::http2()),
        ("HTTP/2 preface", foreign::http2_preface()),
        ("h2c", foreign::upgrade("h2c")),
        ("websocket", foreign::upgrade("websocket")),
        ("a greeting", foreign::greeting()),
        ("noise", foreign::noise()),
    ] {
        let server = honest(authority, &["api.test"]).await;
        server.behave(behaviour);
        let world = World::new(authority, &server, Setup::default());
        let told = code(&world.get("/v1/x").await);
        let stopped = ["response_malformed", "connection_reset"].contains(&told.as_str());
        tally.without_effect(&format!("{what}: {told}"), stopped);
        world.records_hold_none(&["/v1/x"]);
    }
}
