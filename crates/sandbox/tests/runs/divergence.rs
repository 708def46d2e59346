//! A guest that leaves its tape is stopped, and what has no tape says why.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use hotcell_policy::{LimitName, Limits};
use hotcell_sandbox::{
    CHECKPOINT_BYTES_MAX, Call, CheckpointError, Checkpoints, DenyAll, End, Recording,
    TAPE_BYTES_MAX, Tape, TapeData,
};
use hotcell_testkit::components::{Tool, answers, spin, witness};

use crate::house::{call, prepare, sandbox};
use crate::replay::{LIMITS, answer, played, recorded, tape};
use crate::upstream::{Answer, Exact, Silent};

/// What is played here must not wait long for what a forged tape promises.
const SHORT: Limits = Limits {
    time_ms: 2_000,
    ..LIMITS
};

fn some_answers() -> Vec<Answer> {
    let whole = |bytes, trailers| Answer::Whole { bytes, trailers };
    vec![
        whole(900, true),
        whole(90, false),
        whole(0, true),
        whole(10, false),
    ]
}

async fn play(tool: &Tool, bytes: &[u8]) -> End {
    let tape = TapeData::parse(bytes.to_vec()).unwrap();
    let call = Call {
        limits: SHORT,
        ..played(tape, some_answers())
    };
    sandbox().run(&prepare(tool).await, call).await.end
}

async fn check_diverged(tool: &Tool, bytes: &[u8], expected: &str) {
    match play(tool, bytes).await {
        End::Diverged(why) => assert_eq!(why, expected),
        other => panic!("{other:?}, not: {expected}"),
    }
}

async fn record(tool: &Tool) -> (String, TapeData) {
    let call = recorded(Arc::new(Exact(some_answers())));
    let report = sandbox().run(&prepare(tool).await, call).await;
    (answer(&report).to_owned(), tape(&report))
}

#[tokio::test]
async fn a_divergence_says_where() {
    let asleep = spin::asleep();
    let block = "block of a pollable";
    for (bytes, expected) in [
        (
            vec![1],
            format!("entry 0: the guest asks for {block}, and the tape ends"),
        ),
        (
            vec![1, 3, 1, 0],
            format!("entry 1: the guest asks for {block}, and the tape has poll"),
        ),
        (
            vec![1, 6, 2, 5],
            "entry 1: the guest ends, and the tape goes on with the monotonic clock".to_owned(),
        ),
        (
            vec![1, 6, 0, 3],
            format!("entry 1: the guest ends, and the tape goes on with {block}"),
        ),
    ] {
        check_diverged(&asleep, &bytes, &expected).await;
    }
    let shorter = "entry 1: poll: the guest's list is shorter";
    check_diverged(&spin::polling(3), &[1, 3, 1, 3], shorter).await;
}

#[tokio::test]
async fn a_clock_without_end_is_a_divergence() {
    let far = [0xff; 9].into_iter().chain([1]);
    let bytes: Vec<u8> = [1, 2].into_iter().chain(far.clone()).collect();
    let end = play(&witness::one_reading(), &bytes).await;
    assert!(matches!(end, End::Diverged(_)), "{end:?}");
    let bytes: Vec<u8> = [1, 1].into_iter().chain(far).chain([2, 1]).collect();
    let end = play(&witness::clocks(), &bytes).await;
    assert!(matches!(end, End::Diverged(_)), "{end:?}");
}

/// A response that the tape has and the record does not give: not for ever, and not a limit.
#[tokio::test]
async fn what_does_not_come_is_a_divergence() {
    let (_, tape) = record(&witness::fetch(0)).await;
    let call = Call {
        limits: SHORT,
        outbound: Arc::new(Silent::default()),
        ..played(tape, Vec::new())
    };
    let report = sandbox()
        .run(&prepare(&witness::fetch(0)).await, call)
        .await;
    match report.end {
        End::Diverged(why) => assert!(why.contains("does not come"), "{why}"),
        other => panic!("{other:?}"),
    }
}

/// A body that is another than the record's.
#[tokio::test]
async fn another_body_is_a_divergence() {
    let (_, tape) = record(&witness::fetch(0)).await;
    for bytes in [899, 901, 0] {
        let mut answers = some_answers();
        answers[0] = Answer::Whole {
            bytes,
            trailers: true,
        };
        let call = played(tape.clone(), answers);
        let report = sandbox()
            .run(&prepare(&witness::fetch(0)).await, call)
            .await;
        assert!(
            matches!(report.end, End::Diverged(_)),
            "{bytes}: {:?}",
            report.end
        );
    }
}

