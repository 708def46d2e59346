//! Calls of one tool with made-up arguments.

use std::collections::BTreeSet;

use hotcell_package::{FileTree, Tool};
use hotcell_policy::Status;
use serde_json::Value;

use super::shrink::{TRIES, smaller};
use super::violate::violate;
use super::{Fuzz, Generator};
use crate::cases::{Answer, Case, Fault, ScriptedExchange};
use crate::paste;
use crate::report::{Check, CheckKind, Problem};
use crate::stage::{Setting, Stage, StageCall};
use crate::upstream::{Reaction, Received};
use crate::verdict::{leaks, own_end};

/// Values that are made up for one that fits.
const ATTEMPTS: usize = 50;
/// What the host says of arguments beyond its limit, whether they fit or not.
const TOO_LARGE: &str = "input_too_large";
/// Problems of one tool that are told.
const PROBLEMS_MAX: usize = 3;

/// What came of one tool.
pub(super) struct ToolRun {
    pub(super) check: Check,
    pub(super) warnings: Vec<String>,
}

/// Returns what the operator says to made-up calls: the settings of the first case that has any,
/// and the servers of all cases.
pub(super) fn setting(cases: &[Case]) -> Setting {
    let all: Vec<Setting> = cases.iter().map(Setting::of).collect();
    let with = all.iter().find(|setting| !setting.settings.is_empty());
    let origins = all.iter().flat_map(|setting| setting.origins.clone());
    Setting {
        settings: with.map(|s| s.settings.clone()).unwrap_or_default(),
        withhold: Vec::new(),
        origins: origins.collect(),
        work: all
            .iter()
            .map(|setting| &setting.work)
            .find(|work| !work.is_empty())
            .cloned()
            .unwrap_or_default(),
    }
}

/// Calls one tool.
pub(super) async fn fuzz_tool(
    stage: &Stage,
    tool: &Tool,
    cases: &[Case],
    options: &Fuzz,
) -> ToolRun {
    let mut generator = Generator::new(&tool.input_schema, options.seed, &tool.name);
    let mut check = Check {
        kind: CheckKind::Fuzz,
        name: format!("{} --seed {}", tool.name, options.seed),
        calls: 0,
        wall_ms: 0,
        problems: Vec::new(),
    };
    let (mut valid, mut invalid) = (0, 0);
    let wanted = options.count.div_ceil(2);
    for round in 0..options.count {
        if check.problems.len() >= PROBLEMS_MAX {
            break;
        }
        let Some(fitting) = fitting(tool, &mut generator) else {
            continue;
        };
        if round < wanted {
            improvise(stage, cases, options.seed ^ u64::from(round));
            valid += 1;
            let problem = call_valid(stage, tool, &fitting, &mut check).await;
            if let Some(problem) = problem {
                let shrunk = shrink(stage, tool, fitting, &problem, &mut check).await;
                let pasted = paste::call(&tool.name, &shrunk);
                check.problems.push(problem.detail(pasted));
            }
        } else if let Some(broken) = breaking(tool, &fitting, &mut generator) {
            invalid += 1;
            let problem = call_invalid(stage, tool, broken, &mut check).await;
            check.problems.extend(problem);
        }
    }
    let warnings = match check.problems.len() >= PROBLEMS_MAX {
        // It ended early, and its problems are told.
        true => Vec::new(),
        false => warnings(tool, &generator.unable, [valid, invalid], options.count),
    };
    ToolRun { check, warnings }
}

fn warnings(tool: &Tool, unable: &BTreeSet<String>, made: [u32; 2], count: u32) -> Vec<String> {
    let name = &tool.name;
    let [valid, invalid] = made;
    let wanted = [count.div_ceil(2), count / 2];
    let mut warnings = Vec::new();
    if valid < wanted[0] {
        let message = format!("fuzz of `{name}`: {valid} valid arguments of {}", wanted[0]);
        warnings.push(message);
    }
    if invalid < wanted[1] {
        let message = format!(
            "fuzz of `{name}`: {invalid} invalid arguments of {}",
            wanted[1]
        );
        warnings.push(message);
    }
    if !warnings.is_empty() {
        let told = unable
            .iter()
            .map(|what| format!("fuzz of `{name}`: {what}"));
        warnings.extend(told);
    }
    warnings
}

/// Makes up arguments that fit.
fn fitting(tool: &Tool, generator: &mut Generator<'_>) -> Option<Value> {
    let mut made = (0..ATTEMPTS).filter_map(|_| generator.whole());
    made.find(|value| tool.check_input(value).is_ok())
}

