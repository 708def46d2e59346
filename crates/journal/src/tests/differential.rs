//! Random operations on both stores: the same results, the same folds, and what always holds.

use std::collections::HashMap;
use std::fmt::Debug;

use hotcell_policy::Status;
use proptest::prelude::*;
use proptest::sample::Index;

use super::world::*;
use crate::*;

/// How many random sequences, and how long one is at most.
const CASES: u32 = 48;
const STEPS_MAX: usize = 60;

#[derive(Debug, Clone)]
enum Step {
    Begin {
        key: Option<u8>,
        other: bool,
        jobs: bool,
        attempts: u32,
        caller: bool,
        callback: bool,
    },
    Append(Index, Kind),
    Renew(Index),
    Finish(Index, u8, i64),
    Complete(u8),
    Claim(bool),
    Command(Index, bool),
    Turn(i64),
    Release {
        version: bool,
        digest: bool,
        what: u8,
    },
    ClaimCallback,
    Settle(Index, u8),
    Erase(Index),
    EraseBefore(i64),
    FreeKeysBefore(i64),
    Seal,
    Record,
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    let kinds = prop_oneof![
        Just(Kind::Checkpoint),
        Just(Kind::ExchangeBegun),
        Just(Kind::Note)
    ];
    let times = prop_oneof![
        Just(LEASE_MS as i64),
        Just(1),
        Just(3_600_000),
        Just(-3_600_000),
        0..60_000_i64
    ];
    let begin = (proptest::option::of(0..3_u8), any::<[bool; 4]>(), 1..4_u32);
    prop_oneof![
        8 => begin.prop_map(|(key, [other, jobs, caller, callback], attempts)| Step::Begin {
            key, other, jobs, attempts, caller, callback,
        }),
        4 => (index(), kinds).prop_map(|(lease, kind)| Step::Append(lease, kind)),
        2 => index().prop_map(Step::Renew),
        6 => (index(), 0..6_u8, -60_000..60_000_i64).prop_map(|(at, end, due)| Step::Finish(at, end, due)),
        1 => (0..3_u8).prop_map(Step::Complete),
        6 => any::<bool>().prop_map(Step::Claim),
        3 => (index(), any::<bool>()).prop_map(|(id, cancel)| Step::Command(id, cancel)),
        6 => times.prop_map(Step::Turn),
        2 => (any::<bool>(), any::<bool>(), 0..4_u8)
            .prop_map(|(version, digest, what)| Step::Release { version, digest, what }),
        2 => Just(Step::ClaimCallback),
        2 => (index(), 0..3_u8).prop_map(|(at, how)| Step::Settle(at, how)),
        1 => index().prop_map(Step::Erase),
        1 => (-60_000..60_000_i64).prop_map(Step::EraseBefore),
        1 => (-60_000..60_000_i64).prop_map(Step::FreeKeysBefore),
        1 => Just(Step::Seal),
        1 => Just(Step::Record),
    ]
}

/// What the sequence holds in its hands: the same for both stores, because results are.
#[derive(Default)]
struct Hands {
    next: u32,
    ids: Vec<String>,
    leases: Vec<Lease>,
    /// The newest fence that anybody was given.
    fences: HashMap<String, u64>,
    callbacks: Vec<Callback>,
}

impl Hands {
    fn took(&mut self, lease: Lease) {
        let newest = self.fences.insert(lease.id.clone(), lease.fence);
        assert!(
            newest.is_none_or(|newest| newest < lease.fence),
            "fences grow"
        );
        self.leases.push(lease);
    }

    /// Nobody holds with an old fence.
    fn checked(&self, lease: &Lease, hold: Hold) -> Hold {
        let is_newest = self.fences[&lease.id] == lease.fence;
        assert!(is_newest || hold == Hold::Lost, "{lease:?} {hold:?}");
        hold
    }
}

struct Both {
    memory: Memory,
    sqlite: Sqlite,
    clock: TestClock,
}

fn end_of(number: u8, due_ms: u64) -> End {
    match number {
        0 => End::Ended(Status::Ok),
        1 => End::Ended(Status::Failed),
        2 => End::Ended(Status::Unknown),
        3 => End::Freed(Status::Refused),
        _ => End::Open { due_ms },
    }
}

fn release_change(version: bool, digest: bool, what: u8) -> ReleaseChange {
    let name = "ci".to_owned();
    let version = if version { "1.0.0" } else { "2.0.0" }.to_owned();
    match what {
        0 => ReleaseChange::Remove { name, version },
        1 => ReleaseChange::Enable {
            name,
            version,
            is_enabled: digest,
        },
        _ => ReleaseChange::Add {
            name,
            version,
            digest: digest.to_string(),
            is_enabled: what == 2,
        },
    }
}

