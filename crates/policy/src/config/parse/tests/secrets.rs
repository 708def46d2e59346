//! `[secret.NAME]`: what all kinds have in common.

use super::{check, faults, read, secret};
use crate::config::SecretSource;

#[test]
fn what_each_secret_has() {
    check(&secret("bearer", ""), "ok");
    check(&secret("bearer", "scopes = [\"a:read\"]\n"), "ok");
    check(&secret("bearer", "scopes = []\n"), "5:empty_pattern");
    check(
        &secret("bearer", "scopes = [\"a\", \"a\"]\n"),
        "5:duplicate",
    );
    check("[secret.s]\n", "1:missing_key");
    check(
        &secret("bearer", "").replace("[secret.s]", "[secret.S]"),
        "1:wrong_name",
    );
    check(&secret("beaer", ""), "3:wrong_value");
    assert_eq!(faults(&secret("bearar", ""))[0].hint, "write \"bearer\"");
    check(&secret("bearer", "regoin = \"x\"\n"), "5:unknown_key");
    check(&secret("bearer", "region = \"x\"\n"), "5:unfit_key");
    let found = faults(&secret("bearer", "client_id = \"x\"\n"));
    let hint = "remove it, or write kind = \"oauth-client-credentials\" or \"oauth-refresh\"";
    assert_eq!(found[0].hint, hint);
    check("[secret]\ns = \"value\"\n", "2:wrong_type");
}

#[test]
fn sources() {
    let with = |source: &str| secret("bearer", "").replace("vault:s", source);
    let source = |text: &str| read(&with(text)).secrets["s"].source.clone();
    assert_eq!(
        source("env:CRM_TOKEN"),
        SecretSource::Env("CRM_TOKEN".to_owned())
    );
    assert_eq!(
        source("file:keys/crm"),
        SecretSource::File("keys/crm".into())
    );
    assert_eq!(
        source("vault:crm.2"),
        SecretSource::Vault("crm.2".to_owned())
    );
    let keyring = SecretSource::Keyring {
        service: "crm".to_owned(),
        user: "a/b".to_owned(),
    };
    assert_eq!(source("keyring:crm/a/b"), keyring);
    for wrong in [
        "crm",
        "env:",
        "env:1A",
        "env:A-B",
        "keyring:crm",
        "keyring:/u",
        "keyring:s/",
        "vault:",
        "vault:A",
        "http://a.example",
        "Env:A",
    ] {
        check(&with(wrong), "2:wrong_source");
    }
    check(&with(""), "2:empty_pattern");
    check(&with("file:"), "2:wrong_path");
    check(&with("file:~/crm"), "2:wrong_path");
}

#[test]
fn origins_are_exact_and_encrypted() {
    let with = |origin: &str| secret("bearer", "").replace("https://a.example", origin);
    check(&with("https://a.example:8443"), "ok");
    for wrong in [
        "*",
        "https://*.example",
        "https://a.example/",
        "a.example",
        "https://A.example",
    ] {
        check(&with(wrong), "4:wrong_origin");
    }
    check(&with("http://a.example"), "4:plain_http");
    let opened = "[egress]\nplain_http = [\"http://a.example\"]\n";
    check(&format!("{}{opened}", with("http://a.example")), "ok");
    check(
        &format!("{}{opened}", with("http://a.example:8080")),
        "4:plain_http",
    );
    check(
        &secret("bearer", "").replace("[\"https://a.example\"]", "[]"),
        "4:empty_pattern",
    );
    let twice = "[\"https://a.example\", \"https://a.example\"]";
    check(
        &secret("bearer", "").replace("[\"https://a.example\"]", twice),
        "4:duplicate",
    );
    check(
        "[secret.s]\nsource = \"env:A\"\nkind = \"bearer\"\n",
        "1:missing_key",
    );
}
