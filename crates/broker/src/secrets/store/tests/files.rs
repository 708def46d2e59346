//! `file:PATH`: what is private enough, and what is seen of a change.

use std::fs;
use std::io::{Seek, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::time::Instant;

use super::*;

/// A file with this content and mode, and a store that reads it.
fn file(content: &[u8], mode: u32) -> (TempDir, PathBuf, Secrets) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, content).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    let store = store_at(folder.path(), SecretSource::File(path.clone()), clock);
    (folder, path, store)
}

#[test]
fn a_private_file() {
    for mode in [0o600, 0o400] {
        let (_folder, _path, store) = file(CANARY, mode);
        let version = check(&store, CANARY);
        assert!(version.starts_with("mtime-"), "{version}");
        assert_eq!(check(&store, CANARY), version);
    }
    let (_folder, _path, store) = file(b"canary-value-0001\n", 0o600);
    check(&store, CANARY);
}

#[test]
fn a_file_that_others_may_open() {
    for mode in [0o644, 0o640, 0o620, 0o610, 0o604, 0o601, 0o777] {
        let (_folder, path, store) = file(CANARY, mode);
        let got = store.get("ci");
        let mend = format!("chmod 600 {}", path.display());
        assert_eq!(got.as_ref().unwrap_err().mend(), mend);
        check_fault(got, SecretFault::Unsafe);
    }
}

#[test]
fn what_is_no_file_of_its_own() {
    let (folder, path, _) = file(CANARY, 0o600);
    let link = folder.path().join("link");
    symlink(&path, &link).unwrap();
    let pipe = folder.path().join("pipe");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let private = folder.path().join("folder");
    fs::create_dir(&private).unwrap();
    for (path, fault) in [
        (link, SecretFault::Unsafe),
        (pipe, SecretFault::Unsafe),
        (private, SecretFault::Unsafe),
        ("/dev/zero".into(), SecretFault::Unsafe),
        ("token".into(), SecretFault::Unsafe),
        (folder.path().join("none"), SecretFault::Missing),
        (path.join("below"), SecretFault::Failed),
    ] {
        let store = store_at(folder.path(), SecretSource::File(path), clock);
        check_fault(store.get("ci"), fault);
        check_fault(store.replace("ci", &SecretValue::copy_of(NEW)), fault);
    }
    assert_eq!(
        fs::read(&path).unwrap(),
        CANARY,
        "nothing went through the link"
    );
}

#[test]
fn contents_that_cannot_be() {
    let long = vec![b'a'; (64 << 10) + 1];
    let far_too_long = vec![b'a'; 1 << 20];
    for (content, fault) in [
        (&b""[..], SecretFault::TooShort),
        (b"\n", SecretFault::TooShort),
        (b"canary\n", SecretFault::TooShort),
        (b"canary-value\ncanary-value\n", SecretFault::Malformed),
        (b"canary-value-0001\n\n", SecretFault::Malformed),
        (&long, SecretFault::TooLong),
        (&far_too_long, SecretFault::Unsafe),
    ] {
        let (_folder, _path, store) = file(content, 0o600);
        check_fault(store.get("ci"), fault);
    }
}

#[test]
fn a_file_that_is_replaced_is_read_again() {
    let (folder, path, store) = file(CANARY, 0o600);
    check(&store, CANARY);
    let new = folder.path().join("new");
    fs::write(&new, NEW).unwrap();
    fs::set_permissions(&new, fs::Permissions::from_mode(0o600)).unwrap();
    fs::rename(&new, &path).unwrap();
    check(&store, NEW);
    fs::remove_file(&path).unwrap();
    check_fault(store.get("ci"), SecretFault::Missing);
}

#[test]
fn a_file_that_is_opened_to_others_is_refused_from_then_on() {
    let (_folder, path, store) = file(CANARY, 0o600);
    check(&store, CANARY);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    check_fault(store.get("ci"), SecretFault::Unsafe);
}

/// Within one tick of the file system's clock, as large as before, the same inode: all that is
/// told of the file is the same, so it has to be read.
#[test]
fn a_file_that_is_written_in_place_this_moment_is_read_again() {
    let (folder, path, _) = file(CANARY, 0o600);
    let store = store_at(
        folder.path(),
        SecretSource::File(path.clone()),
        SystemTime::now,
    );
    let mut open = fs::File::options().write(true).open(&path).unwrap();
    for round in 0..200u32 {
        let value = format!("canary-value-{round:04}");
        open.rewind().unwrap();
        open.write_all(value.as_bytes()).unwrap();
        check(&store, value.as_bytes());
    }
}

#[test]
fn a_value_that_a_service_rotates_is_replaced_whole() {
    let (folder, path, store) = file(CANARY, 0o600);
    check(&store, CANARY);
    fs::write(folder.path().join(".token.new"), "left by a crash").unwrap();
    store.replace("ci", &SecretValue::copy_of(NEW)).unwrap();
    check(&store, NEW);
    assert_eq!(fs::read(&path).unwrap(), NEW);
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!folder.path().join(".token.new").exists());
}

#[test]
fn writers_at_one_time_leave_one_whole_value() {
    let (folder, path, _) = file(CANARY, 0o600);
    std::thread::scope(|scope| {
        for writer in 0..4u8 {
            let store = store_at(folder.path(), SecretSource::File(path.clone()), clock);
            let value = SecretValue::new(vec![b'a' + writer; 4_000]);
            scope.spawn(move || {
                for _ in 0..20 {
                    store.replace("ci", &value).unwrap();
                    let held = store.get("ci").unwrap();
                    let bytes = held.value.expose();
                    assert_eq!(bytes.len(), 4_000);
                    assert!(bytes.iter().all(|byte| *byte == bytes[0]), "it is torn");
                }
            });
        }
    });
}

/// A bound that a loaded machine keeps too; what it takes is printed with `--nocapture`.
#[test]
#[allow(clippy::print_stdout)]
fn what_has_not_changed_is_had_quickly() {
    let (folder, _path, by_file) = file(CANARY, 0o600);
    let by_vault = store_at(folder.path(), SecretSource::Vault("bot".into()), clock);
    let value = SecretValue::copy_of(CANARY);
    vault_in(folder.path()).set("bot", &value, clock()).unwrap();
    for (name, store) in [("file", by_file), ("vault", by_vault)] {
        check(&store, CANARY);
        let start = Instant::now();
        for _ in 0..1_000 {
            store.get("ci").unwrap();
        }
        let each = start.elapsed() / 1_000;
        println!("a secret of a {name}: {each:?}");
        assert!(each < Duration::from_millis(2));
    }
}