/// Every fifth byte of a tape with one bit turned: it is refused, the guest diverges, or it answers
/// something (the same where the bit did not matter to it). Nothing hangs, nothing panics.
#[tokio::test]
async fn forged_tapes() {
    let tool = witness::everything(2);
    let (honest, tape) = record(&tool).await;
    let (mut refused, mut diverged, mut other, mut same) = (0, 0, 0, 0);
    for at in (0..tape.as_bytes().len()).step_by(5) {
        let mut bytes = tape.as_bytes().to_vec();
        bytes[at] ^= 1 << (at % 8);
        if TapeData::parse(bytes.clone()).is_err() {
            refused += 1;
            continue;
        }
        match play(&tool, &bytes).await {
            End::Diverged(_) => diverged += 1,
            End::Answer(text) if text == honest => same += 1,
            End::Answer(_) => other += 1,
            // It was told that it has a trapped stream.
            End::Trap(_) => other += 1,
            end => panic!("byte {at}: {end:?}"),
        }
    }
    let count = refused + diverged + other + same;
    let tally = format!("{refused} refused, {diverged} diverged, {other} other, {same} same");
    assert!(diverged * 2 > count, "{tally}");
    // The guest does not look at every place of a poll's answer.
    assert!((other + same) * 50 < count, "{tally}");
}

#[tokio::test]
async fn cut_tapes() {
    let tool = witness::everything(1);
    let (_, tape) = record(&tool).await;
    for end in (1..tape.as_bytes().len()).step_by(7) {
        let bytes = &tape.as_bytes()[..end];
        if TapeData::parse(bytes.to_vec()).is_ok() {
            let end = play(&tool, bytes).await;
            assert!(matches!(end, End::Diverged(_)), "{end:?}");
        }
    }
}

#[tokio::test]
async fn what_a_clock_ended_has_no_tape() {
    let limits = Limits {
        time_ms: 100,
        fuel: u64::MAX,
        ..Limits::STANDARD
    };
    for tool in [spin::asleep(), spin::in_call()] {
        let call = Call {
            limits: limits.clone(),
            tape: Tape::Record,
            ..call()
        };
        let report = sandbox().run(&prepare(&tool).await, call).await;
        assert!(matches!(report.end, End::Limit(LimitName::TimeMs)));
        assert_eq!(report.tape, Recording::Stopped);
    }
}

/// What fuel ended has one: it ends at the same place.
#[tokio::test]
async fn what_fuel_ended_is_played_to_the_same_end() {
    let tool = prepare(&witness::clocks()).await;
    let limits = Limits {
        fuel: 5_000_000,
        ..LIMITS
    };
    let first = Call {
        limits: limits.clone(),
        ..recorded(Arc::new(DenyAll::default()))
    };
    let first = sandbox().run(&tool, first).await;
    assert!(
        matches!(first.end, End::Limit(LimitName::Fuel)),
        "{:?}",
        first.end
    );
    let again = Call {
        limits,
        ..played(tape(&first), Vec::new())
    };
    let again = sandbox().run(&tool, again).await;
    assert!(
        matches!(again.end, End::Limit(LimitName::Fuel)),
        "{:?}",
        again.end
    );
    assert_eq!(first.fuel, again.fuel);
}

/// Gives another large state each time, or the same.
struct Heavy {
    next: AtomicU8,
    step: u8,
}

#[async_trait::async_trait]
impl Checkpoints for Heavy {
    async fn save(&self, _state: Vec<u8>) -> Result<(), CheckpointError> {
        Ok(())
    }

    async fn load(&self) -> Option<Vec<u8>> {
        let byte = self.next.fetch_add(self.step, Ordering::Relaxed);
        Some(vec![byte; CHECKPOINT_BYTES_MAX])
    }
}

async fn load_heavy(times: u32, step: u8) -> Recording {
    let call = Call {
        checkpoints: Some(Arc::new(Heavy {
            next: AtomicU8::new(1),
            step,
        })),
        ..recorded(Arc::new(DenyAll::default()))
    };
    let report = sandbox()
        .run(&prepare(&witness::loads(times)).await, call)
        .await;
    answer(&report);
    report.tape
}

#[tokio::test]
async fn a_tape_has_a_limit() {
    assert_eq!(load_heavy(3, 1).await, Recording::TooLong);
    match load_heavy(1, 1).await {
        Recording::Whole(tape) => assert!(tape.as_bytes().len() > CHECKPOINT_BYTES_MAX),
        other => panic!("{other:?}"),
    }
    assert!(TapeData::parse(vec![1; TAPE_BYTES_MAX + 1]).is_err());
}

/// As many host calls as standard fuel buys fit on it, of the kind that cannot be folded.
#[tokio::test]
async fn standard_fuel_runs_out_before_the_tape() {
    let call = Call {
        tape: Tape::Record,
        limits: Limits {
            time_ms: 60_000,
            ..Limits::STANDARD
        },
        ..call()
    };
    let report = sandbox()
        .run(&prepare(&spin::polling_what_is_ready()).await, call)
        .await;
    assert!(
        matches!(report.end, End::Limit(LimitName::Fuel)),
        "{:?}",
        report.end
    );
    tape(&report);
}

#[tokio::test]
async fn a_cancelled_replay_is_cancelled() {
    let (_, tape) = record(&witness::one_reading()).await;
    let call = played(tape, Vec::new());
    call.cancel.cancel();
    let report = sandbox().run(&prepare(&answers::ok()).await, call).await;
    assert!(matches!(report.end, End::Cancelled));
}
