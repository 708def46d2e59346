//! Jobs, from the call that queues them to their end, over several processes.

use std::process::Command;

use serde_json::json;

use super::slow::{Slow, Worker};
use crate::room::{Room, example};

#[test]
fn a_job_is_queued_listed_and_carried_out_by_another_process() {
    let room = Room::new();
    assert_eq!(room.run(&["add", &example("tax-check")]).code, 0);
    let input = r#"{"number": "DE136695976"}"#;
    let call = ["call", "tax-check.check_vat_number", "--input", input];
    let queued = room.run(&[&call[..], &["--async"]].concat());
    assert_eq!(queued.code, 0, "{}", queued.stderr);
    let id = queued.stdout.trim();
    for words in [
        format!("hotcell job {id} --follow"),
        "no worker lives".to_owned(),
    ] {
        assert!(queued.stderr.contains(&words), "{}", queued.stderr);
    }
    let jobs = room.run(&["jobs"]);
    let line = format!("{id}  tax-check.check_vat_number  queued");
    assert!(jobs.stdout.starts_with(&line), "{}", jobs.stdout);
    let worked = room.run(&["work", "--once"]);
    assert_eq!(
        (worked.code, worked.stdout.as_str()),
        (0, ""),
        "{}",
        worked.stderr
    );
    assert!(
        worked.stderr.contains("carried out 1 attempt"),
        "{}",
        worked.stderr
    );
    let ended = room.run(&["job", id, "--follow"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(ended.json(), room.run(&call).json());
    assert_eq!(room.run(&["jobs", "--json"]).json()["jobs"], json!([]));
    let all = room.run(&["jobs", "--all", "--json"]).json();
    assert_eq!(all["jobs"][0]["state"], "done");
    room.run(&["job", id, "cancel"])
        .fails(3, &["has ended: ended ok"]);
    room.run(&["job", id, "retry"])
        .fails(3, &["has ended well"]);
    room.run(&["job", "inv-none"])
        .fails(2, &["there is no job inv-none"]);
}

#[test]
fn a_job_whose_worker_is_killed_goes_on_at_the_next_and_ends_once() {
    let slow = Slow::new();
    let id = slow.queue("req-1");
    let mut first = slow.worker();
    slow.until_it_grinds(&id);
    first.0.kill().unwrap();
    first.0.wait().unwrap();
    let second = slow.worker();
    let ended = slow.done(&["job", &id, "--follow"]);
    assert_eq!(ended.json(), json!({ "ok": true }));
    drop(second);
    assert_eq!(slow.job(&id)["attempt"], 2);
    let story = slow.done(&["timeline", "req-1", "--json"]).json();
    let steps = story["steps"].as_array().unwrap();
    let ends = steps.iter().filter(|step| step["kind"] == "ended");
    assert_eq!(ends.count(), 1, "{story}");
    slow.done(&["audit", "verify"]);
}

#[test]
fn a_running_job_is_cancelled_and_begun_again() {
    let slow = Slow::new();
    let id = slow.queue("req-1");
    let worker = slow.worker();
    slow.until_it_grinds(&id);
    let asked = slow.done(&["job", &id, "cancel"]);
    assert!(asked.stdout.starts_with("asked "), "{}", asked.stdout);
    let ended = slow.room.run(&["job", &id, "--follow"]);
    ended.fails(5, &["cancelled"]);
    let again = slow.done(&["job", &id, "retry"]).stdout;
    let again = again.trim();
    assert_ne!(again, id);
    slow.until_it_grinds(again);
    slow.done(&["job", again, "cancel"]);
    slow.until(again, "cancelled", |job| job["state"] == "cancelled");
    drop(worker);
}

#[test]
fn a_worker_that_is_told_to_end_does_and_leaves_no_trace() {
    let slow = Slow::new();
    let mut worker = slow.worker();
    let id = slow.queue("req-1");
    slow.until_it_grinds(&id);
    let pid = worker.0.id().to_string();
    let told = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(told.success());
    assert_eq!(worker.0.wait().unwrap().code(), Some(0));
    let queued = slow.room.run(&["call", "slow.grind"]);
    assert!(
        queued.stderr.contains("no worker lives"),
        "{}",
        queued.stderr
    );
}

#[test]
fn a_call_waits_for_its_job_as_long_as_it_is_told() {
    let room = Room::new();
    assert_eq!(room.run(&["add", &example("tax-check")]).code, 0);
    let input = r#"{"number": "DE136695976"}"#;
    let call = [
        "call",
        "tax-check.check_vat_number",
        "--input",
        input,
        "--key",
        "k",
    ];
    let queued = room.run(&[&call[..], &["--async"]].concat());
    assert_eq!(queued.code, 0, "{}", queued.stderr);
    let waited = room.run(&[&call[..], &["--wait", "0"]].concat());
    assert_eq!((waited.code, &waited.stdout), (0, &queued.stdout));
    let worker = Worker::of(&room);
    let told = room.run(&[&call[..], &["--wait", "120", "--json"]].concat());
    assert_eq!(told.json()["status"], "ok", "{}", told.stderr);
    drop(worker);
}
