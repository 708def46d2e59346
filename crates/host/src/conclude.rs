//! From what the sandbox saw to what the caller is told.

use std::collections::BTreeMap;

use hotcell_package::json::{JsonLimits, parse_strict};
use hotcell_package::{FileTree, Tool, printable};
use hotcell_policy::{Exchange, Failure, Limits, Refusal, Retry, Status, Usage};
use hotcell_sandbox::{
    End, Failure as GuestFailure, Log, OutFile, Recording, Report, Retry as GuestRetry, WorkError,
};
use serde_json::{Value, json};

use crate::invoke::count;
use crate::work::{self, RecordedWork, WorkDone};

/// Characters of a skill's own message that are passed on.
const MESSAGE_CHARS_MAX: usize = 2_000;

/// What came of an attempt, before it is told.
pub(crate) struct Attempt {
    pub(crate) status: Status,
    pub(crate) output: Option<Value>,
    pub(crate) error: Option<Failure>,
    pub(crate) files: FileTree,
    pub(crate) usage: Usage,
    pub(crate) log: Log,
    /// What it sent or wished to send.
    pub(crate) exchanges: Vec<Exchange>,
    /// What its guest saw that does not follow from its arguments; none where it cannot be
    /// replayed.
    pub(crate) tape: Recording,
    /// The ordinals of its exchanges, by the guest's own count of its requests.
    pub(crate) used_exchanges: BTreeMap<u64, u64>,
    /// Whether an exchange was too long to be kept.
    pub(crate) is_cut: bool,
    /// What it did in its host folder.
    pub(crate) work: WorkDone,
}

impl Attempt {
    /// The attempt that the host did not let happen.
    pub(crate) fn refused(refusal: Refusal) -> Attempt {
        Attempt::failed(Status::Refused, refusal.into())
    }

    /// The attempt that never ran.
    pub(crate) fn failed(status: Status, failure: Failure) -> Attempt {
        Attempt {
            status,
            output: None,
            error: Some(failure),
            files: FileTree::default(),
            usage: Usage::default(),
            log: Log::default(),
            exchanges: Vec::new(),
            tape: Recording::None,
            used_exchanges: BTreeMap::new(),
            is_cut: false,
            work: WorkDone::default(),
        }
    }

    /// Returns why it cannot be replayed; none where it can.
    pub(crate) fn not_replayable(&self) -> Option<&'static str> {
        match &self.tape {
            _ if self.is_cut => Some("an exchange was too long to be kept"),
            _ if self.work.is_withheld => Some("its changes were not applied"),
            Recording::Whole(_) if self.work.source.as_ref().is_some_and(|s| !work::is_kept(s)) => {
                Some("what it read at /work was too much to be kept")
            }
            Recording::Whole(_) => None,
            Recording::None => Some("it did not run"),
            Recording::TooLong => Some("its tape became too long"),
            Recording::Stopped => Some("a clock or a person ended it"),
        }
    }

    /// Returns what is kept of what it saw in its host folder.
    pub(crate) fn work_seen(&self) -> Option<RecordedWork> {
        RecordedWork::of(self.work.source.as_ref()?)
    }

    /// Adds what it sent.
    pub(crate) fn with_exchanges(mut self, exchanges: Vec<Exchange>) -> Attempt {
        count(&mut self.usage, &exchanges);
        self.exchanges = exchanges;
        self
    }
}