impl Both {
    /// Does the same on both stores, and returns what both gave.
    async fn both<T: PartialEq + Debug>(&self, call: impl AsyncFn(&dyn Journal) -> Result<T>) -> T {
        let memory = call(&self.memory).await.unwrap();
        let sqlite = call(&self.sqlite).await.unwrap();
        assert_eq!(memory, sqlite);
        sqlite
    }

    async fn begin(&self, hands: &mut Hands, begin: Begin) {
        let is_keyed = begin.key.is_some();
        let id = begin.id.clone();
        let fingerprint = begin.fingerprint;
        let begun = self
            .both(async |journal| journal.begin(begin.clone()).await)
            .await;
        match begun {
            Begun::New(lease) => {
                assert_eq!((lease.fence, lease.attempt), (1, 1));
                hands.ids.push(id);
                hands.took(lease);
            }
            Begun::Queued => hands.ids.push(id),
            Begun::Again(lease, row) => {
                assert!(is_keyed && row.mode == Mode::Sync && fingerprint == begin.fingerprint);
                hands.took(lease);
            }
            Begun::Recorded(row) => assert!(is_keyed && row.state.is_ended()),
            Begun::Pending(row) => assert!(is_keyed && !row.state.is_ended()),
            Begun::Conflict(row) => assert!(is_keyed && row.id != id),
        }
    }

    async fn with_lease(&self, hands: &mut Hands, at: Index, step: &Step) {
        let Some(lease) = (!hands.leases.is_empty()).then(|| at.get(&hands.leases).clone()) else {
            return;
        };
        let hold = match step {
            Step::Append(_, kind) => {
                self.both(async |journal| journal.append(&lease, vec![entry(*kind)]).await)
                    .await
            }
            Step::Finish(_, end, due) => {
                let due_ms = self.clock.now_ms().saturating_add_signed(*due);
                let end = finish(end_of(*end, due_ms));
                self.both(async |journal| journal.finish(&lease, end.clone()).await)
                    .await
            }
            _ => {
                let progress = Some(JobProgress {
                    done: 1,
                    total: None,
                    message: "on".to_owned(),
                });
                self.both(async |journal| journal.renew(&lease, progress.clone()).await)
                    .await
            }
        };
        hands.checked(&lease, hold);
    }

    async fn take(&self, hands: &mut Hands, step: Step) {
        match step {
            Step::Begin {
                key,
                other,
                jobs,
                attempts,
                caller,
                callback,
            } => {
                hands.next += 1;
                let mut begin = call(&format!("i{}", hands.next));
                begin.key = key.map(|key| key.to_string());
                begin.fingerprint = [u8::from(other && caller); 32];
                begin.mode = if jobs { Mode::Async } else { Mode::Sync };
                begin.attempts_max = attempts;
                begin.caller = if caller { "ann" } else { "bob" }.to_owned();
                begin.callback = callback.then(|| "https://caller.example/".to_owned());
                self.begin(hands, begin).await;
            }
            Step::Append(at, _) | Step::Finish(at, _, _) | Step::Renew(at) => {
                self.with_lease(hands, at, &step).await;
            }
            Step::Complete(end) => {
                hands.next += 1;
                let begin = call(&format!("i{}", hands.next));
                hands.ids.push(begin.id.clone());
                let end = finish(end_of(end, 0));
                self.both(async |journal| journal.complete(begin.clone(), end.clone()).await)
                    .await;
            }
            Step::Claim(jobs) => {
                let claimed = self
                    .both(async |journal| journal.claim(claim_of(jobs)).await)
                    .await;
                claimed
                    .into_iter()
                    .for_each(|claimed| hands.took(claimed.lease));
            }
            Step::Command(at, cancel) if !hands.ids.is_empty() => {
                let id = at.get(&hands.ids);
                let command = if cancel {
                    Command::Cancel
                } else {
                    Command::RunNow
                };
                self.both(async |journal| journal.command(id, command, "op").await)
                    .await;
            }
            Step::Turn(by_ms) => self.clock.turn(by_ms),
            other => self.take_rarer(hands, other).await,
        }
    }

