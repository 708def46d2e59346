//! Many calls with one key, and the one that carries it out dies.

use std::sync::Arc;
use std::time::Duration;

use hotcell_host::journal::Kind;
use hotcell_policy::Status;
use tokio::task::JoinSet;

use crate::site::{Site, ask, call, count};

const AT_ONCE: usize = 64;

/// The first call's request is done and not answered; it is killed while 64 others wait.
#[tokio::test(flavor = "multi_thread")]
async fn of_64_calls_with_one_key_during_a_crash_one_is_carried_out() {
    let site = Site::new("", |upstream| upstream.silent_at_first(1)).await;
    let caller = site.caller("keyed", "once", &["--key", "k"]);
    site.server.wait_for_requests(1).await;
    let host = Arc::new(site.host());
    let mut callers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let host = Arc::clone(&host);
        callers.spawn(async move {
            loop {
                let ask = ask("keyed", "once", Some("k"), Duration::from_millis(300));
                let outcome = call(&host, ask).await;
                if outcome.status != Status::Accepted {
                    return outcome;
                }
            }
        });
    }
    drop(caller);
    let outcomes = callers.join_all().await;
    let row = site.only().await;
    assert_eq!(row.status, Some(Status::Ok));
    for outcome in &outcomes {
        let told = (outcome.status, &outcome.invocation_id);
        assert_eq!(told, (Status::Ok, &row.id));
    }
    let replayed = outcomes.iter().filter(|outcome| outcome.replayed).count();
    assert_eq!(replayed, AT_ONCE - 1, "one of them carried it out");
    let effect = site.effect("/keyed/once");
    assert_eq!((effect.arrivals, effect.done), (2, 1), "{effect:?}");
    let events = site.events().await;
    assert_eq!(count(&events, Kind::Attempt), 1, "{events:?}");
    assert_eq!(count(&events, Kind::Ended), 1, "{events:?}");
}
