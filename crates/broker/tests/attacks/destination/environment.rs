//! The environment has no say in where a request goes, whom it trusts, and who may listen.

use std::process::Stdio;

use hotcell_testkit::servers::{Answer, Authority, Behaviour, Server};
use tokio::process::Command;

use crate::ledger::Tally;
use crate::world::{CANARY, Setup, World, honest, saw_one, untouched};

const CHILD: &str = "destination::environment::a_request_in_any_environment";

/// Run by itself and, with an environment against it, by the test below.
#[tokio::test]
async fn a_request_in_any_environment() {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    World::new(&authority, &server, Setup::default())
        .get("/v1/x")
        .await
        .unwrap();
    saw_one(&server);
    let plain = Server::plain(Behaviour::answering(|_| Answer::new(200))).await;
    World::new(&authority, &plain, Setup::default())
        .get("/v1/x")
        .await
        .unwrap();
    saw_one(&plain);
}

#[tokio::test]
async fn attack_07_proxy_variables() {
    let authority = Authority::new();
    let proxy = honest(&authority, &["proxy.test"]).await;
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let mut tally = Tally::default();
    for name in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "CGI_HTTP_PROXY",
    ] {
        for scheme in ["http", "https", "socks5", "socks5h"] {
            let value = format!("{scheme}://{}", proxy.address());
            tally.without_effect(name, passes(&[(name, &value), ("NO_PROXY", "")]).await);
        }
    }
    let keys_name = keys.to_str().unwrap();
    for (name, value) in [
        ("SSLKEYLOGFILE", keys_name),
        ("SSL_CERT_FILE", "/nowhere"),
        ("SSL_CERT_DIR", "/nowhere"),
        ("REQUESTS_CA_BUNDLE", "/nowhere"),
        ("LOCALDOMAIN", "evil.test"),
        ("HOSTALIASES", "/nowhere"),
        ("RUST_LOG", "trace"),
    ] {
        tally.without_effect(name, passes(&[(name, value)]).await);
    }
    assert!(!keys.exists(), "the keys of a connection were written down");
    untouched(&proxy, &authority, "proxy.test").await;
    tally.note(7, "proxy variables", "proxies by seven names and four schemes; variables for authorities, key logs, search domains and logs");
}

/// Returns whether the exchange went as it should, and its process printed no secret.
async fn passes(variables: &[(&str, &str)]) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", CHILD, "--nocapture"])
        .stdin(Stdio::null());
    child.envs(variables.iter().copied());
    let output = child.output().await.unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(!text.contains(CANARY), "the process printed the secret");
    assert!(text.contains("1 passed"), "{text}");
    output.status.success()
}
