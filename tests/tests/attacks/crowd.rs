//! Ten thousand hostile calls beside an honest caller, in one process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hotcell_policy::{LimitName, Limits};
use hotcell_sandbox::Prepared;
use hotcell_testkit::components::files::{self, Folder};
use hotcell_testkit::components::{Tool, answers, host_calls, memory, spin, traps};
use hotcell_tests::house::call;
use hotcell_tests::{Figure, House, process};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::ends::{Ends, SCRATCH, WORKER, check_end, check_limits, runtime};

/// Hostile calls in all.
const HOSTILE_CALLS: usize = 10_000;

/// Callers that make them, at the same time.
const HOSTILE_CALLERS: usize = 4;

/// Honest calls, once quiet and once among the hostile ones.
const HONEST_CALLS: usize = HOSTILE_CALLS / HOSTILE_FOR_ONE_HONEST as usize;

/// How many hostile calls end before the honest caller makes its next one.
const HOSTILE_FOR_ONE_HONEST: u32 = 4;

/// How many more bytes the process may have resident afterwards. The pool keeps up to 512 KiB
/// of each memory that was used at the same time; the rest is the allocator's.
const RESIDENT_GROWTH_MAX: u64 = 96 << 20;

/// How long an honest call may take in the crowd, at the 99th percentile.
const HONEST_P99_MAX: Duration = Duration::from_millis(500);

/// A hostile component that is ready, its limits, and how it ends.
struct Attack {
    name: &'static str,
    prepared: Prepared,
    limits: Limits,
    ends: Ends<'static>,
}

#[test]
fn honest_answers_are_right_beside_ten_thousand_attacks() {
    runtime().block_on(async {
        let house = Arc::new(House::new(WORKER));
        let attacks = Arc::new(attacks(&house).await);
        let honest = house.prepare(&answers::echo().to_bytes()).await.unwrap();
        // Every attack once, so that what grows once has grown.
        for attack in attacks.iter() {
            strike(&house, attack).await;
        }
        let mut quiet = Vec::new();
        for number in 0..HONEST_CALLS {
            quiet.push(honest_call(&house, &honest, number).await);
        }
        let before = process::resident_bytes();
        let open_before = process::open_files();
        let started = Instant::now();
        let (mut callers, struck) = hostile_callers(&house, &attacks);
        let mut crowded = Vec::new();
        for number in 0..HONEST_CALLS {
            let few = struck.acquire_many(HOSTILE_FOR_ONE_HONEST).await.unwrap();
            few.forget();
            crowded.push(honest_call(&house, &honest, number).await);
        }
        while let Some(ended) = callers.join_next().await {
            ended.unwrap();
        }
        quiet.sort_unstable();
        crowded.sort_unstable();
        let time = started.elapsed();
        let growth = process::resident_bytes().saturating_sub(before);
        record(time, growth, &quiet, &crowded);
        assert!(
            growth <= RESIDENT_GROWTH_MAX,
            "{growth} bytes more are resident"
        );
        assert_eq!(process::open_files(), open_before);
        assert!(
            crowded.len() >= HONEST_CALLS,
            "{} honest calls",
            crowded.len()
        );
        let p99 = percentile(&crowded, 99);
        assert!(p99 <= HONEST_P99_MAX, "an honest call took {p99:?}");
    });
}

/// Starts the hostile callers; the semaphore counts the calls that they have made.
fn hostile_callers(
    house: &Arc<House>,
    attacks: &Arc<Vec<Attack>>,
) -> (JoinSet<()>, Arc<Semaphore>) {
    let struck = Arc::new(Semaphore::new(0));
    let next = Arc::new(AtomicUsize::new(0));
    let mut callers = JoinSet::new();
    for _ in 0..HOSTILE_CALLERS {
        let (house, attacks) = (Arc::clone(house), Arc::clone(attacks));
        let (struck, next) = (Arc::clone(&struck), Arc::clone(&next));
        callers.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= HOSTILE_CALLS {
                    return;
                }
                strike(&house, &attacks[number % attacks.len()]).await;
                struck.add_permits(1);
            }
        });
    }
    (callers, struck)
}