    async fn take_rarer(&self, hands: &mut Hands, step: Step) {
        match step {
            Step::Release {
                version,
                digest,
                what,
            } => {
                let change = release_change(version, digest, what);
                self.both(async |journal| {
                    journal
                        .change_release(change.clone(), entry(Kind::Added))
                        .await
                })
                .await;
            }
            Step::ClaimCallback => {
                let claimed = self
                    .both(async |journal| journal.claim_callback("w", LEASE_MS).await)
                    .await;
                hands.callbacks.extend(claimed);
            }
            Step::Settle(at, how) if !hands.callbacks.is_empty() => {
                let callback = at.get(&hands.callbacks);
                let settled = match how {
                    0 => Settled::Delivered,
                    1 => Settled::Again {
                        due_ms: self.clock.now_ms(),
                    },
                    _ => Settled::GivenUp {
                        why: "gone".to_owned(),
                    },
                };
                self.both(async |journal| journal.settle_callback(callback, settled.clone()).await)
                    .await;
            }
            Step::Erase(at) if !hands.ids.is_empty() => {
                let erase = Erase::Invocation(at.get(&hands.ids).clone());
                self.both(async |journal| journal.erase(&erase, "op").await)
                    .await;
            }
            Step::EraseBefore(by_ms) => {
                let erase = Erase::EndedBefore(self.clock.now_ms().saturating_add_signed(by_ms));
                self.both(async |journal| journal.erase(&erase, "op").await)
                    .await;
            }
            Step::FreeKeysBefore(by_ms) => {
                let before_ms = self.clock.now_ms().saturating_add_signed(by_ms);
                let erase = Erase::KeysEndedBefore(before_ms);
                self.both(async |journal| journal.erase(&erase, "op").await)
                    .await;
            }
            Step::Seal => drop(
                self.both(async |journal| journal.seal(&signer()).await)
                    .await,
            ),
            Step::Record => {
                self.both(async |journal| journal.record(vec![entry(Kind::Note)]).await)
                    .await;
            }
            // Nothing is there yet to do it to.
            _ => {}
        }
    }

    /// Lets workers and callers end what is open: whoever crashed is taken over.
    async fn drain(&self, hands: &mut Hands) {
        for _ in 0..200 {
            self.clock.turn(10 * 3_600_000);
            let open = InvocationQuery {
                open: true,
                limit: 100,
                ..InvocationQuery::default()
            };
            let open = self
                .both(async |journal| journal.invocations(&open).await)
                .await;
            let Some(row) = open.first() else { return };
            if let Some(claimed) = self
                .both(async |journal| journal.claim(claim_of(true)).await)
                .await
            {
                hands.took(claimed.lease.clone());
                let end = match claimed.is_spent {
                    true => End::Ended(Status::Unknown),
                    false => End::Open {
                        due_ms: self.clock.now_ms(),
                    },
                };
                self.both(async |journal| journal.finish(&claimed.lease, finish(end)).await)
                    .await;
            } else {
                // A caller's own: nobody but a caller goes on with it, or somebody cancels it.
                self.both(async |journal| journal.command(&row.id, Command::Cancel, "op").await)
                    .await;
            }
        }
        panic!("something never ends");
    }

    /// Compares everything, and checks that each invocation has one beginning and one end.
    async fn compare(&self, hands: &Hands) {
        assert_eq!(
            everything(&self.memory).await,
            everything(&self.sqlite).await
        );
        for id in &hands.ids {
            let row = row(&self.sqlite, id).await;
            let ended = count(&self.sqlite, id, Kind::Ended).await;
            assert_eq!(ended, usize::from(row.state.is_ended()), "{row:?}");
            assert_eq!(count(&self.sqlite, id, Kind::Begun).await, 1);
            assert!(row.attempt <= row.attempts_max.max(1), "{row:?}");
        }
        self.both(async |journal| journal.seal(&signer()).await)
            .await;
        let verifier = signer().verifier();
        let verdict = self
            .both(async |journal| verify(journal, &verifier, None).await)
            .await;
        assert!(matches!(verdict, Verdict::Sound { .. }), "{verdict:?}");
    }

    /// Compares answers to queries of every shape.
    async fn compare_queries(&self, hands: &Hands) {
        let some = |is: bool, text: &str| is.then(|| text.to_owned());
        for bits in 0..64_u32 {
            let has = |bit: u32| bits & (1 << bit) != 0;
            let query = InvocationQuery {
                correlation: some(has(0), "trip"),
                caller: some(has(1), "bob"),
                skill: some(has(2), "ci"),
                jobs: has(3),
                open: has(4),
                before_seq: has(5).then_some(9),
                limit: 7,
            };
            self.both(async |journal| journal.invocations(&query).await)
                .await;
            let query = EventQuery {
                invocation: hands.ids.first().cloned().filter(|_| has(0)),
                correlation: some(has(1), "trip"),
                kinds: if has(2) {
                    vec![Kind::Ended, Kind::Begun, Kind::Ended]
                } else {
                    vec![]
                },
                from: if has(3) { 5 } else { 0 },
                limit: if has(4) { 4 } else { 100 },
            };
            self.both(async |journal| journal.events(&query).await)
                .await;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_say_the_same_and_each_invocation_ends_once(
        steps in proptest::collection::vec(step(), 1..STEPS_MAX)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (folder, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
        let both = Both {
            memory: Memory::new(clock.read()),
            sqlite: open(folder.path(), &clock),
            clock,
        };
        runtime.block_on(async {
            let mut hands = Hands::default();
            for step in steps {
                both.take(&mut hands, step).await;
            }
            both.compare(&hands).await;
            both.compare_queries(&hands).await;
            both.drain(&mut hands).await;
            both.compare(&hands).await;
        });
    }
}
