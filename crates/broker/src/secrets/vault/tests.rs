//! Vaults on a real disk: their keys, their versions, and what a crash leaves.

mod keys;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, UNIX_EPOCH};

use tempfile::TempDir;

use super::*;

/// A value that may be nowhere but in the vault.
const CANARY: &[u8] = b"canary-value-0001";

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn value(text: &[u8]) -> SecretValue {
    SecretValue::copy_of(text)
}

fn vault_in(folder: &Path, key: VaultKey) -> Vault {
    Vault::new(VaultOptions {
        folder: folder.to_owned(),
        key,
        passphrase: None,
    })
}

/// A folder for a vault, and the vault.
fn vault() -> (TempDir, Vault) {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path(), VaultKey::BesideVault);
    (folder, vault)
}

/// What the secret `ci` has, for a reader that has not opened the vault before.
fn held(folder: &Path, name: &str) -> Option<(Vec<u8>, u64)> {
    let reader = vault_in(folder, VaultKey::BesideVault);
    match reader.get(name) {
        Ok((value, version)) => Some((value.expose().to_vec(), version)),
        Err(error) if error.fault() == SecretFault::Missing => None,
        Err(error) => panic!("{error}"),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn check_fault<T: std::fmt::Debug>(result: Result<T, SecretError>, expected: SecretFault) {
    let error = result.unwrap_err();
    assert_eq!(error.fault(), expected, "{error}");
    let shown = format!("{error} {error:?} {}", error.mend());
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn a_secret_is_kept_and_rotated_and_goes() {
    let (folder, vault) = vault();
    assert_eq!(vault.list().unwrap(), []);
    check_fault(vault.get("ci"), SecretFault::Missing);
    let stored = vault.set("ci", &value(CANARY), now()).unwrap();
    assert_eq!(stored.version, 1);
    assert_eq!(stored.new_key, Some(folder.path().join("vault.key")));
    assert_eq!(held(folder.path(), "ci"), Some((CANARY.to_vec(), 1)));
    check_fault(vault.set("ci", &value(CANARY), now()), SecretFault::Exists);
    let stored = vault
        .rotate("ci", &value(b"another-value-2"), now())
        .unwrap();
    assert_eq!((stored.version, stored.new_key), (2, None));
    assert_eq!(
        held(folder.path(), "ci"),
        Some((b"another-value-2".to_vec(), 2))
    );
    assert_eq!(vault.back("ci").unwrap().version, 1);
    assert_eq!(held(folder.path(), "ci"), Some((CANARY.to_vec(), 1)));
    check_fault(vault.back("ci"), SecretFault::Missing);
    assert_eq!(vault.remove("ci").unwrap().version, 1);
    assert_eq!(held(folder.path(), "ci"), None);
    check_fault(vault.remove("ci"), SecretFault::Missing);
    check_fault(
        vault.rotate("ci", &value(CANARY), now()),
        SecretFault::Missing,
    );
}

#[test]
fn versions_are_numbered_once_and_only_some_are_kept() {
    let (_folder, vault) = vault();
    vault.set("ci", &value(CANARY), now()).unwrap();
    for version in 2..=5 {
        let stored = vault.rotate("ci", &value(CANARY), now()).unwrap();
        assert_eq!(stored.version, version);
    }
    let entry = &vault.list().unwrap()[0];
    assert_eq!((entry.version, &entry.others[..]), (5, &[3, 4][..]));
    assert_eq!(entry.created, now());
    vault.back("ci").unwrap();
    // A version that was given up is not what one goes back to, nor is its number used again.
    assert_eq!(
        vault.rotate("ci", &value(CANARY), now()).unwrap().version,
        6
    );
    let entry = &vault.list().unwrap()[0];
    assert_eq!((entry.version, &entry.others[..]), (6, &[3, 4][..]));
}

#[test]
fn a_reader_sees_what_another_one_writes() {
    let (folder, reader) = vault();
    let writer = vault_in(folder.path(), VaultKey::BesideVault);
    writer.set("ci", &value(CANARY), now()).unwrap();
    assert_eq!(reader.get("ci").unwrap().1, 1);
    for version in 2..10 {
        writer.rotate("ci", &value(CANARY), now()).unwrap();
        assert_eq!(reader.get("ci").unwrap().1, version);
    }
    writer.remove("ci").unwrap();
    check_fault(reader.get("ci"), SecretFault::Missing);
}

#[test]
fn nothing_is_readable_on_the_disk() {
    let (folder, vault) = vault();
    vault.set("ci", &value(CANARY), now()).unwrap();
    assert_eq!(
        names(folder.path()),
        ["vault.age", "vault.key", "vault.lock"]
    );
    for name in names(folder.path()) {
        let path = folder.path().join(name);
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"canary"));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
    assert!(!format!("{vault:?}").contains("canary"));
    vault.get("ci").unwrap();
    assert!(!format!("{vault:?}").contains("canary"));
}

#[test]
fn names_and_values_that_cannot_be() {
    let (folder, vault) = vault();
    let big = vec![b'a'; (64 << 10) + 1];
    for (name, bytes, fault) in [
        ("canary value", CANARY, SecretFault::BadName),
        ("--canary", CANARY, SecretFault::BadName),
        ("", CANARY, SecretFault::BadName),
        ("ci", b"canary", SecretFault::TooShort),
        ("ci", &big, SecretFault::TooLong),
    ] {
        check_fault(vault.set(name, &value(bytes), now()), fault);
        check_fault(vault.rotate(name, &value(bytes), now()), fault);
    }
    assert_eq!(names(folder.path()), Vec::<String>::new());
    vault.set("pem", &value(&big[1..]), now()).unwrap();
    assert_eq!(held(folder.path(), "pem").unwrap().0, big[1..]);
}

#[test]
fn its_limits() {
    let (folder, vault) = vault();
    let big = value(&[b'a'; 64 << 10]);
    for index in 0.. {
        let set = vault.set(&format!("big{index}"), &big, now());
        if let Err(error) = set {
            assert_eq!(error.fault(), SecretFault::Full);
            assert_eq!(index, 11, "11 of 64 KiB in base64 fit into 1 MiB");
            break;
        }
    }
    assert_eq!(vault.list().unwrap().len(), 11);
    let size = fs::metadata(folder.path().join("vault.age")).unwrap().len();
    assert!(size <= VAULT_BYTES_MAX as u64);
    let mut document = Document::default();
    for index in 0..SECRETS_MAX {
        let name = format!("s{index}");
        document.add(&name, &value(CANARY), now(), "v").unwrap();
    }
    document.to_json("v").unwrap();
    check_fault(
        document.add("more", &value(CANARY), now(), "v"),
        SecretFault::Full,
    );
}

/// Ends a rotation after each step, once as an error and once as a crash, which cleans nothing up.
#[test]
fn whatever_ends_a_write_the_old_vault_or_the_new_one_is_there() {
    let steps = [
        (Step::Created, 1),
        (Step::Written, 1),
        (Step::Synced, 1),
        (Step::Renamed, 2),
        (Step::FolderSynced, 2),
    ];
    for (end, version) in steps {
        for crash in [false, true] {
            let (folder, vault) = vault();
            vault.set("ci", &value(CANARY), now()).unwrap();
            let new = value(b"another-value-2");
            let mut reached = false;
            let ended = catch_unwind(AssertUnwindSafe(|| {
                let change = |document: &mut Document, _: &str| document.rotate("ci", &new, now());
                vault.change_in_steps("ci", change, &mut |step| {
                    reached |= step == end;
                    assert!(!(crash && step == end), "the machine goes out");
                    let failed = std::io::Error::other("the disk is full");
                    if step == end { Err(failed) } else { Ok(()) }
                })
            }));
            assert!(reached && !matches!(ended, Ok(Ok(_))));
            assert_eq!(held(folder.path(), "ci").unwrap().1, version, "{end:?}");
            // The next write finds its way, and leaves nothing of the broken one.
            let next = vault.rotate("ci", &value(CANARY), now()).unwrap();
            assert_eq!(next.version, version + 1);
            let expected = ["vault.age", "vault.key", "vault.lock"];
            assert_eq!(names(folder.path()), expected, "{end:?}");
        }
    }
}

#[test]
fn writers_at_one_time_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let vault = vault_in(folder.path(), VaultKey::BesideVault);
            scope.spawn(move || {
                for index in 0..5 {
                    let name = format!("s{writer}-{index}");
                    vault.set(&name, &value(CANARY), now()).unwrap();
                }
            });
        }
    });
    let vault = vault_in(folder.path(), VaultKey::BesideVault);
    assert_eq!(vault.list().unwrap().len(), 40);
}

#[test]
fn a_folder_into_which_others_write_is_no_place_for_it() {
    let (folder, vault) = vault();
    let mode = fs::Permissions::from_mode(0o777);
    fs::set_permissions(folder.path(), mode).unwrap();
    let set = vault.set("ci", &value(CANARY), now());
    assert!(set.as_ref().unwrap_err().mend().starts_with("chmod 700 "));
    check_fault(set, SecretFault::Unsafe);
    assert_eq!(names(folder.path()), Vec::<String>::new());
}
