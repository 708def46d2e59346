//! How a call of an attack has to end, and the one function that checks it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hotcell_policy::{LimitName, Limits};
use hotcell_sandbox::{End, Progress, Report};
use hotcell_testkit::components::Tool;
use hotcell_tests::{Figure, House, process};
use tokio::runtime::{Builder, Runtime};

/// The program that the tests start as a compile worker.
pub(crate) const WORKER: &str = env!("CARGO_BIN_EXE_hotcell-under-test");

/// Where figures go.
pub(crate) const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

/// How much later than its limit a call may end on a noisy machine: four times the limit.
pub(crate) const TIME_SLACK: u32 = 4;

/// Limits for attacks that only the clock can end: half a second, and fuel without end.
pub(crate) const BY_TIME: Limits = Limits {
    time_ms: 500,
    fuel: u64::MAX,
    ..Limits::STANDARD
};

/// Limits for attacks that fuel ends: the standard fuel, and a minute.
pub(crate) const BY_FUEL: Limits = Limits {
    time_ms: 60_000,
    ..Limits::STANDARD
};

/// How a call should end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ends<'text> {
    /// With just this answer.
    Answer(&'text str),
    /// At this limit.
    Limit(LimitName),
    /// With a trap that says this.
    Trap(&'text str),
}

/// Runs the attack once and checks how it ends, that no limit was passed, that the report
/// tells the truth, and that the house then serves an honest call.
pub(crate) fn check(name: &str, tool: &Tool, limits: &Limits, expected: Ends<'_>) -> Report {
    check_reporting(name, tool, limits, expected).0
}

/// The same for an attack that reports a number as its progress, which is returned as well.
pub(crate) fn check_reporting(
    name: &str,
    tool: &Tool,
    limits: &Limits,
    expected: Ends<'_>,
) -> (Report, u64) {
    runtime().block_on(async {
        let house = House::new(WORKER);
        let prepared = house.prepare(&tool.to_bytes()).await.unwrap();
        let before = process::peak_resident_bytes();
        let mut call = hotcell_tests::house::call("{}", limits.clone());
        let done = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&done);
        call.progress = Some(Arc::new(move |progress: Progress| {
            seen.store(progress.done, Ordering::Relaxed);
        }));
        let report = house.sandbox().run(&prepared, call).await;
        let peak_bytes = process::peak_resident_bytes() - before;
        check_end(name, &report.end, expected);
        check_limits(name, &report, limits);
        record(name, &report, peak_bytes);
        check_house_serves(&house).await;
        (report, done.load(Ordering::Relaxed))
    })
}

/// Checks how a call ended.
pub(crate) fn check_end(name: &str, end: &End, expected: Ends<'_>) {
    let fits = match (end, expected) {
        (End::Answer(answer), Ends::Answer(wanted)) => answer == wanted,
        (End::Limit(limit), Ends::Limit(wanted)) => *limit == wanted,
        (End::Trap(why), Ends::Trap(wanted)) => why.contains(wanted),
        _ => false,
    };
    let mut shown = format!("{end:?}");
    shown.truncate(shown.floor_char_boundary(300));
    assert!(fits, "{name}: expected {expected:?}, got {shown}");
}

/// Checks that a report is within the limits.
pub(crate) fn check_limits(name: &str, report: &Report, limits: &Limits) {
    assert!(
        report.memory_peak_bytes <= limits.memory_bytes,
        "{name}: {} bytes of memory",
        report.memory_peak_bytes
    );
    if let Some(fuel) = report.fuel {
        assert!(fuel <= limits.fuel, "{name}: {fuel} fuel");
    }
    assert!(report.log.bytes.len() as u64 <= limits.log_bytes, "{name}");
    let written: usize = report.files.iter().map(|file| file.bytes.len()).sum();
    assert!(
        written as u64 <= limits.file_bytes,
        "{name}: {written} bytes"
    );
    assert!(report.files.len() as u64 <= limits.files, "{name}");
    let time_max = Duration::from_millis(limits.time_ms) * TIME_SLACK;
    assert!(report.wall <= time_max, "{name}: took {:?}", report.wall);
    let by_time = matches!(report.end, End::Limit(LimitName::TimeMs));
    assert_eq!(
        report.fuel.is_none(),
        by_time,
        "{name}: fuel is told unless the clock ended it"
    );
    if by_time {
        assert!(
            report.wall >= Duration::from_millis(limits.time_ms),
            "{name}: too early"
        );
    }
    if matches!(report.end, End::Limit(LimitName::Fuel)) {
        assert_eq!(report.fuel, Some(limits.fuel), "{name}: all fuel is used");
    }
}

/// Checks that an honest call is served, and that no worker was left behind.
pub(crate) async fn check_house_serves(house: &House) {
    let honest = hotcell_testkit::components::answers::echo().to_bytes();
    let prepared = house.prepare(&honest).await.unwrap();
    let call = hotcell_tests::house::call("{\"a\":1}", Limits::STANDARD);
    let report = house.sandbox().run(&prepared, call).await;
    check_end(
        "an honest call afterwards",
        &report.end,
        Ends::Answer("{\"a\":1}"),
    );
    assert_eq!(process::children(), [0; 0], "no process is left behind");
}

/// A runtime with two workers, so that a guest that keeps one still leaves one.
pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

fn record(name: &str, report: &Report, peak_bytes: u64) {
    let written: usize = report.files.iter().map(|file| file.bytes.len()).sum();
    Figure {
        end: kind(&report.end),
        time: report.wall,
        peak_bytes: Some(peak_bytes),
        written_bytes: Some((written + report.log.bytes.len()) as u64),
        fuel: report.fuel,
        more: Vec::new(),
    }
    .record(SCRATCH, name);
}

fn kind(end: &End) -> String {
    match end {
        End::Answer(_) => "answered".to_owned(),
        End::Failure(_) => "failed".to_owned(),
        End::Limit(name) => format!("limit {name}"),
        End::Trap(_) => "trapped".to_owned(),
        End::Cancelled => "cancelled".to_owned(),
        End::Work(_) => "ended at /work".to_owned(),
        End::Diverged(_) => "diverged".to_owned(),
    }
}
