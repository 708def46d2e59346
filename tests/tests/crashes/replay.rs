//! A record is run again where there is no network.

use std::time::Duration;

use hotcell_tests::soak::upstream::Upstream;

use crate::site::{Site, ask, call};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_replayed_with_the_network_off() {
    let site = Site::new("", Upstream::behaviour).await;
    let host = site.host();
    let outcome = call(&host, ask("keyed", "once", Some("k"), Duration::ZERO)).await;
    let arrivals = site.upstream.arrivals();
    site.server.shutdown().await;
    let replay = host.replay(&outcome.invocation_id, None, "a test").await;
    let replay = replay.unwrap();
    assert!(replay.is_identical, "{replay:?}");
    assert_eq!(site.upstream.arrivals(), arrivals);
}

/// A job that was cut in two is replayed as its last attempt went.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_taken_over_is_replayed() {
    let site = Site::new("", |upstream| upstream.silent_at_first(1)).await;
    let host = site.host();
    let first = site.worker();
    call(&host, ask("job", "steps", Some("k"), Duration::ZERO)).await;
    site.server.wait_for_requests(1).await;
    drop(first);
    let _second = site.worker();
    let row = site.until(|row| row.status.is_some()).await;
    let arrivals = site.upstream.arrivals();
    let replay = host.replay(&row.id, None, "a test").await.unwrap();
    assert!(replay.is_identical, "{replay:?}");
    assert_eq!(site.upstream.arrivals(), arrivals);
}
