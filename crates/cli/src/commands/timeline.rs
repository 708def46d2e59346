//! `hotcell timeline`: the story of one request.

use clap::Args;
use hotcell_host::journal::{InvocationQuery, InvocationRow, Kind};
use hotcell_host::{Fault, Host, Timeline, TimelineStep};
use hotcell_package::printable;
use hotcell_policy::Outcome;
use hotcell_policy::config::LOCAL_CALLER;
use serde_json::{Value, json};

use crate::recorded::{RecordArguments, Trouble};
use crate::times::at;
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell timeline req-4
  hotcell timeline req-4 --json
  hotcell timeline req-4 --note 'two contacts fit; the user meant the one in Bremen' --as assistant
  hotcell timeline";

/// Most characters that are shown of an answer or an error.
const SHOWN_CHARS: usize = 160;

/// What `hotcell timeline` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The correlation id; without it, the latest ones are listed
    correlation: Option<String>,
    /// Add a caller's or a model's own words to the story
    #[arg(long, value_name = "TEXT", requires = "correlation")]
    note: Option<String>,
    /// Whose words they are
    #[arg(long = "as", value_name = "CALLER", default_value = LOCAL_CALLER)]
    caller: String,
    /// How many calls are looked through for the latest ids
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    limit: usize,
    #[command(flatten)]
    record: RecordArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let json = arguments.record.json;
    arguments.record.with_host(
        async |host, _| match (&arguments.correlation, &arguments.note) {
            (None, _) => latest(host, arguments.limit, json).await,
            (Some(correlation), Some(note)) => {
                host.note(correlation, note, &arguments.caller).await?;
                match json {
                    true => print::json(&json!({ "correlation_id": correlation, "noted": true })),
                    false => print::note(&format!("noted on {correlation}")),
                }
                Ok(exit::OK)
            }
            (Some(correlation), None) => story(host, correlation, json).await,
        },
    )
}

async fn story(host: &Host, correlation: &str, json: bool) -> Result<u8, Trouble> {
    let timeline = host.timeline(correlation).await?;
    if timeline.steps.is_empty() {
        let message = format!("nothing is on record under {}", printable(correlation));
        return Err(Trouble::usage(
            message,
            "`hotcell timeline` lists the latest ids",
        ));
    }
    match json {
        true => print::json(&timeline),
        false => tell(&timeline),
    }
    Ok(exit::OK)
}

fn tell(timeline: &Timeline) {
    for step in &timeline.steps {
        if let Some(line) = line(step) {
            let who = printable(step.actor.as_deref().unwrap_or("-")).into_owned();
            print::result(&format!("{}  {who}  {line}", at(step.at_ms)));
        }
    }
    match &timeline.resume_at {
        Some(id) => print::result(&format!("goes on at {id}, which has not ended well")),
        None => print::result("nothing is left to do"),
    }
}

/// Returns a step in a line; none of one that another tells already.
fn line(step: &TimelineStep) -> Option<String> {
    let id = step.invocation_id.as_deref().unwrap_or_default();
    let text = |key: &str| {
        let value = step.body.get(key).and_then(Value::as_str);
        printable(value.unwrap_or_default()).into_owned()
    };
    let of = step
        .attempt
        .map_or(String::new(), |n| format!("attempt {n} of {id}"));
    Some(match step.kind {
        Kind::Begun => {
            let version = text("version");
            format!("called {} {version} {}  {id}", text("skill"), text("tool"))
        }
        Kind::Attempt => format!("{of} began"),
        Kind::AttemptEnded => format!("{of} {}; another follows", ended(step)),
        Kind::Ended => format!("{id} {}", ended(step)),
        // Its end tells what it was.
        Kind::ExchangeBegun => return None,
        Kind::ExchangeEnded => format!("{id} {}", exchange(&step.body)),
        Kind::Checkpoint => format!("{id} saved its state"),
        Kind::CancelAsked => format!("asked {id} to end"),
        Kind::RunNow => format!("told {id} to go on now"),
        Kind::Callback => format!("told the end of {id} to its callback"),
        Kind::Replayed => match step.body.get("identical").and_then(Value::as_bool) {
            Some(true) => format!("replayed {id}: identical"),
            _ => format!("replayed {id}: it differs"),
        },
        Kind::Note => format!(
            "note: {}",
            printable(step.note.as_deref().unwrap_or("(erased)"))
        ),
        kind => format!("{} {id}", word(kind)),
    })
}

