//! Plain `http`, where everybody on the way can read along.

use hotcell_package::Effect;
use hotcell_policy::config::Config;
use hotcell_testkit::servers::{Answer, Authority, Behaviour, Server};

use crate::ledger::Tally;
use crate::world::{Setup, World, answer, digest, get, honest, saw_one};

async fn plain() -> Server {
    Server::plain(Behaviour::answering(|_| Answer::new(200).body("ok"))).await
}

fn secret(origin: &str) -> String {
    format!(
        "[secret.s]\nsource = \"env:S\"\norigins = [\"{origin}\"]\nkind = \"bearer\"\n\
         [[grant]]\nskill = \"probe@{}\"\ncredential = \"c\"\nsecret = \"s\"\n",
        digest()
    )
}

fn ask(origin: &str) -> String {
    format!(
        "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"api\"\norigin = \"{origin}\"\n\
         methods = [\"GET\"]\npath = \"/v1/{{*rest}}\"\n"
    )
}

const CREDENTIAL: &str = "[[credential]]\nname = \"c\"\non = [\"api\"]\n";

#[tokio::test]
async fn attack_09_plain_http() {
    let authority = Authority::new();
    let (server, other) = (plain().await, plain().await);
    let (origin, beside) = (server.origin("api.test"), other.origin("api.test"));
    let mut tally = Tally::default();
    // No secret and no grant names a plain origin that the operator has not opened.
    let opened = |origin: &str| format!("[egress]\nplain_http = [\"{origin}\"]\n");
    tally.unsayable("secret", Config::parse("hotcell.toml", &secret(&origin)));
    tally.unsayable(
        "secret",
        Config::parse("hotcell.toml", &(secret(&origin) + &opened(&beside))),
    );
    let grant = format!(
        "[[grant]]\nskill = \"probe@{}\"\nhttp = [\"api\"]\n",
        digest()
    );
    let listed = format!("{grant}origins = [\"{origin}\"]\n");
    tally.unsayable("grant", Config::parse("hotcell.toml", &listed));
    for pattern in [
        "http://*",
        "http://*.test",
        "http://api.test/",
        "*",
        "https://api.test",
    ] {
        tally.unsayable(pattern, Config::parse("hotcell.toml", &opened(pattern)));
    }
    // A manifest that asks for it by name gets nothing by a grant alone.
    let private = format!(
        "[egress]\nprivate = [\"{}\", \"{}\"]\n",
        server.address(),
        other.address()
    );
    for (what, file) in [
        ("a grant", format!("{grant}{private}")),
        (
            "another plain origin",
            format!("{grant}{private}plain_http = [\"{beside}\"]\n"),
        ),
        (
            "its TLS twin",
            secret(&format!("https://api.test:{}", server.port())) + &private,
        ),
    ] {
        for manifest in [ask(&origin), ask(&origin) + CREDENTIAL] {
            let world = World::of_texts(
                &authority,
                &file,
                &manifest,
                &Setup::default(),
                origin.clone(),
            );
            let sent = world.get("/v1/x").await;
            let code = crate::world::code(&sent);
            let closed = ["nothing_left", "not_granted", "plain_http_denied"];
            tally.without_effect(what, closed.contains(&code.as_str()));
            assert_eq!(world.names.asked(), [""; 0]);
        }
    }
    downgrade(&authority, &server, &mut tally).await;
    let before = server.counts();
    assert_eq!((before.accepted, before.requests), (0, 0));
    World::new(&authority, &server, Setup::default())
        .get("/v1/x")
        .await
        .unwrap();
    saw_one(&server);
    assert_eq!(other.counts().accepted, 0);
    tally.note(9, "plain http", "secrets, grants and asks for an origin that is not opened; patterns; the plain twin of a granted origin");
}

/// A guest that may ask by TLS may not ask for the same thing in the clear.
async fn downgrade(authority: &Authority, plain: &Server, tally: &mut Tally) {
    let server = honest(authority, &["api.test"]).await;
    let world = World::new(authority, &server, Setup::default());
    let session = world.session(Effect::Read);
    for url in [
        format!("http://api.test:{}/v1/x", server.port()),
        format!("http://api.test:{}/v1/x", plain.port()),
        "http://api.test/v1/x".to_owned(),
        "http://api.test:443/v1/x".to_owned(),
    ] {
        tally.refused(&url, &answer(&session, get(&url)).await, "egress_denied");
    }
    assert_eq!(world.names.asked(), [""; 0]);
    assert_eq!(server.counts().accepted, 0);
}
