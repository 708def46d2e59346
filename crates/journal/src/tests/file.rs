//! The file itself: who may read it, which are refused, a full disk, a backup.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use hotcell_policy::Status;
use rusqlite::Connection;

use super::world::*;
use crate::*;

fn refused(path: &std::path::Path) -> (String, String) {
    let options = SqliteOptions::new(path, TestClock::new().read());
    let error = Sqlite::open(options).map(drop).unwrap_err();
    (error.to_string(), error.mend())
}

#[tokio::test]
async fn only_its_owner_reads_it() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let journal = open(folder.path(), &clock);
    journal.begin(call("a")).await.unwrap();
    let mut files = 0;
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.path());
        files += 1;
    }
    assert_eq!(files, 3, "the database, its log and its index");
    drop(journal);
    let path = folder.path().join("journal.db");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let (why, mend) = refused(&path);
    assert!(why.ends_with("other users may read or write it"), "{why}");
    assert_eq!(mend, format!("chmod 600 {}", path.display()));
}

#[tokio::test]
async fn a_newer_file_is_refused() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let running = open(folder.path(), &clock);
    running.begin(call("a")).await.unwrap();
    let path = folder.path().join("journal.db");
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 7)
        .unwrap();
    let (why, mend) = refused(&path);
    let newer = "a newer Hotcell wrote it: its schema is 7, this program knows 1";
    assert_eq!(why, format!("{}: {newer}", path.display()));
    assert_eq!(
        mend,
        "run the newer Hotcell, or restore a backup that this one wrote"
    );
    // One that ran when the newer one came stops writing.
    let late = running.begin(call("b")).await;
    assert!(matches!(late, Err(JournalError::File { why, .. }) if why == newer));
    assert_eq!(running.head().await.unwrap().size, 1);
}

#[test]
fn other_peoples_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str| {
        let path = folder.path().join(name);
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    };
    let other = make("other.db");
    Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    assert!(
        refused(&other)
            .0
            .ends_with("it is another program's database")
    );
    let text = make("text.db");
    fs::write(
        &text,
        "not a database, and long enough to be sure of it".repeat(50),
    )
    .unwrap();
    assert!(
        refused(&text)
            .0
            .ends_with("it is not a record of Hotcell's")
    );
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(make("target.db"), &link).unwrap();
    assert!(refused(&link).0.ends_with("it is not a regular file"));
    assert!(
        refused(&folder.path().join("no/journal.db"))
            .0
            .contains("No such file")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_keeps_what_was_acknowledged() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let mut small = options(folder.path(), &clock);
    small.pages_max = Some(120);
    let journal = Arc::new(Sqlite::open(small).unwrap());
    let mut kept = Vec::new();
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..400 {
        let journal = Arc::clone(&journal);
        calls.spawn(async move {
            let id = format!("i{number}");
            let begin = Begin {
                payloads: vec![payload("input", &"x".repeat(3_000))],
                ..call(&id)
            };
            (id, journal.begin(begin).await)
        });
    }
    let mut full = 0;
    for (id, begun) in calls.join_all().await {
        match begun {
            Ok(begun) => kept.push(leased(begun)),
            Err(JournalError::Full(_)) => full += 1,
            Err(error) => panic!("{id}: {error}"),
        }
    }
    assert!(full > 0 && !kept.is_empty(), "{full} of 400 did not fit");
    drop(journal);
    let journal = open(folder.path(), &clock);
    let size = journal.head().await.unwrap().size;
    assert_eq!(
        size,
        kept.len() as u64,
        "what was acknowledged, and nothing else"
    );
    for lease in &kept {
        let hold = journal
            .finish(lease, finish(End::Ended(Status::Ok)))
            .await
            .unwrap();
        assert_eq!(hold, Hold::Held, "with room it goes on");
    }
    let signer = signer();
    journal.seal(&signer).await.unwrap();
    let verdict = verify(&journal, &signer.verifier(), None).await.unwrap();
    assert!(matches!(verdict, Verdict::Sound { .. }), "{verdict:?}");
}

#[tokio::test]
async fn a_backup_is_the_whole_record_in_a_new_file() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let journal = open(folder.path(), &clock);
    leased(journal.begin(keyed("a", "k", 1)).await.unwrap());
    journal.seal(&signer()).await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let to = elsewhere.path().join("journal.db");
    journal.backup(&to).await.unwrap();
    let again = journal.backup(&to).await;
    assert!(
        matches!(again, Err(JournalError::File { .. })),
        "an existing file is refused"
    );
    let copy = open(elsewhere.path(), &clock);
    assert_eq!(everything(&copy).await, everything(&journal).await);
    copy.begin(call("b")).await.unwrap();
}

#[tokio::test]
async fn what_is_erased_is_not_in_the_files() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let journal = open(folder.path(), &clock);
    let secret = "a sentence that is nowhere else";
    let mut begin = keyed("a", "key-of-its-own", 1);
    begin.payloads = vec![payload("input", secret)];
    let lease = leased(journal.begin(begin).await.unwrap());
    journal
        .finish(&lease, finish(End::Ended(Status::Ok)))
        .await
        .unwrap();
    let holds = |needle: &str| {
        let files = fs::read_dir(folder.path()).unwrap();
        let has = |bytes: Vec<u8>| {
            bytes
                .windows(needle.len())
                .any(|part| part == needle.as_bytes())
        };
        files
            .map(|file| fs::read(file.unwrap().path()).unwrap())
            .any(has)
    };
    assert!(holds(secret) && holds("key-of-its-own"));
    clock.turn(1);
    assert_eq!(
        journal
            .erase(&Erase::EndedBefore(clock.now_ms()), "op")
            .await
            .unwrap(),
        2
    );
    assert!(!holds(secret) && !holds("key-of-its-own"));
}
