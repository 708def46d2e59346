//! What a store holds for one call, and which interfaces a guest can reach through it.
//!
//! Interfaces are linked one by one. `wasi:sockets` is the refusals of [`crate::sockets`], and
//! `wasi:filesystem` is the overlay of [`crate::files`], never the host's own files.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hotcell_policy::LimitName;
use wasmtime::component::{Linker, ResourceTable};
use wasmtime::{
    AsContext, AsContextMut, CallHook, Engine, Store, StoreContextMut, Trap, UpdateDeadline,
};
use wasmtime_wasi::cli::{WasiCli, WasiCliView};
use wasmtime_wasi::clocks::WasiClocksCtxView;
use wasmtime_wasi::p2::bindings::{cli, clocks, random};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::random::WasiRandom;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttp, WasiHttpCtx, WasiHttpCtxView, WasiHttpView};
use wasmtime_wasi_io::IoView;

use crate::bindings::Skill;
use crate::call::Call;
use crate::cancel::Cancel;
use crate::clocks::{CoarseMonotonicClock, CoarseWallClock, draw, generator};
use crate::files::{FileQuota, FilesView, Overlay, QuotaName};
use crate::limiter::Limiter;
use crate::log::LogWriter;
use crate::outbound::Wall;
use crate::settings::{
    COMPONENT_HANDLES_MAX, HOST_CALL_BYTES_MAX, HOST_CALL_FUEL, HTTP_FIELD_BYTES_MAX,
    RANDOM_BYTES_MAX,
};
use crate::skill_host::{HasSkill, SkillHost, SkillView};
use crate::sockets::{self, NoSockets};
use crate::tape::{self, Deck, HasTapedClocks, Taped, TapedClocks};

/// All that one call has on the host's side.
pub(crate) struct Guest {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    wall: Wall,
    skill: SkillHost,
    /// What the wall clock shows at the start.
    base_ms: u64,
    pub(crate) deck: Deck,
    pub(crate) files: Overlay,
    pub(crate) limiter: Limiter,
    pub(crate) log: LogWriter,
    /// Fuel of host calls that has not been taken from the store yet.
    owed_fuel: u64,
    /// How deep in calls of the guest it was when a host call came to owe it.
    owed_at: u32,
    /// How many calls of the guest are under way: one, and its `realloc` in a host call.
    depth: u32,
}

impl Guest {
    /// Returns a store for one call, with every limit of the call set.
    pub(crate) fn store(engine: &Engine, call: &Call, started: Instant) -> Store<Guest> {
        let limits = &call.limits;
        let mut store = Store::new(engine, Guest::new(call, started));
        store.limiter(|guest| &mut guest.limiter);
        store
            .set_fuel(limits.fuel)
            .expect("fuel is on in the engine's settings");
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(yield_until(
            started.checked_add(Duration::from_millis(limits.time_ms)),
            call.cancel.clone(),
        ));
        let answer_bytes = usize::try_from(limits.output_bytes).unwrap_or(usize::MAX);
        store.set_hostcall_fuel(HOST_CALL_BYTES_MAX.saturating_add(answer_bytes));
        store.set_max_component_handles(COMPONENT_HANDLES_MAX);
        store.call_hook(charge_host_calls);
        store
    }

    fn new(call: &Call, started: Instant) -> Guest {
        let limits = &call.limits;
        let log = LogWriter::new(limits.log_bytes);
        let mut table = ResourceTable::new();
        table.set_max_capacity(usize::try_from(limits.handles).unwrap_or(usize::MAX));
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(HTTP_FIELD_BYTES_MAX);
        let quota = FileQuota {
            bytes: limits.file_bytes,
            files: limits.files,
        };
        Guest {
            wasi: wasi(call, started, &log),
            http,
            table,
            wall: Wall::new(Arc::clone(&call.outbound), &call.tape),
            skill: SkillHost {
                settings: Arc::clone(&call.settings),
                progress: call.progress.clone(),
                reported: None,
                checkpoints: call.checkpoints.clone(),
            },
            base_ms: u64::try_from(call.wall_clock.as_millis()).unwrap_or(u64::MAX),
            deck: Deck::new(&call.tape),
            files: Overlay::new(Arc::clone(&call.package), Arc::clone(&call.input), quota)
                .with_time(call.wall_clock)
                .with_work(call.work.as_ref()),
            limiter: Limiter::new(limits),
            log,
            owed_fuel: 0,
            owed_at: 0,
            depth: 0,
        }
    }

