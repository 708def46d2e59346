//! A data folder, a server that counts, and processes of `hotcell` on them.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hotcell_host::journal::{
    EventQuery, InvocationQuery, InvocationRow, Journal, Kind, READ_ROWS_MAX, Sqlite,
};
use hotcell_host::{Ask, Host};
use hotcell_policy::{Invocation, Outcome};
use hotcell_testkit::servers::{Authority, Behaviour, Server};
use hotcell_tests::soak::place::{Furniture, Place, SKILL};
use hotcell_tests::soak::upstream::{Effect, Upstream};
use serde_json::json;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_hotcell-under-test");

/// How often a condition is looked at, and for how long.
const TICK: Duration = Duration::from_millis(20);
const TICKS_MAX: usize = 1_500;

/// A furnished place with its server.
pub(crate) struct Site {
    pub(crate) place: Place,
    pub(crate) upstream: Upstream,
    pub(crate) server: Server,
    _folder: TempDir,
}

/// A process that is killed when it goes.
pub(crate) struct Process(pub(crate) Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Site {
    /// Makes a site with the lease of the shortest kind, whose server behaves as `behaviour`
    /// says; `jobs` are more lines of `[jobs]`.
    pub(crate) async fn new(jobs: &str, behaviour: impl Fn(&Upstream) -> Behaviour) -> Site {
        let jobs = format!("lease_ms = 1_000\nbackoff_ms = 10\n{jobs}");
        Site::with_jobs(&jobs, behaviour).await
    }

    /// Makes a site with these lines of `[jobs]`.
    pub(crate) async fn with_jobs(jobs: &str, behaviour: impl Fn(&Upstream) -> Behaviour) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let (authority, upstream) = (Authority::new(), Upstream::default());
        let identity = authority.issue(&["127.0.0.1"]);
        let server = Server::tls(&identity, behaviour(&upstream)).await;
        let place = Place::at(folder.path(), PROGRAM.as_ref());
        let furniture = Furniture {
            server: server.address(),
            authority: &authority.pem(),
            jobs,
        };
        place.furnish(&furniture).await.unwrap();
        Site {
            place,
            upstream,
            server,
            _folder: folder,
        }
    }

    pub(crate) fn host(&self) -> Host {
        self.place.host("a test").unwrap()
    }

    pub(crate) fn journal(&self) -> Sqlite {
        self.place.journal().unwrap()
    }

    /// Starts `hotcell work`.
    pub(crate) fn worker(&self) -> Process {
        self.process(&["work"])
    }

    /// Starts `hotcell call` of a tool, with its effect's name as the key where it is to have one.
    pub(crate) fn caller(&self, tool: &str, effect: &str, key: &[&str]) -> Process {
        let name = format!("{SKILL}.{tool}");
        let input = json!({ "effect": effect }).to_string();
        let mut words = vec!["call", &name, "--input", &input];
        words.extend(key);
        self.process(&words)
    }

    fn process(&self, words: &[&str]) -> Process {
        let mut command = Command::new(PROGRAM);
        command.args(words);
        command.arg("--config").arg(self.place.config());
        command.arg("--data").arg(self.place.data());
        command.arg("--cache").arg(self.place.cache());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        Process(command.stderr(Stdio::null()).spawn().unwrap())
    }

    /// Returns what a path asked for and got.
    pub(crate) fn effect(&self, path: &str) -> Effect {
        self.upstream.effects().remove(path).unwrap_or_default()
    }

    /// Returns the one invocation that there is.
    pub(crate) async fn only(&self) -> InvocationRow {
        let query = InvocationQuery {
            limit: READ_ROWS_MAX,
            ..InvocationQuery::default()
        };
        let mut all = self.journal().invocations(&query).await.unwrap();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// Waits until the one invocation is as wished.
    pub(crate) async fn until(&self, wish: impl Fn(&InvocationRow) -> bool) -> InvocationRow {
        let journal = self.journal();
        let query = InvocationQuery {
            limit: READ_ROWS_MAX,
            ..InvocationQuery::default()
        };
        let mut ticks = tokio::time::interval(TICK);
        for _ in 0..TICKS_MAX {
            let all = journal.invocations(&query).await.unwrap();
            assert!(all.len() <= 1, "{all:?}");
            if let Some(row) = all.into_iter().find(|row| wish(row)) {
                return row;
            }
            ticks.tick().await;
        }
        panic!("waited in vain: {:?}", self.only().await);
    }

    /// Returns the kinds and the attempts of an invocation's events.
    pub(crate) async fn events(&self, id: &str) -> Vec<(Kind, Option<u32>)> {
        let query = EventQuery {
            invocation: Some(id.to_owned()),
            limit: READ_ROWS_MAX,
            ..EventQuery::default()
        };
        let events = self.journal().events(&query).await.unwrap();
        events.into_iter().map(|e| (e.kind, e.attempt)).collect()
    }
}

/// Returns the ask of a call.
pub(crate) fn ask(tool: &str, effect: &str, key: Option<&str>, wait: Duration) -> Ask {
    Ask {
        wait,
        ..Ask::new(Invocation {
            skill: Some(SKILL.to_owned()),
            idempotency_key: key.map(str::to_owned),
            ..Invocation::new(tool, json!({ "effect": effect }))
        })
    }
}

/// Calls once.
pub(crate) async fn call(host: &Host, ask: Ask) -> Outcome {
    host.call(ask).await.unwrap().outcome
}

/// Returns how often an event of a kind is there.
pub(crate) fn count(events: &[(Kind, Option<u32>)], kind: Kind) -> usize {
    events.iter().filter(|(found, _)| *found == kind).count()
}
