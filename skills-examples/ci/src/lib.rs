//! `ci`: runs tests in a CI with a REST API, and promotes what they built. It holds no secret: the
//! host places the operator's token into each request.
//!
//! `api` sends requests, `failure` has the two codes, `run` the words of a run. One file a tool;
//! `run_tests` is a job, and goes on after a crash where it was.

mod api;
mod artifacts;
mod failure;
mod promote;
mod run;
mod run_tests;
mod status;

use hotcell_sdk::Skill;

/// Returns the table of tools.
pub fn skill() -> Skill {
    Skill::new()
        .tool(
            "run_tests",
            "Starts the tests of a commit and waits for their end: what passed, what failed, and what \
             was built. A job; the same key never starts a second run.",
            run_tests::run_tests,
        )
        .tool(
            "status",
            "Tells how far a run is, and how it ended.",
            status::status,
        )
        .tool(
            "artifacts",
            "Lists what a run built, each with its size and checksum.",
            artifacts::artifacts,
        )
        .tool(
            "promote",
            "Promotes one artifact of a run that has passed to an environment. The same key promotes \
             once.",
            promote::promote,
        )
}

hotcell_sdk::export!(skill);

#[cfg(test)]
mod tests;
