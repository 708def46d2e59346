//! A name that is looked up tells whoever runs its zone: it could carry data out.

use hotcell_package::{Effect, Manifest};
use hotcell_policy::config::Config;
use hotcell_testkit::servers::Authority;

use crate::ledger::Tally;
use crate::world::{Setup, World, answer, code, digest, get, honest, request, saw_one};

#[tokio::test]
async fn attack_08_names_as_a_channel() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(&authority, &server, Setup::default());
    let port = server.port();
    let mut tally = Tally::default();
    for host in [
        "x.api.test",
        "stolen-data.api.test",
        "a.b.c.api.test",
        "api.test.x.test",
        "xapi.test",
        "api-test.test",
        "test",
        "xn--pi-7ja.test",
        "localhost",
        "metadata.google.internal",
    ] {
        world.names.set(host, &["127.0.0.1"]);
        let url = format!("https://{host}:{port}/v1/x");
        tally.refused(host, &world.send(get(&url)).await, "egress_denied");
    }
    let all = format!("https://{}.api.test:{port}/v1/x", "a".repeat(63));
    tally.refused(
        "a long label",
        &world.send(get(&all)).await,
        "egress_denied",
    );
    // What is refused for another reason looks nothing up either.
    let url = format!("{}/v1/x", world.origin);
    for (method, url, headers, wanted) in [
        (
            "GET",
            url.clone(),
            [("authorization", "x")],
            "header_denied",
        ),
        ("PATCH", url.clone(), [("x-a", "b")], "egress_denied"),
        ("TRACE", url.clone(), [("x-a", "b")], "method_denied"),
        (
            "GET",
            format!("{}/admin", world.origin),
            [("x-a", "b")],
            "egress_denied",
        ),
    ] {
        tally.refused(
            wanted,
            &world.send(request(method, &url, &headers, b"")).await,
            wanted,
        );
    }
    assert_eq!(world.names.asked(), [""; 0]);
    no_wildcards(&mut tally, port);
    world.get("/v1/x").await.unwrap();
    assert_eq!(world.names.asked(), ["api.test"]);
    saw_one(&server);
    tally.note(8, "DNS names as a channel", "names below, above and beside the granted one; wildcards in manifest, secret and grant; requests that are refused otherwise");
}

/// Neither an author nor an operator can name hosts by a pattern.
fn no_wildcards(tally: &mut Tally, port: u16) {
    for pattern in [
        "*.api.test",
        "api.*",
        "*.test",
        "a*.test",
        "%2a.test",
        "**.api.test",
    ] {
        let origin = format!("https://{pattern}:{port}");
        let manifest = format!(
            "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"api\"\norigin = \"{origin}\"\n\
             methods = [\"GET\"]\npath = \"/v1/x\"\n"
        );
        tally.unsayable(&origin, Manifest::parse(&manifest));
        let secret = format!(
            "[secret.s]\nsource = \"env:S\"\norigins = [\"{origin}\"]\nkind = \"bearer\"\n"
        );
        tally.unsayable(&origin, Config::parse("hotcell.toml", &secret));
        let grant = format!(
            "[[grant]]\nskill = \"probe@{}\"\nhttp = [\"api\"]\norigins = [\"{origin}\"]\n",
            digest()
        );
        tally.unsayable(&origin, Config::parse("hotcell.toml", &grant));
    }
}

/// An ask for any origin is one for those that the operator lists.
#[tokio::test]
async fn any_origin_is_what_the_operator_lists() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let origin = server.origin("api.test");
    let file = format!(
        "[[grant]]\nskill = \"probe@{}\"\nhttp = [\"api\"]\norigins = [\"{origin}\"]\n\
         [egress]\nprivate = [\"{}\"]\n",
        digest(),
        server.address()
    );
    let manifest = "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"api\"\norigin = \"*\"\n\
                    methods = [\"GET\"]\npath = \"/{*rest}\"\n";
    let world = World::of_texts(&authority, &file, manifest, &Setup::default(), origin);
    let session = world.session(Effect::Read);
    let below = format!("https://x.api.test:{}/page", server.port());
    assert_eq!(code(&answer(&session, get(&below)).await), "egress_denied");
    assert_eq!(world.names.asked(), [""; 0]);
    let url = format!("{}/page", world.origin);
    assert_eq!(answer(&session, get(&url)).await.unwrap().body, b"ok");
    assert_eq!(server.requests()[0].header("authorization"), None);
}
