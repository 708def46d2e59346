#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use hotcell_package::FileTree;
use tempfile::TempDir;

use super::*;

fn clock() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_700_000_000_123)
}

fn state() -> (TempDir, State) {
    let folder = tempfile::tempdir().unwrap();
    let state = State::new(folder.path().join("data"), clock);
    (folder, state)
}

fn package(version: &str) -> Package {
    let document = b"---\nname: crm\ndescription: Contacts.\n---\n".to_vec();
    let manifest = format!(
        "[skill]\nversion = \"{version}\"\n[[http]]\nid = \"read\"\norigin = \"https://crm.example\"\n\
         methods = [\"GET\"]\npath = \"/contacts\"\n"
    );
    let contract =
        br#"{"tools": [{"name": "read", "description": "d", "input_schema": {"type": "object"}}]}"#;
    let files = [
        ("SKILL.md", document),
        ("skill.toml", manifest.into_bytes()),
        ("schema.json", contract.to_vec()),
        ("skill.wasm", b"\0asm\x0d\0\x01\0".to_vec()),
    ];
    Package::from_files(FileTree::new(files).unwrap()).unwrap()
}

#[test]
fn where_nothing_was_said_nothing_holds() {
    let (folder, state) = state();
    assert_eq!(state.standing("crm").unwrap(), Standing::default());
    assert_eq!(state.last_approved("crm").unwrap(), None);
    assert!(state.suspended().unwrap().is_empty());
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "reading makes nothing"
    );
}

#[test]
fn an_approval_is_of_one_skill_and_one_digest() {
    let (_folder, state) = state();
    let (one, two) = (package("1.0.0"), package("1.1.0"));
    state.approve(&one).unwrap();
    state.approve(&two).unwrap();
    state.approve(&two).unwrap();
    let standing = state.standing("crm").unwrap();
    assert_eq!(standing.approved, [one.digest, two.digest].into());
    let last = state.last_approved("crm").unwrap().unwrap();
    assert_eq!((last.version.as_str(), last.digest), ("1.1.0", two.digest));
    assert_eq!(last.asks, ["http read: GET https://crm.example/contacts"]);
    assert_eq!(last.at_ms, 1_700_000_000_123);
    assert!(state.standing("erp").unwrap().approved.is_empty());
}

#[test]
fn a_suspension_holds_until_it_is_lifted() {
    let (_folder, state) = state();
    let grant = GrantId::of_credential("crm", "crm");
    assert_eq!(state.lift(&grant).unwrap(), None);
    state.suspend(&grant, "reflected\u{1b}[2J").unwrap();
    state.suspend(&grant, "again").unwrap();
    assert_eq!(
        state.standing("crm").unwrap().suspended,
        [grant.clone()].into()
    );
    let lifted = state.lift(&grant).unwrap().unwrap();
    assert_eq!(lifted.why, "reflected\\u{1b}[2J");
    assert!(state.standing("crm").unwrap().suspended.is_empty());
    state.suspend(&grant, &"x".repeat(5_000)).unwrap();
    assert_eq!(state.suspended().unwrap()[&grant].why.len(), WHY_CHARS_MAX);
}

#[test]
fn a_damaged_file_is_an_error_and_stays_as_it_is() {
    let (folder, state) = state();
    state.approve(&package("1.0.0")).unwrap();
    let path = folder.path().join("data").join(STATE_FILE);
    let whole = fs::read_to_string(&path).unwrap();
    let other_form = whole.replacen("\"form\": 1", "\"form\": 2", 1);
    let more = whole.replacen('{', "{\"trusted\": true,", 1);
    let cut = whole[..whole.len() / 2].to_owned();
    for damaged in [String::new(), "{}".to_owned(), other_form, more, cut] {
        fs::write(&path, &damaged).unwrap();
        let error = state.standing("crm").unwrap_err().to_string();
        assert!(error.contains(STATE_FILE), "{error}");
        assert!(state.approve(&package("1.1.0")).is_err());
        assert!(state.suspend(&GrantId::new("crm/crm"), "why").is_err());
        assert!(state.lift(&GrantId::new("crm/crm")).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(state.standing("crm").unwrap().approved.len(), 1);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(state.standing("crm").is_err());
}

#[test]
fn a_file_that_everybody_may_write_is_refused() {
    let (folder, state) = state();
    state.approve(&package("1.0.0")).unwrap();
    let data = folder.path().join("data");
    let path = data.join(STATE_FILE);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&path)), (0o700, 0o600));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o606)).unwrap();
    assert!(
        state
            .standing("crm")
            .unwrap_err()
            .to_string()
            .contains("chmod o-w")
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
    assert!(state.standing("crm").is_ok());
    fs::set_permissions(&data, fs::Permissions::from_mode(0o707)).unwrap();
    assert!(state.approve(&package("1.1.0")).is_err());
}

/// Who changes it at the same time loses nothing, and who reads meanwhile sees a whole file.
#[test]
fn many_may_change_it_at_once() {
    let (folder, state) = state();
    let state = Arc::new(state);
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let state = Arc::clone(&state);
            std::thread::spawn(move || {
                for n in 0..8 {
                    let grant = GrantId::new(format!("skill-{thread}/{n}"));
                    state.suspend(&grant, "why").unwrap();
                    assert!(state.standing("x").unwrap().suspended.contains(&grant));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(state.suspended().unwrap().len(), 64);
    let names = fs::read_dir(folder.path().join("data")).unwrap();
    let mut names: Vec<_> = names.map(|name| name.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["state.json", "state.lock"]);
}
