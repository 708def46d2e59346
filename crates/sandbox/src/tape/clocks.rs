//! `wasi:clocks`, with its readings on the tape.

use wasmtime::Result;
use wasmtime::component::{HasData, Resource};
use wasmtime_wasi::clocks::WasiClocksCtxView;
use wasmtime_wasi::p2::bindings::clocks::{monotonic_clock, wall_clock};
use wasmtime_wasi_io::poll::{DynPollable, Pollable, subscribe};

use super::deck::Deck;
use super::event::Event;

const NANOS_PER_MS: u64 = 1_000_000;

/// wasmtime-wasi's clocks together with the tape.
pub(crate) struct TapedClocks<'a> {
    pub(crate) clocks: WasiClocksCtxView<'a>,
    pub(crate) deck: &'a mut Deck,
    /// What the wall clock shows at the start of the call.
    pub(crate) base_ms: u64,
}

/// Names [`TapedClocks`] to wasmtime's linker.
pub(crate) struct HasTapedClocks;

impl HasData for HasTapedClocks {
    type Data<'a> = TapedClocks<'a>;
}

/// A timer that is played: over, whenever it was to fire.
struct Over;

#[wasmtime_wasi::async_trait]
impl Pollable for Over {
    async fn ready(&mut self) {}
}

impl TapedClocks<'_> {
    /// Returns a played reading in milliseconds since the start; none where none is played.
    fn played(&mut self, asked: &str, pick: fn(Event) -> Option<u64>) -> Result<Option<u64>> {
        let Some(since) = self.deck.played(asked, pick)? else {
            return Ok(None);
        };
        match self.deck {
            Deck::Playing(player) => player.after_last(since).map(Some),
            Deck::Off | Deck::Recording(_) => Ok(None),
        }
    }

    /// Returns a timer that does not wait, where a tape is played.
    fn timer(&mut self) -> Result<Option<Resource<DynPollable>>> {
        if !matches!(self.deck, Deck::Playing(_)) {
            return Ok(None);
        }
        let timer = self.clocks.table.push(Over)?;
        subscribe(self.clocks.table, timer).map(Some)
    }
}

impl wall_clock::Host for TapedClocks<'_> {
    fn now(&mut self) -> Result<wall_clock::Datetime> {
        let pick = |event| match event {
            Event::WallClock(since) => Some(since),
            _ => None,
        };
        if let Some(ms) = self.played("the wall clock", pick)? {
            let now = self.base_ms.saturating_add(ms);
            return Ok(wall_clock::Datetime {
                seconds: now / 1_000,
                nanoseconds: u32::try_from(now % 1_000 * NANOS_PER_MS).expect("less than a second"),
            });
        }
        let now = wall_clock::Host::now(&mut self.clocks)?;
        let in_second = u64::from(now.nanoseconds) / NANOS_PER_MS;
        let ms = now.seconds.saturating_mul(1_000).saturating_add(in_second);
        let since_start = ms.saturating_sub(self.base_ms);
        self.deck.note_reading(since_start, Event::WallClock);
        Ok(now)
    }

    fn resolution(&mut self) -> Result<wall_clock::Datetime> {
        wall_clock::Host::resolution(&mut self.clocks)
    }
}

impl monotonic_clock::Host for TapedClocks<'_> {
    fn now(&mut self) -> Result<u64> {
        let pick = |event| match event {
            Event::MonotonicClock(since) => Some(since),
            _ => None,
        };
        if let Some(ms) = self.played("the monotonic clock", pick)? {
            return Ok(ms.saturating_mul(NANOS_PER_MS));
        }
        let now = monotonic_clock::Host::now(&mut self.clocks)?;
        let ms = now / NANOS_PER_MS;
        self.deck.note_reading(ms, Event::MonotonicClock);
        Ok(now)
    }

    fn resolution(&mut self) -> Result<u64> {
        monotonic_clock::Host::resolution(&mut self.clocks)
    }

    fn subscribe_instant(&mut self, when: u64) -> Result<Resource<DynPollable>> {
        match self.timer()? {
            Some(timer) => Ok(timer),
            None => monotonic_clock::Host::subscribe_instant(&mut self.clocks, when),
        }
    }

    fn subscribe_duration(&mut self, duration: u64) -> Result<Resource<DynPollable>> {
        match self.timer()? {
            Some(timer) => Ok(timer),
            None => monotonic_clock::Host::subscribe_duration(&mut self.clocks, duration),
        }
    }
}
