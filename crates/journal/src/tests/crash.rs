//! A crash between any two writes of an operation leaves nothing of it, or all.

use std::panic::resume_unwind;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hotcell_policy::Status;

use super::world::*;
use crate::*;

/// An operation on a record that stands as [`prepare`] leaves it.
type Operation =
    for<'a> fn(&'a Sqlite, &'a Ready) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// What operations work with.
struct Ready {
    lease: Lease,
    callback: Callback,
}

/// A call that runs and has a checkpoint, one whose lease ran out, one that ended with a
/// callback, a queued job, and a release.
async fn prepare(journal: &Sqlite, clock: &TestClock) -> Ready {
    journal.begin(keyed("died", "died", 2)).await.unwrap();
    clock.turn(LEASE_MS as i64);
    let mut told = job("told", 1);
    told.callback = Some("https://caller.example/".to_owned());
    journal.begin(told.clone()).await.unwrap();
    journal
        .command("told", Command::Cancel, "op")
        .await
        .unwrap();
    let callback = journal
        .claim_callback("w", LEASE_MS)
        .await
        .unwrap()
        .unwrap();
    told.id = "queued".to_owned();
    journal.begin(told).await.unwrap();
    let mut runs = keyed("runs", "runs", 2);
    runs.callback = Some("https://caller.example/".to_owned());
    let lease = leased(journal.begin(runs).await.unwrap());
    journal
        .append(&lease, vec![entry(Kind::Checkpoint)])
        .await
        .unwrap();
    journal
        .change_release(added("1.0.0"), entry(Kind::Added))
        .await
        .unwrap();
    Ready { lease, callback }
}

fn added(version: &str) -> ReleaseChange {
    ReleaseChange::Add {
        name: "ci".to_owned(),
        version: version.to_owned(),
        digest: "d".to_owned(),
        is_enabled: true,
    }
}

const OPERATIONS: [(&str, Operation); 14] = [
    ("begin", |journal, _| {
        Box::pin(async { journal.begin(keyed("n", "n", 1)).await.map(drop) })
    }),
    ("again", |journal, _| {
        Box::pin(async { journal.begin(keyed("n", "died", 2)).await.map(drop) })
    }),
    ("append", |journal, ready| {
        let entries = vec![entry(Kind::Checkpoint), entry(Kind::ExchangeBegun)];
        Box::pin(async { journal.append(&ready.lease, entries).await.map(drop) })
    }),
    ("renew", |journal, ready| {
        let progress = JobProgress {
            done: 1,
            total: Some(2),
            message: "on".to_owned(),
        };
        Box::pin(async { journal.renew(&ready.lease, Some(progress)).await.map(drop) })
    }),
    ("end", |journal, ready| {
        let end = finish(End::Ended(Status::Ok));
        Box::pin(async { journal.finish(&ready.lease, end).await.map(drop) })
    }),
    ("free", |journal, ready| {
        let end = finish(End::Freed(Status::Refused));
        Box::pin(async { journal.finish(&ready.lease, end).await.map(drop) })
    }),
    ("open", |journal, ready| {
        let end = finish(End::Open { due_ms: START_MS });
        Box::pin(async { journal.finish(&ready.lease, end).await.map(drop) })
    }),
    ("complete", |journal, _| {
        let end = finish(End::Ended(Status::Refused));
        Box::pin(async { journal.complete(call("n"), end).await })
    }),
    ("claim", |journal, _| {
        Box::pin(async { journal.claim(claim_of(true)).await.map(drop) })
    }),
    ("cancel", |journal, _| {
        Box::pin(async {
            journal
                .command("queued", Command::Cancel, "op")
                .await
                .map(drop)
        })
    }),
    ("record", |journal, _| {
        let entries = vec![entry(Kind::Note), entry(Kind::Note)];
        Box::pin(async { journal.record(entries).await })
    }),
    ("change_release", |journal, _| {
        Box::pin(async {
            let change = journal.change_release(added("2.0.0"), entry(Kind::Added));
            change.await.map(drop)
        })
    }),
    ("settle_callback", |journal, ready| {
        Box::pin(async {
            let settled = journal.settle_callback(&ready.callback, Settled::Delivered);
            settled.await.map(drop)
        })
    }),
    ("erase", |journal, _| {
        let all = Erase::EndedBefore(u64::MAX);
        Box::pin(async move { journal.erase(&all, "op").await.map(drop) })
    }),
];

/// Returns everything, with what is not read elsewhere: the outbox, leases and keys.
async fn dump(folder: &Path) -> Vec<String> {
    let mut all = everything(&open(folder, &TestClock::new())).await;
    let raw = rusqlite::Connection::open(folder.join("journal.db")).unwrap();
    for sql in [
        "SELECT * FROM callback",
        "SELECT * FROM invocation",
        "SELECT * FROM payload",
    ] {
        let mut sql = raw.prepare(sql).unwrap();
        let columns = sql.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let cells = (0..columns).map(|cell| row.get::<_, rusqlite::types::Value>(cell));
            Ok(format!("{:?}", cells.collect::<Vec<_>>()))
        };
        all.extend(sql.query_map((), row).unwrap().map(|row| row.unwrap()));
    }
    all
}

/// What came of an operation that crashed at a point.
struct Crashed {
    points: Vec<String>,
    before: Vec<String>,
    after: Vec<String>,
    result: Result<()>,
}

/// Runs an operation and crashes at this point of it; points count from 0.
async fn crash_at(operation: Operation, at: usize) -> Crashed {
    let (folder, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let journal = open(folder.path(), &clock);
    let ready = prepare(&journal, &clock).await;
    drop(journal);
    let before = dump(folder.path()).await;
    let points = Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut options = options(folder.path(), &clock);
    let (seen, count) = (Arc::clone(&points), AtomicUsize::new(0));
    options.fail = Some(Arc::new(move |name| {
        seen.lock().unwrap().push(name.to_owned());
        if count.fetch_add(1, Ordering::SeqCst) == at {
            // As a panic, without its words.
            resume_unwind(Box::new("crash"));
        }
    }));
    let journal = Sqlite::open(options).unwrap();
    let result = operation(&journal, &ready).await;
    drop(journal);
    let points = points.lock().unwrap().clone();
    let after = dump(folder.path()).await;
    Crashed {
        points,
        before,
        after,
        result,
    }
}

#[tokio::test]
async fn a_crash_leaves_nothing_or_all() {
    for (name, operation) in OPERATIONS {
        let whole = crash_at(operation, usize::MAX).await;
        whole.result.unwrap();
        assert!(whole.before != whole.after, "{name} writes");
        let points = whole.points;
        assert_eq!(points.last().map(String::as_str), Some("told"), "{name}");
        for (at, point) in points.iter().enumerate() {
            let crashed = crash_at(operation, at).await;
            assert!(
                crashed.result.is_err(),
                "{name} at {at}, {point}: nobody was told"
            );
            let expected = if point == "told" {
                &whole.after
            } else {
                &whole.before
            };
            let differs = crashed
                .after
                .iter()
                .zip(expected)
                .find(|(is, was)| is != was);
            assert_eq!(differs, None, "{name} at {at}, {point}");
            assert_eq!(
                crashed.after.len(),
                expected.len(),
                "{name} at {at}, {point}"
            );
        }
    }
}

#[tokio::test]
async fn each_write_of_a_finish_is_a_point() {
    let finished = crash_at(OPERATIONS[4].1, usize::MAX).await;
    let expected = [
        "event",
        "payload",
        "invocation",
        "callback",
        "drop_needed",
        "tree",
        "commit",
        "told",
    ];
    assert_eq!(finished.points, expected);
}
