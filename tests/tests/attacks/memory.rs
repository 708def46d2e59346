//! Guests that want memory, and those that look for what others left in it.

use hotcell_policy::{LimitName, Limits};
use hotcell_sandbox::{End, Prepared};
use hotcell_testkit::components::memory;
use hotcell_tests::house::call;
use hotcell_tests::{Figure, House, process};

use crate::ends::{BY_FUEL, Ends, SCRATCH, WORKER, check, runtime};

const LIMITS: Limits = Limits::STANDARD;

/// 64 MiB in pages, and in text.
const PAGES_MAX: &str = "1024";

#[test]
fn in_one_memory() {
    let tool = memory::grow(1);
    let report = check(
        "memory.grow until refused",
        &tool,
        &LIMITS,
        Ends::Answer(PAGES_MAX),
    );
    assert_eq!(report.memory_peak_bytes, LIMITS.memory_bytes);
    let limit = Ends::Limit(LimitName::Fuel);
    check(
        "memory.grow although refused",
        &memory::grow_forever(),
        &BY_FUEL,
        limit,
    );
}

/// Fifteen memories beside the attack's own: the limit holds for their sum.
#[test]
fn in_many_memories() {
    let tool = memory::grow_in_many(15);
    // The attack's own memory has two pages.
    let report = check(
        "memory.grow in 15 memories",
        &tool,
        &LIMITS,
        Ends::Answer("1022"),
    );
    assert_eq!(report.memory_peak_bytes, LIMITS.memory_bytes);
}

#[test]
fn from_the_start() {
    let limit = Ends::Limit(LimitName::MemoryBytes);
    let tool = memory::begin_large(15, 100);
    check("15 memories of 100 pages at birth", &tool, &LIMITS, limit);
    let tool = memory::begin_large(1, 65_536);
    check("a memory of 4 GiB at birth", &tool, &LIMITS, limit);
    let fits = Ends::Answer("{\"ok\":true}");
    check(
        "15 memories of 68 pages at birth",
        &memory::begin_large(15, 68),
        &LIMITS,
        fits,
    );
}

#[test]
fn in_tables() {
    let report = check(
        "table.grow until refused",
        &memory::grow_table(),
        &LIMITS,
        Ends::Answer("20000"),
    );
    assert!(report.memory_peak_bytes <= LIMITS.memory_bytes);
    let limit = Ends::Limit(LimitName::TableElements);
    let tool = memory::begin_with_tables(4, 5_001);
    check("4 tables of 5,001 elements at birth", &tool, &LIMITS, limit);
    let fits = Ends::Answer("{\"ok\":true}");
    check(
        "4 tables of 5,000 elements at birth",
        &memory::begin_with_tables(4, 5_000),
        &LIMITS,
        fits,
    );
}

/// A slot of the pool that one call has filled looks empty to the next: its memory, a global
/// and a table. Once for the same component, which gets its own slot back, and once for
/// others, over more calls than the pool has slots.
#[test]
fn nothing_is_left_over() {
    const PAGES: u32 = 900;
    const ROUNDS: usize = 80;
    runtime().block_on(async {
        let house = House::new(WORKER);
        let both = house
            .prepare(&memory::leave_or_scan(PAGES).to_bytes())
            .await
            .unwrap();
        let leave = house
            .prepare(&memory::leave_pattern(PAGES).to_bytes())
            .await
            .unwrap();
        let scan = house
            .prepare(&memory::scan(PAGES).to_bytes())
            .await
            .unwrap();
        let before = process::resident_bytes();
        let started = std::time::Instant::now();
        for round in 0..ROUNDS {
            ends_with(&house, &both, "1", "900").await;
            ends_with(&house, &both, "22", "0").await;
            if round % 8 == 0 {
                ends_with(&house, &leave, "{}", "900").await;
            }
            ends_with(&house, &scan, "{}", "0").await;
        }
        let kept = process::resident_bytes().saturating_sub(before);
        assert!(
            kept < LIMITS.memory_bytes,
            "{kept} bytes are still resident"
        );
        Figure {
            end: "nothing found".to_owned(),
            time: started.elapsed(),
            peak_bytes: Some(kept),
            more: vec![("scans", 2 * ROUNDS as u64)],
            ..Figure::default()
        }
        .record(SCRATCH, "memory left over between calls");
    });
}

async fn ends_with(house: &House, prepared: &Prepared, arguments: &str, expected: &str) {
    let report = house.sandbox().run(prepared, call(arguments, LIMITS)).await;
    match report.end {
        End::Answer(answer) => assert_eq!(answer, expected),
        other => panic!("{other:?}"),
    }
}
