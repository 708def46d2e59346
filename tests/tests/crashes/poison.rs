//! A job whose worker dies with each attempt.

use std::time::Duration;

use hotcell_host::journal::{Kind, State};
use hotcell_policy::Status;
use hotcell_tests::soak::upstream::Upstream;

use crate::site::{Site, ask, call, count};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_takes_its_worker_down_ends_after_its_attempts() {
    let site = Site::new("attempts = 3", Upstream::behaviour).await;
    let host = site.host();
    call(&host, ask("wait", "poison", None, Duration::ZERO)).await;
    for attempt in 1..=3 {
        let worker = site.worker();
        site.until(|row| row.state == State::Running && row.attempt == attempt)
            .await;
        drop(worker);
    }
    let _last = site.worker();
    let row = site.until(|row| row.status.is_some()).await;
    assert_eq!(
        (row.state, row.status),
        (State::Failed, Some(Status::Failed))
    );
    let reply = host
        .journal()
        .unwrap()
        .payload(row.ended_seq.unwrap(), "outcome")
        .await
        .unwrap()
        .unwrap();
    let outcome: serde_json::Value = serde_json::from_slice(&reply.bytes).unwrap();
    assert_eq!(outcome["error"]["code"], "attempts_spent");
    // Three that ran, and the claim that ended it.
    let events = site.events().await;
    assert_eq!(count(&events, Kind::Attempt), 4, "{events:?}");
    assert_eq!(count(&events, Kind::Ended), 1);
}
