//! Telling what came of a call.

use std::collections::BTreeSet;

use hotcell_host::{Progress, Reply};
use hotcell_package::printable;
use hotcell_policy::{Changes, Decision, Exchange};

use super::AnswerArguments;
use super::diff::{diff, summary};
use crate::{exit, print};

/// Prints how far a guest is.
pub(crate) fn print_progress(progress: Progress) {
    let Progress {
        done,
        total,
        message,
    } = progress;
    let of = total.map_or(String::new(), |total| format!("/{total}"));
    print::note(&format!("… {done}{of} {}", printable(&message)));
}

/// Tells the operator, on stderr, why requests were refused. The skill was told the code only.
fn explain(exchanges: &[Exchange]) {
    let mut told = BTreeSet::new();
    for exchange in exchanges {
        if let (Decision::Refused(code) | Decision::Stopped(code), Some(why)) =
            (&exchange.decision, &exchange.explanation)
            && told.insert((code, why))
        {
            print::note(&format!(
                "request {} refused [{code}]: {why}",
                exchange.ordinal
            ));
        }
    }
}

/// Tells what was changed at /work; what was not applied is shown, so that somebody can say yes.
fn tell_changes(changes: &Changes, reply: &Reply) {
    if changes.applied {
        for change in &changes.files {
            print::note(summary(change).trim_end());
        }
        return;
    }
    print::result(diff(changes, &reply.changes).trim_end());
    print::note(&format!(
        "nothing was applied; to apply exactly this: --apply {}",
        changes.digest
    ));
}

/// Tells what came of a call, and returns the exit code.
pub(crate) fn tell(reply: &Reply, told: &AnswerArguments) -> u8 {
    let outcome = &reply.outcome;
    print::log(&reply.log.bytes, reply.log.dropped_bytes);
    explain(&reply.exchanges);
    if told.json {
        print::json(outcome);
        return exit::of_outcome(outcome);
    }
    if let Some(output) = &outcome.output {
        print::json(output);
    }
    if let Some(changes) = &outcome.changes {
        tell_changes(changes, reply);
    }
    if let Some(failure) = &outcome.error {
        print::failure(failure);
    }
    for artifact in &outcome.artifacts {
        match &told.out {
            Some(out) => print::note(&format!(
                "wrote {} ({} bytes)",
                out.join(&artifact.name).display(),
                artifact.bytes
            )),
            None => print::note(&format!(
                "not kept: {} ({} bytes); --out DIR keeps it",
                artifact.name, artifact.bytes
            )),
        }
    }
    exit::of_outcome(outcome)
}
