//! How long to wait before the next attempt, as a pure function.

use crate::Retry;
use crate::config::JobsTable;

/// The longest wait that a failure's advice is followed for: a day. A skill is not trusted to
/// put its job off for ever.
pub const ADVISED_MS_MAX: u64 = 86_400_000;

/// Returns the milliseconds to wait after `attempt`, which counts from 1 and has failed.
///
/// The wait doubles with each attempt, up to [`JobsTable::backoff_max_ms`]. Half of it is fixed and
/// half is drawn by `random`, any number, so that many jobs that failed together do not come back
/// together, and none comes back at once. It is never shorter than what the failure advised, up to
/// [`ADVISED_MS_MAX`] or the longest wait, whichever is more.
pub fn backoff(jobs: &JobsTable, attempt: u32, advised: Retry, random: u64) -> u64 {
    let doublings = attempt.saturating_sub(1).min(63);
    let whole = jobs
        .backoff_ms
        .saturating_mul(1 << doublings)
        .min(jobs.backoff_max_ms);
    let half = whole / 2;
    let wait = (whole - half).saturating_add(random % half.saturating_add(1));
    match advised {
        Retry::AfterMs(ms) => wait.max(ms.min(ADVISED_MS_MAX.max(jobs.backoff_max_ms))),
        Retry::Never | Retry::SameKey => wait,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn jobs(backoff_ms: u64, backoff_max_ms: u64) -> JobsTable {
        JobsTable {
            backoff_ms,
            backoff_max_ms,
            ..JobsTable::STANDARD
        }
    }

    /// The shortest and the longest wait after an attempt.
    fn check(attempt: u32, shortest: u64, longest: u64) {
        let jobs = jobs(1_000, 60_000);
        let wait = |random| backoff(&jobs, attempt, Retry::SameKey, random);
        assert_eq!(wait(0), shortest, "{attempt}");
        assert_eq!(wait(longest - shortest), longest, "{attempt}");
        assert_eq!(wait(longest - shortest + 1), shortest, "{attempt}");
    }

    #[test]
    fn it_doubles_to_a_longest() {
        check(0, 500, 1_000);
        check(1, 500, 1_000);
        check(2, 1_000, 2_000);
        check(3, 2_000, 4_000);
        check(6, 16_000, 32_000);
        check(7, 30_000, 60_000);
        check(100, 30_000, 60_000);
        check(u32::MAX, 30_000, 60_000);
    }

    #[test]
    fn advice_is_followed_to_an_end() {
        let wait = |max, ms| backoff(&jobs(1_000, max), 1, Retry::AfterMs(ms), 0);
        assert_eq!(wait(60_000, 10), 500);
        assert_eq!(wait(60_000, 7_200_000), 7_200_000);
        assert_eq!(wait(60_000, u64::MAX), ADVISED_MS_MAX);
        assert_eq!(wait(2 * ADVISED_MS_MAX, u64::MAX), 2 * ADVISED_MS_MAX);
    }

    proptest! {
        #[test]
        fn it_stays_between_half_and_the_whole(
            first in 1u64..1_000_000_000, more in 0u64..1_000_000_000,
            attempt in any::<u32>(), random in any::<u64>(), ms in any::<u64>(),
        ) {
            let jobs = jobs(first, first + more);
            let wait = backoff(&jobs, attempt, Retry::SameKey, random);
            prop_assert!(wait >= first.div_ceil(2) && wait <= first + more);
            let advised = backoff(&jobs, attempt, Retry::AfterMs(ms), random);
            prop_assert!(advised >= wait && advised >= ms.min(ADVISED_MS_MAX));
        }
    }
}
