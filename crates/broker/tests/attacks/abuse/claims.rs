//! Another skill whose manifest claims a credential that was granted to the first.

use hotcell_broker::CredentialState;
use hotcell_package::Effect;
use hotcell_testkit::servers::{Authority, Server};

use crate::ledger::Tally;
use crate::world::{Setup, World, digest, honest, saw_one};

fn manifest(origin: &str, name: &str) -> String {
    format!(
        "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"api\"\norigin = \"{origin}\"\n\
         methods = [\"GET\"]\npath = \"/v1/x\"\n[[credential]]\nname = \"{name}\"\non = [\"api\"]\n"
    )
}

fn file(server: &Server, grant: &str) -> String {
    format!(
        "[secret.s]\nsource = \"env:S\"\norigins = [\"{}\"]\nkind = \"bearer\"\n{grant}\n\
         [egress]\nprivate = [\"{}\"]\n",
        server.origin("api.test"),
        server.address()
    )
}

/// Grants that are not for this very package, and the name that its manifest asks for.
fn claims() -> Vec<(&'static str, String, &'static str)> {
    let (own, other) = (digest().to_string(), format!("sha256:{}", "0".repeat(64)));
    let credential = "credential = \"c\"\nsecret = \"s\"";
    vec![
        (
            "another digest",
            format!("skill = \"probe@{other}\"\n{credential}"),
            "c",
        ),
        (
            "another skill",
            format!("skill = \"honest@{other}\"\n{credential}"),
            "c",
        ),
        (
            "another skill of one digest",
            format!("skill = \"honest@{own}\"\n{credential}"),
            "c",
        ),
        (
            "a name that begins so",
            format!("skill = \"probe-2@{own}\"\n{credential}"),
            "c",
        ),
        (
            "another version",
            format!("skill = \"probe@2\"\n{credential}"),
            "c",
        ),
        (
            "an older version",
            format!("skill = \"probe@<1.0.0\"\n{credential}"),
            "c",
        ),
        (
            "the secret's own name",
            format!("skill = \"probe@{own}\"\n{credential}"),
            "s",
        ),
        (
            "another name",
            format!("skill = \"probe@{own}\"\n{credential}"),
            "c2",
        ),
        (
            "the requests alone",
            format!("skill = \"probe@{own}\"\nhttp = [\"api\"]"),
            "c",
        ),
        ("no grant", String::new(), "c"),
    ]
}

#[tokio::test]
async fn attack_26_another_skill_claims_the_credential() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let origin = server.origin("api.test");
    let own = digest();
    let credential = "credential = \"c\"\nsecret = \"s\"";
    let mut tally = Tally::default();
    for (what, grant, name) in claims() {
        let grant = match grant.is_empty() {
            true => grant,
            false => format!("[[grant]]\n{grant}"),
        };
        let texts = (file(&server, &grant), manifest(&origin, name));
        let world = World::of_texts(
            &authority,
            &texts.0,
            &texts.1,
            &Setup::default(),
            origin.clone(),
        );
        tally.refused(what, &world.get("/v1/x").await, "not_granted");
        let state = world.session(Effect::Read).credential(name);
        assert_eq!(state, Some(CredentialState::NotGranted), "{what}");
        assert_eq!(world.names.asked(), [""; 0]);
        world.records_hold_none(&[]);
    }
    scopes(&authority, &server, &mut tally).await;
    assert_eq!(server.counts().accepted, 0);
    let grant = format!("[[grant]]\nskill = \"probe@{own}\"\n{credential}");
    let texts = (file(&server, &grant), manifest(&origin, "c"));
    let world = World::of_texts(&authority, &texts.0, &texts.1, &Setup::default(), origin);
    world.get("/v1/x").await.unwrap();
    saw_one(&server);
    tally.note(26, "another skill claims the credential", "the same name under another digest, skill, version or credential, requests granted without it, scopes that it does not have");
}

/// A manifest that needs more than the secret is for does not get it for less.
async fn scopes(authority: &Authority, server: &Server, tally: &mut Tally) {
    let origin = server.origin("api.test");
    let grant = format!(
        "[[grant]]\nskill = \"probe@{}\"\ncredential = \"c\"\nsecret = \"s\"",
        digest()
    );
    let text = file(server, &grant).replace(
        "kind = \"bearer\"",
        "kind = \"bearer\"\nscopes = [\"read\"]",
    );
    for scopes in ["\"write\"", "\"read\", \"write\"", "\"READ\""] {
        let manifest = manifest(&origin, "c") + &format!("scopes = [{scopes}]\n");
        let world = World::of_texts(
            authority,
            &text,
            &manifest,
            &Setup::default(),
            origin.clone(),
        );
        tally.refused(scopes, &world.get("/v1/x").await, "scope_missing");
    }
}
