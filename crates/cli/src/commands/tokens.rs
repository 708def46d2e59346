//! `hotcell tokens`: what the menu saves of a model's context.

use clap::Args;
use hotcell_host::{TURNS, TokenTable};

use crate::reader::ReaderArguments;
use crate::recorded::Trouble;
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell tokens --loaded tax-check,crm
  hotcell tokens --assistant sales --json
  hotcell tokens

Each turn of a conversation sends the whole context anew. Tokens are counted with o200k_base.";

/// What `hotcell tokens` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Count with these skills loaded
    #[arg(long, value_name = "SKILL,…", value_delimiter = ',')]
    loaded: Vec<String>,
    #[command(flatten)]
    reader: ReaderArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let reader = &arguments.reader;
    reader.with_menu(async |_, menu| {
        for name in &arguments.loaded {
            if menu.entry(name).is_none() {
                let refusal = hotcell_policy::unknown_skill(name, menu.names());
                return Err(Trouble::from(refusal));
            }
        }
        let table = menu.token_table(&arguments.loaded);
        match reader.record.json {
            true => print::json(&table),
            false => print::result(as_text(&table).trim_end()),
        }
        Ok(exit::OK)
    })
}

fn as_text(table: &TokenTable) -> String {
    let (skills, tools, tokenizer) = (table.skills, table.tools, table.tokenizer);
    let mut text = format!("{skills} skills, {tools} tools, in {tokenizer} tokens\n\n");
    text += &format!(
        "{:<44} {:>9} {:>12} {:>9}\n",
        "SKILL", "LINE", "INSTRUCTIONS", "TOOLS"
    );
    for row in &table.rows {
        text += &format!(
            "{:<44} {:>9} {:>12} {:>9}\n",
            row.skill, row.line, row.instructions, row.tools
        );
    }
    let turns = format!("{TURNS} TURNS");
    text += &format!(
        "\n{:<44} {:>9} {turns:>12} {:>9}\n",
        "WAY", "A TURN", "SAVED"
    );
    for way in &table.strategies {
        text += &format!(
            "{:<44} {:>9} {:>12} {:>8}%\n",
            way.name, way.turn, way.turns, way.saved_percent
        );
    }
    text
}
