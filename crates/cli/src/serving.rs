//! What the servers have in common: a host that also carries out jobs, until it is told to end.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use hotcell_host::{Fault, Host, Presence};
use hotcell_policy::Policy;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::config::{Places, PlacesArguments};
use crate::recorded::Trouble;
use crate::{exit, house};

/// Threads at the least: one runs a guest while another one answers.
const THREADS_MIN: usize = 2;
/// Tasks after which a thread looks for what came in. A spinning guest keeps its thread for 10 ms
/// at a time; with the usual 61, a `ping` beside it would wait for more than half a second.
const LOOK_AFTER: u32 = 5;

/// Serves with a host of its own, whose worker carries out jobs meanwhile, and returns the exit
/// code. `serve` ends by itself or when [`Ends::told`] does; then all is put on record.
pub(crate) fn serve_with_host(
    cache: Option<PathBuf>,
    places: &PlacesArguments,
    serve: impl AsyncFnOnce(&Arc<Host>, &Places, &mut Ends) -> Result<(), Trouble>,
) -> u8 {
    let done = places.places().map_err(Trouble::from);
    let done = done.and_then(|places| {
        let runtime = runtime()?;
        let served = runtime.block_on(async {
            let host = Arc::new(house::open(cache, Policy::standard(), &places).await?);
            let served = with_worker(&host, &places, serve).await;
            house::close(&host).await?;
            served
        });
        // A thread may still wait for a terminal's next line.
        runtime.shutdown_background();
        served
    });
    match done {
        Ok(()) => exit::OK,
        Err(trouble) => trouble.tell(false),
    }
}

async fn with_worker(
    host: &Arc<Host>,
    places: &Places,
    serve: impl AsyncFnOnce(&Arc<Host>, &Places, &mut Ends) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let at = |error: io::Error| {
        let message = format!("{}: {error}", places.data.display());
        Fault::new(message, "choose another folder with --data DIR")
    };
    let _presence = Presence::announce(&places.data, &house::owner()).map_err(at)?;
    let mut ends = Ends::new().map_err(at)?;
    let (stop, until) = watch::channel(false);
    let worker = Arc::clone(host);
    let work = tokio::spawn(async move { worker.work(until).await });
    let served = serve(host, places, &mut ends).await;
    let _ = stop.send(true);
    let worked = work.await;
    worked.map_err(|error| Fault::new(format!("a worker failed: {error}"), "start it again"))??;
    served
}

fn runtime() -> Result<Runtime, Fault> {
    let cores = std::thread::available_parallelism().map_or(THREADS_MIN, usize::from);
    let made = Builder::new_multi_thread()
        .worker_threads(cores.max(THREADS_MIN))
        .event_interval(LOOK_AFTER)
        .enable_all()
        .build();
    made.map_err(|error| Fault::new(format!("no threads: {error}"), "end other programs"))
}

/// The signals that end a program.
pub(crate) struct Ends {
    interrupt: Signal,
    terminate: Signal,
}

impl Ends {
    /// Takes the signals.
    ///
    /// # Errors
    ///
    /// Fails where the system does not hand them over.
    pub(crate) fn new() -> io::Result<Ends> {
        Ok(Ends {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for one: Ctrl-C or SIGTERM.
    pub(crate) async fn told(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
