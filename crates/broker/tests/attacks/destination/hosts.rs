//! Another host, and a host that is told twice.

use hotcell_package::Effect;
use hotcell_testkit::servers::Authority;
use http::{Request, Uri};

use crate::ledger::Tally;
use crate::world::{
    CANARY, Setup, World, answer, digest, get, honest, request, saw_one, untouched,
};

#[tokio::test]
async fn attack_01_another_host() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test", "127.0.0.1"]).await;
    let decoy = honest(&authority, &["api.test", "evil.test"]).await;
    let world = World::new(&authority, &server, Setup::default());
    for name in [
        "evil.test",
        "localhost",
        "api.test.evil.test",
        "evil-api.test",
    ] {
        world.names.set(name, &["127.0.0.1"]);
    }
    let (port, other) = (server.port(), decoy.port());
    let mut tally = Tally::default();
    for authority in [
        format!("evil.test:{other}"),
        format!("api.test:{other}"),
        format!("evil.test:{port}"),
        format!("127.0.0.1:{port}"),
        format!("127.0.0.1:{other}"),
        format!("[::1]:{port}"),
        format!("[::ffff:7f00:1]:{port}"),
        format!("localhost:{port}"),
        format!("www.api.test:{port}"),
        format!("api.test.evil.test:{port}"),
        format!("evil-api.test:{port}"),
        format!("api.tes:{port}"),
        format!("test:{port}"),
        "api.test".to_owned(),
        "api.test:8443".to_owned(),
    ] {
        for method in ["GET", "POST", "DELETE", "OPTIONS"] {
            let url = match authority.starts_with("[::ffff") {
                true => format!("https://[::ffff:127.0.0.1]:{port}/v1/x"),
                false => format!("https://{authority}/v1/x"),
            };
            let sent = world.send(request(method, &url, &[], b"")).await;
            tally.refused(&url, &sent, "egress_denied");
        }
    }
    assert_eq!(
        world.names.asked(),
        [""; 0],
        "a refused host is not looked up"
    );
    world.get("/v1/x").await.unwrap();
    saw_one(&server);
    untouched(&decoy, &authority, "evil.test").await;
    world.records_hold_none(&[]);
    tally.note(
        1,
        "another host",
        "other names, ports and addresses of the same server and of another",
    );
}

/// Two secrets, two names of one server: each goes to its own, on a connection of its own.
#[tokio::test]
async fn each_secret_goes_to_its_own_host() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test", "b.test"]).await;
    let (a, b) = (server.origin("api.test"), server.origin("b.test"));
    let skill = digest();
    let file = format!(
        "[secret.s]\nsource = \"env:S\"\norigins = [\"{a}\"]\nkind = \"bearer\"\n\
         [secret.t]\nsource = \"env:T\"\norigins = [\"{b}\"]\nkind = \"bearer\"\n\
         [[grant]]\nskill = \"probe@{skill}\"\ncredential = \"c\"\nsecret = \"s\"\n\
         [[grant]]\nskill = \"probe@{skill}\"\ncredential = \"d\"\nsecret = \"t\"\n\
         [egress]\nprivate = [\"{}\"]\n",
        server.address()
    );
    let ask = |id: &str, origin: &str| {
        format!(
            "[[http]]\nid = \"{id}\"\norigin = \"{origin}\"\nmethods = [\"GET\"]\npath = \"/v1/x\"\n"
        )
    };
    let manifest = format!(
        "[skill]\nversion = \"1.0.0\"\n{}{}[[credential]]\nname = \"c\"\non = [\"a\"]\n\
         [[credential]]\nname = \"d\"\non = [\"b\"]\n",
        ask("a", &a),
        ask("b", &b)
    );
    let setup = Setup {
        environment: vec![("T", b"another-secret-of-b-0123456789".to_vec())],
        ..Setup::default()
    };
    let world = World::of_texts(&authority, &file, &manifest, &setup, a.clone());
    world.names.set("b.test", &["127.0.0.1"]);
    let session = world.session(Effect::Read);
    for origin in [&a, &b, &a, &b] {
        answer(&session, get(&format!("{origin}/v1/x")))
            .await
            .unwrap();
    }
    for seen in server.requests() {
        let is_a = a.ends_with(seen.header("host").unwrap());
        assert_eq!(seen.holds(CANARY), is_a);
        assert_eq!(seen.holds("another-secret-of-b"), !is_a);
        assert_eq!(
            seen.connection,
            if is_a { 1 } else { 2 },
            "no connection serves both"
        );
    }
}

/// Headers by which a proxy tells of another host, path or client.
const FORWARDED: &[&str] = &[
    "x-forwarded-host",
    "x_forwarded_host",
    "x-forwarded-server",
    "x-forwarded-proto",
    "x-forwarded-for",
    "x-forwarded",
    "x-host",
    "x-original-host",
    "forwarded",
    "x-original-url",
    "x-rewrite-url",
    "x-envoy-original-path",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "via",
    "proxy-connection",
];

#[tokio::test]
async fn attack_03_host_is_not_the_dialled_address() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(&authority, &server, Setup::default());
    let url = format!("{}/v1/x", world.origin);
    let port = server.port();
    let mut tally = Tally::default();
    for host in [
        "evil.test".to_owned(),
        "api.test".to_owned(),
        format!("API.TEST:{port}"),
        format!("api.test.:{port}"),
        format!("api.test:{port}, evil.test"),
        format!("api.test:{port}@evil.test"),
        format!("user@api.test:{port}"),
        format!("api.test:0{port}"),
        format!("127.0.0.1:{port}"),
        String::new(),
    ] {
        let sent = world
            .send(request("GET", &url, &[("host", &host)], b""))
            .await;
        tally.refused(&format!("host: {host}"), &sent, "header_denied");
    }
    for name in FORWARDED {
        let sent = world
            .send(request("GET", &url, &[(name, "evil.test")], b""))
            .await;
        tally.refused(name, &sent, "header_denied");
    }
    let own = format!("api.test:{port}");
    let twice = [("host", own.as_str()), ("host", own.as_str())];
    tally.refused(
        "host twice",
        &world.send(request("GET", &url, &twice, b"")).await,
        "header_denied",
    );
    // A target that is not a whole URL has its host elsewhere.
    for target in ["/v1/x", "*", own.as_str()] {
        let mut odd: Request<_> = request("GET", &url, &[("host", &own)], b"");
        *odd.uri_mut() = target.parse::<Uri>().unwrap();
        tally.refused(target, &world.send(odd).await, "url_denied");
    }
    world
        .send(request("GET", &url, &[("host", &own)], b""))
        .await
        .unwrap();
    saw_one(&server);
    let seen = &server.requests()[0];
    assert_eq!(seen.target, "/v1/x", "never the absolute form");
    assert_eq!(seen.headers_named("host").collect::<Vec<_>>(), [own]);
    world.records_hold_none(&["evil.test"]);
    tally.note(
        3,
        "Host is not the dialled address",
        "other, doubled and forwarded hosts; targets in origin, authority and asterisk form",
    );
}
