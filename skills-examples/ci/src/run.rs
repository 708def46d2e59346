//! The words of a run, as the CI says them and as a tool answers.

use hotcell_sdk::http;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use crate::api::{Api, send};
use crate::failure::CiError;

/// Failures and artifacts of one answer.
const LISTED_MAX: usize = 100;
/// Characters of a name or message.
const TEXT_CHARS_MAX: usize = 500;

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It waits.
    Queued,
    /// It runs.
    Running,
    /// All tests passed.
    #[serde(alias = "passed")]
    Success,
    /// Some did not.
    #[serde(alias = "failed")]
    Failure,
    /// Somebody ended it.
    Cancelled,
}

impl State {
    pub(crate) fn has_ended(self) -> bool {
        !matches!(self, State::Queued | State::Running)
    }
}

/// A run.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Run {
    /// Its id.
    #[serde(alias = "id")]
    pub(crate) run_id: String,
    /// How far it is.
    #[serde(alias = "state")]
    pub(crate) status: State,
    /// The commit.
    pub(crate) sha: String,
    /// The set of tests.
    pub(crate) matrix: String,
    /// How many tests did what.
    #[serde(default)]
    pub(crate) tests: Counts,
    /// The tests that failed, at most 100.
    #[serde(default)]
    pub(crate) failures: Vec<FailedTest>,
}

/// How many tests did what.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Counts {
    /// Passed.
    passed: u32,
    /// Failed.
    failed: u32,
    /// Left out.
    skipped: u32,
}

/// A test that failed.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
pub(crate) struct FailedTest {
    /// Its name.
    name: String,
    /// What it said.
    message: String,
}

/// What a run built.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Artifact {
    /// Its name.
    pub(crate) name: String,
    /// Its bytes.
    bytes: u64,
    /// The SHA-256 of its content, in hex.
    pub(crate) sha256: String,
}

#[derive(Deserialize)]
struct ArtifactList {
    artifacts: Vec<Artifact>,
}

impl Api {
    /// Asks for a run.
    pub(crate) fn run(&self, id: &str) -> Result<Run, CiError> {
        let mut run: Run = send(http::get(self.run_url(id)))?;
        run.failures.truncate(LISTED_MAX);
        for failed in &mut run.failures {
            cut(&mut failed.name);
            cut(&mut failed.message);
        }
        Ok(run)
    }

    /// Asks for what a run built. Each has a checksum, or the answer is refused.
    pub(crate) fn artifacts(&self, id: &str) -> Result<Vec<Artifact>, CiError> {
        let url = format!("{}/artifacts", self.run_url(id));
        let mut all = send::<ArtifactList>(http::get(url))?.artifacts;
        let is_digest =
            |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !all.iter().all(|one| is_digest(&one.sha256)) {
            return Err(CiError::Unreadable("an artifact has no checksum"));
        }
        all.truncate(LISTED_MAX);
        for artifact in &mut all {
            cut(&mut artifact.name);
        }
        Ok(all)
    }
}

fn cut(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(TEXT_CHARS_MAX) {
        text.truncate(end);
    }
}
