//! Whoever edits the file is found, and the row is named.

use std::path::Path;

use hotcell_policy::Status;
use rusqlite::Connection;

use super::world::*;
use crate::*;

/// Writes ten events in five calls, a checkpoint after six and one after all.
async fn written(folder: &Path) -> (Sqlite, SealedLog) {
    let journal = open(folder, &TestClock::new());
    for number in 0..5 {
        let lease = leased(
            journal
                .begin(keyed(&format!("i{number}"), &number.to_string(), 1))
                .await
                .unwrap(),
        );
        journal
            .finish(&lease, finish(End::Ended(Status::Ok)))
            .await
            .unwrap();
        if number == 2 {
            journal.seal(&signer()).await.unwrap().unwrap();
        }
    }
    let last = journal.seal(&signer()).await.unwrap().unwrap();
    assert_eq!(
        journal.seal(&signer()).await.unwrap(),
        None,
        "nothing is new"
    );
    (journal, last)
}

async fn verdict_of(journal: &dyn Journal, against: Option<&str>) -> Verdict {
    verify(journal, &signer().verifier(), against)
        .await
        .unwrap()
}

/// Changes the file behind the journal's back and compares what is found.
async fn check(sql: &str, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = written(folder.path()).await;
    let sound = verdict_of(&journal, None).await;
    assert!(
        matches!(
            sound,
            Verdict::Sound {
                seals: 2,
                sealed: 10,
                ..
            }
        ),
        "{sound:?}"
    );
    let raw = Connection::open(folder.path().join("journal.db")).unwrap();
    raw.execute_batch(sql).unwrap();
    match verdict_of(&journal, None).await {
        Verdict::Broken(flaw) => assert_eq!(flaw.to_string(), expected, "{sql}"),
        sound => panic!("{sql}: {sound:?}"),
    }
}

#[tokio::test]
async fn an_edited_row_is_named() {
    let sql = "UPDATE event SET leaf = replace(leaf, '1.2.0', '1.2.1') WHERE seq = 4";
    check(sql, "row 4 was edited: its hash is another").await;
    let sql = "UPDATE event SET hash = zeroblob(32) WHERE seq = 7";
    check(sql, "row 7 was edited: its hash is another").await;
    let sql = "UPDATE event SET hash = x'00' WHERE seq = 7";
    check(sql, "row 7 was edited: its hash is another").await;
    let sql = "UPDATE event SET correlation = 'other' WHERE seq = 3";
    check(
        sql,
        "row 3 was edited: column `correlation` says something else",
    )
    .await;
    let sql = "UPDATE event SET kind = 2 WHERE seq = 3";
    check(sql, "row 3 was edited: column `kind` says something else").await;
    let sql = "UPDATE payload SET bytes = x'00' WHERE seq = 5";
    check(sql, "row 5 was edited: its payload `outcome`").await;
    let sql = "UPDATE payload SET salt = x'00' WHERE seq = 5";
    check(sql, "row 5 was edited: its payload `outcome`").await;
}

#[tokio::test]
async fn a_dropped_row_is_named() {
    check("DELETE FROM event WHERE seq = 4", "row 4 was dropped").await;
    check(
        "DELETE FROM event WHERE seq IN (0, 1)",
        "rows 0 to 1 were dropped",
    )
    .await;
    let sql = "DELETE FROM event WHERE seq = 4; \
               UPDATE event SET seq = seq - 1 WHERE seq > 4";
    check(sql, "row 4 was moved: it says 5").await;
}

#[tokio::test]
async fn a_reordered_row_is_named() {
    let sql = "UPDATE event SET seq = -1 WHERE seq = 2; \
               UPDATE event SET seq = 2 WHERE seq = 6; \
               UPDATE event SET seq = 6 WHERE seq = -1";
    check(sql, "row 2 was moved: it says 6").await;
}

#[tokio::test]
async fn a_cut_log_is_found() {
    let cut = "DELETE FROM event WHERE seq >= 8";
    check(cut, "the log was cut at row 8: it had 10 rows").await;
    let no_seals = "DELETE FROM event WHERE seq >= 8; DELETE FROM seal WHERE size > 8";
    check(no_seals, "the log was cut at row 8: it had 10 rows").await;
    check(
        "DELETE FROM event",
        "the log was cut at row 0: it had 10 rows",
    )
    .await;
}

#[tokio::test]
async fn a_forged_checkpoint_is_found() {
    let sql = "UPDATE seal SET root = zeroblob(32) WHERE size = 6";
    check(
        sql,
        "the checkpoint of 6 rows: its note says something else",
    )
    .await;
    let sql = "UPDATE seal SET note = replace(note, char(10) || '6' || char(10), \
               char(10) || '7' || char(10)) WHERE size = 6";
    check(sql, "the checkpoint of 6 rows: its signature is wrong").await;
    let sql = "UPDATE tree SET edge = zeroblob(64)";
    check(sql, "the tree's edge is not that of the rows").await;
}

/// Rewrites row 7 with its hash, which only checkpoints can tell.
fn rewrite(folder: &Path) {
    let raw = Connection::open(folder.join("journal.db")).unwrap();
    let read = "SELECT replace(leaf, '\"fuel\":12', '\"fuel\":13') FROM event WHERE seq = 7";
    let leaf: String = raw.query_row(read, (), |row| row.get(0)).unwrap();
    assert!(leaf.contains("\"fuel\":13"));
    let hash = leaf_hash(leaf.as_bytes());
    let write = "UPDATE event SET leaf = ?1, hash = ?2 WHERE seq = 7";
    assert_eq!(raw.execute(write, (leaf, hash)).unwrap(), 1);
}

#[tokio::test]
async fn a_row_that_was_rewritten_with_its_hash_is_between_two_checkpoints() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = written(folder.path()).await;
    rewrite(folder.path());
    let between = Verdict::Broken(Flaw::Rewritten { from: 6, to: 10 });
    assert_eq!(verdict_of(&journal, None).await, between);
}

#[tokio::test]
async fn a_checkpoint_that_was_kept_elsewhere_tells_a_cut_and_a_rewritten_log() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, last) = written(folder.path()).await;
    let kept = Some(last.note.as_str());
    assert!(matches!(
        verdict_of(&journal, kept).await,
        Verdict::Sound { .. }
    ));
    let other = Signer::new(KeyName::new("hotcell.test/log").unwrap(), &[8; 32]);
    let foreign = other.sign(10, &last.root);
    let unsigned = Verdict::Broken(Flaw::Against(NoteError::Unsigned));
    assert_eq!(verdict_of(&journal, Some(&foreign)).await, unsigned);

    // Whoever cuts everything alike leaves a file that is sound by itself.
    let shorter = tempfile::tempdir().unwrap();
    let (cut, _) = written(shorter.path()).await;
    let raw = Connection::open(shorter.path().join("journal.db")).unwrap();
    let mut edge = Edge::default();
    for row in cut.rows(0, 6).await.unwrap() {
        edge.push(row.hash);
    }
    raw.execute_batch("DELETE FROM event WHERE seq >= 6; DELETE FROM seal WHERE size > 6")
        .unwrap();
    let edge = (6, edge.to_bytes());
    raw.execute("UPDATE tree SET size = ?1, edge = ?2", edge)
        .unwrap();
    assert!(matches!(
        verdict_of(&cut, None).await,
        Verdict::Sound { sealed: 6, .. }
    ));
    let short = Verdict::Broken(Flaw::Cut { from: 6, size: 10 });
    assert_eq!(verdict_of(&cut, kept).await, short);
}
