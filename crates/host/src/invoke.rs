//! The way of one invocation.
//!
//! [`Host::invoke`] is read top to bottom: the tool is found, the policy decides, the
//! arguments are checked, the sandbox runs, the answer is checked, the files are taken. Every
//! exit is an [`Outcome`].

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use hotcell_broker::CallIdentity;
use hotcell_package::json::{JsonLimits, parse_strict};
use hotcell_package::{FileTree, Idempotency, Tool, near_name, printable};
use hotcell_policy::{
    Decision, Exchange, Failure, Grant, Invocation, Limits, Outcome, Recorded, Refusal, Retry,
    Status, Usage, decide,
};
use hotcell_sandbox::{
    Call, Cancel, Context, End, Failure as GuestFailure, Log, OutFile, Outbound, ProgressSink,
    Report, Retry as GuestRetry, Tape,
};
use serde_json::{Value, json};

use crate::artifacts::{artifacts, hex};
use crate::load::read_tree;
use crate::outside::{Exchanges, outbound};
use crate::{Host, Skill};

/// Characters of a skill's own message that are passed on.
const MESSAGE_CHARS_MAX: usize = 2_000;

/// What a caller asks of a skill.
#[derive(Clone)]
pub struct Ask {
    /// The call.
    pub invocation: Invocation,
    /// The files that the tool sees at `/in`.
    pub input: FileTree,
    /// Who is told of its progress.
    pub progress: Option<ProgressSink>,
}

/// What an invocation gives back.
#[derive(Debug)]
pub struct Reply {
    /// What came of it.
    pub outcome: Outcome,
    /// The files behind [`Outcome::artifacts`], at the paths that these name.
    pub files: FileTree,
    /// What the skill printed: untrusted bytes, for people who look for an error.
    pub log: Log,
    /// What it sent or wished to send, for the operator: a refusal explains itself here, and
    /// tells the guest its code only.
    pub exchanges: Vec<Exchange>,
}

impl Host {
    /// Runs one invocation of a tool of `skill`.
    ///
    /// Whatever happens on account of the caller, the skill or the policy is an Outcome.
    pub async fn invoke(&self, skill: &Skill, ask: Ask) -> Reply {
        let begun = Begun::new(&ask.invocation);
        match self.attempt(skill, &ask, &begun).await {
            Ok(attempt) => begun.reply(attempt),
            Err(refusal) => begun.reply(Attempt::refused(refusal)),
        }
    }

    async fn attempt(&self, skill: &Skill, ask: &Ask, begun: &Begun) -> Result<Attempt, Refusal> {
        let tool = resolve(skill, &ask.invocation)?;
        let grant = decide(&self.options.policy, &skill.package.manifest, tool)?;
        require_key(skill, &ask.invocation)?;
        let arguments = check_input(tool, &ask.invocation.input, grant.limits())?;
        let outbound = self.outbound(skill, ask, begun)?;
        let call = self.call(skill, ask, begun, &grant, arguments, outbound);
        let report = self.options.sandbox.run(&skill.prepared, call).await;
        Ok(conclude(tool, grant.limits(), report))
    }

    /// Returns the call's way out, which records in `begun` what goes through it.
    fn outbound(
        &self,
        skill: &Skill,
        ask: &Ask,
        begun: &Begun,
    ) -> Result<Arc<dyn Outbound>, Refusal> {
        let package = &skill.package;
        let tool = &ask.invocation.tool;
        let call = || CallIdentity {
            caller: String::new(),
            skill: package.name.clone(),
            digest: package.digest.to_string(),
            tool: tool.clone(),
            effect: package.manifest.tool(tool).effect,
            correlation_id: begun.correlation_id.clone(),
            idempotency_key: ask.invocation.idempotency_key.clone(),
        };
        let operator = self.options.operator.as_ref();
        outbound(operator, package, call, &begun.exchanges)
    }

    fn call(
        &self,
        skill: &Skill,
        ask: &Ask,
        begun: &Begun,
        grant: &Grant,
        arguments: String,
        outbound: Arc<dyn Outbound>,
    ) -> Call {
        let input = if ask.input.is_empty() {
            Arc::clone(&self.no_input)
        } else {
            Arc::new(read_tree(&ask.input))
        };
        let now = (self.options.clock)();
        Call {
            tool: ask.invocation.tool.clone(),
            arguments,
            context: Context {
                invocation_id: begun.invocation_id.clone(),
                correlation_id: begun.correlation_id.clone(),
                idempotency_key: ask.invocation.idempotency_key.clone(),
                attempt: 1,
                time_left_ms: grant.limits().time_ms,
            },
            limits: grant.limits().clone(),
            package: Arc::clone(&skill.tree),
            input,
            outbound,
            settings: Arc::clone(&skill.settings),
            progress: ask.progress.clone(),
            seed: begun.seed,
            wall_clock: now.duration_since(UNIX_EPOCH).unwrap_or_default(),
            checkpoints: None,
            tape: Tape::None,
            cancel: Cancel::new(),
        }
    }
}

/// The ids and the randomness of an invocation, drawn when it begins.
struct Begun {
    invocation_id: String,
    correlation_id: String,
    seed: [u8; 32],
    exchanges: Arc<Exchanges>,
}

