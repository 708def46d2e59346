//! Components that are small to send and large to compile: through the whole house, and by
//! the worker alone, without the quick scan before it.

use std::time::{Duration, Instant};

use hotcell_sandbox::PrepareError;
use hotcell_sandbox::compile::CompileError;
use hotcell_sandbox::prescan::Rejection;
use hotcell_testkit::components::{bombs, memory};
use hotcell_tests::house::COMPILE_LIMITS;
use hotcell_tests::{Figure, House, process, raw_worker};

use crate::ends::{SCRATCH, WORKER, check_house_serves, runtime};

/// How long the quick scan may take for the largest of the bombs. It is linear: 48 MiB of it
/// take a tenth of this on a quiet machine.
const SCAN_TIME_MAX: Duration = Duration::from_secs(2);

/// How long a worker may live: its processor time, and as much again for a busy machine.
const WORKER_TIME_MAX: Duration = Duration::from_secs(40);

/// What a test process may have resident beside a bomb, which its child shares until it runs
/// its own program.
const OWN_BYTES_MAX: u64 = 128 << 20;

/// What stops a bomb in the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stops {
    /// The quick scan, which finds too much of something.
    Scan(&'static str),
    /// The quick scan, since it is no skill: what counts is what the worker alone makes of it.
    NoTools,
    /// The compiler, which finds it invalid.
    Compiler,
    /// The worker's limits.
    Worker,
    /// The running engine, whose pool has no place for it.
    Pool,
    /// Nothing: it is compiled within the limits.
    Nothing,
}

/// Sends a bomb through the house and to a bare worker. The worker has to stay within its
/// limits, whatever it makes of it.
fn check(name: &str, bomb: &[u8], expected: Stops) {
    by_worker(name, bomb);
    let (stopped, why) = in_house(name, bomb);
    assert_eq!(stopped, expected, "{name}: {why}");
}

/// Returns what stops a bomb in the house, and the house's words about it.
fn in_house(name: &str, bomb: &[u8]) -> (Stops, String) {
    runtime().block_on(async {
        let house = House::new(WORKER);
        let before = process::peak_resident_bytes();
        let started = Instant::now();
        let prepared = house.prepare(bomb).await;
        let time = started.elapsed();
        let why = format!("{:?}", prepared.as_ref().err());
        let stopped = match &prepared {
            Ok(_) => Stops::Nothing,
            Err(PrepareError::Rejected(Rejection::TooMuch { what, .. })) => Stops::Scan(what),
            Err(PrepareError::Rejected(Rejection::NoTools)) => Stops::NoTools,
            Err(PrepareError::Compile(CompileError::Invalid(_))) => Stops::Compiler,
            Err(PrepareError::Compile(CompileError::Limit(_))) => Stops::Worker,
            Err(PrepareError::Unfit(_)) => Stops::Pool,
            Err(other) => panic!("{name}: {other:?}"),
        };
        if let Stops::Scan(_) = stopped {
            assert!(time <= SCAN_TIME_MAX, "{name}: the scan took {time:?}");
        }
        assert!(time <= WORKER_TIME_MAX, "{name}: {time:?}");
        assert_eq!(house.cached().is_empty(), prepared.is_err(), "{name}");
        check_house_serves(&house).await;
        Figure {
            end: format!("{stopped:?}"),
            time,
            peak_bytes: Some(process::peak_resident_bytes() - before),
            more: vec![("bytes", bomb.len() as u64)],
            ..Figure::default()
        }
        .record(SCRATCH, &format!("bomb {name}"));
        (stopped, why)
    })
}

fn by_worker(name: &str, bomb: &[u8]) {
    let limits = COMPILE_LIMITS;
    let compiled = raw_worker::compile(WORKER, bomb, limits.memory_bytes, limits.cpu_s);
    let bytes_max = limits.memory_bytes + OWN_BYTES_MAX;
    let peak_bytes = compiled.peak_bytes;
    assert!(
        peak_bytes.is_none_or(|bytes| bytes <= bytes_max),
        "{name}: {peak_bytes:?} bytes"
    );
    assert!(
        compiled.time <= WORKER_TIME_MAX,
        "{name}: {:?}",
        compiled.time
    );
    let end = match &compiled.reply {
        Some((0, _)) => "compiled".to_owned(),
        Some((2, _)) => "not valid".to_owned(),
        Some((kind, _)) => panic!("{name}: a reply of kind {kind}"),
        None => format!("died: {}", compiled.status),
    };
    Figure {
        end,
        time: compiled.time,
        peak_bytes,
        more: vec![("bytes", bomb.len() as u64)],
        ..Figure::default()
    }
    .record(SCRATCH, &format!("bomb {name}, worker alone"));
}

