//! What the tests share: a clock that they turn, and short ways to say what happens.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use crate::*;

/// Some moment in 2026.
pub(super) const START_MS: u64 = 1_790_000_000_000;

/// How long leases hold here.
pub(super) const LEASE_MS: u64 = 30_000;

/// A clock that stands until it is turned.
#[derive(Clone)]
pub(super) struct TestClock(Arc<AtomicU64>);

impl TestClock {
    pub(super) fn new() -> TestClock {
        TestClock(Arc::new(AtomicU64::new(START_MS)))
    }

    pub(super) fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    pub(super) fn turn(&self, by_ms: i64) {
        let to = self.now_ms().saturating_add_signed(by_ms);
        self.0.store(to, Ordering::SeqCst);
    }

    pub(super) fn read(&self) -> impl Fn() -> SystemTime + Send + Sync + 'static {
        let clock = self.clone();
        move || UNIX_EPOCH + Duration::from_millis(clock.now_ms())
    }
}

pub(super) fn options(folder: &Path, clock: &TestClock) -> SqliteOptions {
    SqliteOptions::new(folder.join("journal.db"), clock.read())
}

pub(super) fn open(folder: &Path, clock: &TestClock) -> Sqlite {
    Sqlite::open(options(folder, clock)).unwrap()
}

/// Calls a check with each store.
pub(super) async fn on_both<F: Future<Output = ()>>(
    check: impl Fn(Arc<dyn Journal>, TestClock) -> F,
) {
    let clock = TestClock::new();
    check(Arc::new(Memory::new(clock.read())), clock).await;
    let folder = tempfile::tempdir().unwrap();
    let clock = TestClock::new();
    check(Arc::new(open(folder.path(), &clock)), clock).await;
}

pub(super) fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

pub(super) fn payload(name: &str, bytes: &str) -> NewPayload {
    NewPayload {
        name: name.to_owned(),
        bytes: bytes.as_bytes().to_vec(),
        salt: [7; 16],
        is_kept: true,
    }
}

/// A call of `ci.run` by `ann`, of one attempt, without a key.
pub(super) fn call(id: &str) -> Begin {
    Begin {
        id: id.to_owned(),
        caller: "ann".to_owned(),
        skill: "ci".to_owned(),
        version: "1.2.0".to_owned(),
        digest: "sha256:00".to_owned(),
        tool: "run".to_owned(),
        key: None,
        fingerprint: [1; 32],
        correlation: "trip".to_owned(),
        mode: Mode::Sync,
        attempts_max: 1,
        owner: "host-1".to_owned(),
        lease_ms: LEASE_MS,
        callback: None,
        body: map(json!({"grant": "g1"})),
        payloads: vec![payload("input", id)],
    }
}

pub(super) fn keyed(id: &str, key: &str, attempts_max: u32) -> Begin {
    Begin {
        key: Some(key.to_owned()),
        attempts_max,
        ..call(id)
    }
}

pub(super) fn job(id: &str, attempts_max: u32) -> Begin {
    Begin {
        mode: Mode::Async,
        attempts_max,
        ..call(id)
    }
}

pub(super) fn finish(end: End) -> Finish {
    Finish {
        forgets: true,
        end,
        body: map(json!({"fuel": 12})),
        payloads: vec![payload("outcome", "{}")],
    }
}

pub(super) fn entry(kind: Kind) -> Entry {
    Entry {
        kind,
        actor: Some("op".to_owned()),
        invocation: None,
        correlation: Some("trip".to_owned()),
        body: map(json!({"text": "hello", "at": 1.5, "n": 9_007_199_254_740_993_u64})),
        payloads: vec![payload("words", "private")],
    }
}

pub(super) fn claim_of(jobs: bool) -> Claim {
    Claim {
        owner: "worker".to_owned(),
        lease_ms: LEASE_MS,
        jobs,
    }
}

/// Returns the lease of a call that is new.
pub(super) fn leased(begun: Begun) -> Lease {
    match begun {
        Begun::New(lease) | Begun::Again(lease, _) => lease,
        other => panic!("no lease: {other:?}"),
    }
}

pub(super) async fn row(journal: &dyn Journal, id: &str) -> InvocationRow {
    journal.invocation(id).await.unwrap().unwrap()
}

/// Returns everything that can be read.
pub(super) async fn everything(journal: &dyn Journal) -> Vec<String> {
    let limit = READ_ROWS_MAX;
    let invocations = InvocationQuery {
        limit,
        ..InvocationQuery::default()
    };
    let events = EventQuery {
        limit,
        ..EventQuery::default()
    };
    let mut all = Vec::new();
    let rows = journal.invocations(&invocations).await.unwrap();
    all.extend(rows.iter().map(|row| format!("{row:?}")));
    let events = journal.events(&events).await.unwrap();
    all.extend(
        events
            .iter()
            .map(|event| serde_json::to_string(event).unwrap()),
    );
    let rows = journal.rows(0, limit).await.unwrap();
    all.extend(rows.iter().map(|row| format!("{row:?}")));
    all.push(format!("{:?}", journal.releases().await.unwrap()));
    all.push(format!("{:?}", journal.seals().await.unwrap()));
    all.push(format!("{:?}", journal.head().await.unwrap()));
    all
}

pub(super) fn signer() -> Signer {
    Signer::new(KeyName::new("hotcell.test/log").unwrap(), &[9; 32])
}

/// Returns how many events of a kind an invocation has.
pub(super) async fn count(journal: &dyn Journal, id: &str, kind: Kind) -> usize {
    let query = EventQuery {
        invocation: Some(id.to_owned()),
        kinds: vec![kind],
        limit: READ_ROWS_MAX,
        ..EventQuery::default()
    };
    journal.events(&query).await.unwrap().len()
}
