//! The soak: many processes on one record, killed at random moments, and an account of every
//! effect and every answer.
//!
//! [`run`] starts a server that counts what arrives, and a [`fleet`](fleet::Fleet) of processes
//! that work and call on one data folder. It kills them, and holds some past their leases; then
//! it lets all calls end, and the [`ledger`] compares what callers were told with what is on
//! record and with what the server did. `cargo xtask soak` is the way in.

pub mod child;
pub mod fleet;
pub mod ledger;
pub mod place;
pub mod reading;
pub mod table;
pub mod upstream;
pub mod words;

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use hotcell_testkit::servers::{Authority, Server};

use fleet::{Fleet, Role};
use ledger::Ledger;
use place::{Failed, Furniture, Place};
use table::Figures;
use upstream::Upstream;
use words::Dice;

/// How hard a soak is.
#[derive(Debug, Clone)]
pub struct Options {
    /// Processes to kill.
    pub kills: u64,
    /// What the choices follow from.
    pub seed: u64,
    /// No more kills after this time.
    pub time: Duration,
}

/// Processes of each kind. Two callers share their keys.
const WORKERS: u32 = 3;
const CALLERS: u32 = 4;
/// Milliseconds between two kills, at most.
const PAUSE_MS_MAX: u64 = 250;
/// One kill in so many is a hold instead.
const HOLD_ONE_IN: u64 = 25;
/// For how long a process is held: long enough past the lease of [`JOBS`] that others take over.
const HOLD: Duration = Duration::from_millis(2_500);
/// How long all calls may take to end, once nobody is killed any more.
const PATIENCE: Duration = Duration::from_secs(180);
/// How often it is asked whether they have.
const TICK: Duration = Duration::from_millis(100);

/// What the operator of the soak says of jobs.
const JOBS: &str = "workers = 3\nattempts = 100\nbackoff_ms = 50\nbackoff_max_ms = 500\n\
                    lease_ms = 1_000";

/// Runs a soak in `folder`, which is empty, with processes of `program`, which is
/// `hotcell-soak`; `say` is told how far it is.
///
/// # Errors
///
/// Fails where the machine cannot run it. What does not fit is in the ledger.
pub async fn run(
    folder: &Path,
    program: &Path,
    options: &Options,
    mut say: impl FnMut(&str),
) -> Result<Ledger, Failed> {
    let (authority, upstream) = (Authority::new(), Upstream::default());
    let identity = authority.issue(&["127.0.0.1"]);
    let server = Server::tls(&identity, upstream.behaviour()).await;
    let place = Place::at(folder, program);
    let furniture = Furniture {
        server: server.address(),
        authority: &authority.pem(),
        jobs: JOBS,
    };
    place.furnish(&furniture).await?;
    upstream.trouble(true);
    let begun = Instant::now();
    let mut soak = Soak {
        fleet: Fleet::start(&place, options.seed, WORKERS, CALLERS)?,
        ledger: Ledger::default(),
        held: VecDeque::new(),
        dice: Dice::new(options.seed),
    };
    soak.kill(options, &mut say)?;
    upstream.trouble(false);
    say("no more kills: waiting for all calls to end");
    soak.settle(&place).await?;
    let mut ledger = soak.ledger;
    ledger.figures.time = begun.elapsed();
    ledger.figures.fdatasync_us = fdatasync_us(folder)?;
    let host = place.host("the judge")?;
    host.seal().await?;
    ledger.judge(&host, &upstream).await?;
    Ok(ledger)
}

/// A soak under way.
struct Soak {
    fleet: Fleet,
    ledger: Ledger,
    /// Seats that are held, and when they go on.
    held: VecDeque<(Instant, usize)>,
    dice: Dice,
}

impl Soak {
    fn kill(&mut self, options: &Options, say: &mut impl FnMut(&str)) -> Result<(), Failed> {
        let until = Instant::now() + options.time;
        let mut killed = 0;
        while killed < options.kills && Instant::now() < until {
            let pause = Duration::from_millis(self.dice.below(PAUSE_MS_MAX));
            self.listen(pause);
            self.release(Instant::now())?;
            let seat = usize::try_from(self.dice.below(self.fleet.len() as u64))?;
            if self.dice.below(HOLD_ONE_IN) == 0 && !self.fleet.is_held(seat) {
                self.fleet.hold(seat)?;
                self.held.push_back((Instant::now() + HOLD, seat));
                self.ledger.figures.holds += 1;
                continue;
            }
            // One that is held lives: it is to go on with a lease that is lost.
            if self.fleet.is_held(seat) {
                continue;
            }
            let ledger = &mut self.ledger;
            self.fleet.replace(seat, |line| ledger.note(line))?;
            killed += 1;
            match self.fleet.role(seat) {
                Role::Worker => self.ledger.figures.kills_of_workers += 1,
                Role::Caller => self.ledger.figures.kills_of_callers += 1,
            }
            if killed.is_multiple_of(25) {
                let Figures {
                    acknowledged,
                    holds,
                    ..
                } = self.ledger.figures;
                let kills = options.kills;
                say(&format!(
                    "{killed} of {kills} killed, {holds} held, {acknowledged} ends told"
                ));
            }
        }
        Ok(())
    }

    fn listen(&mut self, time: Duration) {
        let ledger = &mut self.ledger;
        self.fleet.listen(time, |line| ledger.note(line));
    }

    /// Lets those go on that were held long enough.
    fn release(&mut self, now: Instant) -> Result<(), Failed> {
        while let Some((until, seat)) = self.held.front().copied()
            && until <= now
        {
            self.held.pop_front();
            self.fleet.release(seat)?;
        }
        Ok(())
    }

    /// Lets callers end their calls, and workers all jobs.
    async fn settle(&mut self, place: &Place) -> Result<(), Failed> {
        let until = Instant::now() + PATIENCE;
        while let Some((_, seat)) = self.held.pop_front() {
            self.listen(HOLD);
            self.fleet.release(seat)?;
        }
        self.fleet.dismiss(Role::Caller);
        let journal = place.journal()?;
        while !self.fleet.are_gone(Role::Caller)? || reading::open(&journal).await? > 0 {
            self.listen(TICK);
            if Instant::now() > until {
                let open = reading::open(&journal).await?;
                return Err(format!("{open} invocations have not ended").into());
            }
        }
        self.fleet.dismiss(Role::Worker);
        while !self.fleet.are_gone(Role::Worker)? {
            self.listen(TICK);
            if Instant::now() > until {
                return Err("the workers do not end".into());
            }
        }
        self.listen(Duration::ZERO);
        Ok(())
    }
}

/// Returns what it costs to write to this disk and be sure.
fn fdatasync_us(folder: &Path) -> Result<u64, Failed> {
    let mut file = File::create(folder.join("sync"))?;
    let mut took = Vec::new();
    for _ in 0..200 {
        file.write_all(&[7; 4096])?;
        let begun = Instant::now();
        file.sync_data()?;
        took.push(begun.elapsed().as_micros());
    }
    took.sort_unstable();
    Ok(u64::try_from(took[took.len() / 2])?)
}
