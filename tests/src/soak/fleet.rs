//! The processes under load: started, killed, held, and started again.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::place::{Failed, Place};
use super::words::{Line, Said};

/// What a process is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `hotcell work`: it carries out jobs.
    Worker,
    /// It has a host of its own, and calls.
    Caller,
}

/// The lanes of each caller. Two callers next to each other share the lanes' keys.
pub const LANES: u32 = 4;

/// All processes of a soak.
pub struct Fleet {
    place: Place,
    seed: u64,
    seats: Vec<Seat>,
    lines: Receiver<(usize, Line)>,
    told: Sender<(usize, Line)>,
}

/// A process, and the next that takes its place.
struct Seat {
    role: Role,
    /// Which caller.
    number: u32,
    child: Option<Child>,
    /// Open as long as it is to go on.
    stdin: Option<ChildStdin>,
    /// Hands on what it tells.
    reader: Option<JoinHandle<()>>,
    /// The next call of each lane.
    next: Vec<u64>,
    is_held: bool,
}

impl Fleet {
    /// Starts workers and callers.
    ///
    /// # Errors
    ///
    /// Fails where a process cannot be started.
    pub fn start(place: &Place, seed: u64, workers: u32, callers: u32) -> Result<Fleet, Failed> {
        let (told, lines) = channel();
        let seat = |role, number| Seat {
            role,
            number,
            child: None,
            stdin: None,
            reader: None,
            next: vec![0; LANES as usize],
            is_held: false,
        };
        let seats = (0..workers).map(|number| seat(Role::Worker, number));
        let seats = seats.chain((0..callers).map(|number| seat(Role::Caller, number)));
        let mut fleet = Fleet {
            place: place.clone(),
            seed,
            seats: seats.collect(),
            lines,
            told,
        };
        for seat in 0..fleet.seats.len() {
            fleet.spawn(seat)?;
        }
        Ok(fleet)
    }

    /// Returns how many seats there are.
    pub fn len(&self) -> usize {
        self.seats.len()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Returns what a seat is for.
    pub fn role(&self, seat: usize) -> Role {
        self.seats[seat].role
    }

    /// Returns whether a seat's process is held.
    pub fn is_held(&self, seat: usize) -> bool {
        self.seats[seat].is_held
    }

    /// Hands lines to `each` for so long.
    pub fn listen(&mut self, time: Duration, mut each: impl FnMut(&Line)) {
        let until = Instant::now() + time;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok((seat, line)) => {
                    self.note(seat, &line);
                    each(&line);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Kills a seat's process, and starts the next one in its place.
    ///
    /// # Errors
    ///
    /// Fails where the next one cannot be started, or the last one ended by itself.
    pub fn replace(&mut self, seat: usize, each: impl FnMut(&Line)) -> Result<(), Failed> {
        self.kill(seat)?;
        // The pipe holds what it told before it died.
        if let Some(reader) = self.seats[seat].reader.take() {
            reader.join().map_err(|_| "a reader panicked")?;
        }
        self.listen(Duration::ZERO, each);
        self.spawn(seat)
    }

    /// Holds a seat's process where it stands.
    ///
    /// # Errors
    ///
    /// Fails where it is gone.
    pub fn hold(&mut self, seat: usize) -> Result<(), Failed> {
        self.seats[seat].is_held = true;
        self.signal(seat, Signal::SIGSTOP)
    }

    /// Lets a held process go on.
    ///
    /// # Errors
    ///
    /// Fails where it is gone.
    pub fn release(&mut self, seat: usize) -> Result<(), Failed> {
        self.seats[seat].is_held = false;
        self.signal(seat, Signal::SIGCONT)
    }

    /// Asks the processes of a role to end what they do and go.
    pub fn dismiss(&mut self, role: Role) {
        for at in 0..self.seats.len() {
            if self.seats[at].role == role {
                self.seats[at].stdin = None;
                // A caller goes by the end of its stdin, as if its own caller had gone.
                if role == Role::Worker {
                    let _ = self.signal(at, Signal::SIGTERM);
                }
            }
        }
    }

    /// Returns whether all processes of a role have gone by themselves.
    ///
    /// # Errors
    ///
    /// Fails where one went with an error.
    pub fn are_gone(&mut self, role: Role) -> Result<bool, Failed> {
        let mut all = true;
        for seat in self.seats.iter_mut().filter(|seat| seat.role == role) {
            let Some(child) = &mut seat.child else {
                continue;
            };
            match child.try_wait()? {
                Some(status) if status.success() => seat.child = None,
                Some(status) => return Err(format!("a {role:?} ended with {status}").into()),
                None => all = false,
            }
        }
        Ok(all)
    }

    fn kill(&mut self, seat: usize) -> Result<(), Failed> {
        let Some(mut child) = self.seats[seat].child.take() else {
            return Ok(());
        };
        if let Some(status) = child.try_wait()? {
            let role = self.seats[seat].role;
            return Err(format!("a {role:?} ended by itself, with {status}").into());
        }
        child.kill()?;
        child.wait()?;
        self.seats[seat].is_held = false;
        Ok(())
    }

    fn spawn(&mut self, at: usize) -> Result<(), Failed> {
        let seat = &mut self.seats[at];
        let mut command = Command::new(self.place.program());
        match seat.role {
            Role::Worker => {
                command.arg("work").arg("--config").arg(self.place.config());
                command.arg("--data").arg(self.place.data());
                command.arg("--cache").arg(self.place.cache());
            }
            Role::Caller => {
                command.arg("call").arg(self.place.folder());
                command.args([self.seed.to_string(), seat.number.to_string()]);
                let lanes = seat.next.iter().zip(seat.number / 2 * LANES..);
                command.args(lanes.map(|(next, lane)| format!("{lane}:{next}")));
            }
        }
        let log = self.place.folder().join("stderr");
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        seat.stdin = child.stdin.take();
        let out = child.stdout.take().expect("it is piped");
        seat.child = Some(child);
        let told = self.told.clone();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // A line without its end was not told.
                if let Ok(line) = serde_json::from_str(&line) {
                    let _ = told.send((at, line));
                }
            }
        });
        self.seats[at].reader = Some(reader);
        Ok(())
    }

    /// Remembers where a lane stands: what has a key is called again by the next process.
    fn note(&mut self, seat: usize, line: &Line) {
        let seat = &mut self.seats[seat];
        let lane = &mut seat.next[(line.lane % LANES) as usize];
        let next = match line.said {
            Said::Asks if line.tool.has_key() => line.number,
            Said::Asks | Said::Ended { .. } => line.number + 1,
            _ => *lane,
        };
        *lane = next.max(*lane);
    }

    fn signal(&self, seat: usize, signal: Signal) -> Result<(), Failed> {
        if let Some(child) = &self.seats[seat].child {
            let id = i32::try_from(child.id())?;
            kill(Pid::from_raw(id), signal)?;
        }
        Ok(())
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for seat in &mut self.seats {
            if let Some(child) = &mut seat.child {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}
