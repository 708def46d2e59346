//! `hotcell enable` and `hotcell disable`: which installed versions can be called.

use clap::Args;
use hotcell_host::Reference;
use hotcell_host::journal::Release;
use serde_json::json;

use crate::record::{OPERATOR, Record, with_record};
use crate::recorded::{RecordArguments, Trouble};
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell disable crm
  hotcell disable crm@1.2.0
  hotcell enable crm@1

All versions that the reference names are meant: NAME, NAME@1.2.0, NAME@1, NAME@sha256:…
A version that waits for approval is enabled by `hotcell approve`.

Exit code: 0 it is so now · 2 nothing installed has that name · 3 a version waits for approval";

/// What `hotcell enable` and `hotcell disable` are told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Which versions: NAME, NAME@1.2.0, NAME@1 or NAME@sha256:…
    reference: String,
    #[command(flatten)]
    record: RecordArguments,
}

/// Runs `hotcell enable`.
pub(crate) fn enable(arguments: &Arguments) -> u8 {
    with_record(&arguments.record, async |record, _, _| {
        let reference = reference(&arguments.reference)?;
        refuse_waiting(record, &reference).await?;
        let changed = record.registry.enable(&reference, true, OPERATOR).await?;
        tell(&changed, "enabled", arguments.record.json);
        Ok(exit::OK)
    })
}

/// Runs `hotcell disable`.
pub(crate) fn disable(arguments: &Arguments) -> u8 {
    with_record(&arguments.record, async |record, _, _| {
        let reference = reference(&arguments.reference)?;
        let changed = record.registry.enable(&reference, false, OPERATOR).await?;
        tell(&changed, "disabled", arguments.record.json);
        Ok(exit::OK)
    })
}

/// Reads a reference.
pub(super) fn reference(text: &str) -> Result<Reference, Trouble> {
    let read = text.parse::<Reference>();
    read.map_err(|error| Trouble::usage(error.to_string(), "hotcell list shows what there is"))
}

/// Tells what changed.
pub(super) fn tell(changed: &[Release], what: &str, json: bool) {
    if json {
        let all = changed.iter().map(|release| {
            json!({ "skill": release.name, "version": release.version, "digest": release.digest })
        });
        let all: Vec<_> = all.collect();
        print::json(&json!({ what: all }));
        return;
    }
    for release in changed {
        print::result(&format!("{what} {} {}", release.name, release.version));
    }
    if changed.is_empty() {
        print::note(&format!("nothing changed: it is {what} already"));
    }
}

/// Refuses to enable what nobody has looked at: approving shows what it asks for.
async fn refuse_waiting(record: &Record, reference: &Reference) -> Result<(), Trouble> {
    let waiting = record.registry.waiting().await?;
    let releases = record.registry.releases().await?;
    let is_named = |one: &&Release| reference.fits(&one.name, &one.version, &one.digest);
    let mut named = releases.iter().filter(is_named);
    let waits = named.find(|one| waiting.contains(&(one.name.clone(), one.version.clone())));
    match waits {
        None => Ok(()),
        Some(Release { name, version, .. }) => Err(Trouble::refused(
            format!("{name} {version} waits: it asks for something that nobody has looked at"),
            format!("hotcell approve {name}@{version}; or name other versions, such as NAME@1.2.0"),
        )),
    }
}