async fn strike(house: &House, attack: &Attack) {
    let call = call("{}", attack.limits.clone());
    let report = house.sandbox().run(&attack.prepared, call).await;
    check_end(attack.name, &report.end, attack.ends);
    if !matches!(attack.ends, Ends::Limit(LimitName::TimeMs)) {
        check_limits(attack.name, &report, &attack.limits);
    }
}

/// Makes one honest call, checks its answer, and returns how long it took.
async fn honest_call(house: &House, honest: &Prepared, number: usize) -> Duration {
    let arguments = format!("{{\"number\":{number}}}");
    let started = Instant::now();
    let call = call(&arguments, Limits::STANDARD);
    let report = house.sandbox().run(honest, call).await;
    let time = started.elapsed();
    check_end("an honest call", &report.end, Ends::Answer(&arguments));
    time
}

async fn attacks(house: &House) -> Vec<Attack> {
    let mut attacks = Vec::new();
    let small = [greedy(), quick()].concat();
    let all = small.into_iter().map(|attack| (attack, SMALL));
    for ((name, tool, ends), limits) in all.chain(slow().map(|attack| (attack, BRIEF))) {
        let prepared = house.prepare(&tool.to_bytes()).await.unwrap();
        attacks.push(Attack {
            name,
            prepared,
            limits,
            ends,
        });
    }
    attacks
}

/// A minute, so that what has to end by something else does so on any machine.
const SMALL: Limits = Limits {
    time_ms: 60_000,
    fuel: 1_000_000,
    memory_bytes: 8 << 20,
    file_bytes: 1 << 20,
    files: 64,
    handles: 64,
    ..Limits::STANDARD
};

/// For what only the clock ends.
const BRIEF: Limits = Limits {
    time_ms: 2,
    fuel: u64::MAX,
    ..SMALL
};

type NamedTool = (&'static str, Tool, Ends<'static>);

/// Want more of everything than there is.
fn greedy() -> Vec<NamedTool> {
    let limit = Ends::Limit;
    let streams = host_calls::leaking_streams(1_000);
    let many = files::many(Folder::Tmp, 1_000);
    let log = answers::stdout_flood(100, 4_096);
    vec![
        ("memory", memory::grow(1), Ends::Answer("128")),
        ("handles", streams, limit(LimitName::Handles)),
        (
            "file",
            files::fill(Folder::Out),
            limit(LimitName::FileBytes),
        ),
        ("files", many, limit(LimitName::Files)),
        ("log", log, Ends::Answer("100")),
    ]
}

/// Die soon.
fn quick() -> Vec<NamedTool> {
    let fuel = Ends::Limit(LimitName::Fuel);
    let stack = Ends::Trap("ran out of stack");
    vec![
        (
            "unreachable",
            traps::unreachable(),
            Ends::Trap("unreachable"),
        ),
        ("fuel", spin::in_call(), fuel),
        ("start", spin::in_start(), fuel),
        ("answer", answers::endless(), Ends::Trap("out of bounds")),
        ("recursion", spin::recursing(), stack),
    ]
}

/// Do not end by themselves.
fn slow() -> [NamedTool; 2] {
    let time = Ends::Limit(LimitName::TimeMs);
    [
        ("time", spin::in_call(), time),
        ("asleep", spin::asleep(), time),
    ]
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() - 1) * percent / 100]
}

fn record(time: Duration, growth: u64, quiet: &[Duration], crowded: &[Duration]) {
    let micros = |times, percent| u64::try_from(percentile(times, percent).as_micros()).unwrap();
    Figure {
        end: "all honest answers right".to_owned(),
        time,
        peak_bytes: Some(growth),
        more: vec![
            ("hostile_calls", HOSTILE_CALLS as u64),
            ("honest_calls", HONEST_CALLS as u64),
            ("quiet_p50_us", micros(quiet, 50)),
            ("quiet_p99_us", micros(quiet, 99)),
            ("crowded_p50_us", micros(crowded, 50)),
            ("crowded_p99_us", micros(crowded, 99)),
        ],
        ..Figure::default()
    }
    .record(SCRATCH, "10,000 attacks beside an honest caller");
}
