//! hotcell.toml: what is refused, with line and mend, and what is read.
#![allow(clippy::unwrap_used)]

mod assistants;
mod callers;
mod egress;
mod fuzz;
mod grants;
mod jobs;
mod kinds;
mod record;
mod secrets;

use hotcell_package::Diagnostic;

use crate::config::Config;

/// Asserts what comes first of a text: `ok`, or `LINE:CODE`. Every mistake has a mend.
fn check(text: &str, expected: &str) {
    let shown = match Config::parse("hotcell.toml", text) {
        Ok(_) => "ok".to_owned(),
        Err(found) => {
            assert!(found.iter().all(|one| !one.hint.is_empty()), "{found:?}");
            format!("{}:{}", found[0].line.unwrap(), found[0].code)
        }
    };
    assert_eq!(shown, expected, "{text}");
}

fn read(text: &str) -> Config {
    Config::parse("hotcell.toml", text).unwrap_or_else(|found| panic!("{text}\n{found:?}"))
}

fn faults(text: &str) -> Vec<Diagnostic> {
    Config::parse("hotcell.toml", text).unwrap_err()
}

/// A secret of a kind: its own keys begin in line 5.
fn secret(kind: &str, keys: &str) -> String {
    format!(
        "[secret.s]\nsource = \"vault:s\"\nkind = \"{kind}\"\norigins = [\"https://a.example\"]\n{keys}"
    )
}

#[test]
fn the_whole_file() {
    check("", "ok");
    check("# only words\n", "ok");
    check("[secrets]\n", "1:unknown_key");
    check("\n\nsecret = 1\n", "3:wrong_type");
    check("grant = 1\n", "1:wrong_type");
    check("[vault]\n[vault]\n", "2:duplicate_key");
    check("[vault\n", "1:toml_syntax");
    let large = format!("#{}\n", "x".repeat(crate::config::CONFIG_BYTES_MAX));
    assert_eq!(faults(&large)[0].code, "too_large");
    let found = faults("[egres]\n");
    assert_eq!(
        found[0].to_string(),
        "hotcell.toml:1:2: error[unknown_key]: hotcell.toml has no key `egres`\n  mend: write `egress`"
    );
}

#[test]
fn every_mistake_is_told_in_the_order_of_the_file() {
    let text = "[[grant]]\nskill = \"crm\"\nhttp = []\n[egress]\nprivate = [\"10.0.0.0/8\"]\n\
                [secret.s]\nkind = \"baerer\"\n";
    let found: Vec<_> = faults(text)
        .iter()
        .map(|one| (one.line.unwrap(), one.code))
        .collect();
    let expected = [
        (2, "wrong_skill"),
        (3, "empty_pattern"),
        (5, "wrong_address"),
        (6, "missing_key"),
        (6, "missing_key"),
        (7, "wrong_value"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_vault_and_settings() {
    use crate::config::VaultKey;
    let vault = |key: &str| read(&format!("[vault]\nkey = \"{key}\"\n")).vault;
    assert_eq!(read("").vault, VaultKey::BesideVault);
    assert_eq!(vault("passphrase"), VaultKey::Passphrase);
    assert_eq!(vault("keyring"), VaultKey::Keyring);
    assert_eq!(vault("file:/run/k"), VaultKey::File("/run/k".into()));
    check("[vault]\nkey = \"AGE-SECRET-KEY-1\"\n", "2:wrong_value");
    check("[vault]\nkey = \"file:\"\n", "2:wrong_path");
    check("[vault]\nkey = \"file:~/key\"\n", "2:wrong_path");
    check("[vault]\nfile = \"k\"\n", "2:unknown_key");
    let settings = read("[settings.crm]\ncurrency = \"EUR\"\n").settings;
    assert_eq!(settings["crm"]["currency"], "EUR");
    check("[settings.crm]\ncurrency = 1\n", "2:wrong_type");
    check("[settings.crm]\nCurrency = \"EUR\"\n", "2:wrong_name");
    check("[settings.CRM]\na = \"b\"\n", "1:wrong_value");
    check("[settings]\ncrm = \"b\"\n", "2:wrong_type");
}

#[test]
fn folders_of_packages() {
    let folders = read("[registry]\nfolders = [\"skills\", \"/opt/skills\"]\n").package_folders;
    let expected = ["skills", "/opt/skills"].map(std::path::PathBuf::from);
    assert_eq!(folders, expected);
    assert!(read("").package_folders.is_empty() && read("[registry]\n").package_folders.is_empty());
    check("[registry]\nfolders = []\n", "2:empty_pattern");
    check("[registry]\nfolders = [\"a\", \"a\"]\n", "2:duplicate");
    check("[registry]\nfolders = [\"~/skills\"]\n", "2:wrong_path");
    check("[registry]\nfolders = \"skills\"\n", "2:wrong_type");
    check("registry = [\"skills\"]\n", "1:wrong_type");
    let hint = "write a whole path, or one from this file's folder";
    assert_eq!(faults("[registry]\nfolders = [\"~\"]\n")[0].hint, hint);
    assert_eq!(
        faults("[registry]\nfolder = []\n")[0].hint,
        "write `folders`"
    );
}

/// What an operator wrote at the wrong place may be the secret itself.
#[test]
fn a_value_at_the_wrong_place_is_not_repeated() {
    let canary = "hunter2-hunter2";
    for text in [
        format!("[secret.s]\nsource = \"{canary}\"\n"),
        format!("[secret.s]\nsource = \"env:{canary}\"\n"),
        format!("[secret.s]\nsource = \"vault:A {canary}\"\n"),
        format!("[secret.s]\nvalue = \"{canary}\"\n"),
        format!("[secret.s]\npassword = \"{canary}\"\n"),
        format!("[vault]\nkey = \"{canary}\"\n"),
        format!("[secret.s]\nsource = \"{canary}\n"),
    ] {
        for found in faults(&text) {
            assert!(!found.to_string().contains(canary), "{found}");
        }
    }
    let found = faults(&secret("bearer", "token = \"x\"\n"));
    assert!(found[0].hint.contains("hotcell secret set"), "{}", found[0]);
}
