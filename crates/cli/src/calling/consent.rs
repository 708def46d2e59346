//! Whether a call's changes in a granted folder are applied.

use clap::Args;
use hotcell_host::Consent;

/// Who says yes to what a tool changes at /work; flatten it into a command's arguments.
#[derive(Debug, Args)]
#[command(next_help_heading = "Changes at /work")]
pub(crate) struct ConsentArguments {
    /// Show what the tool would change, and apply nothing; it sends no request then
    #[arg(long, conflicts_with_all = ["apply", "yes"])]
    preview: bool,
    /// Apply the changes if they are the ones of this digest, which a preview told
    #[arg(long, value_name = "DIGEST", conflicts_with = "yes")]
    apply: Option<String>,
    /// Apply the changes unseen, also where the operator wants a preview
    #[arg(long)]
    yes: bool,
}

impl ConsentArguments {
    /// Returns what was said.
    pub(crate) fn consent(&self) -> Consent {
        match (&self.apply, self.preview, self.yes) {
            (_, true, _) => Consent::Preview,
            (Some(digest), ..) => Consent::To(digest.clone()),
            (None, false, true) => Consent::Any,
            (None, false, false) => Consent::AsGranted,
        }
    }
}
