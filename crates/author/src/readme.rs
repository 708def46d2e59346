//! A skill's page for people, from its contract.

use std::fmt::Write as _;

use hotcell_package::{
    AskedOrigin, Effect, Idempotency, Mode, Package, RetryAdvice, Tool, printable,
};
use serde_json::Value;

/// Levels of a schema that are shown.
const DEPTH_MAX: usize = 3;

/// Returns the page: Markdown, the same text for the same package.
pub fn readme(package: &Package) -> String {
    let mut page = String::new();
    let manifest = &package.manifest;
    line(
        &mut page,
        &format!("# {} {}", package.name, manifest.version),
    );
    line(&mut page, "");
    line(&mut page, &inline(&package.document.description));
    line(&mut page, "");
    line(
        &mut page,
        "This page follows from SKILL.md, skill.toml and schema.json: `hotcell docs` writes it.",
    );
    for tool in &package.contract.tools {
        write_tool(&mut page, package, tool);
    }
    write_asks(&mut page, package);
    write_limits(&mut page, package);
    page
}

fn write_tool(page: &mut String, package: &Package, tool: &Tool) {
    let ask = package.manifest.tool(&tool.name);
    line(page, "");
    line(page, &format!("## `{}`", tool.name));
    line(page, "");
    line(page, &inline(&tool.description));
    line(page, "");
    let effect = match ask.effect {
        Effect::None => "sends nothing",
        Effect::Read => "reads from servers",
        Effect::Write => "changes something at servers",
    };
    let key = match ask.idempotency {
        Idempotency::Required => "needs an idempotency key, under which it is done once",
        Idempotency::Optional => "is done once under an idempotency key, where one is given",
        Idempotency::Derived => "is done once for one request",
        Idempotency::None => "takes no idempotency key",
    };
    let mode = match ask.mode {
        Mode::Sync => "",
        Mode::Async => ", and runs as a job",
    };
    line(page, &format!("It {effect}, {key}{mode}."));
    line(page, "");
    line(page, "### Input");
    line(page, "");
    write_schema(page, &tool.input_schema);
    if let Some(output) = &tool.output_schema {
        line(page, "");
        line(page, "### Output");
        line(page, "");
        write_schema(page, output);
    }
    write_errors(page, tool);
}

fn write_errors(page: &mut String, tool: &Tool) {
    if tool.errors.is_empty() {
        return;
    }
    line(page, "");
    line(page, "### Errors");
    line(page, "");
    line(page, "| code | retry | when |");
    line(page, "|---|---|---|");
    for error in &tool.errors {
        let retry = match error.retry {
            RetryAdvice::Never => "never",
            RetryAdvice::SameKey => "with the same key",
            RetryAdvice::AfterMs => "after a while",
        };
        let when = cell(&error.description);
        line(page, &format!("| `{}` | {retry} | {when} |", error.code));
    }
}

fn write_schema(page: &mut String, schema: &Value) {
    let mut rows = Vec::new();
    collect(schema, schema, "", 0, &mut rows);
    if rows.is_empty() {
        line(page, "Nothing.");
        return;
    }
    line(page, "| name | type | |");
    line(page, "|---|---|---|");
    rows.iter().for_each(|row| line(page, row));
}

/// Gathers a row for each member, down to some depth.
fn collect(root: &Value, schema: &Value, at: &str, depth: usize, rows: &mut Vec<String>) {
    let schema = resolved(root, schema);
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = schema.get("required").and_then(Value::as_array);
    for (name, inner) in properties.into_iter().flatten() {
        let inner = resolved(root, inner);
        let is_required = required.is_some_and(|all| all.iter().any(|one| one == name));
        let path = format!("{at}{}", printable(name));
        let about = inner.get("description").and_then(Value::as_str);
        let about = cell(about.unwrap_or_default());
        let optional = if is_required { "" } else { "optional; " };
        let default = inner.get("default").filter(|value| !value.is_null());
        let default = default.map(|value| format!(" Default: `{value}`."));
        let kind = cell(&kind(root, inner));
        rows.push(format!(
            "| `{path}` | {kind} | {optional}{about}{} |",
            default.unwrap_or_default()
        ));
        if depth + 1 < DEPTH_MAX {
            collect(root, inner, &format!("{path}."), depth + 1, rows);
            if let Some(items) = inner.get("items") {
                collect(root, items, &format!("{path}[]."), depth + 1, rows);
            }
        }
    }
}

fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let target = schema.get("$ref").and_then(Value::as_str);
    let found = target.and_then(|target| root.pointer(target.strip_prefix('#')?));
    found.unwrap_or(schema)
}

/// Says in a few words what values fit.
fn kind(root: &Value, schema: &Value) -> String {
    let words = |values: &[Value]| {
        let words = values.iter().map(|value| match value {
            Value::String(text) => format!("`{}`", printable(text)),
            other => format!("`{other}`"),
        });
        words.collect::<Vec<_>>().join(", ")
    };
    if let Some(Value::Array(values)) = schema.get("enum") {
        return words(values);
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(Value::Array(some)) = schema.get(key) {
            let consts: Vec<Value> = some
                .iter()
                .filter_map(|s| s.get("const"))
                .cloned()
                .collect();
            if consts.len() == some.len() {
                return words(&consts);
            }
            let kinds = some.iter().map(|inner| kind(root, resolved(root, inner)));
            return kinds.collect::<Vec<_>>().join(" or ");
        }
    }
    let name = match schema.get("type") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => {
            let names: Vec<_> = names.iter().filter_map(Value::as_str).collect();
            names.join(" or ")
        }
        _ => "any".to_owned(),
    };
    let bound = |key: &str| schema.get(key).map(ToString::to_string);
    let range = match (bound("minimum"), bound("maximum")) {
        (Some(low), Some(high)) => format!(", {low} to {high}"),
        (Some(low), None) => format!(", at least {low}"),
        (None, Some(high)) => format!(", at most {high}"),
        (None, None) => String::new(),
    };
    let size = ["maxLength", "maxItems"].iter().find_map(|key| bound(key));
    let size = size.map(|most| format!(", at most {most} long"));
    format!("{name}{range}{}", size.unwrap_or_default())
}

fn write_asks(page: &mut String, package: &Package) {
    let manifest = &package.manifest;
    if manifest.http.is_empty() && manifest.config.is_empty() {
        line(page, "");
        line(page, "## What it asks for");
        line(page, "");
        line(page, "Nothing: no server, no credential, no setting.");
        return;
    }
    line(page, "");
    line(page, "## What it asks for");
    line(page, "");
    for ask in &manifest.http {
        let origin = match &ask.origin {
            AskedOrigin::Exact(origin) => origin.to_string(),
            AskedOrigin::Operators => "a server that the operator names".to_owned(),
        };
        let methods = ask.methods.join(", ");
        let credentials = manifest
            .credentials
            .iter()
            .filter(|c| c.on.contains(&ask.id));
        let names: Vec<_> = credentials.map(|c| format!("`{}`", c.name)).collect();
        let with = match names.is_empty() {
            true => String::new(),
            false => format!(", with the credential {}", names.join(", ")),
        };
        line(
            page,
            &format!("- {methods} `{}` at {origin}{with}", ask.path),
        );
    }
    for ask in manifest
        .credentials
        .iter()
        .filter(|ask| !ask.scopes.is_empty())
    {
        let scopes: Vec<_> = ask
            .scopes
            .iter()
            .map(|s| format!("`{}`", printable(s)))
            .collect();
        line(
            page,
            &format!(
                "- the credential `{}` with the scopes {}",
                ask.name,
                scopes.join(", ")
            ),
        );
    }
    for ask in &manifest.config {
        let default = ask
            .default
            .as_ref()
            .map(|d| format!(" Default: `{}`.", printable(d)));
        let about = inline(&ask.description);
        line(
            page,
            &format!(
                "- the setting `{}`: {about}{}",
                ask.key,
                default.unwrap_or_default()
            ),
        );
    }
}

fn write_limits(page: &mut String, package: &Package) {
    let asks: Vec<_> = package
        .manifest
        .ask_lines()
        .into_iter()
        .filter_map(|ask| ask.strip_prefix("limit ").map(str::to_owned))
        .collect();
    line(page, "");
    line(page, "## Limits");
    line(page, "");
    match asks.is_empty() {
        true => line(page, "It runs within the standard limits."),
        false => {
            for ask in asks {
                let (name, most) = ask.split_once('=').unwrap_or((&ask, ""));
                line(page, &format!("- `{name}`: {most}"));
            }
        }
    }
}

fn line(page: &mut String, text: &str) {
    writeln!(page, "{text}").expect("writing to a String cannot fail");
}

/// Text of an author on one line, whose signs mean nothing.
fn inline(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    printable(&words.join(" ")).replace('<', "&lt;")
}

fn cell(text: &str) -> String {
    inline(text).replace('|', "\\|")
}
