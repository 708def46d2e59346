//! Components that nobody meant: out of a generator, and honest ones with bits turned. The
//! host never dies and never passes its limits. Seeds are fixed, so a failure repeats itself.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::Path;
use std::time::{Duration, Instant};

use hotcell_policy::Limits;
use hotcell_sandbox::compile::CompileError;
use hotcell_sandbox::{End, PrepareError};
use hotcell_testkit::components::{bytes, smith};
use hotcell_tests::house::{COMPILE_LIMITS, call};
use hotcell_tests::{Figure, House, process, raw_worker};
use tokio::runtime::Builder;

const WORKER: &str = env!("CARGO_BIN_EXE_hotcell-under-test");
const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

/// Components of each kind.
const SEEDS: u64 = 200;

/// Copies of the example with bits turned: each is compiled for nearly a second.
const FLIPS: usize = 40;

/// Bytes that the host may have resident more at its peak than before, for one component.
const HOST_PEAK_MAX: u64 = 160 << 20;

/// Small in every way.
const LIMITS: Limits = Limits {
    time_ms: 2_000,
    fuel: 10_000_000,
    memory_bytes: 16 << 20,
    ..Limits::STANDARD
};

/// What became of many components.
#[derive(Debug, Default)]
struct Tally {
    scanned_out: u64,
    invalid: u64,
    stopped: u64,
    unfit: u64,
    answered: u64,
    failed: u64,
    limited: u64,
    trapped: u64,
}

impl Tally {
    fn total(&self) -> u64 {
        self.ran() + self.scanned_out + self.invalid + self.stopped + self.unfit
    }

    fn ran(&self) -> u64 {
        self.answered + self.failed + self.limited + self.trapped
    }

    fn record(&self, name: &str, time: Duration, peak_bytes: u64) {
        Figure {
            end: format!("{} components", self.total()),
            time,
            peak_bytes: Some(peak_bytes),
            more: vec![
                ("scanned_out", self.scanned_out),
                ("invalid", self.invalid),
                ("stopped", self.stopped),
                ("unfit", self.unfit),
                ("answered", self.answered),
                ("failed", self.failed),
                ("limited", self.limited),
                ("trapped", self.trapped),
            ],
            ..Figure::default()
        }
        .record(SCRATCH, name);
    }
}

/// Sends every component through the scan, a worker and a run, as far as it comes.
fn check(name: &str, components: impl Iterator<Item = Vec<u8>>) -> Tally {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let house = House::new(WORKER);
        let before = process::peak_resident_bytes();
        let started = Instant::now();
        let mut tally = Tally::default();
        for component in components {
            one(&house, &component, &mut tally).await;
        }
        let peak = process::peak_resident_bytes() - before;
        assert!(peak <= HOST_PEAK_MAX, "{name}: {peak} bytes");
        tally.record(name, started.elapsed(), peak);
        tally
    })
}

async fn one(house: &House, component: &[u8], tally: &mut Tally) {
    let prepared = match house.prepare(component).await {
        Ok(prepared) => prepared,
        Err(PrepareError::Rejected(_)) => return tally.scanned_out += 1,
        Err(PrepareError::Compile(CompileError::Invalid(_))) => return tally.invalid += 1,
        Err(PrepareError::Compile(CompileError::Limit(_))) => return tally.stopped += 1,
        Err(PrepareError::Unfit(_)) => return tally.unfit += 1,
        Err(error) => panic!("a fault of ours: {error:?}"),
    };
    let report = house.sandbox().run(&prepared, call("{}", LIMITS)).await;
    assert!(report.memory_peak_bytes <= LIMITS.memory_bytes);
    assert!(report.fuel.is_none_or(|fuel| fuel <= LIMITS.fuel));
    assert!(report.wall <= Duration::from_millis(LIMITS.time_ms) * 4);
    match report.end {
        End::Answer(answer) => {
            assert!(answer.len() as u64 <= LIMITS.output_bytes);
            tally.answered += 1;
        }
        End::Failure(_) => tally.failed += 1,
        End::Limit(_) => tally.limited += 1,
        End::Trap(_) => tally.trapped += 1,
        other => panic!("nobody asked for that: {other:?}"),
    }
}

#[test]
fn generated_components() {
    let tally = check(
        "generated components",
        (0..SEEDS).filter_map(smith::component),
    );
    assert!(tally.total() >= SEEDS / 10 * 9, "{tally:?}");
}

/// The quick scan sends nearly all generated components away, so the worker gets them by
/// itself: it answers each, and stays within its limits.
#[test]
fn generated_components_for_the_worker_alone() {
    let started = Instant::now();
    let (mut compiled, mut invalid) = (0, 0);
    for component in (0..SEEDS / 2).filter_map(smith::component) {
        let limits = COMPILE_LIMITS;
        let answer = raw_worker::compile(WORKER, &component, limits.memory_bytes, limits.cpu_s);
        match answer.reply {
            Some((0, _)) => compiled += 1,
            Some((2, _)) => invalid += 1,
            other => panic!("{other:?}, {}", answer.status),
        }
    }
    assert!(compiled + invalid >= SEEDS / 2 / 10 * 9);
    Figure {
        end: format!("{} components", compiled + invalid),
        time: started.elapsed(),
        peak_bytes: Some(process::children_peak_bytes()),
        more: vec![("compiled", compiled), ("invalid", invalid)],
        ..Figure::default()
    }
    .record(SCRATCH, "generated components, worker alone");
}

#[test]
fn generated_skills() {
    let tally = check("generated skills", (0..SEEDS).filter_map(smith::skill));
    assert!(tally.total() >= SEEDS / 10 * 9, "{tally:?}");
    assert!(
        tally.ran() >= SEEDS / 4,
        "most of them should run: {tally:?}"
    );
}

#[test]
fn an_example_with_bits_turned() {
    let honest = example();
    let tally = check(
        "an example with bits turned",
        bytes::bit_flips(&honest, FLIPS, 1),
    );
    assert_eq!(tally.total(), FLIPS as u64);
}

#[test]
fn an_example_cut_short() {
    let honest = example();
    let cuts = bytes::truncations(&honest, 997).map(<[u8]>::to_vec);
    let tally = check("an example cut short", cuts);
    assert_eq!(tally.ran(), 0, "{tally:?}");
}

/// The component of a real example.
fn example() -> Vec<u8> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../skills-examples/tax-check/skill.wasm");
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; run `cargo xtask examples` first",
            path.display()
        )
    })
}
