//! What the operations mean, on both stores.

use hotcell_policy::Status;

use super::world::*;
use crate::*;

#[tokio::test]
async fn a_key_is_bound_to_its_arguments_until_it_is_freed() {
    on_both(|journal, _| async move {
        let lease = leased(journal.begin(keyed("a", "k", 1)).await.unwrap());
        let pending = journal.begin(keyed("b", "k", 1)).await.unwrap();
        assert!(matches!(pending, Begun::Pending(row) if row.id == "a"));
        let mut other = keyed("c", "k", 1);
        other.fingerprint = [2; 32];
        let conflict = journal.begin(other.clone()).await.unwrap();
        assert!(matches!(conflict, Begun::Conflict(row) if row.id == "a"));
        other.caller = "bob".to_owned();
        assert!(matches!(journal.begin(other).await.unwrap(), Begun::New(_)));
        journal
            .finish(&lease, finish(End::Ended(Status::Ok)))
            .await
            .unwrap();
        let recorded = journal.begin(keyed("d", "k", 1)).await.unwrap();
        assert!(matches!(recorded, Begun::Recorded(row) if row.id == "a"));

        let lease = leased(journal.begin(keyed("e", "free", 1)).await.unwrap());
        journal
            .finish(&lease, finish(End::Freed(Status::Refused)))
            .await
            .unwrap();
        let mut again = keyed("f", "free", 1);
        again.fingerprint = [3; 32];
        assert!(matches!(journal.begin(again).await.unwrap(), Begun::New(_)));
    })
    .await;
}

#[tokio::test]
async fn a_failed_attempt_leaves_the_key_open_until_none_is_left() {
    on_both(|journal, clock| async move {
        let due_ms = clock.now_ms() + 5_000;
        let lease = leased(journal.begin(keyed("a", "k", 2)).await.unwrap());
        journal
            .finish(&lease, finish(End::Open { due_ms }))
            .await
            .unwrap();
        let early = journal.begin(keyed("b", "k", 2)).await.unwrap();
        assert!(matches!(early, Begun::Pending(row) if row.state == State::Waiting));
        clock.turn(5_000);
        let again = journal.begin(keyed("c", "k", 2)).await.unwrap();
        let Begun::Again(lease, row) = again else {
            panic!("{again:?}")
        };
        assert_eq!((lease.id.as_str(), lease.attempt, lease.fence), ("a", 2, 2));
        assert_eq!((row.state, row.attempt), (State::Running, 2));
        journal
            .finish(&lease, finish(End::Open { due_ms }))
            .await
            .unwrap();
        let ended = row_of(&*journal, "a").await;
        assert_eq!(
            (ended.state, ended.status),
            (State::Failed, Some(Status::Failed))
        );
        assert_eq!(count(&*journal, "a", Kind::AttemptEnded).await, 1);
        assert_eq!(count(&*journal, "a", Kind::Ended).await, 1);
    })
    .await;
}

async fn row_of(journal: &dyn Journal, id: &str) -> InvocationRow {
    row(journal, id).await
}

