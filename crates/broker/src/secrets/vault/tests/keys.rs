//! Wrong keys, damaged files, and a content that nobody but Hotcell could have written.

use age::secrecy::ExposeSecret;

use super::super::key::{Key, existing};
use super::*;

fn options(folder: &Path, key: VaultKey, passphrase: Option<&str>) -> VaultOptions {
    VaultOptions {
        folder: folder.to_owned(),
        key,
        passphrase: passphrase.map(|text| value(text.as_bytes())),
    }
}

/// Every way to use a vault that cannot be opened; none changes a byte of it.
fn check_closed(folder: &Path, options: &VaultOptions, expected: SecretFault) {
    let path = folder.join(VAULT_FILE);
    let before = fs::read(&path).unwrap();
    let vault = Vault::new(options.clone());
    check_fault(vault.get("ci"), expected);
    check_fault(vault.list(), expected);
    check_fault(vault.set("new", &value(CANARY), now()), expected);
    check_fault(vault.rotate("ci", &value(CANARY), now()), expected);
    check_fault(vault.back("ci"), expected);
    check_fault(vault.remove("ci"), expected);
    assert_eq!(fs::read(&path).unwrap(), before);
}

fn beside(folder: &Path) -> VaultOptions {
    options(folder, VaultKey::BesideVault, None)
}

#[test]
fn a_key_file_elsewhere() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = elsewhere.path().join("disk/hotcell.key");
    let vault = vault_in(folder.path(), VaultKey::File(path.clone()));
    let stored = vault.set("ci", &value(CANARY), now()).unwrap();
    assert_eq!(stored.new_key, Some(path.clone()));
    assert_eq!(names(folder.path()), ["vault.age", "vault.lock"]);
    assert_eq!(vault.get("ci").unwrap().1, 1);
    // A second vault uses the key that is there.
    let other = tempfile::tempdir().unwrap();
    let second = vault_in(other.path(), VaultKey::File(path.clone()));
    let stored = second.set("ci", &value(CANARY), now()).unwrap();
    assert_eq!(stored.new_key, None);
    fs::remove_file(&path).unwrap();
    let gone = options(folder.path(), VaultKey::File(path.clone()), None);
    check_closed(folder.path(), &gone, SecretFault::Key);
    assert!(!path.exists(), "no new key is made for an old vault");
}

#[test]
fn a_key_file_that_others_may_read() {
    let (folder, vault) = vault();
    vault.set("ci", &value(CANARY), now()).unwrap();
    let key = folder.path().join("vault.key");
    for mode in [0o640, 0o604, 0o660, 0o644] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        check_closed(folder.path(), &beside(folder.path()), SecretFault::Unsafe);
    }
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(held(folder.path(), "ci").unwrap().1, 1);
}

#[test]
fn a_key_file_that_is_none() {
    let (folder, vault) = vault();
    vault.set("ci", &value(CANARY), now()).unwrap();
    let key = folder.path().join("vault.key");
    let good = fs::read_to_string(&key).unwrap();
    let twice = format!("{good}{good}");
    for text in [
        "",
        "canary",
        "# only words\n",
        "AGE-SECRET-KEY-1QQQQ",
        &twice,
    ] {
        fs::write(&key, text).unwrap();
        check_closed(folder.path(), &beside(folder.path()), SecretFault::Key);
    }
    let other = age::x25519::Identity::generate().to_string();
    fs::write(&key, other.expose_secret()).unwrap();
    check_closed(folder.path(), &beside(folder.path()), SecretFault::Key);
    fs::remove_file(&key).unwrap();
    check_closed(folder.path(), &beside(folder.path()), SecretFault::Key);
}

#[test]
fn a_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let by = |passphrase| options(folder.path(), VaultKey::Passphrase, passphrase);
    let set = |options| Vault::new(options).set("ci", &value(CANARY), now());
    check_fault(set(by(None)), SecretFault::Key);
    check_fault(set(by(Some("canary"))), SecretFault::Key);
    let stored = set(by(Some("canary in a coal mine"))).unwrap();
    assert_eq!(stored.new_key, None);
    assert_eq!(names(folder.path()), ["vault.age", "vault.lock"]);
    let vault = Vault::new(by(Some("canary in a coal mine")));
    assert_eq!(vault.get("ci").unwrap().0.expose(), CANARY);
    check_fault(Vault::new(by(None)).get("ci"), SecretFault::Key);
    let wrong = Vault::new(by(Some("canary in a gold mine"))).get("ci");
    let error = wrong.as_ref().unwrap_err().to_string();
    assert!(error.contains("the passphrase does not open it"), "{error}");
    check_fault(wrong, SecretFault::Key);
}

