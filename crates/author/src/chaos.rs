//! Cases whose servers have trouble: each exchange once with each kind of it, and each key twice.
//!
//! Whatever happens, a skill ends with a good answer or with an error that it declares. What is
//! called with a key has its effect once: servers are taken to heed the `Idempotency-Key` that the
//! broker sends, which follows from the caller's key and the place of the request in the call. So
//! a skill that sends a request again by itself has another effect, and is found.

use std::collections::BTreeMap;

use hotcell_host::Reply;
use hotcell_package::{Effect, Idempotency};

use crate::cases::{Answer, Case, Fault, ScriptedExchange};
use crate::report::{Check, CheckKind, Problem};
use crate::stage::{Stage, StageCall};
use crate::upstream::{Reaction, Received};
use crate::verdict::{leaks, own_end};

/// The key of a call whose case gives none.
const KEY: &str = "chaos-1";

/// The trouble that an exchange can have.
const TROUBLES: [(&str, Trouble); 5] = [
    ("reset", Trouble::Fault(Fault::Reset)),
    ("timeout", Trouble::Fault(Fault::Timeout)),
    ("truncate", Trouble::Fault(Fault::Truncate)),
    ("429", Trouble::Status(429)),
    ("500", Trouble::Status(500)),
];

#[derive(Clone, Copy)]
enum Trouble {
    Fault(Fault),
    Status(u16),
}

/// Repeats a case that passed with each trouble at each of its exchanges.
pub(crate) async fn disturb(stage: &Stage, case: &Case) -> Vec<Check> {
    let package = stage.skill.package();
    let asked = package.manifest.tool(&case.tool);
    let call = StageCall::of(case).keyed(package, KEY);
    let is_keyed = asked.effect == Effect::Write && asked.idempotency != Idempotency::None;
    let script = stage.filled(&case.script);
    let calm = play(stage, &call, &script).await;
    let calm = is_keyed.then(|| effects(&calm.received));
    let mut checks = Vec::new();
    if let Some(calm) = &calm {
        let mut check = check(case, "the same key again");
        let again = play(stage, &call, &script).await;
        check.calls = 1;
        check.wall_ms = again.reply.outcome.usage.wall_ms;
        check
            .problems
            .extend(second_effects(calm, &[&again.received]));
        checks.push(check);
    }
    for at in 0..script.len() {
        for (name, trouble) in TROUBLES {
            let Some(troubled) = troubled(&script, at, trouble) else {
                continue;
            };
            let mut check = check(case, &format!("{name} at exchange {}", at + 1));
            let played = play(stage, &call, &troubled).await;
            let mut all = vec![played];
            // Whoever called tries again, with the same key, and the trouble is over.
            if calm.is_some() {
                all.push(play(stage, &call, &script).await);
            }
            for played in &all {
                check.calls += 1;
                check.wall_ms += played.reply.outcome.usage.wall_ms;
                check.problems.extend(end_of(stage, case, &played.reply));
            }
            if let Some(calm) = &calm {
                let received: Vec<_> = all.iter().map(|played| &played.received[..]).collect();
                check.problems.extend(second_effects(calm, &received));
            }
            checks.push(check);
        }
    }
    checks
}

struct Played {
    reply: Reply,
    received: Vec<Received>,
}

/// Plays a script; a request that is sent again gets the answer that it would have had.
async fn play(stage: &Stage, call: &StageCall, script: &[ScriptedExchange]) -> Played {
    let known = script.to_vec();
    stage.upstream.improvise(script, move |request| {
        let mut known = known.iter();
        let same = known.find(|exchange| {
            exchange.method == request.method
                && exchange.origin == request.origin
                && exchange.target == request.target
        });
        let answer = same.map(|exchange| exchange.answer.clone());
        Reaction {
            answer: answer.unwrap_or_else(|| refusal(404)),
            fault: None,
        }
    });
    let reply = stage.call(call.clone()).await;
    let received = stage.upstream.received();
    Played { reply, received }
}

fn check(case: &Case, what: &str) -> Check {
    Check {
        kind: CheckKind::Chaos,
        name: format!("{}: {what}", case.name),
        calls: 0,
        wall_ms: 0,
        problems: Vec::new(),
    }
}

/// Returns the script with a trouble; none where that exchange cannot have it.
fn troubled(
    script: &[ScriptedExchange],
    at: usize,
    trouble: Trouble,
) -> Option<Vec<ScriptedExchange>> {
    let mut script = script.to_vec();
    let exchange = &mut script[at];
    match trouble {
        Trouble::Fault(Fault::Truncate) if exchange.answer.body.is_empty() => return None,
        Trouble::Fault(fault) if exchange.fault == Some(fault) => return None,
        Trouble::Fault(fault) => exchange.fault = Some(fault),
        Trouble::Status(status) => {
            exchange.fault = None;
            exchange.answer = refusal(status);
        }
    }
    Some(script)
}

fn refusal(status: u16) -> Answer {
    let wait = ("retry-after".to_owned(), "2".to_owned());
    Answer {
        status,
        headers: match status {
            429 => vec![wait],
            _ => Vec::new(),
        },
        body: b"trouble".to_vec(),
    }
}

fn end_of(stage: &Stage, case: &Case, reply: &Reply) -> Vec<Problem> {
    let contract = &stage.skill.package().contract;
    let tool = contract.tool(&case.tool);
    let mut found: Vec<Problem> = tool
        .and_then(|tool| own_end(tool, &reply.outcome))
        .into_iter()
        .collect();
    found.extend(leaks(stage, reply));
    found
}

/// What a server that heeds keys does once: by method, URL and key, with the body.
type Effects = BTreeMap<(String, String, Option<String>), Vec<u8>>;

fn effects(received: &[Received]) -> Effects {
    let writes = received
        .iter()
        .filter(|request| !["GET", "HEAD", "OPTIONS"].contains(&request.method.as_str()));
    let named = writes.map(|request| {
        let key = request.headers.get("idempotency-key");
        let key = key.map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned());
        let url = format!("{}{}", request.origin, request.target);
        ((request.method.clone(), url, key), request.body.to_vec())
    });
    named.collect()
}

/// Says which effects were had beside those of an undisturbed call.
fn second_effects(calm: &Effects, received: &[&[Received]]) -> Vec<Problem> {
    let mut found = Vec::new();
    for effects in received.iter().map(|received| effects(received)) {
        for ((method, url, key), body) in effects {
            let name = (method, url, key);
            match calm.get(&name) {
                Some(same) if *same == body => {}
                Some(_) => {
                    let message = format!(
                        "{} {} was sent again with the same key and another body",
                        name.0, name.1
                    );
                    found.push(Problem::new("key_reused", message));
                }
                None => {
                    let message = format!(
                        "{} {} has an effect that the call without trouble does not have: a request \
                         was sent again, or at another place",
                        name.0, name.1
                    );
                    found.push(Problem::new("second_effect", message));
                }
            }
        }
    }
    found
}
