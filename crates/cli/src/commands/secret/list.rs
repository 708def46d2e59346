//! `hotcell secret list`: every secret of the operator's file and of the vault.

use std::time::SystemTime;

use clap::Args;
use hotcell_host::broker::secrets::vault::VaultEntry;
use hotcell_policy::config::SecretSource;
use humantime::format_rfc3339_seconds;
use serde::Serialize;

use super::{Opened, Stop};
use crate::config::PlacesArguments;
use crate::print;

/// What `hotcell secret list` is told.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    places: PlacesArguments,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// All that is told of a secret.
#[derive(Debug, Serialize)]
struct Row {
    /// Of its table; of the vault where no table takes it.
    name: String,
    source: String,
    kind: Option<&'static str>,
    version: Option<String>,
    created: Option<String>,
    last_used: Option<String>,
    /// Why it cannot be used now.
    problem: Option<String>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let opened = Opened::of(&arguments.places)?;
    let entries = opened.vault()?.list()?;
    let mut rows: Vec<Row> = opened
        .config
        .secrets
        .keys()
        .map(|name| row(&opened, &entries, name))
        .collect();
    let unused = entries
        .iter()
        .filter(|entry| opened.tables_of(&entry.name).is_empty());
    rows.extend(unused.map(|entry| Row {
        name: entry.name.clone(),
        source: format!("vault:{}", entry.name),
        kind: None,
        version: Some(entry.version.to_string()),
        created: Some(time(entry.created)),
        last_used: None,
        problem: Some("no table of hotcell.toml takes it".to_owned()),
    }));
    if arguments.json {
        print::json(&rows);
    } else {
        table(&rows);
    }
    Ok(())
}

fn row(opened: &Opened, entries: &[VaultEntry], name: &str) -> Row {
    let table = &opened.config.secrets[name];
    let held = opened.secrets.get(name);
    let entry = match &table.source {
        SecretSource::Vault(name) => entries.iter().find(|entry| entry.name == *name),
        _ => None,
    };
    Row {
        name: name.to_owned(),
        source: source_text(&table.source),
        kind: Some(table.kind.name()),
        created: entry.map(|entry| time(entry.created)),
        last_used: opened.secrets.last_used(name).map(time),
        problem: held.as_ref().err().map(ToString::to_string),
        version: held.ok().map(|held| held.version),
    }
}

fn time(time: SystemTime) -> String {
    format_rfc3339_seconds(time).to_string()
}

/// Returns a source as the file writes it.
fn source_text(source: &SecretSource) -> String {
    match source {
        SecretSource::Env(name) => format!("env:{name}"),
        SecretSource::File(path) => format!("file:{}", path.display()),
        SecretSource::Keyring { service, user } => format!("keyring:{service}/{user}"),
        SecretSource::Vault(name) => format!("vault:{name}"),
    }
}

fn table(rows: &[Row]) {
    if rows.is_empty() {
        print::note("no secrets: `hotcell secret set NAME` keeps one");
        return;
    }
    let head = ["NAME", "SOURCE", "KIND", "VERSION", "CREATED", "LAST USED"];
    let lines: Vec<[String; 6]> = rows.iter().map(cells).collect();
    let width = |column: usize| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.max().unwrap_or(0).max(head[column].len())
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    print_line(&head.map(str::to_owned), &widths);
    for line in &lines {
        print_line(line, &widths);
    }
    for row in rows {
        if let Some(problem) = &row.problem {
            print::note(&format!("{}: {problem}", row.name));
        }
    }
}

fn cells(row: &Row) -> [String; 6] {
    let or_dash = |cell: Option<&str>| cell.unwrap_or("-").to_owned();
    [
        row.name.clone(),
        row.source.clone(),
        or_dash(row.kind),
        or_dash(row.version.as_deref()),
        or_dash(row.created.as_deref()),
        or_dash(row.last_used.as_deref()),
    ]
}

fn print_line(cells: &[String; 6], widths: &[usize; 6]) {
    let padded: Vec<String> = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!("{cell:<width$}"))
        .collect();
    print::result(padded.join("  ").trim_end());
}