    /// Returns the part of the file quota that first refused something.
    pub(crate) fn files_exceeded(&self) -> Option<LimitName> {
        self.files.refused().map(|quota| match quota {
            QuotaName::Bytes => LimitName::FileBytes,
            QuotaName::Files => LimitName::Files,
        })
    }

    /// Every host function reaches the guest's state through one of the views below, and
    /// each view is paid for here.
    fn charge(&mut self) -> &mut Guest {
        self.owed_fuel += HOST_CALL_FUEL;
        self.owed_at = self.depth;
        self
    }

    fn skill(&mut self) -> SkillView<'_> {
        let guest = self.charge();
        SkillView {
            skill: &mut guest.skill,
            wall: &mut guest.wall,
            deck: &mut guest.deck,
        }
    }

    fn taped(&mut self) -> Taped<'_> {
        let guest = self.charge();
        Taped {
            table: &mut guest.table,
            deck: &mut guest.deck,
        }
    }

    fn clocks(&mut self) -> TapedClocks<'_> {
        let guest = self.charge();
        TapedClocks {
            clocks: WasiClocksCtxView {
                ctx: guest.wasi.clocks(),
                table: &mut guest.table,
            },
            deck: &mut guest.deck,
            base_ms: guest.base_ms,
        }
    }

    fn files(&mut self) -> FilesView<'_> {
        let guest = self.charge();
        FilesView {
            overlay: &mut guest.files,
            table: &mut guest.table,
        }
    }

    fn sockets(&mut self) -> NoSockets {
        self.charge();
        NoSockets
    }

    fn random(&mut self) -> &mut wasmtime_wasi::random::WasiRandomCtx {
        self.charge().wasi.random()
    }
}

/// Returns WASI's state: no environment, no arguments, no host files, an empty stdin, and
/// clocks and randomness that are the host's.
fn wasi(call: &Call, started: Instant, log: &LogWriter) -> WasiCtx {
    let mut seeds = generator(call.seed);
    WasiCtxBuilder::new()
        .stdin(MemoryInputPipe::new(bytes::Bytes::new()))
        .stdout(log.clone())
        .stderr(log.clone())
        .wall_clock(CoarseWallClock::new(call.wall_clock, started))
        .monotonic_clock(CoarseMonotonicClock::new(started))
        .secure_random(generator(draw(&mut seeds)))
        .insecure_random(generator(draw(&mut seeds)))
        .insecure_random_seed(u128::from_le_bytes(draw(&mut seeds)))
        .max_random_size(RANDOM_BYTES_MAX)
        .build()
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let guest = self.charge();
        WasiCtxView {
            ctx: &mut guest.wasi,
            table: &mut guest.table,
        }
    }
}

impl IoView for Guest {
    fn table(&mut self) -> &mut ResourceTable {
        &mut self.charge().table
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let guest = self.charge();
        WasiHttpCtxView {
            hooks: &mut guest.wall,
            table: &mut guest.table,
            ctx: &mut guest.http,
        }
    }
}

/// Has a guest yield at every tick of the epoch, and ends it at its deadline or once it is
/// cancelled. The runtime's
/// timer alone would be late: where guests spin on all of its threads it is looked after only
/// every 61 ticks, and 64 calls of 500 ms ended after up to 1.2 s when measured.
fn yield_until(
    deadline: Option<Instant>,
    cancel: Cancel,
) -> impl FnMut(StoreContextMut<'_, Guest>) -> wasmtime::Result<UpdateDeadline> {
    move |_store| {
        let late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
        Ok(if late || cancel.is_cancelled() {
            UpdateDeadline::Interrupt
        } else {
            UpdateDeadline::Yield(1)
        })
    }
}

