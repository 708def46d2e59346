//! How often a grant may be used: the generic cell rate algorithm (GCRA), as a pure function.
//!
//! A bucket of [`Rate::count`] requests is full at first and refills evenly, one every
//! `per_ms / count` milliseconds. State is one number: when the bucket would be full again.
//! What holds, for the clock that is handed in: of the requests that are allowed, at most
//! `count + t / interval` fall into any stretch of `t`, ends included. So at once never more
//! than `count`; in any `per_ms` at most `2 * count`; and in the long run `count` in each
//! `per_ms`. A fixed window would allow the same worst case and a burst at every edge of it; a log
//! of times would be exact and grow with the count.

use crate::config::Rate;

const NANOS_IN_MS: u64 = 1_000_000;

/// What is remembered of a grant's use: when its bucket is full again, in nanoseconds since 1970.
/// The default is a bucket that was never used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct FullAt(u64);

impl FullAt {
    /// Returns the state that [`FullAt::as_nanos`] gave.
    pub fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Returns the state as a number to be stored.
    pub fn as_nanos(self) -> u64 {
        self.0
    }
}

impl Rate {
    /// Takes one request from the bucket, where one is left: returns the state to remember.
    ///
    /// `now_ms` counts from 1970. A clock that was set back, or a rate that was made stricter,
    /// leaves a state far in the future: it counts as a bucket that was emptied now. Whoever
    /// keeps the state writes down that it was, or the wait begins anew with each try.
    ///
    /// # Errors
    /// Milliseconds, at least 1, after which one request will be left.
    pub fn take(self, full_at: FullAt, now_ms: u64) -> Result<FullAt, u64> {
        let now = now_ms.saturating_mul(NANOS_IN_MS);
        let interval = self.interval_nanos();
        // A bucket of whole intervals: with the period itself, rounding could cost one request.
        let bucket = interval.saturating_mul(u64::from(self.count.max(1)));
        let empty = now.saturating_add(bucket);
        let next = full_at.0.clamp(now, empty).saturating_add(interval);
        match next.checked_sub(empty) {
            None | Some(0) => Ok(FullAt(next)),
            Some(wait) => Err(wait.div_ceil(NANOS_IN_MS)),
        }
    }

    /// Returns the time in which one request is refilled, rounded up: never more than is
    /// allowed, and short of it by less than a nanosecond each.
    fn interval_nanos(self) -> u64 {
        let period = self.per_ms.saturating_mul(NANOS_IN_MS);
        period.div_ceil(u64::from(self.count.max(1))).max(1)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HALF_MINUTE: Rate = Rate {
        count: 3,
        per_ms: 30_000,
    };

    /// Asks at each time; returns the times at which a request was allowed.
    fn allowed(rate: Rate, times_ms: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut state = FullAt::default();
        let mut allowed = Vec::new();
        for now in times_ms {
            if let Ok(next) = rate.take(state, now) {
                state = next;
                allowed.push(now);
            }
        }
        allowed
    }

    #[test]
    fn a_burst_then_one_each_interval() {
        let asked = [
            0, 0, 0, 0, 9_999, 10_000, 10_000, 19_999, 20_000, 60_000, 60_000, 60_000, 60_000,
        ];
        let expected = [0, 0, 0, 10_000, 20_000, 60_000, 60_000, 60_000];
        let at = |t: u64| 1_700_000_000_000 + t;
        assert_eq!(allowed(HALF_MINUTE, asked.map(at)), expected.map(at));
    }

    #[test]
    fn whoever_waits_as_told_is_allowed() {
        let mut state = FullAt::default();
        for _ in 0..3 {
            state = HALF_MINUTE.take(state, 5).unwrap();
        }
        assert_eq!(HALF_MINUTE.take(state, 5), Err(10_000));
        assert_eq!(HALF_MINUTE.take(state, 10_004), Err(1));
        assert!(HALF_MINUTE.take(state, 10_005).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_costs_one_interval() {
        let hour = 3_600_000;
        let mut state = FullAt::default();
        for _ in 0..3 {
            state = HALF_MINUTE.take(state, 2 * hour).unwrap();
        }
        assert_eq!(HALF_MINUTE.take(state, hour), Err(10_000));
    }

    #[test]
    fn numbers_at_the_end_of_their_range_do_not_overflow() {
        for rate in [
            HALF_MINUTE,
            Rate {
                count: u32::MAX,
                per_ms: u64::MAX,
            },
        ] {
            for now in [0, u64::MAX] {
                let _ = rate.take(FullAt::from_nanos(u64::MAX), now);
                let _ = rate.take(FullAt::default(), now);
            }
        }
    }

    fn rates() -> impl Strategy<Value = Rate> {
        (1u32..200, 1u64..100_000).prop_map(|(count, per_ms)| Rate { count, per_ms })
    }

    proptest! {
        /// The promise of this file's head, over every stretch between two allowed requests.
        #[test]
        fn never_more_than_count_and_the_refill(
            rate in rates(),
            steps in prop::collection::vec(0u64..2_000, 1..300),
        ) {
            let times = steps.iter().scan(1_700_000_000_000, |at, step| { *at += step; Some(*at) });
            let allowed = allowed(rate, times);
            for (first, start) in allowed.iter().enumerate() {
                for (last, end) in allowed.iter().enumerate().skip(first) {
                    let stretch_ms = u128::from(end - start);
                    let refill = stretch_ms * u128::from(rate.count) / u128::from(rate.per_ms);
                    let most = u128::from(rate.count) + refill;
                    prop_assert!((last - first + 1) as u128 <= most);
                }
            }
        }

        /// Nor less: who asks without end gets the burst and nearly every refill.
        #[test]
        fn not_less_in_the_long_run(count in 1u32..50, per_ms in 2u64..500) {
            let rate = Rate { count, per_ms };
            let periods = 3;
            let more_than_left = count as usize + 1;
            let asked = (0..=periods * per_ms).flat_map(|at| std::iter::repeat_n(at, more_than_left));
            let got = allowed(rate, asked.map(|at| at + 1_000)).len() as u64;
            let most = u64::from(count) * (periods + 1);
            prop_assert!(got + 1 >= most, "{got} of {most}");
        }

        /// The advice is exact: a millisecond earlier is refused, then is allowed.
        #[test]
        fn the_advice_is_exact(rate in rates(), used in 0u32..400, now in 1u64..1_000_000) {
            let mut state = FullAt::default();
            for _ in 0..used {
                state = rate.take(state, now).unwrap_or(state);
            }
            if let Err(wait) = rate.take(state, now) {
                prop_assert!(wait >= 1);
                prop_assert!(rate.take(state, now + wait - 1).is_err());
                prop_assert!(rate.take(state, now + wait).is_ok());
            }
        }
    }
}
