//! `hotcell show`: what a package is, what it can do and what it asks for.

use std::path::PathBuf;

use clap::Args;
use hotcell_package::{Effect, Idempotency, Mode, Package, Tool, printable, tokens};
use hotcell_policy::{LimitName, Limits};
use serde_json::{Value, json};

use crate::config::PlacesArguments;
use crate::installed::{self, Which};
use crate::{exit, print};

const EXAMPLES: &str = "Examples:
  hotcell show skills-examples/quote-docx
  hotcell show quote.zip --json
  hotcell show quote-docx
  hotcell show quote-docx@1

Tokens are counted with o200k, the tokenizer of OpenAI's current models; others differ a little.";

/// What `hotcell show` is told.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A package, a folder or a zip; or an installed one: NAME, NAME@1 or NAME@sha256:…
    package: PathBuf,
    #[command(flatten)]
    places: PlacesArguments,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let package = match installed::package(&arguments.package, &arguments.places, Which::Called) {
        Ok(package) => package,
        Err(diagnostics) if arguments.json => {
            print::json(&json!({ "diagnostics": diagnostics }));
            return exit::USAGE;
        }
        Err(diagnostics) => {
            print::diagnostics(&diagnostics);
            return exit::USAGE;
        }
    };
    if arguments.json {
        print::json(&as_json(&package));
    } else {
        print::result(as_text(&package).trim_end());
    }
    exit::OK
}

/// What a model pays for a package, in tokens.
struct Cost {
    menu: usize,
    document: usize,
    tools: usize,
}

fn cost(package: &Package) -> Cost {
    let schemas = package
        .contract
        .tools
        .iter()
        .map(|tool| tokens(&schema_for_model(tool)));
    Cost {
        menu: package.menu_line().tokens,
        document: tokens(&package.document.body),
        tools: schemas.sum(),
    }
}

/// What a tool puts before a model: its name, its description and its input schema.
fn schema_for_model(tool: &Tool) -> String {
    json!({ "name": tool.name, "description": tool.description, "input_schema": tool.input_schema })
        .to_string()
}

fn as_json(package: &Package) -> Value {
    let Cost {
        menu,
        document,
        tools,
    } = cost(package);
    let listed: Vec<_> = package
        .contract
        .tools
        .iter()
        .map(|tool| {
            let ask = package.manifest.tool(&tool.name);
            json!({
                "name": tool.name,
                "title": tool.title,
                "description": tool.description,
                "effect": ask.effect,
                "idempotency": ask.idempotency,
                "mode": ask.mode,
                "input_schema": tool.input_schema,
                "output_schema": tool.output_schema,
                "errors": tool.errors,
            })
        })
        .collect();
    json!({
        "name": package.name,
        "version": package.manifest.version,
        "digest": package.digest,
        "menu_line": package.menu_line().text,
        "tokens": { "tokenizer": "o200k", "menu": menu, "document": document, "tools": tools },
        "tools": listed,
        "asks": {
            "http": package.manifest.http,
            "credentials": package.manifest.credentials,
            "config": package.manifest.config,
            "limits": package.manifest.limits,
        },
        "files": package.files.iter().map(|(path, bytes)| json!({ "path": path, "bytes": bytes.len() })).collect::<Vec<_>>(),
    })
}

fn as_text(package: &Package) -> String {
    let Cost {
        menu,
        document,
        tools,
    } = cost(package);
    let mut text = format!(
        "{}\n\n{} {}  {}\n{} files, {} bytes, component {} bytes\n",
        package.menu_line().text,
        package.name,
        package.manifest.version,
        package.digest,
        package.files.len(),
        package.files.bytes(),
        package.component().len(),
    );
    text += &format!("tokens (o200k): menu {menu}, SKILL.md {document}, tools {tools}\n\nTools\n");
    for tool in &package.contract.tools {
        text += &tool_text(package, tool);
    }
    text += &asks_text(package);
    text
}

fn tool_text(package: &Package, tool: &Tool) -> String {
    let ask = package.manifest.tool(&tool.name);
    let mut traits = vec![match ask.effect {
        Effect::None => "no effect",
        Effect::Read => "reads",
        Effect::Write => "writes",
    }];
    match ask.idempotency {
        Idempotency::Required => traits.push("needs an idempotency key"),
        Idempotency::Optional => traits.push("takes an idempotency key"),
        Idempotency::Derived => traits.push("takes an idempotency key, or has one made"),
        Idempotency::None => {}
    }
    if ask.mode == Mode::Async {
        traits.push("runs as a job");
    }
    let mut text = format!("  {}  ({})\n", tool.name, traits.join(", "));
    text += &format!("      {}\n", printable(&tool.description));
    let codes: Vec<_> = tool
        .errors
        .iter()
        .map(|error| error.code.as_str())
        .collect();
    if !codes.is_empty() {
        text += &format!("      fails with {}\n", codes.join(", "));
    }
    text
}

fn asks_text(package: &Package) -> String {
    let manifest = &package.manifest;
    let mut text = "\nAsks for\n".to_owned();
    let before = text.len();
    for http in &manifest.http {
        let methods = http.methods.join(", ");
        text += &format!(
            "  http {}: {methods} {}{}\n",
            http.id, http.origin, http.path
        );
    }
    for credential in &manifest.credentials {
        text += &format!(
            "  credential {} on {}\n",
            credential.name,
            credential.on.join(", ")
        );
    }
    if let Some(files) = &manifest.files {
        text += &format!("  folder /work: {}\n", files.work.as_str());
    }
    for config in &manifest.config {
        text += &format!(
            "  setting {}: {}\n",
            config.key,
            printable(&config.description)
        );
    }
    if text.len() == before {
        text += "  nothing: no network, no credential, no folder, no setting\n";
    }
    text += "\nLimits of a call\n";
    for name in LimitName::ALL {
        let standard = Limits::STANDARD.get(name);
        text += &match name.asked(&manifest.limits) {
            Some(asked) => format!("  {name:<15} {asked:>13}  asked for; standard is {standard}\n"),
            None => format!("  {name:<15} {standard:>13}\n"),
        };
    }
    text
}
