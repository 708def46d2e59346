//! What came of a call: the one shape that every face tells.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Changes, LimitName, WorkLimit};

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The tool answered, and the answer fits its contract.
    Ok,
    /// The call was taken on as a job.
    Accepted,
    /// The skill failed: by its own word, by a trap, or by an answer outside its contract.
    Failed,
    /// The host did not let the call happen.
    Refused,
    /// A limit stopped the call.
    Limit,
    /// The caller stopped the call.
    Cancelled,
    /// An effect is in doubt: it may have happened or not.
    Unknown,
}

/// What the caller should do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retry {
    /// The same call fails again.
    Never,
    /// The same call with the same key may succeed.
    SameKey,
    /// As `same-key`, after this many milliseconds.
    AfterMs(u64),
}

/// Why a call did not end well, in words that may be shown to a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// A stable code: one of the tool's declared errors, or one of the host's own in
    /// snake_case.
    pub code: String,
    /// What happened. Control characters are already escaped.
    pub message: String,
    /// Whether and how to call again.
    pub retry: Retry,
    /// What to do about it; none where there is nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The skill's own JSON details, or the host's list of what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<Value>>,
}

/// A file that a call produced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// The path below `/out`, `/`-separated, allowed by the package's path rules.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the content, in hex.
    pub sha256: String,
    /// The media type, by the name's ending; `application/octet-stream` where unknown.
    pub media_type: String,
}

/// What a call used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Fuel, host calls included; none where the call was stopped by the clock, because the
    /// count is then not exact.
    pub fuel: Option<u64>,
    /// Wall-clock milliseconds from the start of the attempt to its end.
    pub wall_ms: u64,
    /// The most bytes that all linear memories had together.
    pub memory_peak_bytes: u64,
    /// The most bytes that the call's files took at one time, names and entries included.
    pub file_peak_bytes: u64,
    /// Requests that the broker sent.
    pub requests: u64,
    /// Bytes of those requests and their responses.
    pub bytes: u64,
}

/// What came of one invocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended.
    pub status: Status,
    /// The tool's answer, where the status is `ok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// The job, where the status is `accepted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// Why it did not end well, for every other status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
    /// The files that it produced; empty unless the status is `ok`.
    pub artifacts: Vec<Artifact>,
    /// What it changed in the folder at `/work`; none where it changed nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// What it used.
    pub usage: Usage,
    /// The host's id of this invocation.
    pub invocation_id: String,
    /// What ties it to its request.
    pub correlation_id: String,
    /// Whether this is a recorded Outcome, told again.
    pub replayed: bool,
    /// Whether it is on record.
    pub recorded: Recorded,
}

/// Whether an Outcome is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recorded {
    /// It is not, and will not be: a run without a registry, or a call that never began.
    #[default]
    No,
    /// It will be: the record of a call without effect is written in a group right after the
    /// reply. A crash in between loses the record and nothing else.
    Pending,
    /// It is, and outlasts a crash.
    Yes,
}

/// The host's refusal of a call: a rule's code, and what to do about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// A stable snake_case code, such as `unknown_tool`.
    pub code: &'static str,
    /// What the rule says.
    pub message: String,
    /// What the caller or the operator can do.
    pub hint: Option<String>,
    /// More, such as all violations of a contract. Boxed, because most refusals have none and
    /// every decision carries the room for one.
    pub details: Option<Box<Value>>,
    /// After how many milliseconds the same call may be let through; none where it is refused
    /// for as long as nobody changes anything.
    pub retry_after_ms: Option<u64>,
}