#[test]
fn one_kind_of_key_does_not_open_what_another_one_closed() {
    let (folder, vault) = vault();
    vault.set("ci", &value(CANARY), now()).unwrap();
    let passphrase = options(
        folder.path(),
        VaultKey::Passphrase,
        Some("canary in a mine"),
    );
    check_closed(folder.path(), &passphrase, SecretFault::Key);
    let error = Vault::new(passphrase).get("ci").unwrap_err().to_string();
    assert!(error.contains("a key file, not by a passphrase"), "{error}");
}

/// No feature, no keyring: an error that says how to build it, and no vault of another kind.
#[cfg(not(feature = "keyring"))]
#[test]
fn a_keyring_that_this_build_has_not() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path(), VaultKey::Keyring);
    let set = vault.set("ci", &value(CANARY), now());
    assert!(
        set.as_ref()
            .unwrap_err()
            .mend()
            .contains("--features keyring")
    );
    check_fault(set, SecretFault::NotBuilt);
    assert!(!vault.exists());
}

#[test]
fn a_damaged_vault_is_never_overwritten() {
    let (folder, vault) = vault();
    vault.set("ci", &value(CANARY), now()).unwrap();
    let path = folder.path().join(VAULT_FILE);
    let good = fs::read(&path).unwrap();
    let check = |bytes: &[u8], expected| {
        fs::write(&path, bytes).unwrap();
        check_closed(folder.path(), &beside(folder.path()), expected);
    };
    check(b"", SecretFault::Damaged);
    check(b"canary", SecretFault::Damaged);
    check(&vec![b'a'; VAULT_BYTES_MAX + 1], SecretFault::Unsafe);
    check(&[&good[..], b"more"].concat(), SecretFault::Damaged);
    for length in (0..good.len()).step_by(7) {
        check(&good[..length], SecretFault::Damaged);
    }
    for index in (0..good.len()).step_by(5) {
        let mut turned = good.clone();
        turned[index] ^= 1;
        fs::write(&path, &turned).unwrap();
        let fault = Vault::new(beside(folder.path()))
            .list()
            .unwrap_err()
            .fault();
        // A change in the stanza for the key looks like another key's.
        let is_told = matches!(fault, SecretFault::Damaged | SecretFault::Key);
        assert!(is_told, "byte {index}: {fault:?}");
    }
    fs::write(&path, &good).unwrap();
    assert_eq!(held(folder.path(), "ci").unwrap().1, 1);
}

/// A content is encrypted as Hotcell would, and read; nothing of it is in the error.
#[test]
fn a_content_that_hotcell_does_not_write() {
    let (folder, vault) = vault();
    vault.set("ci", &value(CANARY), now()).unwrap();
    let key: Key = existing(&beside(folder.path())).unwrap();
    let path = folder.path().join(VAULT_FILE);
    let version = r#"{"version":1,"created":1,"value":"Y2FuYXJ5LXZhbHVlLTAwMDE="}"#;
    let with = |entry: &str| format!(r#"{{"format":1,"secrets":{{"ci":{entry}}}}}"#);
    let good = with(&format!(r#"{{"current":1,"versions":[{version}]}}"#));
    fs::write(&path, key.encrypt(good.as_bytes(), "v").unwrap()).unwrap();
    assert_eq!(held(folder.path(), "ci"), Some((CANARY.to_vec(), 1)));
    for content in [
        String::new(),
        "canary".to_owned(),
        format!("{good}canary"),
        good.replacen("\"format\":1", "\"format\":2", 1),
        good.replacen("\"format\":1", "\"format\":\"canary\"", 1),
        good.replacen("\"ci\"", "\"canary value\"", 1),
        good.replacen("\"current\":1", "\"current\":2", 1),
        good.replacen("\"current\":1", "\"current\":1,\"canary\":1", 1),
        good.replacen("Y2FuYXJ5", "canary canary", 1),
        good.replacen("Y2FuYXJ5LXZhbHVlLTAwMDE=", "Y2FuYXJ5", 1),
        with(r#"{"current":1,"versions":[]}"#),
        with(&format!(
            r#"{{"current":1,"versions":[{version},{version}]}}"#
        )),
    ] {
        fs::write(&path, key.encrypt(content.as_bytes(), "v").unwrap()).unwrap();
        check_closed(folder.path(), &beside(folder.path()), SecretFault::Damaged);
    }
}
