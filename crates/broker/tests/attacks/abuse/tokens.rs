//! A token URL is the operator's word: an author who could write it would be sent the secret.

use hotcell_package::Manifest;
use hotcell_policy::config::Config;
use hotcell_testkit::servers::behaviours::redirect;
use hotcell_testkit::servers::{Answer, Authority, Behaviour, Server};

use crate::ledger::Tally;
use crate::world::{CANARY, Setup, World, digest, get, honest, request, untouched};

const TOKEN: &str = "tok-55aa77cc99ee11ff33";

/// A token endpoint as RFC 6749 has it.
pub(super) async fn endpoint(authority: &Authority) -> Server {
    let json =
        format!("{{\"access_token\":\"{TOKEN}\",\"token_type\":\"Bearer\",\"expires_in\":3600}}");
    let answer = move |_: &hotcell_testkit::servers::Request| {
        Answer::new(200)
            .header("content-type", "application/json")
            .body(json.clone())
    };
    Server::tls(
        &authority.issue(&["auth.test"]),
        Behaviour::answering(answer),
    )
    .await
}

/// A skill whose secret is an OAuth client's, with a token from `tokens`.
pub(super) fn world(authority: &Authority, api: &Server, tokens: &Server) -> World {
    let origin = api.origin("api.test");
    let file = format!(
        "[secret.s]\nsource = \"env:S\"\norigins = [\"{origin}\"]\nkind = \"oauth-client-credentials\"\n\
         token_url = \"{}/token\"\nclient_id = \"client-1\"\nscopes = [\"read\"]\n\
         [[grant]]\nskill = \"probe@{}\"\ncredential = \"c\"\nsecret = \"s\"\n\
         [egress]\nprivate = [\"{}\", \"{}\"]\n",
        tokens.origin("auth.test"),
        digest(),
        api.address(),
        tokens.address()
    );
    let manifest = format!(
        "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"api\"\norigin = \"{origin}\"\n\
         methods = [\"GET\", \"POST\"]\npath = \"/v1/{{*rest}}\"\n[[credential]]\nname = \"c\"\non = [\"api\"]\n"
    );
    let world = World::of_texts(authority, &file, &manifest, &Setup::default(), origin);
    world.names.set("auth.test", &["127.0.0.1"]);
    world
}

#[tokio::test]
async fn attack_29_a_skill_declared_token_url() {
    let authority = Authority::new();
    let api = honest(&authority, &["api.test"]).await;
    let tokens = endpoint(&authority).await;
    let evil = honest(&authority, &["evil.test"]).await;
    let world = world(&authority, &api, &tokens);
    world.names.set("evil.test", &["127.0.0.1"]);
    let there = evil.origin("evil.test");
    let mut tally = Tally::default();
    no_manifest_names_it(&mut tally, &there);
    steered(&world, (&api, &tokens), &there, &mut tally).await;
    for url in [
        format!("{}/token", tokens.origin("auth.test")),
        format!("{there}/token"),
    ] {
        tally.refused(&url, &world.send(get(&url)).await, "egress_denied");
        tally.refused(
            &url,
            &world.send(request("POST", &url, &[], b"a=b")).await,
            "egress_denied",
        );
    }
    assert!(
        !api.received(CANARY),
        "the client's secret goes to the token endpoint alone"
    );
    let basic = tokens.requests()[0]
        .header("authorization")
        .unwrap()
        .to_owned();
    assert!(basic.starts_with("Basic "));
    world.records_hold_none(&[TOKEN]);
    moved(&authority, &there, &mut tally).await;
    untouched(&evil, &authority, "evil.test").await;
    tally.note(29, "a skill-declared token URL", "keys of a token request in every table of a manifest, in a guest's query, header and body; a token endpoint that redirects; a plain one");
}

/// The guest names it wherever it can; the token request stays the operator's.
async fn steered(world: &World, (api, tokens): (&Server, &Server), there: &str, tally: &mut Tally) {
    for (query, name, body) in [
        (format!("token_url={there}"), "x-token-url", String::new()),
        (
            format!("token_endpoint={there}"),
            "x-token-endpoint",
            format!("token_url={there}"),
        ),
        (
            format!("redirect_uri={there}"),
            "x-issuer",
            format!("{{\"token_url\":\"{there}\"}}"),
        ),
        (
            "scope=admin".to_owned(),
            "x-scope",
            "scope=admin&audience=evil".to_owned(),
        ),
        (
            "client_id=other".to_owned(),
            "x-client-id",
            "grant_type=password".to_owned(),
        ),
    ] {
        let url = format!("{}/v1/x?{query}", world.origin);
        world
            .send(request("POST", &url, &[(name, there)], body.as_bytes()))
            .await
            .unwrap();
        let asked = tokens.requests();
        let form = b"grant_type=client_credentials&scope=read";
        tally.without_effect(
            &query,
            asked.len() == 1 && asked[0].body == form && asked[0].target == "/token",
        );
        let seen = api.requests().pop().unwrap();
        assert_eq!(
            seen.header("authorization"),
            Some(format!("Bearer {TOKEN}").as_str())
        );
    }
}

/// No table of a manifest has a word for anything that only the operator decides.
fn no_manifest_names_it(tally: &mut Tally, there: &str) {
    let tables = [
        "[skill]\nversion = \"1.0.0\"\nKEY\n",
        "[[http]]\nid = \"api\"\norigin = \"https://api.test\"\nmethods = [\"GET\"]\npath = \"/v1/x\"\nKEY\n",
        "[[credential]]\nname = \"c\"\non = [\"api\"]\nKEY\n",
    ];
    let whole = |key: &str, at: usize| -> String {
        let all = tables.iter().enumerate();
        all.map(|(place, table)| table.replace("KEY", if place == at { key } else { "" }))
            .collect()
    };
    Manifest::parse(&whole("", 0)).unwrap();
    for key in [
        "token_url",
        "token_endpoint",
        "auth_url",
        "issuer",
        "client_id",
        "client_secret",
        "audience",
        "subject",
        "source",
        "kind",
        "origins",
        "header",
        "prefix",
        "sign",
        "value",
        "region",
        "service",
        "secret",
        "parameter",
        "pointer",
        "private",
        "plain_http",
        "ca_files",
        "certificate",
    ] {
        for at in 0..tables.len() {
            let text = whole(&format!("{key} = \"{there}\""), at);
            tally.unsayable(key, Manifest::parse(&text));
        }
    }
    for url in [
        "http://auth.test/token",
        "auth.test/token",
        "https://user@auth.test/token",
        "https://*.test/token",
        "file:///token",
    ] {
        let file = format!(
            "[secret.s]\nsource = \"env:S\"\norigins = [\"https://api.test\"]\nclient_id = \"c\"\n\
             kind = \"oauth-client-credentials\"\ntoken_url = \"{url}\"\n"
        );
        tally.unsayable(url, Config::parse("hotcell.toml", &file));
    }
}

/// The token endpoint itself cannot send the client's secret elsewhere.
async fn moved(authority: &Authority, there: &str, tally: &mut Tally) {
    for status in redirect::STATUSES {
        let api = honest(authority, &["api.test"]).await;
        let tokens = endpoint(authority).await;
        tokens.behave(redirect::to(status, format!("{there}/token")));
        let world = world(authority, &api, &tokens);
        world.names.set("evil.test", &["127.0.0.1"]);
        tally.refused("moved", &world.get("/v1/x").await, "token_failed");
        assert_eq!(api.counts().accepted, 0, "no token, no request");
    }
}
