//! A request was sent, and its sender died before the answer was on record.

use std::time::Duration;

use hotcell_host::journal::State;
use hotcell_policy::Status;

use crate::site::{Site, ask, call};

/// Without a key nobody may send it again, so nobody does, and its end is `unknown`.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_it_ends_as_unknown_and_is_never_sent_again() {
    let site = Site::new("", |upstream| upstream.silent_at_first(1)).await;
    let caller = site.caller("plain", "once", &[]);
    site.server.wait_for_requests(1).await;
    drop(caller);
    let _worker = site.worker();
    let row = site.until(|row| row.status.is_some()).await;
    assert_eq!(
        (row.state, row.status),
        (State::Failed, Some(Status::Unknown))
    );
    assert_eq!(site.effect("/plain/once").arrivals, 1);
}

/// With a key a worker ends the attempt and leaves the key open; the next call sends the same
/// request with the same key, and the server does it once.
#[tokio::test(flavor = "multi_thread")]
async fn with_a_key_the_next_call_sends_it_again_and_it_is_done_once() {
    let site = Site::new("", |upstream| upstream.silent_at_first(1)).await;
    let caller = site.caller("keyed", "once", &["--key", "k"]);
    site.server.wait_for_requests(1).await;
    drop(caller);
    let worker = site.worker();
    site.until(|row| row.state == State::Waiting).await;
    drop(worker);
    let outcome = call(
        &site.host(),
        ask("keyed", "once", Some("k"), Duration::ZERO),
    )
    .await;
    assert_eq!(outcome.status, Status::Ok);
    let effect = site.effect("/keyed/once");
    assert_eq!((effect.arrivals, effect.done), (2, 1), "{effect:?}");
}

/// A job goes on from its last checkpoint: what was answered before is not sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_from_its_checkpoint_with_the_request_that_was_in_doubt() {
    let site = Site::new("", |upstream| upstream.silent_at_first(1)).await;
    let first = site.worker();
    let host = site.host();
    call(&host, ask("job", "steps", Some("k"), Duration::ZERO)).await;
    site.server.wait_for_requests(1).await;
    drop(first);
    let _second = site.worker();
    let row = site.until(|row| row.status.is_some()).await;
    assert_eq!((row.status, row.attempt), (Some(Status::Ok), 2));
    let arrivals = |step: u32| site.effect(&format!("/keyed/steps/{step}"));
    assert_eq!((arrivals(0).arrivals, arrivals(0).done), (2, 1));
    assert_eq!((arrivals(1).arrivals, arrivals(2).arrivals), (1, 1));
}
