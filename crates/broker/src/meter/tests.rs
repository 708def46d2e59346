//! Meters in real folders, by several processes' worth of hands.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use super::*;

const THREE_A_MINUTE: Rate = Rate {
    count: 3,
    per_ms: 60_000,
};

fn at(ms: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_700_000_000_000 + ms)
}

fn grant(name: &str) -> GrantId {
    GrantId::of_credential("crm", name)
}

/// A folder for meters, and one of them.
fn meter() -> (tempfile::TempDir, Meter) {
    let folder = tempfile::tempdir().unwrap();
    let meter = Meter::new(folder.path().join("data/rates"));
    (folder, meter)
}

/// Asks once for each time; returns the waits of those that are refused.
fn check(meter: &Meter, asked: &[u64], expected: &[Option<u64>]) {
    let grants = [(grant("ci"), Some(THREE_A_MINUTE))];
    let told = asked.iter().map(|ms| meter.admit(&grants, at(*ms)));
    let waits: Vec<_> = told
        .map(|told| told.err().map(|refused| refused.retry_after_ms))
        .collect();
    assert_eq!(waits, expected);
}

#[test]
fn a_rate_holds_and_recovers() {
    let (_folder, meter) = meter();
    let asked = [0, 0, 0, 0, 19_999, 20_000, 20_000];
    let waits = [None, None, None, Some(20_000), Some(1), None, Some(20_000)];
    check(&meter, &asked, &waits);
}

#[test]
fn it_is_kept_for_the_next_process() {
    let (folder, meter) = meter();
    check(&meter, &[0, 0, 0], &[None, None, None]);
    let next = Meter::new(folder.path().join("data/rates"));
    check(&next, &[0, 20_000], &[Some(20_000), None]);
}

#[test]
fn what_has_no_rate_is_not_metered() {
    let (folder, meter) = meter();
    for _ in 0..1_000 {
        meter.admit(&[(grant("ci"), None)], at(0)).unwrap();
    }
    assert!(!folder.path().join("data").exists());
}

#[test]
fn several_grants_are_charged_all_or_none() {
    let (_folder, meter) = meter();
    let one = Rate {
        count: 1,
        per_ms: 1_000,
    };
    let (a, b) = (grant("a"), grant("b"));
    let both = [(b.clone(), Some(one)), (a.clone(), Some(THREE_A_MINUTE))];
    meter.admit(&both, at(0)).unwrap();
    for _ in 0..5 {
        let refused = meter.admit(&both, at(0)).unwrap_err();
        assert_eq!((refused.grant, refused.retry_after_ms), (b.clone(), 1_000));
    }
    // `a` was charged once, not six times.
    let only_a = [(a.clone(), Some(THREE_A_MINUTE))];
    meter.admit(&only_a, at(0)).unwrap();
    meter.admit(&only_a, at(0)).unwrap();
    let refused = meter.admit(&both, at(0)).unwrap_err();
    assert_eq!((refused.grant, refused.retry_after_ms), (a, 20_000));
}

#[test]
fn a_clock_that_is_set_back_costs_one_interval() {
    let (_folder, meter) = meter();
    let hour = 3_600_000;
    check(&meter, &[hour, hour, hour], &[None, None, None]);
    check(
        &meter,
        &[0, 20_001, 20_001],
        &[Some(20_000), None, Some(20_000)],
    );
}

#[test]
fn a_damaged_file_counts_as_used_up() {
    for damage in [&b"x"[..], &[0; 16], &[7; 17], &[0xff; 400]] {
        let (folder, meter) = meter();
        check(&meter, &[0], &[None]);
        let file = folder.path().join("data/rates").join(file_name("crm/ci"));
        fs::write(&file, damage).unwrap();
        check(&meter, &[0, 0, 20_001], &[Some(20_000), Some(20_000), None]);
        assert_eq!(fs::metadata(&file).unwrap().len(), 16);
    }
}

#[test]
fn a_folder_that_cannot_be_written_admits_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rates"), "no folder").unwrap();
    let meter = Meter::new(folder.path().join("rates"));
    let grants = [(grant("ci"), Some(THREE_A_MINUTE))];
    let refused = meter.admit(&grants, at(0)).unwrap_err();
    assert!(refused.why.contains("rates"), "{}", refused.why);
    // A link in the place of the file leads nowhere.
    let (folder, meter) = self::meter();
    check(&meter, &[0], &[None]);
    let file = folder.path().join("data/rates").join(file_name("crm/ci"));
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(folder.path().join("other"), &file).unwrap();
    meter.admit(&grants, at(0)).unwrap_err();
    assert!(!folder.path().join("other").exists());
}

#[test]
fn nobody_else_may_look() {
    let (folder, meter) = meter();
    check(&meter, &[0], &[None]);
    let rates = folder.path().join("data/rates");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(rates.clone()), 0o700);
    assert_eq!(mode(rates.join(file_name("crm/ci"))), 0o600);
}

/// Eight hands at once, each with a meter of its own and two grants in another order.
#[test]
fn hands_at_one_time_never_take_more_than_there_is() {
    let (folder, _) = meter();
    let rate = Some(Rate {
        count: 100,
        per_ms: 3_600_000,
    });
    let (a, b) = ((grant("a"), rate), (grant("b"), rate));
    let admitted: usize = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..8)
            .map(|hand| {
                let meter = Meter::new(folder.path().join("rates"));
                let mut grants = [a.clone(), b.clone()];
                grants.rotate_left(hand % 2);
                scope.spawn(move || {
                    let tries = (0..50).filter(|_| meter.admit(&grants, at(0)).is_ok());
                    tries.count()
                })
            })
            .collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).sum()
    });
    assert_eq!(admitted, 100);
}

/// A bound that a loaded machine keeps too; what it takes is printed with `--nocapture`.
#[test]
#[allow(clippy::print_stdout)]
fn an_admission_is_quick() {
    let (_folder, meter) = meter();
    let rate = Some(Rate {
        count: 1_000_000,
        per_ms: 1_000,
    });
    let grants = [(grant("ci"), rate)];
    let mut times: Vec<_> = (0..1_000)
        .map(|_| {
            let start = Instant::now();
            meter.admit(&grants, at(0)).unwrap();
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("an admission: p50 {:?}, p99 {:?}", times[500], times[990]);
    assert!(times[500] < Duration::from_millis(5));
}
