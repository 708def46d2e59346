//! What goes into the usual clients' configuration, so that they start this program.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use hotcell_host::Fault;
use hotcell_policy::config::LOCAL_CALLER;
use serde_json::{Value, json};

use super::Arguments;
use crate::recorded::Trouble;
use crate::{exit, print};

/// A client that starts MCP servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Client {
    /// All of them
    All,
    /// Claude Desktop
    ClaudeDesktop,
    /// Claude Code
    ClaudeCode,
    /// Cursor
    Cursor,
    /// Visual Studio Code
    Vscode,
    /// Codex
    Codex,
    /// Gemini CLI
    Gemini,
    /// Zed
    Zed,
}

/// The clients, in the order in which they are told.
const CLIENTS: [Client; 7] = [
    Client::ClaudeDesktop,
    Client::ClaudeCode,
    Client::Cursor,
    Client::Vscode,
    Client::Codex,
    Client::Gemini,
    Client::Zed,
];

/// Prints it.
pub(super) fn run(arguments: &Arguments) -> u8 {
    let command = match command(arguments) {
        Ok(command) => command,
        Err(trouble) => return trouble.tell(false),
    };
    let told: Vec<String> = match arguments.client {
        Client::All => CLIENTS.map(|client| section(client, &command)).to_vec(),
        one => vec![text(one, &command)],
    };
    print::result(told.join("\n").trim_end());
    exit::OK
}

/// The program and its arguments.
struct Command {
    program: String,
    arguments: Vec<String>,
    name: String,
}

fn command(arguments: &Arguments) -> Result<Command, Trouble> {
    let program = std::env::current_exe();
    let program = program.map_err(|error| {
        let message = format!("this program does not know where it is: {error}");
        Fault::new(message, "write its path by hand")
    })?;
    let mut told = vec!["mcp".to_owned()];
    let mut put = |option: &str, value: String| told.extend([option.to_owned(), value]);
    if let Some(assistant) = &arguments.assistant {
        put("--assistant", assistant.clone());
    }
    if arguments.caller != LOCAL_CALLER {
        put("--as", arguments.caller.clone());
    }
    // A client starts it in a folder of its own.
    let named = [
        ("--config", arguments.places.config_named()),
        ("--data", arguments.places.data_named()),
        ("--cache", arguments.cache.as_deref()),
    ];
    for (option, path) in named {
        if let Some(path) = path {
            put(option, utf8(&whole(path))?);
        }
    }
    Ok(Command {
        program: utf8(&program)?,
        arguments: told,
        name: match &arguments.assistant {
            Some(assistant) => format!("hotcell-{assistant}"),
            None => "hotcell".to_owned(),
        },
    })
}

fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn utf8(path: &Path) -> Result<String, Trouble> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        let message = format!("{} is no text that a client could keep", path.display());
        Trouble::usage(message, "move it to a path in UTF-8")
    })
}

fn section(client: Client, command: &Command) -> String {
    let (name, place) = match client {
        Client::ClaudeDesktop => (
            "Claude Desktop",
            "claude_desktop_config.json (Settings, Developer, Edit Config)",
        ),
        Client::ClaudeCode => ("Claude Code", "run it once"),
        Client::Cursor => (
            "Cursor",
            "~/.cursor/mcp.json, or .cursor/mcp.json in a project",
        ),
        Client::Vscode => (
            "Visual Studio Code",
            ".vscode/mcp.json, or MCP: Open User Configuration",
        ),
        Client::Codex => ("Codex", "~/.codex/config.toml"),
        Client::Gemini => ("Gemini CLI", "~/.gemini/settings.json"),
        Client::Zed => ("Zed", "settings.json"),
        Client::All => ("", ""),
    };
    format!("# {name}: {place}\n{}\n", text(client, command))
}

fn text(client: Client, command: &Command) -> String {
    let Command {
        program,
        arguments,
        name,
    } = command;
    let plain = json!({ "command": program, "args": arguments });
    let under = |key: &str, server: Value| pretty(&json!({ key: { name: server } }));
    match client {
        Client::All | Client::ClaudeDesktop | Client::Cursor | Client::Gemini => {
            under("mcpServers", plain)
        }
        Client::Vscode => {
            let server = json!({ "type": "stdio", "command": program, "args": arguments });
            under("servers", server)
        }
        Client::Zed => under("context_servers", plain),
        Client::Codex => format!(
            "[mcp_servers.{name}]\ncommand = {}\nargs = {}",
            json!(program),
            json!(arguments)
        ),
        Client::ClaudeCode => {
            let words = std::iter::once(program).chain(arguments);
            let words: Vec<_> = words.map(|word| quoted(word)).collect();
            format!("claude mcp add {name} -- {}", words.join(" "))
        }
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("our own words serialise")
}

/// Quotes a word for a shell, where it has to be.
fn quoted(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./@:=+,".contains(&b);
    match !word.is_empty() && word.bytes().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_gets_its_own_shape() {
        let command = Command {
            program: "/opt/my hotcell".to_owned(),
            arguments: vec!["mcp".to_owned(), "--as".to_owned(), "ann".to_owned()],
            name: "hotcell".to_owned(),
        };
        let of = |client| text(client, &command);
        let parsed = |client| serde_json::from_str::<Value>(&of(client)).expect("it is JSON");
        let args = json!(["mcp", "--as", "ann"]);
        assert_eq!(
            parsed(Client::Cursor)["mcpServers"]["hotcell"]["args"],
            args
        );
        assert_eq!(
            parsed(Client::Vscode)["servers"]["hotcell"]["type"],
            "stdio"
        );
        assert_eq!(
            parsed(Client::Zed)["context_servers"]["hotcell"]["args"],
            args
        );
        let once = "claude mcp add hotcell -- '/opt/my hotcell' mcp --as ann";
        assert_eq!(of(Client::ClaudeCode), once);
        let codex = "[mcp_servers.hotcell]\ncommand = \"/opt/my hotcell\"\n\
                     args = [\"mcp\",\"--as\",\"ann\"]";
        assert_eq!(of(Client::Codex), codex);
        for client in CLIENTS {
            assert!(
                section(client, &command).contains("/opt/my hotcell"),
                "{client:?}"
            );
        }
    }
}
