//! `hotcell menu`: what a model is shown before it loads a skill.

use clap::Args;

use crate::reader::ReaderArguments;
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell menu --assistant sales
  hotcell menu --as agent --json
  hotcell menu

The text on stdout is what a model is shown. What is hidden from the caller, or not attached to the
assistant, is not there. Tokens are counted with o200k_base.";

/// What `hotcell menu` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    reader: ReaderArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let reader = &arguments.reader;
    reader.with_menu(async |_, menu| {
        for broken in &menu.broken {
            print::note(&format!("warning: {broken}\n  mend: see hotcell verify"));
        }
        if reader.record.json {
            print::json(&menu);
            return Ok(exit::OK);
        }
        print::result(menu.to_string().trim_end());
        print::note(&format!(
            "{} skills, {} tokens ({})",
            menu.entries.len(),
            menu.tokens,
            menu.tokenizer
        ));
        Ok(exit::OK)
    })
}
