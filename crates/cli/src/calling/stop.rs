//! Why a call ended before there was an Outcome of an invocation, told as one all the same.

use hotcell_host::{Fault, LoadError};
use hotcell_package::Diagnostic;
use hotcell_policy::{Failure, Outcome, Recorded, Retry, Status, Usage};
use serde_json::json;

use crate::{exit, print};

/// The end of a run that never came to an invocation.
pub(crate) struct Stop {
    exit: u8,
    status: Status,
    failure: Failure,
}

impl Stop {
    /// Wrong usage, or something that cannot be read.
    pub(crate) fn usage(message: impl Into<String>, hint: Option<&str>) -> Stop {
        Stop::new(exit::USAGE, Status::Refused, "usage", message).hint(hint)
    }

    /// A fault of Hotcell or of its machine.
    pub(crate) fn fault(message: impl Into<String>) -> Stop {
        Stop::new(exit::FAULT, Status::Failed, "fault", message)
    }

    /// The same, with its mend.
    pub(crate) fn of_fault(fault: Fault) -> Stop {
        Stop::fault(fault.message).hint(Some(&fault.mend))
    }

    /// The files of a call that could not be put into their folder.
    pub(crate) fn out_not_written(message: String) -> Stop {
        Stop::new(exit::REFUSED, Status::Refused, "out_not_written", message)
            .hint(Some("choose another folder, or move away what is there"))
    }

    /// A package that cannot be read.
    pub(crate) fn invalid_package(diagnostics: &[Diagnostic]) -> Stop {
        let lines: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
        let mut stop = Stop::usage(lines.join("\n"), None);
        INVALID_PACKAGE.clone_into(&mut stop.failure.code);
        stop.failure.details = Some(Box::new(json!({ "diagnostics": diagnostics })));
        stop
    }

    /// An operator's file that cannot be read.
    pub(crate) fn invalid_config(diagnostics: &[Diagnostic]) -> Stop {
        let mut stop = Stop::invalid_package(diagnostics);
        "invalid_config".clone_into(&mut stop.failure.code);
        stop
    }

    /// A component that cannot be run.
    pub(crate) fn load(error: &LoadError) -> Stop {
        let message = error.to_string();
        match error {
            LoadError::Component { code, hint, .. } => {
                Stop::new(exit::USAGE, Status::Refused, code, message).hint(Some(hint))
            }
            LoadError::CompileLimit(_) => {
                Stop::new(exit::LIMIT, Status::Limit, "limit_compile", message).hint(Some(
                    "an honest component compiles within them; do not trust this one",
                ))
            }
            LoadError::Fault(_) => Stop::fault(message),
        }
    }

    fn new(exit: u8, status: Status, code: &str, message: impl Into<String>) -> Stop {
        Stop {
            exit,
            status,
            failure: Failure {
                code: code.to_owned(),
                message: message.into(),
                retry: Retry::Never,
                hint: None,
                details: None,
            },
        }
    }

    fn hint(mut self, hint: Option<&str>) -> Stop {
        self.failure.hint = hint.map(str::to_owned);
        self
    }

    /// Prints it and returns the exit code.
    pub(crate) fn tell(self, as_json: bool) -> u8 {
        let Failure {
            code,
            message,
            hint,
            ..
        } = &self.failure;
        if as_json {
            print::json(&Outcome {
                status: self.status,
                output: None,
                job_id: None,
                error: Some(self.failure),
                artifacts: Vec::new(),
                changes: None,
                usage: Usage::default(),
                invocation_id: String::new(),
                correlation_id: String::new(),
                replayed: false,
                recorded: Recorded::No,
            });
        } else if code == INVALID_PACKAGE {
            // Diagnostics say themselves where they stand and what mends them.
            print::note(message);
        } else {
            print::error(message, hint.as_deref());
        }
        self.exit
    }
}

const INVALID_PACKAGE: &str = "invalid_package";
