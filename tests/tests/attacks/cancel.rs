//! A call that nobody waits for any more stops, and gives back what it held.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hotcell_policy::{LimitName, Limits};
use hotcell_sandbox::Prepared;
use hotcell_sandbox::settings::CALLS_AT_ONCE;
use hotcell_testkit::components::spin;
use hotcell_tests::house::call;
use hotcell_tests::{Figure, House, process};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::ends::{
    BY_TIME, Ends, SCRATCH, TIME_SLACK, WORKER, check_end, check_house_serves, runtime,
};

/// A minute and fuel without end: only being dropped ends a call within this test.
const LONG: Limits = Limits {
    time_ms: 60_000,
    fuel: u64::MAX,
    ..Limits::STANDARD
};

/// As many as there is room for spin, are dropped, and use no more of the processor.
#[test]
fn dropped_calls_stop() {
    runtime().block_on(async {
        let house = Arc::new(House::new(WORKER));
        let spinner = house
            .prepare(&spin::after_report().to_bytes())
            .await
            .unwrap();
        let asleep = house.prepare(&spin::asleep().to_bytes()).await.unwrap();
        let mut calls = spinning(&house, &spinner, CALLS_AT_ONCE).await;
        let started = Instant::now();
        calls.abort_all();
        while calls.join_next().await.is_some() {}
        check_house_serves(&house).await;
        let served = started.elapsed();
        assert!(served < Duration::from_secs(10), "{served:?}");

        // A call that sleeps measures what else the process does meanwhile.
        let before = process::processor_time();
        let report = house.sandbox().run(&asleep, call("{}", BY_TIME)).await;
        check_end("asleep", &report.end, Ends::Limit(LimitName::TimeMs));
        let used = process::processor_time() - before;
        let most = Duration::from_millis(BY_TIME.time_ms) / 4;
        assert!(used < most, "{used:?} of the processor, with nothing to do");
        Figure {
            end: "stopped".to_owned(),
            time: served,
            more: vec![(
                "processor_us_after",
                u64::try_from(used.as_micros()).unwrap(),
            )],
            ..Figure::default()
        }
        .record(SCRATCH, "64 spinning calls, dropped");
    });
}

/// With every place taken by a spinner, an honest call waits, and is served once one ends.
#[test]
fn a_full_house_still_ends_each_in_time() {
    runtime().block_on(async {
        let house = Arc::new(House::new(WORKER));
        let spinner = house.prepare(&spin::in_call().to_bytes()).await.unwrap();
        let started = Instant::now();
        let mut calls = JoinSet::new();
        for _ in 0..CALLS_AT_ONCE {
            let (house, spinner) = (Arc::clone(&house), spinner.clone());
            calls.spawn(async move { house.sandbox().run(&spinner, call("{}", BY_TIME)).await });
        }
        check_house_serves(&house).await;
        let mut latest = Duration::ZERO;
        while let Some(report) = calls.join_next().await {
            let report = report.unwrap();
            check_end(
                "a spinner among 64",
                &report.end,
                Ends::Limit(LimitName::TimeMs),
            );
            latest = latest.max(report.wall);
        }
        let most = Duration::from_millis(BY_TIME.time_ms) * TIME_SLACK;
        assert!(latest <= most, "the last one ended after {latest:?}");
        Figure {
            end: "limit time_ms".to_owned(),
            time: started.elapsed(),
            more: vec![("latest_ms", u64::try_from(latest.as_millis()).unwrap())],
            ..Figure::default()
        }
        .record(SCRATCH, "64 spinning calls at once");
    });
}

/// Guests that keep all of the runtime's threads busy meet their deadline without its timers,
/// which it then looks after too seldom.
#[test]
fn a_short_time_holds_where_all_threads_spin() {
    const CALLS: usize = 8;
    let short = Limits {
        time_ms: 100,
        ..BY_TIME
    };
    runtime().block_on(async {
        let house = Arc::new(House::new(WORKER));
        let spinner = house.prepare(&spin::in_call().to_bytes()).await.unwrap();
        let mut calls = JoinSet::new();
        for _ in 0..CALLS {
            let (house, spinner, call) = (
                Arc::clone(&house),
                spinner.clone(),
                call("{}", short.clone()),
            );
            calls.spawn(async move { house.sandbox().run(&spinner, call).await });
        }
        let mut latest = Duration::ZERO;
        while let Some(report) = calls.join_next().await {
            let report = report.unwrap();
            check_end("a spinner", &report.end, Ends::Limit(LimitName::TimeMs));
            latest = latest.max(report.wall);
        }
        let most = Duration::from_millis(short.time_ms) * TIME_SLACK;
        assert!(latest <= most, "the last one ended after {latest:?}");
        Figure {
            end: "limit time_ms".to_owned(),
            time: latest,
            ..Figure::default()
        }
        .record(SCRATCH, "8 spinning calls of 100 ms on 2 threads");
    });
}

/// Starts `count` calls, and returns once each of them is running.
async fn spinning(
    house: &Arc<House>,
    spinner: &Prepared,
    count: u32,
) -> JoinSet<hotcell_sandbox::Report> {
    let (running, mut started) = mpsc::unbounded_channel();
    let mut calls = JoinSet::new();
    for _ in 0..count {
        let (house, spinner, running) = (Arc::clone(house), spinner.clone(), running.clone());
        calls.spawn(async move {
            let mut call = call("{}", LONG);
            call.progress = Some(Arc::new(move |_| running.send(()).unwrap()));
            house.sandbox().run(&spinner, call).await
        });
    }
    for _ in 0..count {
        started.recv().await.unwrap();
    }
    calls
}
