//! An Outcome in the words of MCP.
//!
//! What the tool answered is the result's content; all else that an Outcome says stands in `_meta`.
//! An error is never put into `structuredContent`, which has to fit the tool's output schema.

use hotcell_host::Reply;
use hotcell_policy::{Failure, Outcome, Retry, Status};
use rmcp::model::{CallToolResult, ContentBlock, MetaObject};
use serde_json::{Map, Value, json};

use super::content::artifact_blocks;
use super::words::{OUTCOME_KEY, artifact_uri};

/// What a result says to a caller whose tool is carried out as a job.
const ACCEPTED: &str = "accepted as a job; `job_status` tells how far it is, and its end";

/// Whether the tool that was called answers with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// With its output: that somebody else still carries it out is not what was asked for.
    AtOnce,
    /// With a job: that it was accepted is well.
    Job,
}

/// Turns what came of a call into a result.
pub(super) fn result(mut reply: Reply, answer: Answer) -> CallToolResult {
    let meta = outcome_meta(&reply.outcome);
    let output = reply.outcome.output.take();
    let outcome = &reply.outcome;
    let mut result = match (outcome.status, &outcome.error) {
        (Status::Ok, _) => ok(output, artifact_blocks(&reply)),
        (Status::Accepted, _) => accepted(outcome, answer),
        (status, error) => failed(status, error.as_ref()),
    };
    result.meta = Some(meta);
    result
}

fn ok(output: Option<Value>, artifacts: Vec<ContentBlock>) -> CallToolResult {
    let text = match &output {
        None | Some(Value::Null) if !artifacts.is_empty() => None,
        None => None,
        // A text is told as it is: in quotes, a model would read the quotes.
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    let mut content: Vec<_> = text.map(ContentBlock::text).into_iter().collect();
    content.extend(artifacts);
    let mut result = CallToolResult::success(content);
    result.structured_content = output;
    result
}

fn accepted(outcome: &Outcome, answer: Answer) -> CallToolResult {
    let id = &outcome.invocation_id;
    match answer {
        Answer::Job => {
            let text = format!("{ACCEPTED}: {id}");
            let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
            result.structured_content = Some(json!({ "status": "accepted", "job_id": id }));
            result
        }
        Answer::AtOnce => {
            let text = format!(
                "accepted: another call with this key is under way ({id})\n\
                 what to do: call again with the same key"
            );
            CallToolResult::error(vec![ContentBlock::text(text)])
        }
    }
}

fn failed(status: Status, error: Option<&Failure>) -> CallToolResult {
    let text = match error {
        Some(error) => error_text(status, error),
        None => status.as_str().to_owned(),
    };
    CallToolResult::error(vec![ContentBlock::text(text)])
}

/// Says an error for a model: the status, the code, what happened, and what to do.
fn error_text(status: Status, error: &Failure) -> String {
    let mut text = format!("{}: {}: {}", status.as_str(), error.code, error.message);
    let mend = match error.code.as_str() {
        // The host says how on a command line.
        "idempotency_key_required" => Some(
            "call it with `call_tool` and an `idempotency_key` of your own, and with the same key \
             where you try again",
        ),
        _ => error.hint.as_deref(),
    };
    if let Some(mend) = mend {
        text.push_str("\nwhat to do: ");
        text.push_str(mend);
    }
    match error.retry {
        Retry::Never => {}
        Retry::SameKey => text.push_str("\nthe same call with the same key may succeed"),
        Retry::AfterMs(ms) => {
            text.push_str(&format!("\nthe same call may succeed after {ms} ms"));
        }
    }
    text
}

/// Returns the `_meta` of a result: the Outcome without what the result tells itself.
fn outcome_meta(outcome: &Outcome) -> MetaObject {
    let mut told = Map::new();
    let mut put = |key: &str, value: Value| {
        told.insert(key.to_owned(), value);
    };
    put("status", json!(outcome.status.as_str()));
    put("invocation_id", json!(outcome.invocation_id));
    put("correlation_id", json!(outcome.correlation_id));
    if let Some(job) = &outcome.job_id {
        put("job_id", json!(job));
    }
    if let Some(error) = &outcome.error {
        put("error", json!(error));
    }
    if !outcome.artifacts.is_empty() {
        put("artifacts", artifacts(outcome));
    }
    put("replayed", json!(outcome.replayed));
    put("recorded", json!(outcome.recorded));
    put("usage", json!(outcome.usage));
    let mut meta = MetaObject::new();
    meta.0.insert(OUTCOME_KEY.to_owned(), Value::Object(told));
    meta
}

fn artifacts(outcome: &Outcome) -> Value {
    let all = outcome.artifacts.iter().map(|artifact| {
        let mut told = json!(artifact);
        told["uri"] = json!(artifact_uri(&outcome.invocation_id, &artifact.name));
        told
    });
    all.collect()
}
