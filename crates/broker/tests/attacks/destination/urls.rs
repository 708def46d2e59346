//! URLs and paths that two readers could read in two ways.

use hotcell_testkit::servers::Authority;
use http::Uri;

use crate::ledger::Tally;
use crate::world::{Setup, World, get, honest, saw_one};

/// After `https://`; `{o}` is the granted host and port, `{p}` the port alone. The `http` crate
/// refuses some of them itself.
const REFUSED: &[&str] = &[
    "user@{o}/v1/x",
    "user:pw@{o}/v1/x",
    "{o}@evil.test/v1/x",
    "evil.test@{o}/v1/x",
    ":@{o}/v1/x",
    "API.TEST:{p}/v1/x",
    "api.test.:{p}/v1/x",
    "api..test:{p}/v1/x",
    ".api.test:{p}/v1/x",
    "-api.test:{p}/v1/x",
    "api_x.test:{p}/v1/x",
    "api.test:0{p}/v1/x",
    "api.test:/v1/x",
    "api.test:443/v1/x",
    "api.test:99999/v1/x",
    "0x7f.1:{p}/v1/x",
    "0x7f000001:{p}/v1/x",
    "2130706433:{p}/v1/x",
    "017700000001:{p}/v1/x",
    "127.1:{p}/v1/x",
    "127.0.1:{p}/v1/x",
    "127.000.000.001:{p}/v1/x",
    "256.256.256.256:{p}/v1/x",
    "1.2.3.4.5:{p}/v1/x",
    "[0:0:0:0:0:0:0:1]:{p}/v1/x",
    "[::0001]:{p}/v1/x",
    "{o}/v1/x|y",
    "{o}/v1/x\\y",
    "{o}/v1\\..\\admin",
    "{o}/v1/x^y",
    "{o}/v1/{x}",
    "{o}/v1/\"x\"",
    "{o}/v1/x?a=\"b\"",
    "{o}/v1/x?a={b}",
    "{o}/v1/x?a=%zz",
    "{o}/v1/x?a=%",
    "{o}/v1/x?a=|",
    "{o}/v1/%",
    "{o}/v1/%zz",
    "{o}/v1/%2",
    "{o}/v1/%u002e",
    "{o}/v1/x`y",
    "{o}/v1/ x",
    "{o}/v1/\tx",
    "{o}/v1/x\r\nx-a: b",
    "{o}/v1/x\0",
    " {o}/v1/x",
    "api.test\t:{p}/v1/x",
    "b\u{fc}cher.test:{p}/v1/x",
    "\u{ff41}pi.test:{p}/v1/x",
    "api\u{3002}test:{p}/v1/x",
    "api.test%2e:{p}/v1/x",
    "evil.test\\@{o}/v1/x",
    "{o}\\@evil.test/v1/x",
    "api.test:{p}:{p}/v1/x",
    "[::1/v1/x",
    "[::1]x:{p}/v1/x",
    "[fe80::1%25eth0]:{p}/v1/x",
    "api.test<:{p}/v1/x",
    "/v1/x",
    "",
];

#[tokio::test]
async fn attack_04_odd_urls() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test", "127.0.0.1"]).await;
    let world = World::new(&authority, &server, Setup::default());
    let port = server.port().to_string();
    let own = format!("api.test:{port}");
    let whole = |text: &str| {
        format!(
            "https://{}",
            text.replace("{o}", &own).replace("{p}", &port)
        )
    };
    let mut tally = Tally::default();
    for text in REFUSED {
        let url = whole(text);
        match url.parse::<Uri>() {
            Ok(_) => tally.refused(&url, &world.send(get(&url)).await, "url_denied"),
            Err(_) => tally.unsayable(&url, url.parse::<Uri>()),
        }
    }
    for scheme in [
        "http",
        "ftp",
        "ws",
        "wss",
        "file",
        "gopher",
        "https+unix",
        "HTTPS",
    ] {
        let url = format!("{scheme}://{own}/v1/x");
        let sent = world.send(get(&url)).await;
        match scheme {
            "http" => tally.refused(&url, &sent, "egress_denied"),
            // The `http` crate folds the case of this scheme alone: it is the granted URL.
            "HTTPS" => assert!(sent.is_ok()),
            _ => tally.refused(&url, &sent, "url_denied"),
        }
    }
    let long = format!("https://{own}/v1/{}", "a".repeat(8 << 10));
    tally.refused("8 KiB", &world.send(get(&long)).await, "url_denied");
    assert_eq!(world.names.asked(), ["api.test"]);
    saw_one(&server);
    world.records_hold_none(&["evil.test", "/v1/x"]);
    tally.note(4, "odd URLs", "users, backslashes, control characters, odd spellings of hosts, ports and addresses, other schemes");
}

