//! A worker stands still past its lease, another takes over, and the first goes on.

use std::time::Duration;

use hotcell_host::journal::Kind;
use hotcell_policy::Status;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::site::{Process, Site, ask, call, count};

pub(crate) fn signal(process: &Process, signal: Signal) {
    let id = i32::try_from(process.0.id()).unwrap();
    kill(Pid::from_raw(id), signal).unwrap();
}

/// The answer to the held worker's request comes after the job has ended. The worker's next job
/// ends when it is through with that.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_held_worker_writes_afterwards_hits_nothing() {
    let site = Site::new("workers = 1", |upstream| upstream.silent_at_first(1)).await;
    let host = site.host();
    let held = site.worker();
    call(&host, ask("job", "steps", Some("k"), Duration::ZERO)).await;
    site.server.wait_for_requests(1).await;
    signal(&held, Signal::SIGSTOP);
    let other = site.worker();
    let row = site.until(|row| row.status.is_some()).await;
    assert_eq!((row.status, row.attempt), (Some(Status::Ok), 2));
    let before = site.events(&row.id).await;
    drop(other);
    site.upstream.speak();
    signal(&held, Signal::SIGCONT);
    let next = ask("job", "next", Some("n"), Duration::from_secs(30));
    assert_eq!(call(&host, next).await.status, Status::Ok);
    let events = site.events(&row.id).await;
    assert_eq!(events, before);
    assert_eq!(count(&events, Kind::Ended), 1);
    for step in 0..3 {
        assert_eq!(site.effect(&format!("/keyed/steps/{step}")).done, 1);
    }
}
