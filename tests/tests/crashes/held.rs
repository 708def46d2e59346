//! A worker stands still past its lease, another takes over, and the first goes on.

use std::time::Duration;

use hotcell_host::journal::Kind;
use hotcell_policy::Status;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::site::{Process, Site, ask, call, count};

fn signal(process: &Process, signal: Signal) {
    let id = i32::try_from(process.0.id()).unwrap();
    kill(Pid::from_raw(id), signal).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_held_worker_writes_afterwards_hits_nothing() {
    let site = Site::new("", |upstream| upstream.silent_at_first(1)).await;
    let mut held = site.worker();
    let ask = ask("job", "steps", Some("k"), Duration::ZERO);
    call(&site.host(), ask).await;
    site.server.wait_for_requests(1).await;
    signal(&held, Signal::SIGSTOP);
    let other = site.worker();
    let row = site.until(|row| row.status.is_some()).await;
    assert_eq!((row.status, row.attempt), (Some(Status::Ok), 2));
    let before = site.events().await;
    // It learns that its lease is lost, ends its guest, and would write that; then it goes.
    signal(&held, Signal::SIGCONT);
    signal(&held, Signal::SIGTERM);
    let status = tokio::task::spawn_blocking(move || held.0.wait().unwrap());
    assert!(status.await.unwrap().success());
    drop(other);
    let events = site.events().await;
    assert_eq!(events, before);
    assert_eq!(count(&events, Kind::Ended), 1);
    for step in 0..3 {
        assert_eq!(site.effect(&format!("/keyed/steps/{step}")).done, 1);
    }
}
