//! Tool `status`.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Deserialize;

use crate::api::{Api, Repo};
use crate::failure::CiError;
use crate::run::Run;

/// Which run.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct RunInput {
    /// The repository, as `owner/name`.
    pub(crate) repo: Repo,
    /// The run's id, as `run_tests` returns it.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{1,64}$"))]
    pub(crate) run_id: String,
}

/// Asks once.
pub(crate) fn status(input: RunInput, _: &Context) -> Result<Run, CiError> {
    Api::of(&input.repo)?.run(&input.run_id)
}