#[tokio::test]
async fn a_host_that_died_leaves_its_call_to_the_next_one() {
    on_both(|journal, clock| async move {
        let stale = leased(journal.begin(keyed("a", "k", 2)).await.unwrap());
        clock.turn(LEASE_MS as i64);
        let lease = leased(journal.begin(keyed("b", "k", 2)).await.unwrap());
        assert_eq!(lease.fence, stale.fence + 1);
        let before = everything(&*journal).await;
        let notes = vec![entry(Kind::ExchangeBegun)];
        assert_eq!(journal.append(&stale, notes).await.unwrap(), Hold::Lost);
        assert_eq!(journal.renew(&stale, None).await.unwrap(), Hold::Lost);
        let late = journal
            .finish(&stale, finish(End::Ended(Status::Ok)))
            .await
            .unwrap();
        assert_eq!(late, Hold::Lost);
        assert_eq!(
            before,
            everything(&*journal).await,
            "a stale fence writes nothing"
        );
        clock.turn(LEASE_MS as i64);
        let spent = journal.begin(keyed("c", "k", 2)).await.unwrap();
        assert!(matches!(spent, Begun::Recorded(row) if row.status == Some(Status::Failed)));
        let query = EventQuery {
            kinds: vec![Kind::Ended],
            limit: 9,
            ..EventQuery::default()
        };
        let ended = journal.events(&query).await.unwrap();
        assert_eq!(ended.len(), 1);
        assert_eq!(ended[0].body["code"], ATTEMPTS_SPENT);
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_is_kept_is_not_taken_over() {
    on_both(|journal, clock| async move {
        let lease = leased(journal.begin(keyed("a", "k", 2)).await.unwrap());
        clock.turn(LEASE_MS as i64 - 1);
        assert_eq!(journal.renew(&lease, None).await.unwrap(), Hold::Held);
        clock.turn(LEASE_MS as i64 - 1);
        assert!(journal.claim(claim_of(true)).await.unwrap().is_none());
        clock.turn(1);
        // Run out, and nobody took it: it still holds.
        assert_eq!(journal.append(&lease, vec![]).await.unwrap(), Hold::Held);
        let taken = journal.claim(claim_of(false)).await.unwrap().unwrap();
        assert!(taken.is_spent, "nobody waits for a call whose host died");
        assert_eq!(journal.append(&lease, vec![]).await.unwrap(), Hold::Lost);
    })
    .await;
}

#[tokio::test]
async fn jobs_are_claimed_in_turn_and_capped() {
    on_both(|journal, clock| async move {
        for id in ["a", "b"] {
            assert_eq!(journal.begin(job(id, 2)).await.unwrap(), Begun::Queued);
            clock.turn(1);
        }
        clock.turn(-3_600_000); // A queued job waits for no clock.
        assert!(journal.claim(claim_of(false)).await.unwrap().is_none());
        let first = journal.claim(claim_of(true)).await.unwrap().unwrap();
        let second = journal.claim(claim_of(true)).await.unwrap().unwrap();
        assert_eq!((first.row.id.as_str(), second.row.id.as_str()), ("a", "b"));
        assert!(journal.claim(claim_of(true)).await.unwrap().is_none());
        for (attempt, is_spent) in [(2, false), (2, true), (2, true)] {
            clock.turn(LEASE_MS as i64);
            let next = journal.claim(claim_of(true)).await.unwrap().unwrap();
            assert_eq!((next.lease.attempt, next.is_spent), (attempt, is_spent));
            journal.claim(claim_of(true)).await.unwrap().unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn cancel_ends_what_waits_and_asks_what_runs() {
    on_both(|journal, clock| async move {
        journal.begin(job("waits", 1)).await.unwrap();
        let cancel = |id: &'static str| journal.command(id, Command::Cancel, "op");
        assert_eq!(cancel("waits").await.unwrap(), Commanded::Done);
        assert_eq!(cancel("waits").await.unwrap(), Commanded::TooLate);
        assert_eq!(cancel("nobody").await.unwrap(), Commanded::Unknown);
        assert_eq!(row(&*journal, "waits").await.state, State::Cancelled);

        journal.begin(job("runs", 9)).await.unwrap();
        let lease = journal.claim(claim_of(true)).await.unwrap().unwrap().lease;
        assert_eq!(cancel("runs").await.unwrap(), Commanded::Asked);
        assert_eq!(cancel("runs").await.unwrap(), Commanded::Asked);
        assert_eq!(count(&*journal, "runs", Kind::CancelAsked).await, 1);
        assert_eq!(
            journal.renew(&lease, None).await.unwrap(),
            Hold::CancelAsked
        );
        let due_ms = clock.now_ms() + 1_000_000;
        journal
            .finish(&lease, finish(End::Open { due_ms }))
            .await
            .unwrap();
        let claimed = journal.claim(claim_of(true)).await.unwrap().unwrap();
        assert!(
            claimed.is_spent && claimed.row.is_cancel_asked,
            "due at once, to be ended"
        );
    })
    .await;
}

#[tokio::test]
async fn run_now_queues_a_waiting_job() {
    on_both(|journal, clock| async move {
        journal.begin(job("a", 3)).await.unwrap();
        let run = || journal.command("a", Command::RunNow, "op");
        assert_eq!(run().await.unwrap(), Commanded::TooLate);
        let lease = journal.claim(claim_of(true)).await.unwrap().unwrap().lease;
        let due_ms = clock.now_ms() + 1_000_000;
        journal
            .finish(&lease, finish(End::Open { due_ms }))
            .await
            .unwrap();
        assert!(journal.claim(claim_of(true)).await.unwrap().is_none());
        assert_eq!(run().await.unwrap(), Commanded::Done);
        let claimed = journal.claim(claim_of(true)).await.unwrap().unwrap();
        assert_eq!((claimed.lease.attempt, claimed.is_spent), (2, false));
    })
    .await;
}

/// Ends a job that has a callback.
async fn ended_with_callback(journal: &dyn Journal) {
    let begin = Begin {
        callback: Some("https://caller.example/hook".to_owned()),
        ..job("a", 1)
    };
    journal.begin(begin).await.unwrap();
    assert_eq!(next_callback(journal).await, None);
    let lease = journal.claim(claim_of(true)).await.unwrap().unwrap().lease;
    let end = finish(End::Ended(Status::Ok));
    journal.finish(&lease, end).await.unwrap();
}

async fn next_callback(journal: &dyn Journal) -> Option<Callback> {
    journal.claim_callback("w", LEASE_MS).await.unwrap()
}

#[tokio::test]
async fn a_callback_is_told_until_it_is_settled() {
    on_both(|journal, clock| async move {
        let journal = &*journal;
        ended_with_callback(journal).await;
        let ours = next_callback(journal).await.unwrap();
        assert_eq!(ours.seq, row(journal, "a").await.ended_seq.unwrap());
        assert_eq!(next_callback(journal).await, None, "somebody has it");
        let due_ms = clock.now_ms() + 10;
        let settle = |settled| journal.settle_callback(&ours, settled);
        assert!(settle(Settled::Again { due_ms }).await.unwrap());
        assert!(!settle(Settled::Delivered).await.unwrap());
        assert_eq!(next_callback(journal).await, None, "it is not due");
        clock.turn(10);
        let again = next_callback(journal).await.unwrap();
        assert_eq!((&again.id, again.attempt), (&ours.id, 2));
        let settled = journal.settle_callback(&again, Settled::Delivered);
        assert!(settled.await.unwrap());
        clock.turn(3_600_000);
        assert_eq!(next_callback(journal).await, None);
        assert_eq!(count(journal, "a", Kind::Callback).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_callback_whose_holder_died_goes_to_the_next_one() {
    on_both(|journal, clock| async move {
        let journal = &*journal;
        ended_with_callback(journal).await;
        let stale = next_callback(journal).await.unwrap();
        clock.turn(LEASE_MS as i64);
        let ours = next_callback(journal).await.unwrap();
        assert_eq!((&ours.id, ours.attempt), (&stale.id, 2));
        let late = journal.settle_callback(&stale, Settled::Delivered);
        assert!(!late.await.unwrap());
        let why = "gone".to_owned();
        let given_up = journal.settle_callback(&ours, Settled::GivenUp { why });
        assert!(given_up.await.unwrap());
        assert_eq!(count(journal, "a", Kind::Callback).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_version_has_one_digest_for_ever() {
    on_both(|journal, _| async move {
        let named = |name: &str| (name.to_owned(), "1.10.0".to_owned());
        let add = |digest: &str, is_enabled| {
            let (name, version) = named("ci");
            let digest = digest.to_owned();
            let change = ReleaseChange::Add {
                name,
                version,
                digest,
                is_enabled,
            };
            journal.change_release(change, entry(Kind::Added))
        };
        let (name, version) = named("ci");
        let remove = ReleaseChange::Remove { name, version };
        let (name, version) = named("ci");
        let enable = ReleaseChange::Enable {
            name,
            version,
            is_enabled: true,
        };
        assert_eq!(add("d1", false).await.unwrap(), Changed::Done);
        assert_eq!(add("d1", true).await.unwrap(), Changed::Same);
        assert!(!journal.releases().await.unwrap()[0].is_enabled);
        assert_eq!(
            add("d2", true).await.unwrap(),
            Changed::Conflict("d1".to_owned())
        );
        let change =
            |change: &ReleaseChange| journal.change_release(change.clone(), entry(Kind::Note));
        assert_eq!(change(&enable).await.unwrap(), Changed::Done);
        assert_eq!(change(&enable).await.unwrap(), Changed::Same);
        assert_eq!(change(&remove).await.unwrap(), Changed::Done);
        assert_eq!(change(&remove).await.unwrap(), Changed::Unknown);
        assert_eq!(change(&enable).await.unwrap(), Changed::Unknown);
        assert_eq!(journal.releases().await.unwrap(), []);
        assert_eq!(
            add("d2", true).await.unwrap(),
            Changed::Conflict("d1".to_owned())
        );
        assert_eq!(add("d1", true).await.unwrap(), Changed::Done);
        assert_eq!(
            journal.head().await.unwrap().size,
            4,
            "an entry for each that was done"
        );
    })
    .await;
}

#[tokio::test]
async fn releases_come_by_name_and_version() {
    on_both(|journal, _| async move {
        for (name, version) in [("b", "1.10.0"), ("b", "1.9.0"), ("a", "2.0.0")] {
            let change = ReleaseChange::Add {
                name: name.to_owned(),
                version: version.to_owned(),
                digest: "d".to_owned(),
                is_enabled: true,
            };
            journal
                .change_release(change, entry(Kind::Added))
                .await
                .unwrap();
        }
        let all = journal.releases().await.unwrap();
        let all: Vec<_> = all
            .iter()
            .map(|one| (one.name.as_str(), one.version.as_str()))
            .collect();
        assert_eq!(all, [("a", "2.0.0"), ("b", "1.9.0"), ("b", "1.10.0")]);
    })
    .await;
}

#[tokio::test]
async fn a_checkpoint_takes_the_place_of_the_one_before() {
    on_both(|journal, _| async move {
        let lease = leased(journal.begin(call("a")).await.unwrap());
        for _ in 0..2 {
            journal
                .append(&lease, vec![entry(Kind::Checkpoint)])
                .await
                .unwrap();
        }
        assert_eq!(journal.payload(1, "words").await.unwrap(), None);
        let last = journal.payload(2, "words").await.unwrap().unwrap();
        assert_eq!(last.bytes, b"private");
        assert_eq!(count(&*journal, "a", Kind::Checkpoint).await, 2);
    })
    .await;
}

#[tokio::test]
async fn what_only_another_attempt_needs_goes_with_the_end() {
    on_both(|journal, clock| async move {
        let mut begin = job("a", 2);
        begin.payloads.push(payload("needed/input", "whole"));
        journal.begin(begin).await.unwrap();
        let first = journal.claim(claim_of(true)).await.unwrap().unwrap().lease;
        let open = End::Open {
            due_ms: clock.now_ms(),
        };
        journal.finish(&first, finish(open)).await.unwrap();
        let kept = journal.payload(0, "needed/input").await.unwrap();
        assert_eq!(kept.unwrap().bytes, b"whole", "another attempt follows");
        let second = journal.claim(claim_of(true)).await.unwrap().unwrap().lease;
        let ended = finish(End::Ended(Status::Ok));
        journal.finish(&second, ended).await.unwrap();
        assert_eq!(journal.payload(0, "needed/input").await.unwrap(), None);
        assert!(journal.payload(0, "input").await.unwrap().is_some());
        let signer = signer();
        journal.seal(&signer).await.unwrap();
        let verdict = verify(&*journal, &signer.verifier(), None).await.unwrap();
        assert!(matches!(verdict, Verdict::Sound { .. }), "{verdict:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_erased_leaves_its_proof() {
    on_both(|journal, clock| async move {
        let lease = leased(journal.begin(keyed("a", "k", 1)).await.unwrap());
        let one = Erase::Invocation("a".to_owned());
        let all = Erase::EndedBefore(clock.now_ms() + 1);
        assert_eq!(
            journal.erase(&one, "op").await.unwrap(),
            0,
            "it has not ended"
        );
        assert_eq!(journal.erase(&all, "op").await.unwrap(), 0);
        journal
            .finish(&lease, finish(End::Ended(Status::Ok)))
            .await
            .unwrap();
        assert_eq!(journal.erase(&one, "op").await.unwrap(), 2);
        assert_eq!(journal.erase(&one, "op").await.unwrap(), 0);
        let recorded = journal.begin(keyed("b", "k", 1)).await.unwrap();
        assert!(matches!(recorded, Begun::Recorded(_)), "the key stays");
        let now = Erase::EndedBefore(clock.now_ms());
        journal.erase(&now, "op").await.unwrap();
        assert!(
            row(&*journal, "a").await.key.is_some(),
            "not before its time"
        );
        journal.erase(&all, "op").await.unwrap();
        assert_eq!(row(&*journal, "a").await.key, None);
        assert!(matches!(
            journal.begin(keyed("b", "k", 1)).await.unwrap(),
            Begun::New(_)
        ));
        assert_eq!(count(&*journal, "a", Kind::Erased).await, 1);
        let signer = signer();
        journal.seal(&signer).await.unwrap().unwrap();
        let verdict = verify(&*journal, &signer.verifier(), None).await.unwrap();
        assert!(
            matches!(verdict, Verdict::Sound { seals: 1, .. }),
            "{verdict:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_beyond_the_limits_is_refused_whole() {
    on_both(|journal, _| async move {
        let mut large = entry(Kind::Note);
        large
            .body
            .insert("x".to_owned(), "x".repeat(EVENT_BYTES_MAX).into());
        let misuse = journal.record(vec![entry(Kind::Note), large]).await;
        assert!(matches!(misuse, Err(JournalError::Misuse(_))));
        assert_eq!(
            journal.head().await.unwrap().size,
            0,
            "the first went with the second"
        );
        let own = journal.record(vec![entry(Kind::Ended)]).await;
        assert!(matches!(own, Err(JournalError::Misuse(_))));
        journal.begin(call("a")).await.unwrap();
        let twice = journal.begin(call("a")).await;
        assert!(matches!(twice, Err(JournalError::Misuse(_))));
        assert_eq!(journal.head().await.unwrap().size, 1);
    })
    .await;
}

#[tokio::test]
async fn a_whole_invocation_is_two_events_and_binds_nothing() {
    on_both(|journal, _| async move {
        let refused = finish(End::Ended(Status::Refused));
        journal.complete(keyed("a", "k", 1), refused).await.unwrap();
        assert_eq!(journal.head().await.unwrap().size, 2);
        assert_eq!(row(&*journal, "a").await.status, Some(Status::Refused));
        assert!(matches!(
            journal.begin(keyed("b", "k", 1)).await.unwrap(),
            Begun::New(_)
        ));
    })
    .await;
}