/// Breaks arguments that fit.
fn breaking(tool: &Tool, value: &Value, generator: &mut Generator<'_>) -> Option<Value> {
    let root = &tool.input_schema;
    let mut broken = (0..ATTEMPTS).filter_map(|_| violate(root, value, generator));
    broken.find(|value| tool.check_input(value).is_err())
}

async fn call_valid(
    stage: &Stage,
    tool: &Tool,
    input: &Value,
    check: &mut Check,
) -> Option<Problem> {
    let call = StageCall {
        tool: tool.name.clone(),
        input: input.clone(),
        idempotency_key: None,
        files: FileTree::default(),
    };
    let call = call.keyed(stage.skill.package(), "fuzz-1");
    let reply = stage.call(call).await;
    check.calls += 1;
    check.wall_ms += reply.outcome.usage.wall_ms;
    let leaked = leaks(stage, &reply).into_iter().next();
    let code = reply.outcome.error.as_ref().map(|error| &error.code);
    if reply.outcome.status == Status::Refused && code.is_some_and(|code| code == TOO_LARGE) {
        // A schema may allow more than the limit does: nothing has run.
        return leaked;
    }
    own_end(tool, &reply.outcome).or(leaked)
}

async fn call_invalid(
    stage: &Stage,
    tool: &Tool,
    input: Value,
    check: &mut Check,
) -> Option<Problem> {
    let pasted = paste::call(&tool.name, &input);
    let call = StageCall {
        tool: tool.name.clone(),
        input,
        idempotency_key: None,
        files: FileTree::default(),
    };
    let call = call.keyed(stage.skill.package(), "fuzz-1");
    let outcome = stage.call(call).await.outcome;
    check.calls += 1;
    let code = outcome.error.as_ref().map(|error| error.code.as_str());
    let refusals = ["invalid_arguments", TOO_LARGE];
    if outcome.status == Status::Refused && code.is_some_and(|code| refusals.contains(&code)) {
        return None;
    }
    let message = "arguments that do not fit the schema were not refused";
    Some(Problem::new("not_refused", message).detail(pasted))
}

/// Looks for smaller arguments with the same problem.
async fn shrink(
    stage: &Stage,
    tool: &Tool,
    mut value: Value,
    problem: &Problem,
    check: &mut Check,
) -> Value {
    let mut tries = 0;
    'smaller: loop {
        for candidate in smaller(&value) {
            if tool.check_input(&candidate).is_err() {
                continue;
            }
            tries += 1;
            if tries > TRIES {
                return value;
            }
            let found = call_valid(stage, tool, &candidate, check).await;
            if found.is_some_and(|found| found.code == problem.code) {
                value = candidate;
                continue 'smaller;
            }
        }
        return value;
    }
}

/// Lets the servers answer as those of the cases do to other requests, or as no case foresees.
fn improvise(stage: &Stage, cases: &[Case], seed: u64) {
    let known: Vec<ScriptedExchange> = cases.iter().flat_map(|c| c.script.clone()).collect();
    let root = Value::Null;
    let mut state = seed;
    stage.upstream.improvise(&[], move |request| {
        state = state.wrapping_add(1);
        let mut generator = Generator::new(&root, state, "servers");
        invented(&known, request, &mut generator)
    });
}

fn invented(
    known: &[ScriptedExchange],
    request: &Received,
    generator: &mut Generator<'_>,
) -> Reaction {
    let path = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
    let same: Vec<_> = known
        .iter()
        .filter(|exchange| {
            exchange.method == request.method && path(&exchange.target) == path(&request.target)
        })
        .collect();
    let like: Vec<_> = known
        .iter()
        .filter(|exchange| exchange.method == request.method)
        .collect();
    let chosen = match generator.below(4) {
        0 | 1 => generator.pick(&same).copied(),
        2 => generator.pick(&like).copied(),
        _ => None,
    };
    if let Some(chosen) = chosen {
        return Reaction {
            answer: chosen.answer.clone(),
            fault: chosen.fault,
        };
    }
    let odd: [(u16, &str, &str); 7] = [
        (200, "application/json", "{}"),
        (200, "application/json", "[]"),
        (200, "application/json", "{\"error\": null"),
        (200, "text/html", "<html><body>hello</body></html>"),
        (204, "text/plain", ""),
        (404, "application/json", "{\"error\": \"not found\"}"),
        (503, "text/plain", "later"),
    ];
    let (status, kind, body) = *generator.pick(&odd).unwrap_or(&odd[0]);
    let faults = [None, None, None, Some(Fault::Reset), Some(Fault::Timeout)];
    Reaction {
        answer: Answer {
            status,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.as_bytes().to_vec(),
        },
        fault: generator.pick(&faults).copied().flatten(),
    }
}
