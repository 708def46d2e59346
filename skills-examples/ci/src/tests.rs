//! The tools as the host calls them, against a scripted CI.
#![allow(clippy::unwrap_used)]

use hotcell_sdk::serde_json::{Value, from_str, json};
use hotcell_sdk::stub::{Host, Reply, Sent};
use hotcell_sdk::{Context, Failure, Retry};

const SHA256: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn call(
    tool: &str,
    input: &Value,
    server: impl FnMut(&Sent) -> Reply + 'static,
) -> (Result<Value, Failure>, Vec<Sent>) {
    let host = Host::new()
        .setting("base_url", "https://ci.example.com/")
        .http(server);
    let skill = crate::skill();
    let (answer, sent) = host.run(|| skill.call(tool, &input.to_string(), &Context::default()));
    (answer.map(|text| from_str(&text).unwrap()), sent)
}

fn run(state: &str) -> Value {
    json!({
        "id": "run-1", "state": state, "sha": "abc1234", "matrix": "smoke",
        "tests": {"passed": 3, "failed": 1, "skipped": 0},
        "failures": [{"name": "checkout", "message": "x".repeat(900)}],
    })
}

fn built() -> Value {
    json!({"artifacts": [{"name": "shop.tar.gz", "bytes": 42, "sha256": SHA256}]})
}

/// A CI whose run ends as `end` at the third time that it is asked.
fn ci(end: &'static str) -> impl FnMut(&Sent) -> Reply {
    let mut asked = 0;
    move |sent| match (sent.method.as_str(), sent.path()) {
        ("POST", "/v1/repos/acme/shop/runs") => Reply::json(202, &run("queued")),
        ("GET", "/v1/repos/acme/shop/runs/run-1") => {
            asked += 1;
            Reply::json(200, &run(if asked < 3 { "running" } else { end }))
        }
        ("GET", "/v1/repos/acme/shop/runs/run-1/artifacts") => Reply::json(200, &built()),
        ("POST", "/v1/repos/acme/shop/promotions") => {
            let mut promotion = sent.json();
            promotion["id"] = json!("pro-1");
            Reply::json(201, &promotion)
        }
        _ => Reply::new(404),
    }
}

fn tests() -> Value {
    json!({"repo": "acme/shop", "sha": "abc1234", "matrix": "smoke"})
}

fn promotion(artifact: &str) -> Value {
    json!({"repo": "acme/shop", "run_id": "run-1", "artifact": artifact, "environment": "staging"})
}

#[test]
fn schema_json_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
    hotcell_sdk::assert_schema_current(path, &crate::skill());
}

#[test]
fn a_run_is_waited_for() {
    let (answer, sent) = call("run_tests", &tests(), ci("passed"));
    let answer = answer.unwrap();
    assert_eq!(
        (&answer["status"], &answer["run_id"]),
        (&json!("success"), &json!("run-1"))
    );
    assert_eq!(answer["artifacts"], built()["artifacts"]);
    assert_eq!(
        answer["failures"][0]["message"].as_str().unwrap().len(),
        500
    );
    assert_eq!(sent.len(), 5);
    assert_eq!(sent[0].json(), json!({"sha": "abc1234", "matrix": "smoke"}));
}

#[test]
fn a_run_that_failed_is_an_answer() {
    for (end, status) in [("failed", "failure"), ("cancelled", "cancelled")] {
        let answer = call("run_tests", &tests(), ci(end)).0.unwrap();
        assert_eq!(answer["status"], status);
        assert_eq!(answer["artifacts"], json!([]));
    }
}

#[test]
fn a_run_that_does_not_end_is_transient() {
    let (answer, sent) = call("run_tests", &tests(), |sent| match sent.method.as_str() {
        "POST" => Reply::json(202, &run("queued")),
        _ => Reply::json(200, &run("running")),
    });
    let failure = answer.unwrap_err();
    assert_eq!(failure.code, "TRANSIENT_TIMEOUT");
    assert_eq!(failure.retry, Retry::AfterMs(5_000));
    assert!(sent.len() < 100, "a call may send a hundred requests");
}

#[test]
fn an_artifact_is_promoted_by_its_checksum() {
    let (answer, sent) = call("promote", &promotion("shop.tar.gz"), ci("passed"));
    let answer = answer.unwrap();
    assert_eq!(answer["sha256"], SHA256);
    assert_eq!(sent[1].json()["sha256"], SHA256);
    let missing = call("promote", &promotion("other"), ci("passed")).0;
    assert_eq!(missing.unwrap_err().code, "PERMANENT_FAILURE");
}

#[test]
fn another_artifact_than_asked_for_is_not_told_as_done() {
    let mut honest = ci("passed");
    let (answer, _) = call("promote", &promotion("shop.tar.gz"), move |sent| match sent
        .method
        .as_str()
    {
        "POST" => Reply::json(
            201,
            &json!({"id": "p", "artifact": "x", "sha256": "00",
                "environment": "staging"}),
        ),
        _ => honest(sent),
    });
    assert_eq!(answer.unwrap_err().code, "PERMANENT_FAILURE");
}

fn check_failure(reply: impl Fn() -> Reply + 'static, code: &str, retry: Retry) {
    let input = json!({"repo": "acme/shop", "run_id": "run-1"});
    let failure = call("status", &input, move |_| reply()).0.unwrap_err();
    assert_eq!((failure.code.as_str(), failure.retry), (code, retry));
}

#[test]
fn each_trouble_is_one_of_two() {
    let (transient, permanent) = ("TRANSIENT_TIMEOUT", "PERMANENT_FAILURE");
    check_failure(|| Reply::new(503), transient, Retry::SameKey);
    check_failure(|| Reply::transient("reset"), transient, Retry::SameKey);
    let busy = || Reply::new(429).header("retry-after", "3");
    check_failure(busy, transient, Retry::AfterMs(3_000));
    check_failure(
        || Reply::denied("rate_limited", Some(70)),
        transient,
        Retry::AfterMs(70),
    );
    check_failure(
        || Reply::denied("not_granted", None),
        permanent,
        Retry::Never,
    );
    check_failure(|| Reply::new(401), permanent, Retry::Never);
    check_failure(|| Reply::new(404), permanent, Retry::Never);
    check_failure(|| Reply::new(409), permanent, Retry::Never);
    check_failure(|| Reply::permanent("tls"), permanent, Retry::Never);
    check_failure(|| Reply::new(200).body("no json"), permanent, Retry::Never);
}

#[test]
fn an_artifact_without_a_checksum_is_refused() {
    let input = json!({"repo": "acme/shop", "run_id": "run-1"});
    let reply = |_: &Sent| {
        Reply::json(
            200,
            &json!({"artifacts": [{"name": "a", "bytes": 1, "sha256": ""}]}),
        )
    };
    let failure = call("artifacts", &input, reply).0.unwrap_err();
    assert_eq!(failure.code, "PERMANENT_FAILURE");
}
