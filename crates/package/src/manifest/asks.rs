//! `[[http]]`, `[[credential]]` and `[[config]]`: what a skill wishes from outside.

use std::ops::Range;

use toml::de::DeTable;

use crate::manifest::{ASKS_MAX, AskedOrigin, ConfigAsk, CredentialAsk, HttpAsk, PathTemplate};
use crate::near::near_name;
use crate::table::{Reader, Table, Text};

/// Reads every `[[http]]`.
pub(super) fn read_http(reader: &mut Reader<'_>, root: &DeTable<'_>) -> Vec<HttpAsk> {
    let mut asks: Vec<HttpAsk> = Vec::new();
    for table in bounded(reader, root, "http") {
        reader.allow_keys(&table, &["id", "origin", "methods", "path"]);
        let id = reader
            .string(&table, "id")
            .and_then(|t| reader.name(&t, "id"));
        let origin = reader.string(&table, "origin");
        let origin = origin.and_then(|text| read_origin(reader, &text));
        let methods = read_methods(reader, &table);
        let path = reader.string(&table, "path");
        let path = path.and_then(|text| read_path(reader, &text));
        if let (Some(id), Some(origin), Some(methods), Some(path)) = (id, origin, methods, path) {
            let place = reader.place(&table.span);
            let ask = HttpAsk {
                id,
                origin,
                methods,
                path,
                place,
            };
            refuse_overlap(reader, &asks, &ask, &table.span);
            asks.push(ask);
        }
    }
    asks
}

/// Reads every `[[credential]]`; `on` must name tables of `http`.
pub(super) fn read_credentials(
    reader: &mut Reader<'_>,
    root: &DeTable<'_>,
    http: &[HttpAsk],
) -> Vec<CredentialAsk> {
    let mut asks: Vec<CredentialAsk> = Vec::new();
    for table in bounded(reader, root, "credential") {
        reader.allow_keys(&table, &["name", "on", "scopes"]);
        if !table.values.contains_key("on") {
            reader.missing(&table, "on", "a list of ids of `[[http]]` tables");
        }
        let on = reader.strings(&table, "on").unwrap_or_default();
        on.iter().for_each(|id| refuse_undeclared(reader, id, http));
        let scopes = reader.strings(&table, "scopes").unwrap_or_default();
        let own = reader.string(&table, "name");
        let Some(name) = own.and_then(|text| reader.name(&text, "name")) else {
            continue;
        };
        if asks.iter().any(|ask| ask.name == name) {
            let message = format!("two `[[credential]]` tables are named `{name}`");
            reader.error("duplicate", &table.span, message, "give each its own name");
        }
        let place = reader.place(&table.span);
        let owned = |texts: Vec<Text<'_>>| texts.iter().map(|t| t.text.to_owned()).collect();
        asks.push(CredentialAsk {
            name,
            on: owned(on),
            scopes: owned(scopes),
            place,
        });
    }
    asks
}

/// Reads every `[[config]]`.
pub(super) fn read_config(reader: &mut Reader<'_>, root: &DeTable<'_>) -> Vec<ConfigAsk> {
    let mut asks: Vec<ConfigAsk> = Vec::new();
    for table in bounded(reader, root, "config") {
        reader.allow_keys(&table, &["key", "description", "default"]);
        let description = reader.string(&table, "description");
        let default = reader.optional_string(&table, "default");
        let key = reader
            .string(&table, "key")
            .and_then(|t| reader.name(&t, "key"));
        let (Some(key), Some(description)) = (key, description) else {
            continue;
        };
        if asks.iter().any(|ask| ask.key == key) {
            let message = format!("two `[[config]]` tables have the key `{key}`");
            reader.error("duplicate", &table.span, message, "give each its own key");
        }
        let place = reader.place(&table.span);
        let default = default.map(|text| text.text.to_owned());
        asks.push(ConfigAsk {
            key,
            description: description.text.to_owned(),
            default,
            place,
        });
    }
    asks
}

fn bounded<'a>(reader: &mut Reader<'_>, root: &'a DeTable<'a>, key: &str) -> Vec<Table<'a>> {
    let mut tables = reader.array_of_tables(root, key);
    if let Some(extra) = tables.get(ASKS_MAX) {
        let message = format!("more than {ASKS_MAX} `[[{key}]]` tables");
        reader.error("too_many", &extra.span, message, "split the skill");
        tables.clear();
    }
    tables
}

/// Reads an exact origin, or `*`: any that the operator's grant names.
fn read_origin(reader: &mut Reader<'_>, text: &Text<'_>) -> Option<AskedOrigin> {
    if text.text == "*" {
        return Some(AskedOrigin::Operators);
    }
    let more = "; or \"*\" where only the operator knows it";
    reader.origin(text, more).map(AskedOrigin::Exact)
}

fn read_methods(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Vec<String>> {
    if !table.values.contains_key("methods") {
        reader.missing(table, "methods", "a list such as [\"GET\"]");
    }
    reader.methods(table, "methods")
}

fn read_path(reader: &mut Reader<'_>, text: &Text<'_>) -> Option<PathTemplate> {
    match PathTemplate::parse(text.text) {
        Ok(path) => Some(path),
        Err(fault) => {
            let hint = "write whole segments, as in \"/v1/repos/{owner}/{repo}\"";
            reader.error("wrong_path", &text.span, fault, hint);
            None
        }
    }
}

/// One request must fit one ask: a credential that stands on only one of two could else be
/// placed by accident of order.
fn refuse_overlap(reader: &mut Reader<'_>, asks: &[HttpAsk], new: &HttpAsk, span: &Range<usize>) {
    if asks.iter().any(|ask| ask.id == new.id) {
        let message = format!("two `[[http]]` tables have the id `{}`", new.id);
        reader.error("duplicate", span, message, "give each its own id");
    }
    let overlap = asks.iter().find(|ask| {
        ask.origin.overlaps(&new.origin)
            && ask.path.overlaps(&new.path)
            && ask.methods.iter().any(|m| new.methods.contains(m))
    });
    if let Some(ask) = overlap {
        let message = format!("`{}` and `{}` could match one request", ask.id, new.id);
        let hint = "merge the two, or make their paths or methods differ";
        reader.error("overlap", span, message, hint);
    }
}

fn refuse_undeclared(reader: &mut Reader<'_>, id: &Text<'_>, http: &[HttpAsk]) {
    if http.iter().any(|ask| ask.id == id.text) {
        return;
    }
    let message = format!("no `[[http]]` table has the id `{}`", id.text);
    let hint = match near_name(id.text, http.iter().map(|ask| ask.id.as_str())) {
        Some(near) => format!("write `{near}`"),
        None => "add an `[[http]]` table of that id".to_owned(),
    };
    reader.error("undeclared_id", &id.span, message, hint);
}
