//! A worker is asked to end, and lets go of what it has under way.

use std::time::Duration;

use hotcell_policy::Status;
use nix::sys::signal::Signal;

use crate::held::signal;
use crate::site::{Site, ask, call};

/// Nobody waits for the lease of a worker that ended by itself, and it ends though its server is
/// silent.
#[tokio::test(flavor = "multi_thread")]
async fn another_worker_goes_on_at_once() {
    let jobs = "lease_ms = 600_000\nbackoff_ms = 10";
    let site = Site::with_jobs(jobs, |upstream| upstream.silent_at_first(1)).await;
    let mut first = site.worker();
    let ask = ask("job", "steps", Some("k"), Duration::ZERO);
    call(&site.host(), ask).await;
    site.server.wait_for_requests(1).await;
    signal(&first, Signal::SIGTERM);
    assert!(first.0.wait().unwrap().success());
    let _second = site.worker();
    let row = site.until(|row| row.status.is_some()).await;
    assert_eq!((row.status, row.attempt), (Some(Status::Ok), 2));
    let first_step = site.effect("/keyed/steps/0");
    assert_eq!((first_step.arrivals, first_step.done), (2, 1));
}
