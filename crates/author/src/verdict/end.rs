//! How a call ended, beside how it should have.

use hotcell_host::Reply;
use hotcell_package::{Tool, printable};
use hotcell_policy::{Decision, Outcome, Status};
use serde_json::Value;
use similar::TextDiff;

use crate::cases::{Case, ExpectedEnd};
use crate::report::Problem;

/// Lines around a difference.
const CONTEXT_LINES: usize = 3;
/// Most lines of a difference that are shown.
const LINES_MAX: usize = 60;

/// Checks how a call ended.
pub(super) fn check_end(case: &Case, reply: &Reply) -> Option<Problem> {
    let outcome = &reply.outcome;
    let code = outcome.error.as_ref().map(|error| error.code.as_str());
    match &case.expected.end {
        ExpectedEnd::Output(expected) => match &outcome.output {
            Some(output) if output == expected => None,
            Some(output) => Some(other_output(expected, output)),
            None => Some(other_end("an output", outcome)),
        },
        ExpectedEnd::Partial(expected) => match &outcome.output {
            Some(output) => {
                let shown = shaped(expected, output);
                (shown != *expected).then(|| other_output(expected, &shown))
            }
            None => Some(other_end("an output", outcome)),
        },
        ExpectedEnd::Failure {
            code: expected,
            retry,
        } => {
            let advice = outcome.error.as_ref().map(|error| error.retry);
            if outcome.status != Status::Failed || code != Some(expected) {
                return Some(other_end(&format!("the failure {expected}"), outcome));
            }
            let retry = retry.as_ref().filter(|retry| Some(**retry) != advice)?;
            let message = format!("the failure advises {advice:?}, not {retry:?}");
            Some(Problem::new("retry", message))
        }
        ExpectedEnd::Refused(expected) => {
            let is_it = outcome.status == Status::Refused && code == Some(expected);
            (!is_it).then(|| other_end(&format!("the refusal {expected}"), outcome))
        }
        ExpectedEnd::Limit(limit) => {
            let name = limit.as_str();
            let told = format!("limit_{name}");
            let is_it = outcome.status == Status::Limit && code == Some(told.as_str());
            (!is_it).then(|| other_end(&format!("the limit {name}"), outcome))
        }
    }
}

/// Returns a problem where a call ended in another way than a skill's own: with a good answer, or
/// with an error that it declares.
pub(crate) fn own_end(tool: &Tool, outcome: &Outcome) -> Option<Problem> {
    let declares = |code: &str| tool.error(code).is_some();
    match (&outcome.status, &outcome.error) {
        (Status::Ok, _) => None,
        (Status::Failed, Some(error)) if declares(&error.code) => None,
        _ => Some(other_end("an output or a declared failure", outcome)),
    }
}

fn other_end(expected: &str, outcome: &Outcome) -> Problem {
    let message = match &outcome.error {
        Some(error) => {
            let (status, code) = (outcome.status.as_str(), &error.code);
            format!(
                "it ended with {status} {code}: {}; expected {expected}",
                error.message
            )
        }
        None => format!("it ended with an output; expected {expected}"),
    };
    let shown = outcome
        .error
        .as_ref()
        .and_then(|error| error.details.as_deref());
    let shown = shown.or(outcome.output.as_ref());
    Problem::new("end", message).detail(shown.map(pretty).unwrap_or_default())
}

fn other_output(expected: &Value, output: &Value) -> Problem {
    let difference = difference(&pretty(expected), &pretty(output));
    Problem::new("output", "the output differs").detail(difference)
}

/// Returns of `actual` what `expected` speaks of.
fn shaped(expected: &Value, actual: &Value) -> Value {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            let members = expected.iter().filter_map(|(key, value)| {
                let found = actual.get(key)?;
                Some((key.clone(), shaped(value, found)))
            });
            Value::Object(members.collect())
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            let items = expected.iter().zip(actual);
            Value::Array(items.map(|(e, a)| shaped(e, a)).collect())
        }
        _ => actual.clone(),
    }
}

/// Returns the lines in which two texts differ; control characters are escaped.
pub(crate) fn difference(expected: &str, actual: &str) -> String {
    let diff = TextDiff::from_lines(expected, actual);
    let mut unified = diff.unified_diff();
    let text = unified
        .context_radius(CONTEXT_LINES)
        .missing_newline_hint(false)
        .header("expected", "actual")
        .to_string();
    let mut lines: Vec<_> = text.lines().map(printable).collect();
    let more = lines.len().saturating_sub(LINES_MAX);
    lines.truncate(LINES_MAX);
    let mut text = lines.join("\n");
    if more > 0 {
        text.push_str(&format!("\n… and {more} lines more"));
    }
    text
}

fn pretty(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).expect("a value can be written");
    text + "\n"
}

/// Shows what the skill printed.
pub(super) fn log(reply: &Reply) -> Option<Problem> {
    let text = String::from_utf8_lossy(&reply.log.bytes);
    let lines: Vec<_> = text.lines().take(LINES_MAX).map(printable).collect();
    let problem = Problem::new("log", "what the skill printed");
    (!lines.is_empty()).then(|| problem.detail(lines.join("\n")))
}

/// Shows why requests were refused, which the skill was not told.
pub(super) fn refused_requests(reply: &Reply) -> Vec<Problem> {
    let told = reply.exchanges.iter().filter_map(|exchange| {
        let (Decision::Refused(code) | Decision::Stopped(code)) = &exchange.decision else {
            return None;
        };
        let why = exchange.explanation.as_deref().unwrap_or_default();
        let message = format!("request {}: {code}: {}", exchange.ordinal, printable(why));
        Some(Problem::new("request_refused", message))
    });
    told.collect()
}
