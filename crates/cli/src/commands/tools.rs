//! `hotcell tools`: the tools of skills in the shape that a host of models wants.

use std::sync::Arc;

use clap::Args;
use hotcell_host::formats::{Format, Formatted, Loss, format_tools};
use hotcell_host::{Conversation, Host};
use hotcell_policy::config::ToolListing;

use crate::reader::ReaderArguments;
use crate::recorded::Trouble;
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell tools --format anthropic --loaded tax-check
  hotcell tools --format openai-strict --loaded crm,quote-docx
  hotcell tools --format mcp --all
  hotcell tools --format gemini --assistant sales

FORMAT is openai, openai-chat, openai-strict, anthropic, gemini or mcp. Without --loaded and --all
the tools are there that a model has before it loads anything: those of an assistant whose file
says tools = \"direct\", else none. A tool is named SKILL_TOOL.

Exit code: 0 the shape says all that the contracts say · 3 it does not: stderr, or `findings` with
--json, says what it left out, or which tool is not strict";

/// What `hotcell tools` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The shape
    #[arg(long)]
    format: Format,
    /// The tools of these skills
    #[arg(
        long,
        value_name = "SKILL,…",
        value_delimiter = ',',
        conflicts_with = "all"
    )]
    loaded: Vec<String>,
    /// The tools of all skills
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    reader: ReaderArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let record = &arguments.reader.record;
    record.with_host(async |host, _| {
        let conversation = loaded(arguments, host).await?;
        let formatted = format_tools(arguments.format, conversation.tools());
        match record.json {
            true => print::json(&formatted),
            false => {
                print::json(&formatted.tools);
                tell(&formatted);
            }
        }
        Ok(match formatted.has_loss() {
            true => exit::REFUSED,
            false => exit::OK,
        })
    })
}

async fn loaded(arguments: &Arguments, host: &Arc<Host>) -> Result<Conversation, Trouble> {
    let reader = arguments.reader.reader();
    let mut conversation = Conversation::default();
    let menu = host.menu(&reader).await??;
    if arguments.all || (arguments.loaded.is_empty() && menu.listing == ToolListing::Direct) {
        let all = host.load_all(&reader).await??;
        all.into_iter().for_each(|skill| conversation.load(skill));
    }
    for name in &arguments.loaded {
        let skill = host.load_skill(&reader, name).await??;
        conversation.load(skill);
    }
    if conversation.skills().next().is_none() {
        print::note("no skill is loaded: name some with --loaded SKILL, or add --all");
    }
    Ok(conversation)
}

fn tell(formatted: &Formatted) {
    for found in &formatted.findings {
        let (tool, pointer, message) = (&found.tool, &found.pointer, &found.message);
        let level = match found.loss {
            Loss::InWords => "note",
            Loss::LeftOut | Loss::NotStrict => "warning",
        };
        print::note(&format!("{tool} {pointer}: {level}: {message}"));
    }
}
