//! The skill `ci` against a CI on the loopback: a job that starts one run, whatever gets lost.

use hotcell_testkit::servers::ci::{BROKEN_SHA, Ci, Trouble};
use serde_json::{Value, json};

use super::world::{TOKEN, World};
use crate::room::example;

/// What an operator writes of the skill `ci`.
const GRANT: &str = r#"[settings.ci]
base_url = "CI"
[secret.ci-token]
source = "vault:ci-token"
kind = "bearer"
origins = ["CI"]
scopes = ["runs:read", "runs:write", "promotions:write"]
[[grant]]
skill = "ci@1"
credential = "ci"
secret = "ci-token"
origins = ["CI"]
[jobs]
backoff_ms = 10
"#;

/// Workers that may be started for one job.
const WORKERS_MAX: usize = 100;

struct Works {
    world: World,
    ci: Ci,
    _server: hotcell_testkit::servers::Server,
}

/// Returns a world in which `ci` is granted, approved and installed.
fn works() -> Works {
    let world = World::new();
    let ci = Ci::new(TOKEN, 2);
    let server = world.serve(ci.behaviour());
    let grant = GRANT.replace("CI", &server.origin("127.0.0.1"));
    world.configure_with_servers(&grant, &[&world.server, &server]);
    world.done(&["secret", "set", "ci-token"], TOKEN);
    world.done(&["approve", &example("ci"), "--yes"], "");
    world.done(&["add", &example("ci")], "");
    Works {
        world,
        ci,
        _server: server,
    }
}

impl Works {
    /// Starts the tests of a commit as a job, works it off, and returns its end.
    fn run_tests(&self, sha: &str, key: &str) -> Value {
        let input = json!({"repo": "acme/shop", "sha": sha, "matrix": "smoke"}).to_string();
        let call = ["call", "ci.run_tests", "--key", key, "--input", &input];
        let queued = self.world.hotcell(&call, "");
        assert_eq!(queued.code, 0, "{}", queued.stderr);
        // An attempt that is due a moment later is the next worker's.
        for _ in 0..WORKERS_MAX {
            let worked = self.world.hotcell(&["work", "--once"], "");
            assert_eq!(worked.code, 0, "{}", worked.stderr);
            let told = [&call[..], &["--json"]].concat();
            let told = self.world.hotcell(&told, "").json();
            if told["status"] != "accepted" {
                return told;
            }
        }
        panic!("the job does not end");
    }

    fn call(&self, tool: &str, input: &Value, more: &[&str]) -> Value {
        let (tool, input) = (format!("ci.{tool}"), input.to_string());
        let call = ["call", &tool, "--json", "--input", &input];
        self.world.hotcell(&[&call, more].concat(), "").json()
    }
}

#[test]
fn a_commit_is_tested_and_its_artifact_promoted_once() {
    let works = works();
    let ended = works.run_tests("abc1234", "user-42-abc1234");
    assert_eq!(ended["output"]["status"], "success", "{ended}");
    let artifact = &ended["output"]["artifacts"][0];
    assert_eq!(artifact["sha256"].as_str().unwrap().len(), 64);
    let run = json!({"repo": "acme/shop", "run_id": "run-1"});
    assert_eq!(
        works.call("status", &run, &[])["output"]["status"],
        "success"
    );
    let listed = works.call("artifacts", &run, &[]);
    assert_eq!(&listed["output"]["artifacts"][0], artifact);
    let promotion = json!({"repo": "acme/shop", "run_id": "run-1", "artifact": artifact["name"],
        "environment": "staging"});
    let first = works.call("promote", &promotion, &["--key", "p-1"]);
    assert_eq!(first["status"], "ok", "{first}");
    let again = works.call("promote", &promotion, &["--key", "p-1"]);
    assert_eq!(
        (&again["output"], &again["replayed"]),
        (&first["output"], &json!(true))
    );
    assert_eq!((works.ci.run_count(), works.ci.promotions().len()), (1, 1));
    let no_key = works.call("promote", &promotion, &[]);
    assert_eq!(no_key["error"]["code"], "idempotency_key_required");
}

#[test]
fn a_commit_that_fails_is_an_answer_and_not_promoted() {
    let works = works();
    let ended = works.run_tests(BROKEN_SHA, "k-1");
    assert_eq!(ended["output"]["status"], "failure", "{ended}");
    assert_eq!(ended["output"]["failures"][0]["name"], "checkout::totals");
    let promotion = json!({"repo": "acme/shop", "run_id": "run-1", "artifact": "shop.tar.gz",
        "environment": "production"});
    let refused = works.call("promote", &promotion, &["--key", "p-1"]);
    assert_eq!(refused["error"]["code"], "PERMANENT_FAILURE");
    assert_eq!(refused["error"]["details"]["code"], "not_passed");
    assert!(works.ci.promotions().is_empty());
}

/// The run was started and the answer got lost: the key finds it again.
#[test]
fn a_lost_answer_starts_no_second_run() {
    let works = works();
    works.ci.trouble(Trouble::LostAnswer);
    let ended = works.run_tests("abc1234", "k-1");
    assert_eq!(ended["status"], "ok", "{ended}");
    assert_eq!(works.ci.run_count(), 1);
}

#[test]
fn a_busy_ci_says_when_to_come_back() {
    let works = works();
    works.ci.trouble(Trouble::RateLimited(7));
    let run = json!({"repo": "acme/shop", "run_id": "run-1"});
    let busy = works.call("status", &run, &[]);
    assert_eq!(busy["error"]["code"], "TRANSIENT_TIMEOUT");
    assert_eq!(busy["error"]["retry"], json!({"after-ms": 7_000}));
    let missing = works.call("status", &run, &[]);
    assert_eq!(missing["error"]["code"], "PERMANENT_FAILURE");
    assert_eq!(missing["error"]["details"]["code"], "no_such_run");
}
