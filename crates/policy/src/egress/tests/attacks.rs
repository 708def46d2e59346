//! Attacks that are stopped before a request is made: 25 confused deputy, 26 another skill's
//! manifest claims the credential, 29 a token URL that the skill declares.

use hotcell_package::{Digest, Manifest};

use super::{MANIFEST, SECRET, Scene, credential, grant};

const BOTH: [&str; 2] = ["open", "open"];
const NONE: [&str; 2] = ["not_granted", "not_granted"];

/// 25: a grant gives the paths and methods that its own package asks for, and no others: what
/// a later version asks for waits, and what two asks share is nobody's.
#[test]
fn attack_25_confused_deputy() {
    let scene = Scene::new(MANIFEST);
    let config = scene.granted();
    let egress = scene.check(&config, &BOTH);
    let allows = |method: &str, path: &str| {
        egress.rules.iter().any(|rule| {
            rule.methods.iter().any(|allowed| allowed == method) && rule.path.matches(path)
        })
    };
    assert!(allows("GET", "/v1/contacts/7") && allows("POST", "/v1/contacts"));
    for (method, path) in [
        ("DELETE", "/v1/contacts/7"),
        ("GET", "/v1/contacts"),
        ("GET", "/v1/contacts/7/notes"),
        ("PUT", "/v1/contacts"),
        ("GET", "/v1/deals"),
    ] {
        assert!(!allows(method, path), "{method} {path}");
    }
    // The next version asks for more: its digest is another, so the grant is not for it.
    let mut wider = Scene::new(&MANIFEST.replace("/v1/contacts/{id}", "/v1/{*all}"));
    wider.digest = Digest::of_bytes(b"wider");
    wider.check(&config, &NONE);
    wider.check(&grant("crm@1", ""), &["not_approved", "not_approved"]);
}

/// 25: which credential goes with a request is never a matter of order.
#[test]
fn attack_25_two_asks_that_one_request_fits() {
    let more = |path: &str, origin: &str| {
        format!(
            "{MANIFEST}[[http]]\nid = \"bare\"\norigin = \"{origin}\"\nmethods = [\"GET\"]\npath = \"{path}\"\n"
        )
    };
    let origin = "https://crm.example";
    assert!(Manifest::parse(&more("/v2/contacts/{id}", origin)).is_ok());
    assert!(Manifest::parse(&more("/v1/contacts/{id}", "https://erp.example")).is_ok());
    for (path, origin) in [
        ("/v1/contacts/{other}", origin),
        ("/v1/{*rest}", origin),
        ("/{*rest}", "*"),
        ("/v1/contacts/me", "*"),
    ] {
        let found = Manifest::parse(&more(path, origin)).unwrap_err();
        assert_eq!(found[0].code, "overlap", "{origin} {path}");
    }
}

/// 26: neither the name of the credential, nor that of the skill, nor its version gets
/// another package what was granted to this one.
#[test]
fn attack_26_another_skill_claims_the_credential() {
    let scene = Scene::new(MANIFEST).approved();
    let by_digest = scene.granted();
    let by_range = grant("crm@1", "");
    scene.check(&by_digest, &BOTH);
    scene.check(&by_range, &BOTH);
    let mut thief = Scene::new(MANIFEST).approved();
    thief.name = "weather";
    thief.digest = Digest::of_bytes(b"weather");
    for config in [&by_digest, &by_range] {
        let egress = thief.check(config, &NONE);
        assert_eq!(credential(&egress, "crm"), "not_granted");
    }
    // It takes the name as well: its digest is another, and nobody approved it.
    thief.name = "crm";
    thief.standing.approved = scene.standing.approved.clone();
    thief.check(&by_digest, &NONE);
    thief.check(&by_range, &["not_approved", "not_approved"]);
    // It sends the credential elsewhere: the secret's own record is against it.
    let mut elsewhere = Scene::new(&MANIFEST.replace("crm.example", "evil.example"));
    elsewhere.digest = Digest::of_bytes(b"elsewhere");
    let config = elsewhere.granted();
    elsewhere.check(&config, &["nothing_left", "nothing_left"]);
}

/// 29: a manifest has no word for where or how a token is got, or how it is placed.
#[test]
fn attack_29_a_skill_declares_a_token_url() {
    assert!(Manifest::parse(MANIFEST).is_ok());
    for key in [
        "token_url",
        "kind",
        "source",
        "header",
        "sign",
        "client_id",
        "subject",
        "region",
        "origins",
        "secret",
    ] {
        let manifest = format!("{MANIFEST}{key} = \"https://evil.example/token\"\n");
        let found = Manifest::parse(&manifest).unwrap_err();
        assert_eq!(found[0].code, "unknown_key", "{key}");
    }
    let oauth = SECRET.replace(
        "kind = \"bearer\"",
        "kind = \"oauth-client-credentials\"\nclient_id = \"me\"\ntoken_url = \"https://auth.example/t\"",
    );
    let config = grant("crm@1", "").replace(SECRET, &oauth);
    let scene = Scene::new(MANIFEST).approved();
    let egress = scene.check(&config, &BOTH);
    assert_eq!(egress.rules[0].credentials[0].secret, "token");
}
