//! Tool `promote`.

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, http};
use serde::{Deserialize, Serialize};

use crate::api::{Api, Repo, send};
use crate::failure::CiError;

/// What to promote.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct PromoteInput {
    /// The repository, as `owner/name`.
    repo: Repo,
    /// The run that built it.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{1,64}$"))]
    run_id: String,
    /// The artifact's name, as `artifacts` lists it.
    #[schemars(length(min = 1, max = 200))]
    artifact: String,
    /// Where to.
    environment: Environment,
}

/// Where an artifact runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Environment {
    /// For trying out.
    Staging,
    /// For customers.
    Production,
}

#[derive(Serialize)]
struct NewPromotion<'a> {
    run: &'a str,
    artifact: &'a str,
    sha256: &'a str,
    environment: Environment,
}

/// A promotion.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Promotion {
    /// Its id.
    #[serde(alias = "id")]
    promotion_id: String,
    /// The artifact.
    artifact: String,
    /// The SHA-256 of what was promoted, in hex.
    sha256: String,
    /// Where to.
    environment: Environment,
}

/// Promotes an artifact by the checksum that it has now: what is promoted is what was listed.
pub(crate) fn promote(input: PromoteInput, _: &Context) -> Result<Promotion, CiError> {
    let api = Api::of(&input.repo)?;
    let all = api.artifacts(&input.run_id)?;
    let found = all.iter().find(|one| one.name == input.artifact);
    let missing = CiError::Status(404, Some("no_such_artifact".to_owned()));
    let body = NewPromotion {
        run: &input.run_id,
        artifact: &input.artifact,
        sha256: &found.ok_or(missing)?.sha256,
        environment: input.environment,
    };
    let done: Promotion = send(http::post(api.url("promotions")).json(&body))?;
    match done.sha256 == body.sha256 && done.environment == input.environment {
        true => Ok(done),
        false => Err(CiError::Unreadable("it promoted something else")),
    }
}
