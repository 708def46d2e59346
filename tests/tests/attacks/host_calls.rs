//! Guests that let the host work for them: fuel pays for host calls too.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hotcell_policy::{LimitName, Limits};
use hotcell_sandbox::settings::{HOST_CALL_FUEL, RANDOM_BYTES_MAX};
use hotcell_testkit::components::host_calls;
use hotcell_tests::House;
use hotcell_tests::house::call;

use crate::ends::{BY_FUEL, BY_TIME, Ends, WORKER, check, check_end, check_limits, runtime};

const FUEL: Ends<'_> = Ends::Limit(LimitName::Fuel);
const TIME: Ends<'_> = Ends::Limit(LimitName::TimeMs);

#[test]
fn randomness() {
    let tool = host_calls::random(1_000_000, 600);
    check("a million times 600 random bytes", &tool, &BY_FUEL, FUEL);
    let tool = host_calls::random(1_000_000, 4_096);
    check("random bytes, by time", &tool, &BY_TIME, TIME);
    // All that fuel can buy, and no call more.
    let report = check(
        "100 times 600 random bytes",
        &host_calls::random(100, 600),
        &BY_FUEL,
        Ends::Answer("100"),
    );
    let fuel = report.fuel.unwrap();
    assert!(
        fuel >= 100 * HOST_CALL_FUEL,
        "{fuel} fuel for 100 host calls"
    );
    assert!(
        fuel < 110 * HOST_CALL_FUEL,
        "{fuel} fuel for 100 host calls"
    );
}

#[test]
fn randomness_at_once() {
    let tool = host_calls::random_once(RANDOM_BYTES_MAX);
    check("4 KiB of randomness", &tool, &BY_FUEL, Ends::Answer("4096"));
    let refused = Ends::Trap("exceeds limit 4096");
    let tool = host_calls::random_once(RANDOM_BYTES_MAX + 1);
    check("4 KiB and a byte of randomness", &tool, &BY_FUEL, refused);
    let tool = host_calls::random_once(u64::MAX);
    check("2^64 bytes of randomness", &tool, &BY_FUEL, refused);
}

#[test]
fn the_clock() {
    check("the clock, by fuel", &host_calls::clock(), &BY_FUEL, FUEL);
    check("the clock, by time", &host_calls::clock(), &BY_TIME, TIME);
}

#[test]
fn the_environment_is_empty() {
    let tool = host_calls::environment();
    check(
        "the environment",
        &tool,
        &Limits::STANDARD,
        Ends::Answer("0"),
    );
}

/// Python's runtime imports sockets; whoever uses them is refused, each time, and pays.
#[test]
fn sockets_are_refused() {
    let tool = host_calls::sockets(1);
    check("a socket of each kind", &tool, &BY_FUEL, Ends::Answer("3"));
    let report = check(
        "10,000 sockets of each kind",
        &host_calls::sockets(10_000),
        &BY_FUEL,
        Ends::Answer("30000"),
    );
    let fuel = report.fuel.unwrap();
    assert!(
        fuel >= 40_000 * HOST_CALL_FUEL,
        "{fuel} fuel for 40,000 host calls"
    );
    check(
        "sockets without end",
        &host_calls::sockets(u32::MAX),
        &BY_FUEL,
        FUEL,
    );
}

/// Reports reach the host at most every 50 ms, and short, however many there are.
#[test]
fn progress() {
    let house = House::new(WORKER);
    runtime().block_on(async {
        let prepared = house
            .prepare(&host_calls::progress(1_000).to_bytes())
            .await
            .unwrap();
        let (count, longest) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let mut call = call("{}", BY_TIME);
        let (counted, measured) = (Arc::clone(&count), Arc::clone(&longest));
        call.progress = Some(Arc::new(move |progress: hotcell_sandbox::Progress| {
            counted.fetch_add(1, Ordering::Relaxed);
            measured.fetch_max(progress.message.len() as u64, Ordering::Relaxed);
        }));
        let report = house.sandbox().run(&prepared, call).await;
        check_end("reports of progress", &report.end, TIME);
        check_limits("reports of progress", &report, &BY_TIME);
        let most = 1 + u64::try_from(report.wall.as_millis() / 50).unwrap();
        assert!((1..=most).contains(&count.load(Ordering::Relaxed)));
        assert_eq!(longest.load(Ordering::Relaxed), 200);
    });
}

#[test]
fn leaks_of_handles() {
    let handles = Ends::Limit(LimitName::Handles);
    for (name, tool) in [
        ("a million timers", host_calls::leaking_pollables(1_000_000)),
        (
            "a million handles of stdout",
            host_calls::leaking_streams(1_000_000),
        ),
        (
            "a million handles of folders",
            host_calls::leaking_folders(1_000_000),
        ),
    ] {
        check(name, &tool, &Limits::STANDARD, handles);
    }
    let tool = host_calls::leaking_streams(200);
    check(
        "200 handles of stdout",
        &tool,
        &Limits::STANDARD,
        Ends::Answer("200"),
    );
}
