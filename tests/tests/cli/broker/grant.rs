//! What an operator grants works, and what not is refused with words that mend it.

use std::fs;

use hotcell_testkit::servers::web;
use serde_json::Value;

use super::world::{CONFIG, GRANT, SEARCH, TOKEN, World};
use crate::room::{Ran, example};

/// Returns the TOML that a refused run told to write.
fn told_to_write(ran: &Ran) -> String {
    let lines = ran.stderr.lines();
    let lines = lines.skip_while(|line| !line.starts_with('['));
    let lines = lines.take_while(|line| !line.starts_with("error: "));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn what_a_refused_run_tells_to_write_makes_it_work() {
    let world = World::new();
    let ran = world.search();
    ran.fails(
        1,
        &["[not_granted]", CONFIG, "`crm`", "error: NOT_GRANTED: "],
    );
    assert_eq!(world.server.counts().accepted, 0);
    let told = told_to_write(&ran);
    let before = fs::read_to_string(world.room.at(CONFIG)).unwrap();
    // Only the operator knows the server: a file in which it was forgotten is none.
    world.room.write(CONFIG, format!("{before}{told}"));
    let ran = world.search();
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("hotcell.toml:"), "{}", ran.stderr);
    assert!(ran.stderr.contains("`https://SERVER`"), "{}", ran.stderr);
    let (_, rest) = told.split_once("# then: hotcell secret set ").unwrap();
    let name = rest.lines().next().unwrap();
    let mended = told.replace("https://SERVER", &world.origin());
    world.room.write(CONFIG, format!("{before}{mended}"));
    world.search().fails(1, &["NOT_GRANTED", name]);
    world.done(&["secret", "set", name], TOKEN);
    world.search_works();
    world.assert_nothing_left();
}

#[test]
fn a_secret_that_is_removed_and_a_grant_that_is_gone_end_it() {
    let world = World::granted();
    world.search_works();
    let requests = world.server.counts().requests;
    world.done(&["secret", "rm", "crm-token", "--yes"], "");
    world.search().fails(
        1,
        &[
            "request 1 refused [secret_unavailable]",
            "crm-token",
            "hotcell secret set",
        ],
    );
    world.done(&["secret", "set", "crm-token"], TOKEN);
    world.search_works();
    world.configure(GRANT.split("[[grant]]").next().unwrap());
    let ran = world.search();
    ran.fails(1, &["request 1 refused [not_granted]", "[[grant]]"]);
    // The secret that is there is the one that fits.
    let told = told_to_write(&ran);
    assert!(told.contains("secret = \"crm-token\""), "{told}");
    assert!(!told.contains("[secret."), "{told}");
    assert_eq!(world.server.counts().requests, requests + 1);
}

#[test]
fn another_digest_waits_for_approval() {
    let world = World::granted();
    for name in ["SKILL.md", "skill.toml", "schema.json", "skill.wasm"] {
        let bytes = fs::read(format!("{}/{name}", example("crm"))).unwrap();
        world.room.write(&format!("crm/{name}"), bytes);
    }
    let skill = world.room.at("crm/SKILL.md");
    let text = fs::read_to_string(&skill).unwrap();
    fs::write(&skill, text.replace("wait for a yes", "go on")).unwrap();
    let run = ["run", "crm", "search_contacts", "--input", SEARCH];
    let refused = ["refused [not_approved]", "sha256:", "hotcell approve"];
    world.hotcell(&run, "").fails(1, &refused);
    assert_eq!(world.server.counts().accepted, 0);
    world.search_works();
    world.done(&["approve", "crm", "--yes"], "");
    assert_eq!(world.hotcell(&run, "").code, 0);
}

/// Each process counts what the others sent.
#[test]
fn a_rate_holds_over_processes() {
    let world = World::granted();
    world.configure(&format!("{GRANT}rate = \"2/min\"\n"));
    world.search_works();
    world.search_works();
    let input = [
        "run",
        &example("crm"),
        "search_contacts",
        "--json",
        "--input",
        SEARCH,
    ];
    let ran = world.hotcell(&input, "");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("refused [rate_limited]"),
        "{}",
        ran.stderr
    );
    let error = &ran.json()["error"];
    assert_eq!(error["code"], "TRANSIENT_RATE_LIMITED");
    let wait_ms = error["retry"]["after-ms"].as_u64().unwrap();
    assert!((1..=60_000).contains(&wait_ms), "{error}");
    assert_eq!(world.server.counts().requests, 2);
}

#[test]
fn a_page_of_a_granted_site_is_read_and_of_another_not() {
    let world = World::new();
    let granted = world.serve(web::behaviour());
    let other = world.serve(web::behaviour());
    let origin = granted.origin("127.0.0.1");
    let tables =
        format!("[[grant]]\nskill = \"web@1\"\nhttp = [\"pages\"]\norigins = [\"{origin}\"]\n");
    // Both may be dialled: what is between them is the grant alone.
    world.configure_with_servers(&tables, &[&granted, &other]);
    world.done(&["approve", &example("web"), "--yes"], "");
    let read = |url: &str| {
        let input = serde_json::json!({ "url": url }).to_string();
        world.hotcell(
            &["run", &example("web"), "read_page", "--input", &input],
            "",
        )
    };
    let ran = read(&format!("{origin}/moved"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let page = ran.json();
    assert_eq!(page["url"], format!("{origin}/artikel/kirschen.html"));
    assert!(
        page["text"].as_str().unwrap().contains("Käthe Jürgens"),
        "{page}"
    );
    assert_ne!(page["links"], Value::Array(Vec::new()));
    let theirs = other.origin("127.0.0.1");
    read(&format!("{theirs}/")).fails(1, &["refused [egress_denied]", &theirs, "NOT_GRANTED"]);
    read(&format!("{origin}/away")).fails(1, &["https://elsewhere.test", "REDIRECTED"]);
    assert_eq!(other.counts().accepted, 0);
}
