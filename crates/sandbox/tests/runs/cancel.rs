//! A call that is cancelled ends, whatever its guest does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hotcell_policy::Limits;
use hotcell_sandbox::settings::CALLS_AT_ONCE;
use hotcell_sandbox::{
    Call, Cancel, CheckpointError, Checkpoints, End, Outbound, Progress, Report,
};
use hotcell_testkit::components::{Tool, answers, spin, state, witness};
use tokio::sync::Notify;

use crate::house::{call, prepare, sandbox};
use crate::upstream::Silent;

/// A minute and fuel without end: nothing but its handle ends a call within a test.
const LONG: Limits = Limits {
    time_ms: 60_000,
    fuel: u64::MAX,
    ..Limits::STANDARD
};

/// Far more than a tick of the epoch, for a machine that is busy; far less than the limit.
const SOON: Duration = Duration::from_secs(10);

/// Tells of a save that never ends.
#[derive(Default)]
struct Stuck(Notify);

#[async_trait::async_trait]
impl Checkpoints for Stuck {
    async fn save(&self, _state: Vec<u8>) -> Result<(), CheckpointError> {
        self.0.notify_one();
        std::future::pending().await
    }

    async fn load(&self) -> Option<Vec<u8>> {
        None
    }
}

fn check_cancelled(report: &Report, since: Instant) {
    assert!(matches!(report.end, End::Cancelled), "{:?}", report.end);
    assert_eq!(report.fuel, None);
    assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
}

/// Runs `tool` with `call`, cancels it once `running` has come, and checks that it ends.
async fn check(tool: &Tool, call: Call, running: impl Future<Output = ()>) {
    let prepared = prepare(tool).await;
    let cancel = call.cancel.clone();
    let cancelling = async {
        running.await;
        cancel.cancel();
        Instant::now()
    };
    let (report, since) = tokio::join!(sandbox().run(&prepared, call), cancelling);
    check_cancelled(&report, since);
}

fn long() -> Call {
    Call {
        limits: LONG,
        ..call()
    }
}

#[tokio::test]
async fn a_spinning_guest() {
    let running = Arc::new(Notify::new());
    let told = Arc::clone(&running);
    let call = Call {
        progress: Some(Arc::new(move |_: Progress| told.notify_one())),
        ..long()
    };
    check(&spin::after_report(), call, running.notified()).await;
}

/// The one thread of the runtime is the guest's, so it can only be its own tick that ends it.
#[tokio::test]
async fn a_spinning_guest_whose_host_waits_for_nothing() {
    let call = long();
    let cancel = call.cancel.clone();
    let prepared = prepare(&spin::in_call()).await;
    let other = std::thread::spawn(move || {
        cancel.cancel();
        Instant::now()
    });
    let report = sandbox().run(&prepared, call).await;
    check_cancelled(&report, other.join().unwrap());
}

#[tokio::test]
async fn a_sleeping_guest() {
    check(&spin::asleep(), long(), tokio::task::yield_now()).await;
}

#[tokio::test]
async fn a_guest_whose_checkpoint_is_not_kept() {
    let stuck = Arc::new(Stuck::default());
    let call = Call {
        checkpoints: Some(Arc::clone(&stuck) as Arc<dyn Checkpoints>),
        ..long()
    };
    check(&state::save_and_load(1), call, stuck.0.notified()).await;
}

#[tokio::test]
async fn a_guest_that_waits_for_a_response() {
    let silent = Arc::new(Silent::default());
    let call = Call {
        outbound: Arc::clone(&silent) as Arc<dyn Outbound>,
        ..long()
    };
    check(&witness::fetch(0), call, silent.0.notified()).await;
}

#[tokio::test]
async fn a_call_that_has_not_begun() {
    let call = long();
    call.cancel.cancel();
    let prepared = prepare(&answers::ok()).await;
    let report = sandbox().run(&prepared, call).await;
    check_cancelled(&report, Instant::now());
}

/// One handle ends all calls that have it, and a call without room as well.
#[tokio::test(flavor = "multi_thread")]
async fn more_calls_than_there_is_room_for() {
    let prepared = prepare(&spin::asleep()).await;
    let cancel = Cancel::new();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..CALLS_AT_ONCE * 2 {
        let (prepared, cancel) = (prepared.clone(), cancel.clone());
        calls.spawn(async move { sandbox().run(&prepared, Call { cancel, ..long() }).await });
    }
    let since = Instant::now();
    cancel.cancel();
    while let Some(report) = calls.join_next().await {
        check_cancelled(&report.unwrap(), since);
    }
}

#[tokio::test]
async fn an_answer_stays_an_answer() {
    let call = long();
    let cancel = call.cancel.clone();
    let prepared = prepare(&answers::ok()).await;
    let report = sandbox().run(&prepared, call).await;
    cancel.cancel();
    assert!(matches!(report.end, End::Answer(_)), "{:?}", report.end);
}