/// Turns what the sandbox saw into what the caller is told.
pub(crate) fn conclude(tool: &Tool, limits: &Limits, report: Report) -> Attempt {
    let mut attempt = Attempt {
        status: Status::Failed,
        output: None,
        error: None,
        files: FileTree::default(),
        usage: Usage {
            fuel: report.fuel,
            wall_ms: u64::try_from(report.wall.as_millis()).unwrap_or(u64::MAX),
            memory_peak_bytes: report.memory_peak_bytes,
            file_peak_bytes: report.file_peak_bytes,
            requests: 0,
            bytes: 0,
        },
        log: report.log,
        exchanges: Vec::new(),
        tape: report.tape,
        used_exchanges: BTreeMap::new(),
        is_cut: false,
        work: WorkDone {
            changes: report.changes,
            ..WorkDone::default()
        },
    };
    match report.end {
        End::Answer(text) => {
            let answered = check_output(tool, limits, &text)
                .and_then(|output| Ok((output, take_files(report.files)?)));
            match answered {
                Ok((output, files)) => {
                    attempt.status = Status::Ok;
                    attempt.output = Some(output);
                    attempt.files = files;
                }
                Err(failure) => attempt.error = Some(failure),
            }
        }
        End::Failure(failure) => attempt.error = Some(own_failure(tool, failure)),
        End::Limit(name) => {
            attempt.status = Status::Limit;
            attempt.error = Some(Failure::limit(name, limits.get(name), &attempt.usage));
        }
        End::Cancelled => {
            attempt.status = Status::Cancelled;
            attempt.error = Some(Failure::cancelled());
        }
        End::Work(error) => {
            attempt.status = match &error {
                WorkError::Limit(_) => Status::Limit,
                _ => Status::Failed,
            };
            attempt.error = Some(work::failure(&error));
        }
        End::Diverged(why) => {
            let message = format!("the replay differs from the record: {}", short(&why));
            attempt.error = Some(fault_of_skill("diverged", message, None));
        }
        End::Trap(why) => {
            let message = format!("the skill crashed: {}", short(&why));
            attempt.error = Some(fault_of_skill("trap", message, None));
        }
    }
    attempt
}

/// Checks an answer. What does not fit its contract is not passed on, not even in part.
fn check_output(tool: &Tool, limits: &Limits, text: &str) -> Result<Value, Failure> {
    let json_limits = JsonLimits {
        bytes: usize::try_from(limits.output_bytes).unwrap_or(usize::MAX),
        ..JsonLimits::STANDARD
    };
    let output = parse_strict(text, &json_limits).map_err(|error| {
        fault_of_skill(
            "output_not_json",
            format!("the skill's answer is no JSON: {error}"),
            None,
        )
    })?;
    tool.check_output(&output).map_err(|violations| {
        let pointers: Vec<_> = violations.iter().map(|v| v.pointer.as_str()).collect();
        let message = "the skill's answer does not fit its own contract".to_owned();
        fault_of_skill(
            "output_invalid",
            message,
            Some(json!({ "pointers": pointers })),
        )
    })?;
    Ok(output)
}

/// Takes the files of `/out`, if every name is one that any file system and zip can hold.
fn take_files(files: Vec<OutFile>) -> Result<FileTree, Failure> {
    FileTree::new(files.into_iter().map(|file| (file.path, file.bytes))).map_err(|error| {
        let path = short(&error.path);
        let message = format!(
            "the skill wrote a file with a refused name: `{path}` {}",
            error.reason.message
        );
        fault_of_skill("artifact_name", message, None)
    })
}

fn fault_of_skill(code: &str, message: String, details: Option<Value>) -> Failure {
    Failure {
        code: code.to_owned(),
        message,
        retry: Retry::Never,
        hint: Some("this is a fault of the skill; tell its author".to_owned()),
        details: details.map(Box::new),
    }
}

/// Passes on what a skill says of its own failure, where its contract declares the code.
fn own_failure(tool: &Tool, failure: GuestFailure) -> Failure {
    if tool.error(&failure.code).is_none() {
        let message = format!(
            "the skill failed with the code `{}`, which its contract does not declare: {}",
            short(&failure.code),
            short(&failure.message)
        );
        return fault_of_skill("undeclared_error", message, None);
    }
    let details = failure.details.as_deref();
    Failure {
        message: short(&failure.message),
        retry: match failure.retry {
            GuestRetry::Never => Retry::Never,
            GuestRetry::SameKey => Retry::SameKey,
            GuestRetry::AfterMs(ms) => Retry::AfterMs(ms),
        },
        hint: None,
        details: details
            .and_then(|text| parse_strict(text, &JsonLimits::STANDARD).ok())
            .map(Box::new),
        code: failure.code,
    }
}

/// Makes a guest's text safe to print and short enough to read.
pub(crate) fn short(text: &str) -> String {
    let end = text
        .char_indices()
        .nth(MESSAGE_CHARS_MAX)
        .map_or(text.len(), |(at, _)| at);
    printable(&text[..end]).into_owned()
}
