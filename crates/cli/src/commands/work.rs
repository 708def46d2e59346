//! `hotcell work`: carries out jobs.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use hotcell_host::{Fault, Host, Presence};
use tokio::sync::watch;

use crate::config::PlacesArguments;
use crate::recorded::{Trouble, with_host_in};
use crate::serving::Ends;
use crate::{exit, house, print};

const EXAMPLES: &str = "Examples:
  hotcell work --once
  hotcell work --config /etc/hotcell/hotcell.toml --data /var/lib/hotcell
  hotcell work

Several may run: each job has one worker at a time. Where a worker dies, another one goes on when
the job's lease has run out. How many jobs one process does at a time, and how often each is
tried, stands under [jobs] in hotcell.toml.

Ctrl-C or SIGTERM ends it; jobs under way are begun once more by the next worker.";

/// What `hotcell work` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Carry out what is due, one job after the other, and end
    #[arg(long)]
    once: bool,
    /// The folder of compiled code [default: the platform's cache folder]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    #[command(flatten)]
    places: PlacesArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let cache = arguments.cache.clone();
    with_host_in(cache, &arguments.places, false, async |host, places| {
        let name = house::owner();
        let at = |error: io::Error| {
            let message = format!("{}: {error}", places.data.display());
            Fault::new(message, "choose another folder with --data DIR")
        };
        let _presence = Presence::announce(&places.data, &name).map_err(at)?;
        let mut ends = Ends::new().map_err(at)?;
        match arguments.once {
            true => tokio::select! {
                done = until_nothing_is_due(host) => done?,
                () = ends.told() => {}
            },
            false => until_told(host, &mut ends).await?,
        }
        Ok(exit::OK)
    })
}

async fn until_nothing_is_due(host: &Host) -> Result<(), Trouble> {
    let mut done = 0_u64;
    while host.work_once().await? {
        done += 1;
    }
    print::note(&match done {
        0 => "nothing is due".to_owned(),
        1 => "carried out 1 attempt".to_owned(),
        done => format!("carried out {done} attempts"),
    });
    Ok(())
}

async fn until_told(host: &Arc<Host>, ends: &mut Ends) -> Result<(), Trouble> {
    let (stop, until) = watch::channel(false);
    let worker = Arc::clone(host);
    let mut work = tokio::spawn(async move { worker.work(until).await });
    print::note("working; Ctrl-C ends it");
    let joined = tokio::select! {
        joined = &mut work => joined,
        () = ends.told() => {
            let _ = stop.send(true);
            print::note("ending");
            work.await
        }
    };
    joined.map_err(|error| Fault::new(format!("a worker failed: {error}"), "start it again"))??;
    Ok(())
}
