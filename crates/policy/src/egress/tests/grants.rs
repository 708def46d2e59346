//! Which grant is for which package.

use hotcell_package::Digest;

use super::{MANIFEST, SECRET, Scene, closed, credential, grant};
use crate::config::Rate;
use crate::egress::{CredentialDecision, CredentialUse, GrantId};

#[test]
fn a_grant_by_digest() {
    let scene = Scene::new(MANIFEST);
    let egress = scene.check(&scene.granted(), &["open", "open"]);
    let id = GrantId::of_credential("crm", "crm");
    let rule = &egress.rules[0];
    assert_eq!(
        (rule.id.as_str(), rule.methods.join(" ").as_str()),
        ("read", "GET HEAD")
    );
    assert_eq!(rule.path.to_string(), "/v1/contacts/{id}");
    assert_eq!(
        (&rule.grants, &rule.lines),
        (&vec![(id.clone(), None)], &vec![1, 7])
    );
    let placed = CredentialUse {
        credential: "crm".to_owned(),
        secret: "token".to_owned(),
        grant: id.clone(),
    };
    assert_eq!(rule.credentials, [placed]);
    let granted = CredentialDecision::Granted {
        secret: "token".to_owned(),
        grant: id,
        line: 7,
    };
    assert_eq!(egress.credentials["crm"], granted);
    // The same grant for other bytes.
    let other = format!("crm@{}", Digest::of_bytes(b"other"));
    let egress = scene.check(&grant(&other, ""), &["not_granted", "not_granted"]);
    assert_eq!(credential(&egress, "crm"), "not_granted");
    let why = &closed(&egress).why;
    for word in [
        "hotcell.toml:7 ",
        &other,
        &scene.digest.to_string(),
        "1.2.0",
    ] {
        assert!(why.contains(word), "no {word} in {why}");
    }
}

#[test]
fn a_grant_by_range_waits_for_approval_of_each_digest() {
    let both = ["open", "open"];
    for range in ["crm@1", "crm@^1.2", "crm@1.2.0", "crm@>=1, <2"] {
        Scene::new(MANIFEST)
            .approved()
            .check(&grant(range, ""), &both);
        let scene = Scene::new(MANIFEST);
        let egress = scene.check(&grant(range, ""), &["not_approved", "not_approved"]);
        assert_eq!(closed(&egress).mend, "hotcell approve PACKAGE");
        assert!(
            closed(&egress).why.contains("hotcell.toml:7"),
            "{}",
            closed(&egress).why
        );
        assert_eq!(credential(&egress, "crm"), "not_approved");
    }
    // Approval widens no range, and that of another digest counts for nothing.
    let none = ["not_granted", "not_granted"];
    Scene::new(MANIFEST)
        .approved()
        .check(&grant("crm@2", ""), &none);
    let mut scene = Scene::new(MANIFEST);
    scene.standing.approved.insert(Digest::of_bytes(b"former"));
    scene.check(&grant("crm@1", ""), &["not_approved", "not_approved"]);
    // By its digest it needs none.
    let scene = Scene::new(MANIFEST);
    scene.check(&scene.granted(), &both);
}

#[test]
fn two_grants_for_one_package() {
    let more = "[[grant]]\nskill = \"crm@1.2\"\ncredential = \"crm\"\nsecret = \"token\"\n";
    for scene in [Scene::new(MANIFEST), Scene::new(MANIFEST).approved()] {
        let egress = scene.check(&grant("crm@1", more), &["ambiguous_grant"; 2]);
        let why = &closed(&egress).why;
        assert!(why.contains("lines 7, 11"), "{why}");
        let by_digest = format!("{}{more}", scene.granted());
        scene.check(&by_digest, &["ambiguous_grant"; 2]);
        assert_eq!(credential(&egress, "crm"), "ambiguous_grant");
    }
    let apart = more.replace("1.2", "2");
    Scene::new(MANIFEST)
        .approved()
        .check(&grant("crm@1", &apart), &["open", "open"]);
}

#[test]
fn a_suspended_grant_gives_nothing_until_it_is_lifted() {
    let scene = Scene::new(MANIFEST).suspended("crm/crm");
    let egress = scene.check(&scene.granted(), &["suspended", "suspended"]);
    assert!(
        closed(&egress).mend.ends_with("hotcell lift crm/crm"),
        "{:?}",
        closed(&egress)
    );
    assert_eq!(credential(&egress, "crm"), "suspended");
    let scene = Scene::new(MANIFEST).suspended("erp/crm");
    scene.check(&scene.granted(), &["open", "open"]);
}