#[test]
fn instances() {
    let bomb = bombs::instances(21);
    assert!(bomb.len() < 1_500, "{} bytes", bomb.len());
    check("of 2^21 instances", &bomb, Stops::Scan("core instances"));
    let bomb = bombs::instances_by_argument(21);
    check(
        "of 2^21 instances by argument",
        &bomb,
        Stops::Scan("components as arguments"),
    );
}

#[test]
fn locals() {
    let bomb = bombs::declared_locals(50_000);
    let locals = Stops::Scan("local variables in a function");
    check("of 50,000 locals", &bomb, locals);
    let bomb = bombs::carried_locals(8_000, 10_000);
    assert!(
        (60_000..160_000).contains(&bomb.len()),
        "{} bytes",
        bomb.len()
    );
    check("of locals in 10,000 loops", &bomb, Stops::Worker);
}

#[test]
fn calls_of_a_thousand_values() {
    check(
        "of 1,000 calls of 1,000 values",
        &bombs::wide_calls(1_000),
        Stops::Worker,
    );
}

#[test]
fn functions() {
    let bomb = bombs::functions(1_000_000);
    check("of a million functions", &bomb, Stops::Scan("functions"));
    check(
        "of 59,000 functions",
        &bombs::functions(59_000),
        Stops::NoTools,
    );
}

#[test]
fn bodies() {
    let bomb = bombs::branch_tables(1, 1_100_000);
    check(
        "of a branch table of 1.1 MB",
        &bomb,
        Stops::Scan("bytes in a function"),
    );
    let bomb = bombs::branch_tables(120, 65_000);
    check("of 120 branch tables of 65 KB", &bomb, Stops::Nothing);
    let bomb = bombs::nested_blocks(300_000);
    check("of 300,000 nested blocks", &bomb, Stops::Worker);
}

#[test]
fn data() {
    let bomb = bombs::data(49 << 20);
    check("of 49 MiB of data", &bomb, Stops::Scan("bytes"));
    let bomb = bombs::data(40 << 20);
    check("of 40 MiB of data", &bomb, Stops::Nothing);
    check(
        "of data at both ends of 4 GiB",
        &bombs::sparse_data(),
        Stops::Nothing,
    );
}

/// What the pool of the running engine has no room for is refused as the component's fault,
/// and nothing is kept.
#[test]
fn what_no_slot_can_hold() {
    let ended = Stops::Scan("memories");
    check(
        "of 17 memories",
        &memory::begin_large(16, 1).to_bytes(),
        ended,
    );
    let ended = Stops::Scan("tables");
    check(
        "of 33 tables",
        &memory::begin_with_tables(33, 1).to_bytes(),
        ended,
    );
    let bomb = memory::begin_with_tables(1, 100_001).to_bytes();
    check(
        "of a table of 100,001 elements",
        &bomb,
        Stops::Scan("elements in a table"),
    );
    let bomb = bombs::exported_functions(50_000);
    check("of 50,000 exports", &bomb, Stops::Scan("exports"));
    let bomb = bombs::exported_functions(19_000);
    check("of 19,000 exports", &bomb, Stops::Nothing);
    check("of 100,000 globals", &bombs::globals(100_000), Stops::Pool);
}

#[test]
fn types() {
    let bomb = bombs::core_types(100_000);
    check("of 100,000 types", &bomb, Stops::Scan("types"));
    let bomb = bombs::core_types(19_000);
    check("of 19,000 types", &bomb, Stops::Nothing);
    let bomb = bombs::doubling_types(40);
    check("of types that double 40 times", &bomb, Stops::NoTools);
}

/// An adapter has two memories, which the settings do not have: the compiler panics over it.
#[test]
fn adapters() {
    check("of one adapter", &bombs::adapters(1, 1), Stops::Compiler);
    check("of 300 adapters", &bombs::adapters(300, 5), Stops::Compiler);
}

#[test]
fn components_in_components() {
    let bomb = bombs::nested_components(1_000);
    check(
        "of 1,000 nested components",
        &bomb,
        Stops::Scan("levels of nesting"),
    );
}
