//! Guests that do not end, and a client that wants something else meanwhile.

use serde_json::json;

use super::note;
use crate::place::Place;
use crate::stdio::call_params;

#[test]
fn attack_33_an_endless_loop_beside_ping() {
    let place = Place::with_intruder("", "");
    let mut client = place.mcp();
    // As many as the machine has cores, and one more: no thread is left that does nothing.
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let spinning: Vec<_> = (0..=cores)
        .map(|_| client.begin("intruder", "spin"))
        .collect();
    for _ in 0..3 {
        assert_eq!(client.ask("ping", json!({}))["result"], json!({}));
    }
    let told = client.call("intruder", "echo", json!({ "a": 1 }));
    assert_eq!(told["structuredContent"], json!({ "a": 1 }), "{told}");
    let early = client.aside.iter().filter(|line| line.get("id").is_some());
    assert_eq!(early.count(), 0, "they spin still: {:?}", client.aside);
    for id in &spinning {
        client.tell("notifications/cancelled", json!({ "requestId": id }));
    }
    assert_eq!(client.ask("ping", json!({}))["result"], json!({}));
    let (status, rest, _) = client.end();
    assert!(status.success());
    // Who cancelled hears nothing of it (2025-11-25, "Cancellation").
    assert!(rest.iter().all(|line| line.get("id").is_none()), "{rest:?}");
    assert_eq!(place.ends("spin"), vec!["cancelled"; spinning.len()]);
    let tried = "one guest more than the machine has cores spins; pings and a call are answered \
        meanwhile, and cancelling ends each";
    note(33, "an endless loop beside ping", tried, 2);
}

#[test]
fn attack_34_cancelled_in_name_only() {
    let place = Place::with_intruder("", "");
    let mut client = place.mcp();
    let waiting = client.begin("intruder", "wait");
    let spinning = client.begin("intruder", "spin");
    // A request that is not under way, and one that has no such id, end nobody's call.
    for other in [json!(999), json!("1"), json!(null), json!({ "a": 1 })] {
        client.tell("notifications/cancelled", json!({ "requestId": other }));
    }
    assert_eq!(client.ask("ping", json!({}))["result"], json!({}));
    assert!(place.ends("wait").is_empty() && place.ends("spin").is_empty());
    for id in [waiting, spinning] {
        let params = json!({ "requestId": id, "reason": "no more" });
        client.tell("notifications/cancelled", params);
    }
    // The next call has a fresh store, whatever became of the others.
    let next = client.ask(
        "tools/call",
        call_params("intruder", "echo", json!({ "b": 2 })),
    );
    assert_eq!(
        next["result"]["structuredContent"],
        json!({ "b": 2 }),
        "{next}"
    );
    client.end();
    assert_eq!(place.ends("wait"), ["cancelled"]);
    assert_eq!(place.ends("spin"), ["cancelled"]);
    let tried = "a guest that waits and one that spins: both ended, and recorded so; ids of other \
        requests end nothing";
    note(34, "cancelling in name only", tried, 6);
}
