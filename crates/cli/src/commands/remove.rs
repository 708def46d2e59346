//! `hotcell remove`: versions that can no longer be called.

use clap::Args;

use super::enable::{reference, tell};
use crate::exit;
use crate::record::{OPERATOR, with_record};
use crate::recorded::RecordArguments;

const EXAMPLES: &str = "Examples:
  hotcell remove crm@1.2.0
  hotcell remove crm

All versions that the reference names are removed. Calls on record keep their package, so that
they can be replayed; `hotcell gc` removes what nothing names any more. A version that was removed
can be added again, with the same content only.

Exit code: 0 removed · 2 nothing installed has that name";

/// What `hotcell remove` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Which versions: NAME, NAME@1.2.0, NAME@1 or NAME@sha256:…
    reference: String,
    #[command(flatten)]
    record: RecordArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    with_record(&arguments.record, async |record, _, _| {
        let reference = reference(&arguments.reference)?;
        let removed = record.registry.remove(&reference, OPERATOR).await?;
        tell(&removed, "removed", arguments.record.json);
        Ok(exit::OK)
    })
}
