//! The server says "not now", and the next attempt asks anew.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hotcell_policy::Status;
use hotcell_testkit::servers::Behaviour;

use crate::site::{Site, ask, call};

/// Answers the first request by `status`, and all others well.
fn at_first(status: u16) -> Behaviour {
    let requests = AtomicUsize::new(0);
    Behaviour::service(move |_| {
        let mut response = http::Response::new(Bytes::from_static(b"{}"));
        if requests.fetch_add(1, Ordering::Relaxed) == 0 {
            *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        }
        response
    })
}

async fn check(status: u16, first: Status, second: Status) {
    let site = Site::new("", |_| at_first(status)).await;
    let host = site.host();
    let again = || ask("keyed", "once", Some("k"), Duration::ZERO);
    let outcome = call(&host, again()).await;
    assert_eq!(outcome.status, first);
    let outcome = call(&host, again()).await;
    assert_eq!(outcome.status, second, "{outcome:?}");
    let requests = site.server.requests();
    let key = |at: usize| requests[at].header("idempotency-key").map(str::to_owned);
    assert!(key(0).is_some());
    // What is sent again has its key.
    if requests.len() > 1 {
        assert_eq!(key(0), key(1));
    }
    assert_eq!(requests.len(), 1 + usize::from(second == Status::Ok));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_put_off_is_sent_again_with_its_key() {
    check(503, Status::Failed, Status::Ok).await;
    check(429, Status::Failed, Status::Ok).await;
}

/// What it refused for good is not: the next attempt is told the same.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refused_is_not_sent_again() {
    check(422, Status::Failed, Status::Failed).await;
}
