//! `hotcell serve`: MCP over HTTP.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use hotcell_host::Fault;
use hotcell_policy::config::LOCAL_CALLER;
use hotcell_server::{Callers, HttpOptions, HttpServer};

use crate::callers::CallersFile;
use crate::config::PlacesArguments;
use crate::print;
use crate::recorded::Trouble;
use crate::serving::serve_with_host;

const EXAMPLES: &str = "Examples:
  hotcell serve --listen 127.0.0.1:8080
  hotcell serve --listen 0.0.0.0:8080 --host mcp.example.com

Clients find it at http://ADDRESS/mcp, and an assistant's skills at /mcp/ASSISTANT. Each caller's
bearer token is known by its hash: token_sha256 in [caller.NAME]. Where no caller has one, only
this machine may reach it. [server] in hotcell.toml has listen, hosts and origins. A token that is
changed or removed there counts at once; all else in the file counts with the next start.

TLS is for a proxy in front of it. It carries out jobs too, and ends with Ctrl-C or SIGTERM.";

/// What `hotcell serve` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Where it listens [default: `listen` under `[server]`, else 127.0.0.1:7411]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// A further name under which clients know it
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// A further origin of pages of the web that may call, such as `https://app.example.com:443`
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<String>,
    /// The folder of compiled code [default: the platform's cache folder]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    #[command(flatten)]
    places: PlacesArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    serve_with_host(
        arguments.cache.clone(),
        &arguments.places,
        async |host, places, ends| {
            let config = places.read_config()?;
            let mut table = config.server.clone();
            let at = arguments.listen.unwrap_or(table.listen);
            table.hosts.extend(arguments.hosts.iter().cloned());
            table.origins.extend(arguments.origins.iter().cloned());
            let callers = Callers::of(&config, at.ip(), LOCAL_CALLER).map_err(|nobody| {
                let mend =
                    "give callers tokens: token_sha256 in [caller.NAME]; or listen at 127.0.0.1";
                Trouble::usage(format!("{at}: {nobody}"), mend)
            })?;
            let options = HttpOptions {
                callers: Arc::new(CallersFile::new(places.clone(), callers)),
                hosts: table.hosts,
                origins: table.origins,
            };
            let server = HttpServer::bind(Arc::clone(host), at, options).await;
            let server = server.map_err(|error| {
                Trouble::usage(
                    format!("{at}: {error}"),
                    "choose another with --listen ADDRESS",
                )
            })?;
            let at = server.address().map_err(|error| {
                Fault::new(
                    format!("the address is not known: {error}"),
                    "start it again",
                )
            })?;
            print::note(&format!("serving MCP at http://{at}/mcp; Ctrl-C ends it"));
            server.serve(ends.told()).await;
            Ok(())
        },
    )
}
