//! Tool `run_tests`.

use std::time::{Duration, Instant};

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, checkpoint, http, progress};
use serde::{Deserialize, Serialize};

use crate::api::{Api, Repo, send};
use crate::failure::CiError;
use crate::run::{Artifact, Counts, FailedTest, Run, State};

/// How long it waits before it asks again: at first, and at most.
const ASK_EVERY: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// Times that it asks in one attempt; a call may send a hundred requests.
const ASKS_MAX: usize = 90;
/// Time that it keeps for its answer.
const SPARE: Duration = Duration::from_secs(10);

/// What to test.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct TestInput {
    /// The repository, as `owner/name`.
    repo: Repo,
    /// The commit, in hex.
    #[schemars(regex(pattern = "^[0-9a-f]{7,40}$"))]
    sha: String,
    /// The set of tests, such as `smoke` or `full`.
    #[schemars(regex(pattern = "^[a-z0-9_-]{1,32}$"))]
    matrix: String,
}

#[derive(Serialize)]
struct NewRun<'a> {
    sha: &'a str,
    matrix: &'a str,
}

/// How a run ended.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TestResult {
    /// The run's id.
    run_id: String,
    /// How it ended.
    status: State,
    /// The commit.
    sha: String,
    /// How many tests did what.
    tests: Counts,
    /// The tests that failed, at most 100.
    failures: Vec<FailedTest>,
    /// What was built, where all passed; at most 100.
    artifacts: Vec<Artifact>,
}

/// Starts a run, unless an earlier attempt did, and waits for its end.
pub(crate) fn run_tests(input: TestInput, context: &Context) -> Result<TestResult, CiError> {
    let begun = Instant::now();
    let api = Api::of(&input.repo)?;
    let kept = checkpoint::load().and_then(|bytes| String::from_utf8(bytes).ok());
    let id = match kept {
        Some(id) => id,
        None => start(&api, &input)?,
    };
    let run = wait(
        &api,
        &id,
        begun,
        Duration::from_millis(context.time_left_ms),
    )?;
    let artifacts = match run.status {
        State::Success => api.artifacts(&id)?,
        _ => Vec::new(),
    };
    Ok(TestResult {
        run_id: run.run_id,
        status: run.status,
        sha: run.sha,
        tests: run.tests,
        failures: run.failures,
        artifacts,
    })
}

/// Starts a run. The host sends the idempotency key, so that a repeated call starts no second one.
fn start(api: &Api, input: &TestInput) -> Result<String, CiError> {
    let body = NewRun {
        sha: &input.sha,
        matrix: &input.matrix,
    };
    let run: Run = send(http::post(api.url("runs")).json(&body))?;
    // Where nothing is kept, the key finds the run again.
    let _ = checkpoint::save(run.run_id.as_bytes());
    Ok(run.run_id)
}

fn wait(api: &Api, id: &str, begun: Instant, time: Duration) -> Result<Run, CiError> {
    let mut every = ASK_EVERY.0;
    for asked in 1..=ASKS_MAX {
        let run = api.run(id)?;
        if run.status.has_ended() {
            return Ok(run);
        }
        progress::report(asked as u64, None, &format!("the run {id} goes on"));
        if begun.elapsed().saturating_add(every + SPARE) > time {
            break;
        }
        pause(every);
        every = (every * 2).min(ASK_EVERY.1);
    }
    Err(CiError::StillRunning(id.to_owned()))
}

/// Waits; a native test does not.
fn pause(time: Duration) {
    if cfg!(target_family = "wasm") {
        std::thread::sleep(time);
    }
}