impl Refusal {
    /// Returns a refusal without hint or details.
    pub fn new(code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal {
            code,
            message: message.into(),
            hint: None,
            details: None,
            retry_after_ms: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Refusal {
        self.hint = Some(hint.into());
        self
    }

    /// Adds details.
    #[must_use]
    pub fn details(mut self, details: Value) -> Refusal {
        self.details = Some(Box::new(details));
        self
    }

    /// Adds after how many milliseconds the same call may be let through.
    #[must_use]
    pub fn retry_after(mut self, ms: u64) -> Refusal {
        self.retry_after_ms = Some(ms);
        self
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure {
            code: refusal.code.to_owned(),
            message: refusal.message,
            retry: refusal.retry_after_ms.map_or(Retry::Never, Retry::AfterMs),
            hint: refusal.hint,
            details: refusal.details,
        }
    }
}

impl Status {
    /// Returns the word in which it is told.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Accepted => "accepted",
            Status::Failed => "failed",
            Status::Refused => "refused",
            Status::Limit => "limit",
            Status::Cancelled => "cancelled",
            Status::Unknown => "unknown",
        }
    }
}

impl Failure {
    /// Returns the failure of a call that somebody ended.
    pub fn cancelled() -> Failure {
        Failure {
            code: "cancelled".to_owned(),
            message: "the call was cancelled".to_owned(),
            retry: Retry::Never,
            hint: None,
            details: None,
        }
    }

    /// Returns the failure of a call whose effect may have happened or not.
    pub fn in_doubt(why: &str) -> Failure {
        Failure {
            code: "in_doubt".to_owned(),
            message: why.to_owned(),
            retry: Retry::Never,
            hint: Some(
                "find out at the service whether it was done, before it is called again".to_owned(),
            ),
            details: None,
        }
    }

    /// Returns the failure of a call that the limit `name` stopped at `value`, having used
    /// what `usage` says.
    pub fn limit(name: LimitName, value: u64, usage: &Usage) -> Failure {
        let used = usage.of(name);
        let told = used.map_or(String::new(), |used| format!(", having used {used}"));
        Failure {
            code: format!("limit_{name}"),
            message: format!("the call was stopped by its limit {name}={value}{told}"),
            retry: Retry::Never,
            hint: Some(format!(
                "ask for less at once; whoever trusts the skill with more runs it with --limit \
                 {name}={}",
                value.saturating_mul(2).max(1)
            )),
            details: Some(Box::new(
                json!({ "limit": name, "value": value, "used": used }),
            )),
        }
    }
}

impl Failure {
    /// Returns the failure of a call that went past a limit of the folder at `/work`.
    pub fn work_limit(limit: WorkLimit) -> Failure {
        let value = limit.value();
        Failure {
            code: format!("limit_{limit}"),
            message: format!("the call was stopped at /work by the limit {limit}={value}"),
            retry: Retry::Never,
            hint: Some("grant a smaller folder, or ask for less at once".to_owned()),
            details: Some(Box::new(json!({ "limit": limit.as_str(), "value": value }))),
        }
    }
}

impl Usage {
    /// Returns how much was used of what `name` limits, where that is known exactly.
    fn of(&self, name: LimitName) -> Option<u64> {
        match name {
            LimitName::Fuel => self.fuel,
            LimitName::MemoryBytes => Some(self.memory_peak_bytes),
            LimitName::FileBytes => Some(self.file_peak_bytes),
            // The clock stops a call when its time is used up, give or take the machine's load.
            LimitName::TimeMs
            | LimitName::TableElements
            | LimitName::InputBytes
            | LimitName::OutputBytes
            | LimitName::LogBytes
            | LimitName::Files
            | LimitName::Handles => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_when_to_come_back() {
        let refusal = Refusal::new("rate_limited", "too often").hint("wait");
        assert_eq!(Failure::from(refusal.clone()).retry, Retry::Never);
        let failure = Failure::from(refusal.retry_after(250));
        assert_eq!(failure.retry, Retry::AfterMs(250));
        let told = json!({ "code": "rate_limited", "message": "too often",
            "retry": { "after-ms": 250 }, "hint": "wait" });
        assert_eq!(serde_json::to_value(failure).unwrap(), told);
    }

    #[test]
    fn whether_it_is_recorded_is_one_word() {
        let told = [Recorded::No, Recorded::Pending, Recorded::Yes];
        assert_eq!(
            serde_json::to_value(told).unwrap(),
            json!(["no", "pending", "yes"])
        );
    }
}