#[test]
fn scopes_that_the_secret_has() {
    let scene = Scene::new(&MANIFEST.replace("[\"contacts\"]", "[\"contacts\", \"admin\"]"));
    let egress = scene.check(&scene.granted(), &["scope_missing", "scope_missing"]);
    assert_eq!(credential(&egress, "crm"), "scope_missing");
    let closed = closed(&egress);
    assert!(
        closed.why.contains("`admin`") && closed.why.contains("hotcell.toml:1"),
        "{closed:?}"
    );
    assert!(
        closed
            .mend
            .contains(r#"scopes = ["contacts", "deals", "admin"]"#),
        "{closed:?}"
    );
    let scene = Scene::new(&MANIFEST.replace("scopes = [\"contacts\"]\n", ""));
    scene.check(&scene.granted(), &["open", "open"]);
}

/// Two requests without a credential and one with.
const WEB: &str = r#"
[skill]
version = "1.2.0"
[[http]]
id = "page"
origin = "https://a.example"
methods = ["GET"]
path = "/pages/{*rest}"
[[http]]
id = "feed"
origin = "https://a.example"
methods = ["GET"]
path = "/feed"
[[http]]
id = "own"
origin = "https://crm.example"
methods = ["GET"]
path = "/own"
[[credential]]
name = "crm"
on = ["own"]
"#;

fn http_grant(ids: &str, more: &str) -> String {
    format!("{SECRET}[[grant]]\nskill = \"crm@1\"\nhttp = {ids}\n{more}")
}

#[test]
fn requests_without_a_credential_are_granted_by_name() {
    let scene = Scene::new(WEB).approved();
    let no = "not_granted";
    scene.check("", &[no, no, no]);
    let egress = scene.check(
        &http_grant("[\"page\"]", "rate = \"5/s\"\n"),
        &["open", no, no],
    );
    let rate = Rate {
        count: 5,
        per_ms: 1_000,
    };
    assert_eq!(
        egress.rules[0].grants,
        [(GrantId::of_http("crm", "page"), Some(rate))]
    );
    // Several requests of one grant share its rate, and its id.
    let egress = scene.check(
        &http_grant("[\"page\", \"feed\"]", ""),
        &["open", "open", no],
    );
    assert_eq!(egress.rules[0].grants, egress.rules[1].grants);
    assert_eq!(egress.rules[0].grants[0].0.as_str(), "crm/http:feed+page");
    scene.check(&http_grant("[\"other\"]", ""), &[no, no, no]);
    Scene::new(WEB).check(&http_grant("[\"page\"]", ""), &["not_approved", no, no]);
    let scene = Scene::new(WEB).approved().suspended("crm/http:page");
    scene.check(&http_grant("[\"page\"]", ""), &["suspended", no, no]);
}

/// A request that carries a credential is not sent bare because somebody granted it bare.
#[test]
fn a_grant_of_requests_gives_no_credential() {
    let scene = Scene::new(WEB).approved();
    let no = "not_granted";
    let egress = scene.check(&http_grant("[\"own\"]", ""), &[no, no, no]);
    let closed = egress.rules[2].closed.as_ref().unwrap();
    assert!(
        closed
            .why
            .contains("hotcell.toml:7 allows requests without"),
        "{closed:?}"
    );
    scene.check(&grant("crm@1", ""), &[no, no, "open"]);
}

/// A request with two credentials needs both.
#[test]
fn every_credential_on_a_request_is_needed() {
    let two = format!("{MANIFEST}[[credential]]\nname = \"tenant\"\non = [\"write\"]\n");
    let scene = Scene::new(&two).approved();
    let egress = scene.check(&grant("crm@1", ""), &["open", "not_granted"]);
    assert_eq!(
        (credential(&egress, "crm"), credential(&egress, "tenant")),
        ("token", "not_granted")
    );
    let more = "[[grant]]\nskill = \"crm@1\"\ncredential = \"tenant\"\nsecret = \"token\"\nrate = \"1/s\"\n";
    let egress = scene.check(&grant("crm@1", more), &["open", "open"]);
    let write = &egress.rules[1];
    let placed: Vec<_> = write
        .credentials
        .iter()
        .map(|one| one.credential.as_str())
        .collect();
    assert_eq!((placed, write.grants.len()), (vec!["crm", "tenant"], 2));
    assert_eq!(write.lines, [1, 7, 11]);
    let egress = scene.check("", &["not_granted", "not_granted"]);
    let both = egress.rules[1].closed.as_ref().unwrap();
    assert!(
        both.why.contains("`crm`") && both.why.contains("`tenant`"),
        "{both:?}"
    );
}
