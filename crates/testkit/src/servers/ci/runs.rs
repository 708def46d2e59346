//! The CI's runs and promotions, and the rules on them.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::servers::ci::BROKEN_SHA;

/// The one artifact of each run that passed.
const ARTIFACT: &str = "shop.tar.gz";
/// SHA-256 of `test`.
const ARTIFACT_SHA256: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// Why a request is refused: status, code and message.
pub(crate) type Refusal = (u16, &'static str, &'static str);

/// A status with a body, or a refusal.
pub(crate) type Answer = Result<(u16, Value), Refusal>;

struct Run {
    repo: String,
    sha: String,
    matrix: String,
    asked: u32,
}

/// An answer that is kept for its idempotency key, with the request that had it.
struct Kept {
    request: Vec<u8>,
    answer: (u16, Value),
}

pub(crate) struct Runs {
    asks: u32,
    runs: Vec<Run>,
    promotions: Vec<Value>,
    kept: HashMap<String, Kept>,
}

impl Runs {
    pub(crate) fn new(asks: u32) -> Self {
        Self {
            asks,
            runs: Vec::new(),
            promotions: Vec::new(),
            kept: HashMap::new(),
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.runs.len()
    }

    pub(crate) fn promotions(&self) -> &[Value] {
        &self.promotions
    }

    pub(crate) fn start(&mut self, repo: &str, body: &[u8]) -> Answer {
        let given: Value = serde_json::from_slice(body).unwrap_or_default();
        let (Some(sha), Some(matrix)) = (given["sha"].as_str(), given["matrix"].as_str()) else {
            return Err((422, "missing_field", "sha and matrix are required"));
        };
        self.runs.push(Run {
            repo: repo.to_owned(),
            sha: sha.to_owned(),
            matrix: matrix.to_owned(),
            asked: 0,
        });
        let id = format!("run-{}", self.runs.len());
        Ok((202, self.told(&id, self.run(repo, &id)?)))
    }

    /// Tells of a run, which is one step further then.
    pub(crate) fn ask(&mut self, repo: &str, id: &str) -> Answer {
        self.run(repo, id)?;
        if let Some(run) = number(id).and_then(|place| self.runs.get_mut(place)) {
            run.asked += 1;
        }
        Ok((200, self.told(id, self.run(repo, id)?)))
    }

    pub(crate) fn artifacts(&self, repo: &str, id: &str) -> Answer {
        let run = self.run(repo, id)?;
        match self.state(run) {
            "passed" => Ok((
                200,
                json!({"artifacts": [{"name": ARTIFACT, "bytes": 4, "sha256": ARTIFACT_SHA256}]}),
            )),
            _ => Err((409, "not_passed", "the run has not passed")),
        }
    }

    pub(crate) fn promote(&mut self, repo: &str, body: &[u8]) -> Answer {
        let given: Value = serde_json::from_slice(body).unwrap_or_default();
        let run = self.run(repo, given["run"].as_str().unwrap_or_default())?;
        if self.state(run) != "passed" {
            return Err((409, "not_passed", "the run has not passed"));
        }
        if given["artifact"] != ARTIFACT || given["sha256"] != ARTIFACT_SHA256 {
            return Err((404, "no_such_artifact", "the run built nothing like that"));
        }
        let mut promotion = given;
        promotion["id"] = json!(format!("pro-{}", self.promotions.len() + 1));
        self.promotions.push(promotion.clone());
        Ok((201, promotion))
    }

    /// Returns the answer that this key had before; `request` is all that tells two apart.
    pub(crate) fn recall(&self, key: &str, request: &[u8]) -> Option<Answer> {
        let kept = self.kept.get(key)?;
        Some(match kept.request == request {
            true => Ok(kept.answer.clone()),
            false => Err((409, "idempotency_key_reused", "the key had another request")),
        })
    }

    pub(crate) fn keep(&mut self, key: &str, request: Vec<u8>, answer: (u16, Value)) {
        self.kept.insert(key.to_owned(), Kept { request, answer });
    }

    fn run(&self, repo: &str, id: &str) -> Result<&Run, Refusal> {
        let run = number(id).and_then(|place| self.runs.get(place));
        run.filter(|run| run.repo == repo)
            .ok_or((404, "no_such_run", "no such run"))
    }

    fn state(&self, run: &Run) -> &'static str {
        match (run.asked, run.sha.as_str()) {
            (0, _) => "queued",
            (asked, _) if asked < self.asks => "running",
            (_, BROKEN_SHA) => "failed",
            _ => "passed",
        }
    }

    fn told(&self, id: &str, run: &Run) -> Value {
        let state = self.state(run);
        let failures = match state {
            "failed" => json!([{"name": "checkout::totals", "message": "expected 3, got 4"}]),
            _ => json!([]),
        };
        let failed = u32::from(state == "failed");
        json!({
            "id": id, "state": state, "sha": run.sha, "matrix": run.matrix,
            "tests": {"passed": 12, "failed": failed, "skipped": 1}, "failures": failures,
        })
    }
}

/// Returns a run's place by its id.
fn number(id: &str) -> Option<usize> {
    let number = id.strip_prefix("run-")?.parse::<usize>().ok()?;
    number.checked_sub(1)
}
