//! Every source, with real files.

mod files;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::UNIX_EPOCH;

use hotcell_package::{Origin, Place};
use hotcell_policy::config::{SecretKind, VaultKey};
use tempfile::TempDir;

use super::*;
use crate::secrets::vault::VaultOptions;

/// A value that may be in no message.
const CANARY: &[u8] = b"canary-value-0001";

const NEW: &[u8] = b"canary-value-0002";

/// Long after every file of these tests was written.
fn clock() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(4_000_000_000)
}

fn table(source: SecretSource) -> SecretTable {
    SecretTable {
        source,
        kind: SecretKind::Bearer,
        origins: vec![Origin::parse("https://ci.example.com").unwrap()],
        scopes: Vec::new(),
        place: Place { line: 1, column: 1 },
    }
}

fn vault_in(folder: &Path) -> Vault {
    Vault::new(VaultOptions {
        folder: folder.to_owned(),
        key: VaultKey::BesideVault,
        passphrase: None,
    })
}

/// A store whose only secret is `ci`, from `source`.
fn store_at(data: &Path, source: SecretSource, clock: fn() -> SystemTime) -> Secrets {
    Secrets::new(SecretsOptions {
        tables: BTreeMap::from([("ci".to_owned(), table(source))]),
        environment: BTreeMap::from([("CI".to_owned(), SecretValue::copy_of(CANARY))]),
        vault: Some(vault_in(data)),
        data: data.to_owned(),
        clock,
    })
}

fn store(source: SecretSource) -> (TempDir, Secrets) {
    let folder = tempfile::tempdir().unwrap();
    let store = store_at(folder.path(), source, clock);
    (folder, store)
}

fn check(store: &Secrets, value: &[u8]) -> String {
    let held = store.get("ci").unwrap();
    assert_eq!(held.value.expose(), value);
    assert!(!format!("{held:?} {store:?}").contains("canary"));
    held.version
}

fn check_fault<T: std::fmt::Debug>(result: Result<T, SecretError>, expected: SecretFault) {
    let error = result.unwrap_err();
    assert_eq!(error.fault(), expected, "{error}");
    let shown = format!("{error} {error:?} {}", error.mend());
    assert!(!shown.contains("canary"), "{shown}");
    assert!(
        error.secret().is_some() && !error.mend().is_empty(),
        "{shown}"
    );
}

#[test]
fn an_environment_variable() {
    let (_folder, store) = store(SecretSource::Env("CI".into()));
    assert_eq!(check(&store, CANARY), "env");
    let replaced = store.replace("ci", &SecretValue::copy_of(NEW));
    check_fault(replaced, SecretFault::ReadOnly);
    let (_folder, store) = self::store(SecretSource::Env("OTHER".into()));
    check_fault(store.get("ci"), SecretFault::Missing);
}

#[test]
fn a_name_that_no_table_has() {
    let (_folder, store) = store(SecretSource::Env("CI".into()));
    check_fault(store.get("cd"), SecretFault::Unknown);
    let replaced = store.replace("cd", &SecretValue::copy_of(NEW));
    check_fault(replaced, SecretFault::Unknown);
}

#[test]
fn a_secret_of_the_vault() {
    let (folder, store) = store(SecretSource::Vault("bot".into()));
    check_fault(store.get("ci"), SecretFault::Missing);
    let value = SecretValue::copy_of(CANARY);
    vault_in(folder.path()).set("bot", &value, clock()).unwrap();
    assert_eq!(check(&store, CANARY), "1");
    store.replace("ci", &SecretValue::copy_of(NEW)).unwrap();
    assert_eq!(check(&store, NEW), "2");
    vault_in(folder.path()).back("bot").unwrap();
    assert_eq!(check(&store, CANARY), "1");
    vault_in(folder.path()).remove("bot").unwrap();
    check_fault(store.get("ci"), SecretFault::Missing);
}

#[test]
fn a_process_without_a_vault() {
    let folder = tempfile::tempdir().unwrap();
    let source = SecretSource::Vault("bot".into());
    let store = Secrets::new(SecretsOptions {
        tables: BTreeMap::from([("ci".to_owned(), table(source))]),
        environment: BTreeMap::new(),
        vault: None,
        data: folder.path().to_owned(),
        clock,
    });
    check_fault(store.get("ci"), SecretFault::Missing);
}

#[cfg(not(feature = "keyring"))]
#[test]
fn a_keyring_that_this_build_has_not() {
    let (service, user) = ("ci".into(), "bot".into());
    let (_folder, store) = store(SecretSource::Keyring { service, user });
    check_fault(store.get("ci"), SecretFault::NotBuilt);
    let replaced = store.replace("ci", &SecretValue::copy_of(NEW));
    check_fault(replaced, SecretFault::NotBuilt);
}

/// By the core's own store in memory, in place of a desktop's.
#[cfg(feature = "keyring")]
#[test]
fn a_keyring() {
    keyring_core::set_default_store(keyring_core::mock::Store::new().unwrap());
    let (service, user) = ("ci".to_owned(), "bot".to_owned());
    let (folder, store) = store(SecretSource::Keyring { service, user });
    check_fault(store.get("ci"), SecretFault::Missing);
    keyring::set("ci", "bot", &SecretValue::copy_of(CANARY)).unwrap();
    assert_eq!(check(&store, CANARY), "keyring");
    store.replace("ci", &SecretValue::copy_of(NEW)).unwrap();
    assert_eq!(check(&store, NEW), "keyring");
    // The vault's key may lie there as well.
    let vault = || {
        Vault::new(VaultOptions {
            folder: folder.path().to_owned(),
            key: VaultKey::Keyring,
            passphrase: None,
        })
    };
    let value = SecretValue::copy_of(CANARY);
    vault().set("bot", &value, clock()).unwrap();
    assert_eq!(vault().get("bot").unwrap().1, 1);
    assert!(!folder.path().join("vault.key").exists());
}

#[test]
fn values_that_cannot_be_protected_or_placed() {
    let (folder, store) = store(SecretSource::Vault("bot".into()));
    let vault = vault_in(folder.path());
    let pem = SecretValue::copy_of(b"canary canary\ncanary canary\n");
    vault.set("bot", &pem, clock()).unwrap();
    check_fault(store.get("ci"), SecretFault::Malformed);
    for (value, fault) in [
        (&b"canary"[..], SecretFault::TooShort),
        (b"canary canary\ncanary", SecretFault::Malformed),
        (&[b'a'; (64 << 10) + 1], SecretFault::TooLong),
    ] {
        check_fault(store.replace("ci", &SecretValue::copy_of(value)), fault);
    }
    assert_eq!(vault.get("bot").unwrap().1, 1, "none of these was written");
}

#[test]
fn the_last_use_is_known_to_others() {
    fn later() -> SystemTime {
        clock() + Duration::from_secs(90)
    }
    let (folder, store) = store(SecretSource::Env("CI".into()));
    assert_eq!(store.last_used("ci"), None);
    store.used("ci");
    assert_eq!(store.last_used("ci"), Some(clock()));
    let other = store_at(folder.path(), SecretSource::Env("CI".into()), later);
    assert_eq!(other.last_used("ci"), Some(clock()));
    other.used("ci");
    assert_eq!(store.last_used("ci"), Some(later()));
    // Within a second, the file is left alone.
    std::fs::remove_dir_all(folder.path().join("used")).unwrap();
    other.used("ci");
    assert_eq!(other.last_used("ci"), None);
    // Where it cannot be written, nothing happens.
    std::fs::write(folder.path().join("used"), "").unwrap();
    store_at(folder.path(), SecretSource::Env("CI".into()), later).used("ci");
}
