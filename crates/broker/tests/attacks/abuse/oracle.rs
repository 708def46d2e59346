//! A guest that asks in order to learn what there is.

use hotcell_broker::CredentialState;
use hotcell_package::Effect;
use hotcell_testkit::servers::{Authority, Server};

use crate::ledger::Tally;
use crate::world::{Setup, World, code, digest, get, honest};

struct Case {
    secret: &'static str,
    grant: &'static str,
    environment: Vec<(&'static str, Vec<u8>)>,
}

fn world(authority: &Authority, server: &Server, case: &Case) -> World {
    let origin = server.origin("api.test");
    let grant = case.grant.replace("{own}", &digest().to_string());
    let secret = case.secret.replace("{o}", &origin);
    let file = format!(
        "{secret}{grant}[egress]\nprivate = [\"{}\"]\n",
        server.address()
    );
    let manifest = format!(
        "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"api\"\norigin = \"{origin}\"\n\
         methods = [\"GET\"]\npath = \"/v1/x\"\n[[credential]]\nname = \"c\"\non = [\"api\"]\n"
    );
    let setup = Setup {
        environment: case.environment.clone(),
        ..Setup::default()
    };
    World::of_texts(authority, &file, &manifest, &setup, origin)
}

const SECRET: &str = "[secret.s]\nsource = \"env:S\"\norigins = [\"{o}\"]\nkind = \"bearer\"\n";
const ABSENT: &str =
    "[secret.s]\nsource = \"env:ABSENT\"\norigins = [\"{o}\"]\nkind = \"bearer\"\n";
const ELSEWHERE: &str =
    "[secret.s]\nsource = \"env:S\"\norigins = [\"https://b.test\"]\nkind = \"bearer\"\n";
const OWN: &str = "[[grant]]\nskill = \"probe@{own}\"\ncredential = \"c\"\nsecret = \"s\"\n";
const OTHERS: &str = "[[grant]]\nskill = \"honest@1\"\ncredential = \"c\"\nsecret = \"s\"\n";

#[tokio::test]
async fn attack_27_existence_and_timing() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let mut tally = Tally::default();
    // Without a grant nobody learns whether there is a secret, a value, or somebody's grant.
    for (secret, grant) in [
        ("", ""),
        (SECRET, ""),
        (ABSENT, ""),
        (ELSEWHERE, ""),
        (SECRET, OTHERS),
        (ABSENT, OTHERS),
    ] {
        let world = world(
            &authority,
            &server,
            &Case {
                secret,
                grant,
                environment: Vec::new(),
            },
        );
        tally.refused("not granted", &world.get("/v1/x").await, "not_granted");
        let state = world.session(Effect::Read).credential("c");
        tally.without_effect("status", state == Some(CredentialState::NotGranted));
        assert_eq!(
            world.names.asked(),
            [""; 0],
            "nothing is looked up, which would take time"
        );
    }
    granted(&authority, &server, &mut tally).await;
    places(&authority, &server, &mut tally).await;
    tally.note(27, "existence and timing", "secrets that are there, absent, empty, for elsewhere or of others: one code and one status; hosts that exist or not: one code before any look-up");
}

/// With a grant the status tells of the grant alone, and one code of all that is wrong with a value.
async fn granted(authority: &Authority, server: &Server, tally: &mut Tally) {
    let whole = world(
        authority,
        server,
        &Case {
            secret: SECRET,
            grant: OWN,
            environment: Vec::new(),
        },
    );
    let state = |world: &World| world.session(Effect::Read).credential("c");
    let granted = state(&whole);
    assert_eq!(granted, Some(CredentialState::Granted));
    let of_value = |value: &str| vec![("S", value.as_bytes().to_vec())];
    for (secret, environment) in [
        (ABSENT, Vec::new()),
        (SECRET, of_value("")),
        (SECRET, of_value("short")),
        (SECRET, of_value(&"long".repeat(1 << 18))),
    ] {
        let world = world(
            authority,
            server,
            &Case {
                secret,
                grant: OWN,
                environment,
            },
        );
        let sent = world.get("/v1/x").await;
        tally.refused("no usable value", &sent, "secret_unavailable");
        tally.without_effect("status", state(&world) == granted);
        tally.without_effect(
            "a name that nobody asked for",
            world.session(Effect::Read).credential("s").is_none(),
        );
    }
    assert_eq!(server.counts().accepted, 0);
    whole.get("/v1/x").await.unwrap();
}

/// A refusal of a place tells nothing of the place.
async fn places(authority: &Authority, server: &Server, tally: &mut Tally) {
    let world = world(
        authority,
        server,
        &Case {
            secret: SECRET,
            grant: OWN,
            environment: Vec::new(),
        },
    );
    world.names.set("there.test", &["93.184.216.34"]);
    world.names.set("inside.test", &["10.0.0.1"]);
    let (own, port) = (&world.origin, server.port());
    for url in [
        "https://there.test/v1/x".to_owned(),
        "https://inside.test/v1/x".to_owned(),
        "https://absent.test/v1/x".to_owned(),
        "https://10.0.0.1/".to_owned(),
        format!("https://127.0.0.1:{port}/v1/x"),
        "https://127.0.0.1:1/v1/x".to_owned(),
        format!("{own}/v1/absent"),
        format!("{own}/v1/y"),
    ] {
        tally.refused(&url, &world.send(get(&url)).await, "egress_denied");
    }
    assert_eq!(world.names.asked(), [""; 0]);
    assert_eq!(code(&world.get("/v1/x").await), "ok");
}
