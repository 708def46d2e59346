//! Line breaks, by which a value would begin a header or a request of its own.

use hotcell_testkit::servers::Authority;
use http::{HeaderName, HeaderValue, Method, Uri};

use crate::ledger::Tally;
use crate::world::{Setup, World, code, get, honest, request, saw_one};

#[tokio::test]
async fn attack_12_line_breaks() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(&authority, &server, Setup::default());
    let origin = &world.origin;
    let mut tally = Tally::default();
    unsayable(&mut tally, origin);
    // The types let other bytes pass: also those whose low byte is a line break.
    for bytes in [
        "a\u{10a}b",
        "a\u{560a}b",
        "a\u{560d}\u{560a}x-b: c",
        "a\u{85}b",
        "a\u{2028}b",
        "caf\u{e9}",
    ] {
        let mut odd = get(&format!("{origin}/v1/x"));
        odd.headers_mut()
            .insert("x-a", HeaderValue::from_bytes(bytes.as_bytes()).unwrap());
        tally.refused(bytes, &world.send(odd).await, "header_denied");
    }
    for path in [
        "/v1/x%0d%0ax-b:%20c",
        "/v1/x%0a",
        "/v1/x%0D",
        "/v1/x%00",
        "/v1/%0d%0a%0d%0aGET%20/admin",
        "/v1/x%250a%00",
    ] {
        tally.refused(path, &world.get(path).await, "url_denied");
    }
    assert_eq!(server.counts().accepted, 0);
    // In a query they are text, and stay escaped.
    let query = "a=%0d%0ax-b:%20c%0d%0a%0d%0aGET%20/admin%20HTTP/1.1%0d%0a";
    world.get(&format!("/v1/x?{query}")).await.unwrap();
    saw_one(&server);
    let seen = &server.requests()[0];
    tally.without_effect(
        query,
        seen.query() == Some(query) && seen.header("x-b").is_none(),
    );
    of_the_operator(&authority, &mut tally).await;
    tally.note(12, "CR and LF", "bare and paired in names, values, methods and URLs (the types refuse them), escaped, as other characters that hold their byte, and in the operator's own value");
}

/// What no `http::Request` can hold, and so no guest can send.
fn unsayable(tally: &mut Tally, origin: &str) {
    for value in [
        "a\r\nx-b: c",
        "a\nb",
        "a\rb",
        "\r\n",
        "a\0b",
        "a\x7fb",
        "a\x0bb",
        "a\x1bb",
    ] {
        tally.unsayable(value, HeaderValue::from_bytes(value.as_bytes()));
    }
    for name in [
        "x-a\r\nx-b",
        "x-a\n",
        "x-a ",
        " x-a",
        "x-a:",
        "x a",
        "",
        "x-\u{e9}",
        "x-a\0",
        "x-a\t",
    ] {
        tally.unsayable(name, HeaderName::from_bytes(name.as_bytes()));
    }
    for method in [
        "GET /admin HTTP/1.1\r\nx:",
        "GET\r\n",
        "GET ",
        "",
        "G\0T",
        "G:T",
    ] {
        tally.unsayable(method, Method::from_bytes(method.as_bytes()));
    }
    for path in [
        "/v1/x\r\nx-b: c",
        "/v1/x HTTP/1.1\r\n\r\nGET /admin",
        "/v1/x\n",
        "/v1/x\r",
        "/v1/ x",
        "/v1/x?a=\r\n",
    ] {
        tally.unsayable(path, format!("{origin}{path}").parse::<Uri>());
    }
}

/// A value with a line break is the operator's mistake; it is told, and not sent.
async fn of_the_operator(authority: &Authority, tally: &mut Tally) {
    for kind in [
        "kind = \"bearer\"",
        "kind = \"header\"\nheader = \"x-acme-key\"",
        "kind = \"header\"\nheader = \"x-acme-key\"\nprefix = \"Token \"",
    ] {
        for value in [
            "0123456789abcdef\r\nx-b: c",
            "0123456789\nabcdef",
            "0123456789\rabcdef",
            "0123456789\0abcdef",
        ] {
            let server = honest(authority, &["api.test"]).await;
            let setup = Setup {
                secret: kind.to_owned(),
                environment: vec![("S", value.as_bytes().to_vec())],
                ..Setup::default()
            };
            let world = World::new(authority, &server, setup);
            let sent = world
                .send(request("GET", &format!("{}/v1/x", world.origin), &[], b""))
                .await;
            let refused = ["secret_unusable", "secret_unavailable"].contains(&code(&sent).as_str());
            tally.without_effect(value, refused && server.counts().accepted == 0);
        }
    }
}
