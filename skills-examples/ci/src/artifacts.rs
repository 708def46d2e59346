//! Tool `artifacts`.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Serialize;

use crate::api::Api;
use crate::failure::CiError;
use crate::run::Artifact;
use crate::status::RunInput;

/// What a run built.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Artifacts {
    /// All of it, at most 100.
    artifacts: Vec<Artifact>,
}

/// Lists what a run built.
pub(crate) fn artifacts(input: RunInput, _: &Context) -> Result<Artifacts, CiError> {
    let artifacts = Api::of(&input.repo)?.artifacts(&input.run_id)?;
    Ok(Artifacts { artifacts })
}