/// Takes what host calls cost from the store's fuel as the guest goes on.
///
/// wasmtime calls the hook for its own functions as well, such as the one that a tick of the
/// epoch leads to. In the middle of the guest's `realloc`, which runs while a host call hands
/// over its result, that would be at a chance moment, and what is taken there is lost: compiled
/// code has the fuel in a register. So a host call is paid for where it returns itself.
fn charge_host_calls(
    mut store: StoreContextMut<'_, Guest>,
    hook: CallHook,
) -> wasmtime::Result<()> {
    let guest = store.data_mut();
    match hook {
        CallHook::CallingWasm => guest.depth += 1,
        CallHook::ReturningFromWasm => guest.depth = guest.depth.saturating_sub(1),
        CallHook::ReturningFromHost if guest.owed_fuel > 0 && guest.owed_at == guest.depth => {
            let owed = std::mem::take(&mut guest.owed_fuel);
            let left = store.as_context().get_fuel()?;
            let rest = left.saturating_sub(owed);
            store.as_context_mut().set_fuel(rest)?;
            if rest == 0 {
                return Err(Trap::OutOfFuel.into());
            }
        }
        CallHook::CallingHost | CallHook::ReturningFromHost => {}
    }
    Ok(())
}

/// Links all that a guest can reach.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    let l = &mut linker;
    tape::add_to_linker(l, Guest::taped, IoView::table)?;
    clocks::wall_clock::add_to_linker::<_, HasTapedClocks>(l, Guest::clocks)?;
    clocks::monotonic_clock::add_to_linker::<_, HasTapedClocks>(l, Guest::clocks)?;
    random::random::add_to_linker::<_, WasiRandom>(l, Guest::random)?;
    random::insecure::add_to_linker::<_, WasiRandom>(l, Guest::random)?;
    random::insecure_seed::add_to_linker::<_, WasiRandom>(l, Guest::random)?;
    cli::exit::add_to_linker::<_, WasiCli>(l, WasiCliView::cli)?;
    cli::environment::add_to_linker::<_, WasiCli>(l, WasiCliView::cli)?;
    cli::stdin::add_to_linker::<_, WasiCli>(l, WasiCliView::cli)?;
    cli::stdout::add_to_linker::<_, WasiCli>(l, WasiCliView::cli)?;
    cli::stderr::add_to_linker::<_, WasiCli>(l, WasiCliView::cli)?;
    cli::terminal_input::add_to_linker::<_, WasiCli>(l, WasiCliView::cli)?;
    cli::terminal_output::add_to_linker::<_, WasiCli>(l, WasiCliView::cli)?;
    cli::terminal_stdin::add_to_linker::<_, WasiCli>(l, WasiCliView::cli)?;
    cli::terminal_stdout::add_to_linker::<_, WasiCli>(l, WasiCliView::cli)?;
    cli::terminal_stderr::add_to_linker::<_, WasiCli>(l, WasiCliView::cli)?;
    crate::files::add_to_linker(l, Guest::files)?;
    sockets::add_to_linker(l, Guest::sockets)?;
    let http_options = wasmtime_wasi_http::p2::bindings::LinkOptions::default();
    wasmtime_wasi_http::p2::bindings::http::outgoing_handler::add_to_linker::<_, WasiHttp>(
        l,
        WasiHttpView::http,
    )?;
    wasmtime_wasi_http::p2::bindings::http::types::add_to_linker::<_, WasiHttp>(
        l,
        &(&http_options).into(),
        WasiHttpView::http,
    )?;
    Skill::add_to_linker::<_, HasSkill>(l, Guest::skill)?;
    Ok(linker)
}