impl Begun {
    fn new(invocation: &Invocation) -> Begun {
        let invocation_id = format!("inv-{}", hex(&random::<16>()));
        let correlation_id = match &invocation.correlation_id {
            Some(given) => given.clone(),
            None => format!("cor-{}", hex(&random::<16>())),
        };
        Begun {
            invocation_id,
            correlation_id,
            seed: random(),
            exchanges: Arc::default(),
        }
    }

    fn reply(self, mut attempt: Attempt) -> Reply {
        let exchanges = self.exchanges.take();
        let sent = |e: &&Exchange| !matches!(e.decision, Decision::Refused(_));
        attempt.usage.requests = exchanges.iter().filter(sent).count() as u64;
        attempt.usage.bytes = exchanges
            .iter()
            .map(|e| e.request_bytes + e.response_bytes)
            .sum();
        let outcome = Outcome {
            status: attempt.status,
            output: attempt.output,
            job_id: None,
            error: attempt.error,
            artifacts: artifacts(&attempt.files),
            usage: attempt.usage,
            invocation_id: self.invocation_id,
            correlation_id: self.correlation_id,
            replayed: false,
            recorded: Recorded::No,
        };
        Reply {
            outcome,
            files: attempt.files,
            log: attempt.log,
            exchanges,
        }
    }
}

/// What came of an attempt, before it is told.
struct Attempt {
    status: Status,
    output: Option<Value>,
    error: Option<Failure>,
    files: FileTree,
    usage: Usage,
    log: Log,
}

impl Attempt {
    fn refused(refusal: Refusal) -> Attempt {
        Attempt {
            status: Status::Refused,
            output: None,
            error: Some(refusal.into()),
            files: FileTree::default(),
            usage: Usage::default(),
            log: Log::default(),
        }
    }
}

/// Finds the tool. The skill's name stands before it only where the caller wrote it.
fn resolve<'a>(skill: &'a Skill, invocation: &Invocation) -> Result<&'a Tool, Refusal> {
    let package = &skill.package;
    if let Some(named) = &invocation.skill
        && *named != package.name
    {
        return Err(Refusal::new(
            "unknown_skill",
            format!(
                "this is the skill `{}`, not `{}`",
                package.name,
                printable(named)
            ),
        ));
    }
    package.contract.tool(&invocation.tool).ok_or_else(|| {
        let names = || package.contract.tools.iter().map(|tool| tool.name.as_str());
        let all = names().collect::<Vec<_>>().join(", ");
        let hint = match near_name(&invocation.tool, names()) {
            Some(near) => format!("did you mean `{near}`? The tools are {all}"),
            None => format!("the tools are {all}"),
        };
        let tool = printable(&invocation.tool);
        let message = format!("the skill `{}` has no tool `{tool}`", package.name);
        Refusal::new("unknown_tool", message).hint(hint)
    })
}

/// A tool that must not be done twice is not run without the key that would tell.
fn require_key(skill: &Skill, invocation: &Invocation) -> Result<(), Refusal> {
    let asked = skill.package.manifest.tool(&invocation.tool).idempotency;
    if asked != Idempotency::Required || invocation.idempotency_key.is_some() {
        return Ok(());
    }
    let message = format!("tool `{}` needs an idempotency key", invocation.tool);
    Err(Refusal::new("idempotency_key_required", message).hint(
        "pass the whole invocation as input: {\"tool\": …, \"input\": …, \"idempotency_key\": …}",
    ))
}

/// Checks the arguments against the tool's contract and returns them as text. An embedder
/// may have made them in any way, so depth and number of values are checked here too: the
/// cost of a schema is bounded for what passes this.
fn check_input(tool: &Tool, input: &Value, limits: &Limits) -> Result<String, Refusal> {
    let text = input.to_string();
    if text.len() as u64 > limits.input_bytes {
        let max = limits.input_bytes;
        let message = format!(
            "the arguments have {} bytes; the limit is {max}",
            text.len()
        );
        return Err(Refusal::new("input_too_large", message)
            .hint("pass large data as a file, or raise the limit input_bytes"));
    }
    let json_limits = JsonLimits {
        bytes: usize::MAX,
        ..JsonLimits::STANDARD
    };
    parse_strict(&text, &json_limits)
        .map_err(|error| Refusal::new(error.code, format!("the arguments: {error}")))?;
    tool.check_input(input).map_err(|violations| {
        let list = violations
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; ");
        Refusal::new(
            "invalid_arguments",
            format!("the arguments do not fit tool `{}`: {list}", tool.name),
        )
        .hint("mend all of these at once and call again")
        .details(json!({ "violations": violations }))
    })?;
    Ok(text)
}

/// Turns what the sandbox saw into what the caller is told.
fn conclude(tool: &Tool, limits: &Limits, report: Report) -> Attempt {
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
        End::Trap(why) => {
            let message = format!("the skill crashed: {}", short(&why));
            attempt.error = Some(fault_of_skill("trap", message, None));
        }
        End::Cancelled => {
            attempt.status = Status::Cancelled;
            let message = "the call was cancelled".to_owned();
            attempt.error = Some(Failure {
                code: "cancelled".to_owned(),
                message,
                retry: Retry::Never,
                hint: None,
                details: None,
            });
        }
        End::Diverged(why) => {
            let message = format!("the replay diverged: {}", short(&why));
            attempt.error = Some(fault_of_skill("diverged", message, None));
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
fn short(text: &str) -> String {
    let end = text
        .char_indices()
        .nth(MESSAGE_CHARS_MAX)
        .map_or(text.len(), |(at, _)| at);
    printable(&text[..end]).into_owned()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}