/// Below the granted `/v1/`; what would lead out of it to a server that reads it otherwise.
const PATHS: &[(&str, &str)] = &[
    ("/admin", "egress_denied"),
    ("/", "egress_denied"),
    ("", "egress_denied"),
    ("/v1", "egress_denied"),
    ("/V1/x", "egress_denied"),
    ("/v11/x", "egress_denied"),
    ("/v1x", "egress_denied"),
    ("/x/v1/x", "egress_denied"),
    ("/v1/../admin", "url_denied"),
    ("/v1/./x", "url_denied"),
    ("/v1/..", "url_denied"),
    ("/v1/.", "url_denied"),
    ("/../v1/x", "url_denied"),
    ("/v1/x/../../admin", "url_denied"),
    ("/v1/..;/admin", "url_denied"),
    ("/v1;/x", "url_denied"),
    ("/v1/x;a=b", "url_denied"),
    ("/v1/..;a=b/admin", "url_denied"),
    ("/v1/%2e%2e/admin", "url_denied"),
    ("/v1/%2E%2E/admin", "url_denied"),
    ("/v1/.%2e/admin", "url_denied"),
    ("/v1/%2e./admin", "url_denied"),
    ("/v1/..%2fadmin", "url_denied"),
    ("/v1%2fx", "url_denied"),
    ("/v1/%2Fadmin", "url_denied"),
    ("/v1/..%5cadmin", "url_denied"),
    ("/v1/%252e%252e/admin", "url_denied"),
    ("/v1/%25252e/admin", "url_denied"),
    ("/v1/..%252fadmin", "url_denied"),
    ("/v1/..%00/admin", "url_denied"),
    ("/v1/x%00", "url_denied"),
    ("/v1/x%0a", "url_denied"),
    ("/v1/x%0d%0ahost:%20evil.test", "url_denied"),
    ("/v1/x%09", "url_denied"),
    ("/v1/x%7f", "url_denied"),
    ("/v1/%3b/x", "url_denied"),
    ("/v1/..%3b/x", "url_denied"),
    ("//v1/x", "url_denied"),
    ("/v1//x", "url_denied"),
    ("/v1///admin", "url_denied"),
    ("//evil.test/v1/x", "url_denied"),
    ("/%761/x", "url_denied"),
    ("/v%31/x", "url_denied"),
    ("/v1/%61dmin", "url_denied"),
    ("/v1/x%7ey", "url_denied"),
    ("/v1/%c0%ae%c0%ae/admin", "url_denied"),
    ("/v1/%c0%afadmin", "url_denied"),
    ("/v1/%e0%80%ae/x", "url_denied"),
    ("/v1/%f0%80%80%ae/x", "url_denied"),
    ("/v1/%ed%a0%80/x", "url_denied"),
    ("/v1/%ff%fe/x", "url_denied"),
    ("/v1/%fc%80%80%80%80%ae/x", "url_denied"),
    ("/v1/x%80", "url_denied"),
    ("/v1/%u002e%u002e/admin", "url_denied"),
];

#[tokio::test]
async fn attack_05_path_tricks() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(&authority, &server, Setup::default());
    let mut tally = Tally::default();
    for (path, wanted) in PATHS {
        tally.refused(path, &world.get(path).await, wanted);
    }
    // A query moves no path, whatever it says.
    let open = "/v1/a%20b/%c3%bc/c:d@e,f?to=/../admin&x=%2e%2e%2f&y=..;/";
    world.get(open).await.unwrap();
    saw_one(&server);
    assert_eq!(
        server.requests()[0].target,
        open,
        "what was matched is what is sent"
    );
    world.records_hold_none(&["admin", "a%20b"]);

    let narrow = World::new(
        &authority,
        &server,
        Setup {
            path: "/v1/things/{id}",
            ..Setup::default()
        },
    );
    for path in [
        "/v1/things",
        "/v1/things/",
        "/v1/things/a/",
        "/v1/things/a/b",
        "/v1/things/a/b/c",
        "/v1/other/a",
    ] {
        tally.refused(path, &narrow.get(path).await, "egress_denied");
    }
    for path in [
        "/v1/things/a%2fb",
        "/v1/things/..",
        "/v1/things/a;b",
        "/v1/things//a",
        "/v1/things/a\\b",
    ] {
        tally.refused(path, &narrow.get(path).await, "url_denied");
    }
    narrow.get("/v1/things/a").await.unwrap();
    assert_eq!(server.requests().len(), 2);
    tally.note(5, "path tricks", "dot segments, escapes once and twice over, overlong and broken UTF-8, parameters, empty segments, case, one segment too many");
}
