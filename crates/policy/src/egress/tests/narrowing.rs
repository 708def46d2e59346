//! Servers and methods: what manifest, grant and secret have in common.

use super::{MANIFEST, SECRET, Scene, closed, credential, grant, origins};
use crate::config::Config;
use crate::egress::{stray_grants, stray_settings};

const NOTHING: [&str; 2] = ["nothing_left", "nothing_left"];

#[test]
fn methods_are_narrowed_and_never_widened() {
    let scene = Scene::new(MANIFEST).approved();
    let narrow = |methods: &str| grant("crm@1", &format!("methods = {methods}\n"));
    let egress = scene.check(&narrow("[\"GET\", \"POST\"]"), &["open", "open"]);
    let methods: Vec<_> = egress
        .rules
        .iter()
        .map(|rule| rule.methods.join(" "))
        .collect();
    assert_eq!(methods, ["GET", "POST"]);
    let egress = scene.check(&narrow("[\"GET\"]"), &["open", "nothing_left"]);
    assert_eq!(credential(&egress, "crm"), "token");
    let why = &egress.rules[1].closed.as_ref().unwrap().why;
    assert!(
        why.contains("GET, not POST, DELETE") && why.contains("hotcell.toml:7"),
        "{why}"
    );
    let egress = scene.check(&narrow("[\"PUT\"]"), &NOTHING);
    assert_eq!(credential(&egress, "crm"), "nothing_left");
}

#[test]
fn the_secret_owns_its_destination() {
    let scene = Scene::new(MANIFEST).approved();
    let elsewhere = grant("crm@1", "").replace("https://crm.example", "https://erp.example");
    let egress = scene.check(&elsewhere, &NOTHING);
    assert_eq!(credential(&egress, "crm"), "nothing_left");
    let closed = closed(&egress);
    assert!(closed.why.contains("hotcell.toml:1"), "{closed:?}");
    assert!(closed.mend.contains("[secret.token]"), "{closed:?}");
    // Another port is another server.
    let port = grant("crm@1", "").replace("https://crm.example", "https://crm.example:8443");
    scene.check(&port, &NOTHING);
}

#[test]
fn a_grant_narrows_an_exact_server_to_itself_or_to_nothing() {
    let scene = Scene::new(MANIFEST).approved();
    let narrow = |origins: &str| grant("crm@1", &format!("origins = {origins}\n"));
    let both = "[\"https://crm.example\", \"https://erp.example\"]";
    let egress = scene.check(&narrow(both), &["open", "open"]);
    assert_eq!(origins(&egress.rules[0]), ["https://crm.example"]);
    scene.check(&narrow("[\"https://erp.example\"]"), &NOTHING);
}

fn anywhere() -> String {
    MANIFEST.replace("https://crm.example", "*")
}

#[test]
fn a_server_that_the_manifest_leaves_open_is_the_grants() {
    let scene = Scene::new(&anywhere()).approved();
    let egress = scene.check(&grant("crm@1", ""), &["not_granted", "not_granted"]);
    let mend = &closed(&egress).mend;
    assert!(
        mend.ends_with("line 7: origins = [\"https://crm.example\"]"),
        "{mend}"
    );
    let named = |origins: &str| grant("crm@1", &format!("origins = {origins}\n"));
    let egress = scene.check(&named("[\"https://crm.example\"]"), &["open", "open"]);
    assert_eq!(origins(&egress.rules[0]), ["https://crm.example"]);
    // Both must name it: the grant, and the secret's own record.
    let two = "[\"https://erp.example\", \"https://crm.example\"]";
    let egress = scene.check(&named(two), &["open", "open"]);
    assert_eq!(origins(&egress.rules[0]), ["https://crm.example"]);
    scene.check(&named("[\"https://erp.example\"]"), &NOTHING);
}

/// A grant that names no server does not ride on the servers of another.
#[test]
fn each_grant_of_an_open_server_names_it() {
    let two = format!(
        "{}[[credential]]\nname = \"tenant\"\non = [\"write\"]\n",
        anywhere()
    );
    let scene = Scene::new(&two).approved();
    let first = grant("crm@1", "origins = [\"https://crm.example\"]\n");
    let second = "[[grant]]\nskill = \"crm@1\"\ncredential = \"tenant\"\nsecret = \"token\"\n";
    let config = format!("{first}{second}");
    scene.check(&config, &["open", "not_granted"]);
    let config = format!("{config}origins = [\"https://crm.example\"]\n");
    scene.check(&config, &["open", "open"]);
}

#[test]
fn requests_without_tls_need_the_exact_origin_opened() {
    let manifest = "[skill]\nversion = \"1.0.0\"\n[[http]]\nid = \"a\"\norigin = \"http://10.0.0.9\"\n\
                    methods = [\"GET\"]\npath = \"/\"\n";
    let scene = Scene::new(manifest).approved();
    let grant = "[[grant]]\nskill = \"crm@1\"\nhttp = [\"a\"]\n";
    let egress = scene.check(grant, &["nothing_left"]);
    let closed = closed(&egress);
    assert!(closed.why.contains("not encrypted"), "{closed:?}");
    assert!(
        closed
            .mend
            .ends_with("[egress]: plain_http = [\"http://10.0.0.9\"]"),
        "{closed:?}"
    );
    let opened = |origin: &str| format!("{grant}[egress]\nplain_http = [\"{origin}\"]\n");
    scene.check(&opened("http://10.0.0.9"), &["open"]);
    scene.check(&opened("http://10.0.0.9:8080"), &["nothing_left"]);
}

#[test]
fn what_is_granted_and_not_asked_for_is_told() {
    let scene = Scene::new(MANIFEST);
    let config = "[[grant]]\nskill = \"crm@1\"\nhttp = [\"raed\"]\n\
                  [[grant]]\nskill = \"crm@1\"\ncredential = \"other\"\nsecret = \"token\"\n\
                  [[grant]]\nskill = \"erp@1\"\nhttp = [\"raed\"]\n[settings.crm]\nlang = \"de\"\n";
    let config = Config::parse("hotcell.toml", &format!("{SECRET}{config}")).unwrap();
    let told = stray_grants(&config, scene.skill());
    let told: Vec<_> = told
        .iter()
        .map(|one| (one.line.unwrap(), one.hint.as_str()))
        .collect();
    assert_eq!(told, [(7, "write `read`"), (10, "remove it")]);
    assert_eq!(stray_settings(&config, scene.skill()).len(), 1);
    let fits = Config::parse("hotcell.toml", &scene.granted()).unwrap();
    assert!(stray_grants(&fits, scene.skill()).is_empty());
}
