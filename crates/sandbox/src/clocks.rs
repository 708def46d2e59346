//! The guest's clocks and randomness: all of it the host's, none of it fine enough to time
//! the host's own work.

use std::time::{Duration, Instant};

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

/// What a guest sees of time moves in steps of a millisecond.
pub const CLOCK_STEP: Duration = Duration::from_millis(1);

/// Wall clock: the host's base time, and what has passed since in whole steps.
pub(crate) struct CoarseWallClock {
    base: Duration,
    started: Instant,
}

/// Monotonic clock: whole steps since the call began.
pub(crate) struct CoarseMonotonicClock {
    started: Instant,
}

impl CoarseWallClock {
    /// Returns a clock that shows `base`, counted from 1970, at the instant `started`.
    pub(crate) fn new(base: Duration, started: Instant) -> CoarseWallClock {
        let base = Duration::from_millis(u64::try_from(base.as_millis()).unwrap_or(u64::MAX));
        CoarseWallClock { base, started }
    }
}

impl CoarseMonotonicClock {
    pub(crate) fn new(started: Instant) -> CoarseMonotonicClock {
        CoarseMonotonicClock { started }
    }
}

impl HostWallClock for CoarseWallClock {
    fn resolution(&self) -> Duration {
        CLOCK_STEP
    }

    fn now(&self) -> Duration {
        self.base.saturating_add(coarse(self.started.elapsed()))
    }
}

impl HostMonotonicClock for CoarseMonotonicClock {
    fn resolution(&self) -> u64 {
        nanos(CLOCK_STEP)
    }

    fn now(&self) -> u64 {
        nanos(coarse(self.started.elapsed()))
    }
}

/// Returns the guest's generator for one call: everything random that it sees follows from
/// `seed`. ChaCha20 by name, so that the same seed gives the same bytes in a later release.
pub(crate) fn generator(seed: [u8; 32]) -> ChaCha20Rng {
    ChaCha20Rng::from_seed(seed)
}

/// Draws the seed of another generator, so that knowing one tells nothing of the next.
pub(crate) fn draw<const N: usize>(generator: &mut ChaCha20Rng) -> [u8; N] {
    let mut bytes = [0; N];
    generator.fill_bytes(&mut bytes);
    bytes
}

fn coarse(elapsed: Duration) -> Duration {
    let steps = elapsed.as_nanos() / CLOCK_STEP.as_nanos();
    CLOCK_STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_move_in_whole_steps() {
        for (nanos, expected) in [(0, 0), (999_999, 0), (1_000_000, 1), (7_999_999, 7)] {
            let seen = coarse(Duration::from_nanos(nanos));
            assert_eq!(seen, CLOCK_STEP * expected);
        }
    }

    #[test]
    fn the_wall_clock_starts_at_its_base_without_its_fraction() {
        let base = Duration::new(1_800_000_000, 123_456_789);
        let clock = CoarseWallClock::new(base, Instant::now());
        assert_eq!(clock.now().subsec_nanos() % 1_000_000, 0);
        assert!(clock.now() >= Duration::new(1_800_000_000, 123_000_000));
    }
}
