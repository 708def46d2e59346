//! What breaks on the way: each break is told by its code, within its limit, and leaves nothing
//! behind.

mod body;
mod cases;
mod left;
mod names;

use std::time::{Duration, Instant};

use hotcell_package::Effect;
use hotcell_policy::Transport;
use hotcell_testkit::servers::{Authority, Server};
use tokio::runtime::Runtime;

use crate::world::{Setup, World, answer, code, get};

pub(crate) use cases::{Case, all};

/// More than any case may take; its own limit is a fraction of a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// A runtime for servers, and one for the broker alone, whose tasks can be counted.
pub(crate) struct Stage {
    pub(crate) servers: Runtime,
    pub(crate) client: Runtime,
    pub(crate) authority: Authority,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let servers = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let client = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        Self {
            servers: servers.unwrap(),
            client: client.unwrap(),
            authority: Authority::new(),
        }
    }

    pub(crate) fn world(&self, server: &Server, limits: &str) -> World {
        let setup = Setup {
            limits: limits.to_owned(),
            ..Setup::default()
        };
        World::new(&self.authority, server, setup)
    }

    /// Waits until no task of the broker is left. Those that were aborted need a turn to end.
    pub(crate) async fn no_task_left(&self, what: &str) {
        let metrics = self.client.metrics();
        for _ in 0..1_000 {
            if metrics.num_alive_tasks() == 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("{what}: {} tasks are left", metrics.num_alive_tasks());
    }

    /// Runs a case, and checks what it comes to and what it leaves.
    #[track_caller]
    fn check(&self, case: &Case) {
        let what = &case.what;
        let server = self.servers.block_on(case.start(&self.authority));
        let world = self.world(&server, case.limits);
        self.client.block_on(async {
            let session = world.session(Effect::Read);
            let began = Instant::now();
            let got = answer(&session, get(&format!("{}/v1/x", world.origin))).await;
            assert_eq!(code(&got), case.wanted.code(), "{what}");
            assert!(began.elapsed() < PATIENCE, "{what}: {:?}", began.elapsed());
            // The session still lives: a connection that failed must not wait for its end.
            self.no_task_left(what).await;
            server.wait_closed().await;
        });
        let last = world.records.all().pop().unwrap();
        let decision = format!("{:?}", last.decision);
        assert!(decision.contains(case.wanted.code()), "{what}: {decision}");
    }
}

#[test]
fn every_break_has_its_code_and_leaves_nothing() {
    let stage = Stage::new();
    let cases = all();
    assert!(cases.len() > 40);
    for case in &cases {
        stage.check(case);
    }
}

/// What a skill may try again, and what it may not.
#[test]
fn a_break_says_whether_trying_again_is_of_use() {
    for (failure, transient) in [
        (Transport::NameUnknown, false),
        (Transport::NameTimeout, true),
        (Transport::ConnectRefused, true),
        (Transport::ConnectTimeout, true),
        (Transport::TlsCertificate, false),
        (Transport::TlsProtocol, true),
        (Transport::TlsTimeout, true),
        (Transport::Reset, true),
        (Transport::RequestBody, false),
        (Transport::HeadTimeout, true),
        (Transport::IdleTimeout, true),
        (Transport::ExchangeTimeout, true),
        (Transport::Malformed, false),
        (Transport::HeadTooLarge, false),
        (Transport::BodyTooLarge, false),
        (Transport::ContentCoding, false),
    ] {
        assert_eq!(failure.is_transient(), transient, "{}", failure.code());
    }
}
