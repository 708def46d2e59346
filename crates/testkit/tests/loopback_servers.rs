//! The program `loopback-servers`, as a demonstration drives it.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::{env, fs, process};

use hotcell_testkit::servers::probe::Probe;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;

fn start(ca_file: &str) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_loopback-servers"))
        .args([ca_file, "--token", "first-token-0001"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    (child, lines)
}

fn line(lines: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

/// Asks for a path at an address and returns the first line of the answer.
async fn ask(address: &str, ca_file: &str, path: &str, token: &str) -> String {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(ca_file).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = address.parse().unwrap();
    let mut probe = Probe::connect_to(address, config, "localhost")
        .await
        .unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    );
    probe.send(request).await.unwrap();
    let answer = String::from_utf8_lossy(probe.read_to_end().await.unwrap()).into_owned();
    answer.lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn it_serves_until_its_input_ends() {
    let ca_file = env::temp_dir().join(format!("loopback-servers-{}.pem", process::id()));
    let ca_file = ca_file.to_str().unwrap();
    let (mut child, mut lines) = start(ca_file);
    let origins: Value = serde_json::from_str(&line(&mut lines)).unwrap();
    let crm = origins["crm_address"].as_str().unwrap();
    let web = origins["web_address"].as_str().unwrap();
    assert!(
        origins["crm"]
            .as_str()
            .unwrap()
            .starts_with("https://localhost:")
    );

    assert_eq!(ask(web, ca_file, "/", "").await, "HTTP/1.1 200 OK");
    let deals = "/v1/deals";
    assert_eq!(
        ask(crm, ca_file, deals, "first-token-0001").await,
        "HTTP/1.1 200 OK"
    );
    let mut input = child.stdin.take().unwrap();
    for (order, answer) in [("token second-token-0002", "ok"), ("trouble 99", "unknown")] {
        writeln!(input, "{order}").unwrap();
        assert!(line(&mut lines).starts_with(answer), "{order}");
    }
    assert_eq!(
        ask(crm, ca_file, deals, "first-token-0001").await,
        "HTTP/1.1 401 Unauthorized"
    );
    assert_eq!(
        ask(crm, ca_file, deals, "second-token-0002").await,
        "HTTP/1.1 200 OK"
    );

    drop(input);
    assert!(child.wait().unwrap().success());
    fs::remove_file(ca_file).unwrap();
}

#[test]
fn wrong_usage_is_told() {
    for arguments in [
        &[][..],
        &["ca.pem", "--token"],
        &["--token", "x"],
        &["ca.pem", "--crm-port", "x"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_loopback-servers"))
            .args(arguments)
            .output();
        assert_eq!(output.unwrap().status.code(), Some(2), "{arguments:?}");
    }
}