/// Returns the word of the record for a kind.
pub(super) fn word(kind: Kind) -> String {
    let word = serde_json::to_value(kind).expect("a kind is a word");
    word.as_str().unwrap_or_default().to_owned()
}

/// Returns how an attempt ended.
fn ended(step: &TimelineStep) -> String {
    let status = step.body.get("status").and_then(Value::as_str);
    let code = step.body.get("code").and_then(Value::as_str);
    let status = printable(status.or(code).unwrap_or("failed")).into_owned();
    match &step.outcome {
        Some(outcome) => format!("ended {status}: {}", told(outcome)),
        None => match code {
            Some(code) if code != status => format!("ended {status}: {}", printable(code)),
            _ => format!("ended {status}"),
        },
    }
}

fn told(outcome: &Outcome) -> String {
    let whole = match (&outcome.output, &outcome.error) {
        (Some(output), _) => output.to_string(),
        (None, Some(error)) => format!("{}: {}", error.code, error.message),
        (None, None) => return "no answer is kept".to_owned(),
    };
    let mut shown: String = whole.chars().take(SHOWN_CHARS).collect();
    if shown.len() < whole.len() {
        shown.push('…');
    }
    let files = match outcome.artifacts.len() {
        0 => String::new(),
        files => format!(" and {files} files"),
    };
    format!("{}{files}", printable(&shown))
}

/// Returns what came of a request, as the broker tells it.
fn exchange(body: &Value) -> String {
    let of = |key: &str| {
        let value = body.get("exchange").and_then(|exchange| exchange.get(key));
        match value {
            Some(Value::String(text)) => printable(text).into_owned(),
            Some(Value::Null) | None => String::new(),
            Some(value) => printable(&value.to_string()).into_owned(),
        }
    };
    let ordinal = body
        .get("ordinal")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let what = [of("method"), of("origin") + &of("route")];
    let end = match of("status") {
        status if status.is_empty() => of("decision"),
        status => status,
    };
    format!("request {ordinal}: {} → {end}", what.join(" "))
}

/// Lists the ids of the latest calls.
async fn latest(host: &Host, limit: usize, json: bool) -> Result<u8, Trouble> {
    let query = InvocationQuery {
        limit,
        ..InvocationQuery::default()
    };
    let rows = host.journal()?.invocations(&query).await;
    let rows = rows.map_err(Fault::from)?;
    let mut found: Vec<(&str, Vec<&InvocationRow>)> = Vec::new();
    for row in &rows {
        match found.iter_mut().find(|(id, _)| *id == row.correlation) {
            Some((_, calls)) => calls.push(row),
            None => found.push((&row.correlation, vec![row])),
        }
    }
    if json {
        let all = found.iter().map(|(id, calls)| {
            let open = calls.iter().filter(|row| row.ended_ms.is_none()).count();
            let last = calls.first().map(|row| row.begun_ms);
            json!({ "correlation_id": id, "calls": calls.len(), "open": open, "last_ms": last })
        });
        print::json(&json!({ "correlations": all.collect::<Vec<_>>() }));
        return Ok(exit::OK);
    }
    for (id, calls) in &found {
        let last = calls.first().expect("each has a call");
        print::result(&format!(
            "{}  {}  {} calls, the last of {}.{}",
            at(last.begun_ms),
            printable(id),
            calls.len(),
            printable(&last.skill),
            printable(&last.tool)
        ));
    }
    if found.is_empty() {
        print::note("nothing was called yet");
    }
    Ok(exit::OK)
}
