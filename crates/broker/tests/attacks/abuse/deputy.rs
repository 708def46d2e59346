//! A confused deputy: the secret may do more than the skill was granted.

use hotcell_package::Effect;
use hotcell_policy::egress::{GrantId, Standing};
use hotcell_testkit::servers::{Authority, Server};

use crate::ledger::Tally;
use crate::world::{Setup, World, digest, honest, request, saw_one};

#[tokio::test]
async fn attack_25_confused_deputy() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let mut tally = Tally::default();
    methods_and_paths(&authority, &server, &mut tally).await;
    effects(&authority, &server, &mut tally).await;
    approvals(&authority, &server, &mut tally).await;
    tally.note(25, "confused deputy", "methods and paths beyond the grant, fourteen headers that override a method, a tool whose effect forbids it, grants that wait for approval or are suspended");
}

async fn methods_and_paths(authority: &Authority, server: &Server, tally: &mut Tally) {
    let narrowed = || Setup {
        path: "/v1/things/{id}",
        grant: "methods = [\"GET\"]".to_owned(),
        ..Setup::default()
    };
    let world = World::new(authority, server, narrowed());
    let url = format!("{}/v1/things/a", world.origin);
    // The manifest asks for four methods, and the operator granted one of them.
    for method in ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] {
        tally.refused(
            method,
            &world.send(request(method, &url, &[], b"")).await,
            "egress_denied",
        );
    }
    for path in [
        "/v1/things",
        "/v1/things/a/delete",
        "/v1/users/a",
        "/v1/admin",
        "/v2/things/a",
        "/",
    ] {
        tally.refused(path, &world.get(path).await, "egress_denied");
    }
    for name in [
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
        "x-method",
        "x-original-method",
        "x_http_method_override",
        "X-HTTP_Method-Override",
        "x-original-url",
        "x-rewrite-url",
        "x_original_url",
        "x-forwarded-prefix",
        "x-forwarded-uri",
        "x-forwarded-method",
        "x-envoy-original-path",
    ] {
        let sent = world
            .send(request("GET", &url, &[(name, "DELETE")], b""))
            .await;
        tally.refused(name, &sent, "header_denied");
    }
    assert_eq!(server.counts().accepted, 0);
    world.send(request("GET", &url, &[], b"")).await.unwrap();
    saw_one(server);
}

/// What a tool declares bounds it, whatever its skill is granted.
async fn effects(authority: &Authority, server: &Server, tally: &mut Tally) {
    let before = server.counts().requests;
    for (effect, methods, wanted) in [
        (
            Effect::None,
            &["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"][..],
            "effect_none",
        ),
        (
            Effect::Read,
            &["POST", "PUT", "DELETE", "PATCH", "OPTIONS"],
            "effect_read",
        ),
    ] {
        let world = World::new(
            authority,
            server,
            Setup {
                effect,
                ..Setup::default()
            },
        );
        for method in methods {
            let url = format!("{}/v1/x", world.origin);
            tally.refused(
                method,
                &world.send(request(method, &url, &[], b"")).await,
                wanted,
            );
        }
    }
    assert_eq!(server.counts().requests, before);
    let world = World::new(
        authority,
        server,
        Setup {
            effect: Effect::Read,
            ..Setup::default()
        },
    );
    world.get("/v1/x").await.unwrap();
    assert_eq!(server.counts().requests, before + 1);
}

/// A range of versions gives nothing until an operator has approved this very digest.
async fn approvals(authority: &Authority, server: &Server, tally: &mut Tally) {
    let origin = server.origin("api.test");
    let before = server.counts().requests;
    let file = format!(
        "[secret.s]\nsource = \"env:S\"\norigins = [\"{origin}\"]\nkind = \"bearer\"\n\
         [[grant]]\nskill = \"probe@1\"\ncredential = \"c\"\nsecret = \"s\"\n\
         [egress]\nprivate = [\"{}\"]\n",
        server.address()
    );
    let manifest = format!(
        "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"api\"\norigin = \"{origin}\"\n\
         methods = [\"GET\"]\npath = \"/v1/x\"\n[[credential]]\nname = \"c\"\non = [\"api\"]\n"
    );
    let other = format!("sha256:{}", "1".repeat(64)).parse().unwrap();
    let grant = GrantId::of_credential("probe", "c");
    let standing = |approved: &[_], suspended: &[_]| Standing {
        approved: approved.iter().copied().collect(),
        suspended: suspended.iter().cloned().collect(),
    };
    for (standing, wanted) in [
        (standing(&[], &[]), "not_approved"),
        (standing(&[other], &[]), "not_approved"),
        (standing(&[digest()], &[grant]), "suspended"),
        (standing(&[digest()], &[]), "ok"),
    ] {
        let setup = Setup {
            standing,
            ..Setup::default()
        };
        let world = World::of_texts(authority, &file, &manifest, &setup, origin.clone());
        let sent = world.get("/v1/x").await;
        match wanted {
            "ok" => assert!(sent.is_ok()),
            _ => tally.refused(wanted, &sent, wanted),
        }
    }
    assert_eq!(server.counts().requests, before + 1);
}
