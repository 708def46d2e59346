//! A run that is recorded and played is the same run.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hotcell_policy::Limits;
use hotcell_sandbox::{
    Call, CheckpointError, Checkpoints, End, Outbound, Recording, Report, Tape, TapeData,
};
use hotcell_testkit::components::{Tool, answers, spin, witness};
use proptest::prelude::*;

use crate::house::{call, prepare, sandbox};
use crate::upstream::{Answer, Exact, Moody, Random, denied, reset};

/// Fuel without end, since how often a witness polls is up to chance.
pub(crate) const LIMITS: Limits = Limits {
    time_ms: 20_000,
    fuel: u64::MAX,
    ..Limits::STANDARD
};

/// Keeps the last state in memory.
#[derive(Default)]
struct Shelf(Mutex<Option<Vec<u8>>>);

#[async_trait::async_trait]
impl Checkpoints for Shelf {
    async fn save(&self, state: Vec<u8>) -> Result<(), CheckpointError> {
        *self.0.lock().unwrap() = Some(state);
        Ok(())
    }

    async fn load(&self) -> Option<Vec<u8>> {
        self.0.lock().unwrap().clone()
    }
}

/// Four answers, for a guest that sends up to so many requests.
fn answers() -> Vec<Answer> {
    let whole = |bytes, trailers| Answer::Whole { bytes, trailers };
    vec![
        whole(150_000, true),
        whole(30_000, false),
        whole(0, true),
        whole(10, false),
    ]
}

fn moody(seed: u64, answers: Vec<Answer>, sizes: &[usize]) -> Arc<dyn Outbound> {
    Arc::new(Moody {
        answers,
        sizes: sizes.to_vec(),
        random: Mutex::new(Random(seed)),
    })
}

/// The call that is recorded.
pub(crate) fn recorded(outbound: Arc<dyn Outbound>) -> Call {
    Call {
        limits: LIMITS,
        outbound,
        seed: [9; 32],
        wall_clock: Duration::from_millis(1_790_000_000_123),
        checkpoints: Some(Arc::new(Shelf::default())),
        tape: Tape::Record,
        ..call()
    }
}

/// The same call as it is played: nothing is kept, and the answers are the record's.
pub(crate) fn played(tape: TapeData, answers: Vec<Answer>) -> Call {
    Call {
        checkpoints: None,
        tape: Tape::Play(Arc::new(tape)),
        ..recorded(Arc::new(Exact(answers)))
    }
}

/// Returns the tape of a call that has one.
pub(crate) fn tape(report: &Report) -> TapeData {
    match &report.tape {
        Recording::Whole(tape) => tape.clone(),
        other => panic!("{other:?} of {:?}", report.end),
    }
}

pub(crate) fn answer(report: &Report) -> &str {
    match &report.end {
        End::Answer(text) => text,
        other => panic!("{other:?}"),
    }
}

fn check_same(recorded: &Report, played: &Report) {
    assert_eq!(answer(played), answer(recorded));
    assert_eq!(played.log, recorded.log);
    assert!(!recorded.log.bytes.is_empty());
    let files = |report: &Report| format!("{:?}", report.files);
    assert_eq!(files(played), files(recorded));
    assert_eq!(recorded.files.len(), 1);
    assert_eq!(played.fuel, recorded.fuel);
    assert_eq!(played.memory_peak_bytes, recorded.memory_peak_bytes);
}

/// Records `tool`, plays it, and compares. Returns the tape.
async fn check_with(tool: &Tool, seed: u64, answers: Vec<Answer>, sizes: &[usize]) -> TapeData {
    let prepared = prepare(tool).await;
    let call = recorded(moody(seed, answers.clone(), sizes));
    let first = sandbox().run(&prepared, call).await;
    let tape = tape(&first);
    let read = TapeData::parse(tape.as_bytes().to_vec()).unwrap();
    assert_eq!(read, tape);
    let again = sandbox().run(&prepared, played(read, answers)).await;
    assert_eq!(again.tape, Recording::None);
    check_same(&first, &again);
    tape
}

async fn check(tool: &Tool) -> TapeData {
    check_with(tool, 1, answers(), &[1, 1_000, 7, 16_384]).await
}

