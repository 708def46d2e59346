//! `hotcell mcp`: an MCP server over stdin and stdout.

mod print_config;

use std::path::PathBuf;

use clap::Args;
use hotcell_host::{Fault, Reader};
use hotcell_policy::config::LOCAL_CALLER;
use hotcell_server::{serve_stdio, standard_streams};

use crate::config::PlacesArguments;
use crate::recorded::Trouble;
use crate::serving::serve_with_host;
use print_config::Client;

const EXAMPLES: &str = "Examples:
  hotcell mcp --print-config
  hotcell mcp --print-config --client claude-code
  hotcell mcp --assistant office
  hotcell mcp --as ann --config /etc/hotcell/hotcell.toml --data /var/lib/hotcell

An MCP client starts it: what `--print-config` prints goes into the client's own configuration. It
speaks the revisions 2026-07-28 and 2025-11-25. It carries out jobs too, as long as it runs, and
ends with its input, Ctrl-C or SIGTERM.";

/// What `hotcell mcp` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Whose skills it has: a table `[assistant.NAME]` [default: every skill that the caller may use]
    #[arg(long, value_name = "NAME")]
    assistant: Option<String>,
    /// Who calls
    #[arg(long = "as", value_name = "CALLER", default_value = LOCAL_CALLER)]
    caller: String,
    /// Print what goes into a client's configuration, and end
    #[arg(long)]
    print_config: bool,
    /// The client
    #[arg(long, value_enum, default_value_t = Client::All, requires = "print_config")]
    client: Client,
    /// The folder of compiled code [default: the platform's cache folder]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    #[command(flatten)]
    places: PlacesArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    if arguments.print_config {
        return print_config::run(arguments);
    }
    let reader = Reader {
        caller: arguments.caller.clone(),
        assistant: arguments.assistant.clone(),
    };
    serve_with_host(
        arguments.cache.clone(),
        &arguments.places,
        async |host, _, ends| {
            // Told now rather than with the first request: a client shows why its server ended.
            check(&host.menu(&reader).await?)?;
            let host = std::sync::Arc::clone(host);
            let served = serve_stdio(host, reader, standard_streams(), ends.told()).await;
            Ok(served.map_err(|error| Fault::new(error.to_string(), "start it again"))?)
        },
    )
}

fn check<T>(read: &Result<T, hotcell_policy::Refusal>) -> Result<(), Trouble> {
    match read {
        Ok(_) => Ok(()),
        Err(refusal) => {
            let mend = refusal.hint.clone().unwrap_or_default();
            Err(Trouble::refused(refusal.message.clone(), mend))
        }
    }
}
