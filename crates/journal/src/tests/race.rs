//! Many at once, and two processes' worth of handles on one file.

use std::collections::HashSet;
use std::sync::Arc;

use hotcell_policy::Status;
use tokio::task::JoinSet;

use super::world::*;
use crate::*;

/// Begins 64 calls with one key, and counts what came of them.
async fn check_one_is_new(journals: Vec<Arc<dyn Journal>>) {
    let mut calls = JoinSet::new();
    for number in 0..64 {
        let journal = Arc::clone(&journals[number % journals.len()]);
        calls.spawn(async move { journal.begin(keyed(&format!("i{number}"), "k", 3)).await });
    }
    let begun = calls.join_all().await;
    let new = begun
        .iter()
        .filter(|one| matches!(one, Ok(Begun::New(_))))
        .count();
    let pending = begun
        .iter()
        .filter(|one| matches!(one, Ok(Begun::Pending(_))))
        .count();
    assert_eq!((new, pending), (1, 63));
    assert_eq!(journals[0].head().await.unwrap().size, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_with_one_key_one_is_new() {
    on_both(|journal, _| check_one_is_new(vec![journal])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_with_one_key_on_two_handles_one_is_new() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let one: Arc<dyn Journal> = Arc::new(open(folder.path(), &clock));
    let two: Arc<dyn Journal> = Arc::new(open(folder.path(), &clock));
    check_one_is_new(vec![one, two]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_handles_share_the_jobs() {
    const JOBS: usize = 100;
    let (folder, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let mut workers = JoinSet::new();
    let first = Arc::new(open(folder.path(), &clock));
    for number in 0..JOBS {
        first.begin(job(&format!("j{number}"), 1)).await.unwrap();
    }
    for handle in [Arc::clone(&first), Arc::new(open(folder.path(), &clock))] {
        for _ in 0..4 {
            let handle = Arc::clone(&handle);
            workers.spawn(work(handle));
        }
    }
    let done: Vec<String> = workers.join_all().await.concat();
    let different: HashSet<&String> = done.iter().collect();
    assert_eq!((done.len(), different.len()), (JOBS, JOBS), "each job once");
    let ended = EventQuery {
        kinds: vec![Kind::Ended],
        limit: 1_000,
        ..EventQuery::default()
    };
    assert_eq!(first.events(&ended).await.unwrap().len(), JOBS);
    let signer = signer();
    first.seal(&signer).await.unwrap().unwrap();
    let verdict = verify(&*first, &signer.verifier(), None).await.unwrap();
    assert!(
        matches!(verdict, Verdict::Sound { sealed: 300, .. }),
        "{verdict:?}"
    );
}

/// Does jobs until there is none, and returns which.
async fn work(journal: Arc<Sqlite>) -> Vec<String> {
    let mut done = Vec::new();
    while let Some(claimed) = journal.claim(claim_of(true)).await.unwrap() {
        assert!(!claimed.is_spent);
        let hold = journal
            .finish(&claimed.lease, finish(End::Ended(Status::Ok)))
            .await
            .unwrap();
        assert_eq!(hold, Hold::Held);
        done.push(claimed.row.id);
    }
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn opening_at_once_is_safe() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let mut opening = JoinSet::new();
    for number in 0..8 {
        let options = options(folder.path(), &clock);
        opening.spawn(async move {
            let journal = Sqlite::open(options).unwrap();
            journal.begin(call(&format!("i{number}"))).await.unwrap();
        });
    }
    opening.join_all().await;
    assert_eq!(open(folder.path(), &clock).head().await.unwrap().size, 8);
}