#[tokio::test]
async fn clocks_that_are_read_thousands_of_times() {
    let tape = check(&witness::clocks()).await;
    // Wall and monotonic clock in turn: two entries for each pair of readings, 2 bytes each.
    let most = witness::READINGS as usize * 5;
    assert!(tape.as_bytes().len() < most, "{tape:?}");
}

/// The witness's number depends on the clocks, or the tests here would prove nothing.
#[tokio::test]
async fn without_a_tape_it_is_another_run() {
    let prepared = prepare(&witness::clocks()).await;
    let run = async || {
        let report = sandbox()
            .run(&prepared, recorded(moody(1, answers(), &[1])))
            .await;
        (answer(&report).to_owned(), tape(&report))
    };
    let (first, second) = (run().await, run().await);
    assert_ne!(first, second);
}

#[tokio::test]
async fn sleeps() {
    check(&witness::sleeps()).await;
}

#[tokio::test]
async fn polls_of_several_timers() {
    check(&witness::polls()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_at_one_time() {
    for (seed, chunks) in [(1, 0), (2, 1), (3, 9), (4, 30)] {
        check_with(&witness::fetch(chunks), seed, answers(), &[3_000, 1]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_are_refused_or_cut_short() {
    let cut = |error| Answer::Cut {
        bytes: 9_000,
        error,
    };
    for (seed, first, second) in [
        (1, Answer::Refused(denied()), cut(reset())),
        (2, cut(denied()), Answer::Refused(reset())),
        (3, cut(reset()), cut(denied())),
        (4, Answer::Refused(denied()), Answer::Refused(denied())),
    ] {
        let answers = vec![first, second];
        check_with(&witness::fetch(20), seed, answers, &[500]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn splices() {
    for seed in 0..4 {
        check_with(&witness::splices(), seed, answers(), &[2_000, 10]).await;
        let cut = Answer::Cut {
            bytes: 20_000,
            error: reset(),
        };
        check_with(&witness::splices(), seed, vec![cut], &[2_000, 10]).await;
    }
}

#[tokio::test]
async fn checkpoints() {
    check(&witness::checkpoints()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything() {
    for seed in 0..8 {
        check_with(
            &witness::everything(5),
            seed,
            answers(),
            &[1_460, 8, 65_536],
        )
        .await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// However a response comes in, the run is the same when it comes whole.
    #[test]
    fn any_chunking(
        seed: u64,
        sizes in prop::collection::vec(1_usize..20_000, 1..9),
        bytes in 0_usize..60_000,
        chunks in 0_u32..12,
    ) {
        let mut answers = answers();
        answers[1] = Answer::Whole { bytes, trailers: seed % 2 == 0 };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(check_with(&witness::fetch(chunks), seed, answers, &sizes));
    }
}

/// Three hundred years are over at once, where the tape says that they ended.
#[tokio::test]
async fn a_played_guest_waits_for_no_timer() {
    for (tool, tape) in [
        (spin::asleep(), vec![1, 6]),
        (spin::polling(3), vec![1, 3, 1, 2]),
    ] {
        let tape = TapeData::parse(tape).unwrap();
        let report = sandbox()
            .run(&prepare(&tool).await, played(tape, answers()))
            .await;
        assert_eq!(answer(&report), r#"{"ok":true}"#);
    }
}

/// Ticks of the epoch fall where they like, also into the `realloc` of a guest while the host
/// hands over its answer.
#[tokio::test]
async fn fuel_does_not_depend_on_time() {
    let prepared = prepare(&witness::random(100_000)).await;
    let run = async || {
        let call = Call {
            limits: LIMITS,
            ..call()
        };
        sandbox().run(&prepared, call).await.fuel.unwrap()
    };
    let first = run().await;
    for _ in 0..4 {
        assert_eq!(run().await, first);
    }
}

#[tokio::test]
async fn recording_costs_the_guest_nothing() {
    let prepared = prepare(&answers::empty_writes(1_000)).await;
    let run = async |tape| sandbox().run(&prepared, Call { tape, ..call() }).await;
    let (without, with) = (run(Tape::None).await, run(Tape::Record).await);
    assert_eq!(without.fuel, with.fuel);
    assert_eq!(without.tape, Recording::None);
    // A thousand writes alike are one entry and its repeats.
    assert!(tape(&with).as_bytes().len() < 20);
}
