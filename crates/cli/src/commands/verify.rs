//! `hotcell verify`: whether the installed packages are whole.

use clap::Args;
use hotcell_host::Broken;
use serde_json::json;

use crate::record::with_record_if_any;
use crate::recorded::RecordArguments;
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell verify --json
  hotcell verify

Every installed package is read, and its digest is computed anew. `hotcell audit verify` checks
the record.

Exit code: 0 all are whole · 2 one is not";

/// What `hotcell verify` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    record: RecordArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    with_record_if_any(&arguments.record, async |record| {
        let (count, broken) = match record {
            Some(record) => (
                record.registry.releases().await?.len(),
                record.registry.verify().await?,
            ),
            None => (0, Vec::new()),
        };
        tell(count, &broken, arguments.record.json);
        Ok(match broken.is_empty() {
            true => exit::OK,
            false => exit::USAGE,
        })
    })
}

fn tell(count: usize, broken: &[Broken], json: bool) {
    if json {
        let all = broken
            .iter()
            .map(|one| json!({ "skill": one.name, "version": one.version, "why": one.why }));
        let all: Vec<_> = all.collect();
        print::json(&json!({ "checked": count, "broken": all }));
        return;
    }
    for Broken { name, version, why } in broken {
        print::result(&format!("BROKEN  {name} {version}: {why}"));
        print::note(&format!(
            "  mend: hotcell add the package of {name} {version} again, or restore a backup of \
             the data folder"
        ));
    }
    if broken.is_empty() {
        print::note(&format!("{count} packages, all whole"));
    }
}
