//! `hotcell replay`: a recorded call runs again, sealed from the network, and is compared.

use std::path::PathBuf;

use clap::Args;
use hotcell_host::journal::{EventQuery, InvocationRow};
use hotcell_host::{Difference, Fault, Host};
use hotcell_package::printable;
use serde_json::Value;

use super::read_package;
use crate::record::OPERATOR;
use crate::recorded::{RecordArguments, Trouble, with_host_in};
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell replay inv-0123456789abcdef0123456789abcdef
  hotcell replay inv-0123456789abcdef0123456789abcdef --with crm-next.zip
  hotcell replay inv-0123456789abcdef0123456789abcdef --json

No request leaves the machine: the call is answered from the record. With another version of its
skill, what the two do is compared, and not what they cost.

Exit code: 0 identical · 1 it differs · 2 there is no such call, or the package cannot be read · 3
the call cannot be replayed";

/// What `hotcell replay` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The id of the call
    id: String,
    /// Another version of its skill: a folder or a zip
    #[arg(long, value_name = "PACKAGE")]
    with: Option<PathBuf>,
    /// The folder of compiled code [default: the platform's cache folder]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    #[command(flatten)]
    record: RecordArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let (places, json) = (&arguments.record.places, arguments.record.json);
    with_host_in(arguments.cache.clone(), places, json, async |host, _| {
        let with = arguments.with.as_deref().map(read_package).transpose()?;
        replayable(host, &arguments.id).await?;
        let replay = host.replay(&arguments.id, with, OPERATOR).await?;
        match (json, &replay.difference) {
            (true, _) => print::json(&replay),
            (false, None) => print::result("identical"),
            (false, Some(difference)) => tell(difference),
        }
        Ok(match replay.is_identical {
            true => exit::OK,
            false => exit::SKILL_FAILED,
        })
    })
}

fn tell(difference: &Difference) {
    print::result(&format!("it differs: {}", printable(&difference.what)));
    print::result(&format!("  on record  {}", shown(&difference.recorded)));
    print::result(&format!("  replayed   {}", shown(&difference.replayed)));
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        value => printable(&value.to_string()).into_owned(),
    }
}

/// Refuses a call of which it is known that it cannot be replayed.
async fn replayable(host: &Host, id: &str) -> Result<(), Trouble> {
    let journal = host.journal()?;
    let row: Option<InvocationRow> = journal.invocation(id).await.map_err(Fault::from)?;
    let shown = printable(id);
    let row = row.ok_or_else(|| {
        let message = format!("there is no call {shown}");
        Trouble::usage(message, "`hotcell timeline` lists the latest ones")
    })?;
    let refused = |why: &str| {
        let mend =
            "a call is replayed when it has run, has ended and is kept whole: `capture = \"full\"`";
        Err(Trouble::refused(
            format!("{shown} cannot be replayed: {why}"),
            mend,
        ))
    };
    let Some(seq) = row.ended_seq.filter(|_| row.ended_ms.is_some()) else {
        return refused("it has not ended");
    };
    let query = EventQuery {
        from: seq,
        limit: 1,
        ..EventQuery::default()
    };
    let events = journal.events(&query).await.map_err(Fault::from)?;
    let Some(ended) = events.first() else {
        return Ok(());
    };
    if let Some(why) = ended.body.get("not_replayable").and_then(Value::as_str) {
        return refused(why);
    }
    match ended.payloads.iter().any(|payload| payload.name == "tape") {
        true => Ok(()),
        false => refused("nothing ran"),
    }
}
