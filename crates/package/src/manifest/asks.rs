//! `[[http]]`, `[[credential]]` and `[[config]]`: what a skill wishes from outside.

use std::ops::Range;

use toml::de::DeTable;

use crate::manifest::{ASKS_MAX, AskedOrigin, ConfigAsk, CredentialAsk, HttpAsk, PathTemplate};
use crate::near::near_name;
use crate::origin::Origin;
use crate::table::{Reader, Table, Text};

/// The methods that a skill may ask for. CONNECT and TRACE speak to proxies, not to servers.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Reads every `[[http]]`.
pub(super) fn read_http(reader: &mut Reader<'_>, root: &DeTable<'_>) -> Vec<HttpAsk> {
    let mut asks: Vec<HttpAsk> = Vec::new();
    for table in bounded(reader, root, "http") {
        reader.allow_keys(&table, &["id", "origin", "methods", "path"]);
        let id = reader
            .string(&table, "id")
            .and_then(|t| name(reader, &t, "id"));
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
        let Some(name) = own.and_then(|text| name(reader, &text, "name")) else {
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
            .and_then(|t| name(reader, &t, "key"));
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

/// Checks a name that grants and messages will use: `^[a-z][a-z0-9_.-]{0,63}$`.
fn name(reader: &mut Reader<'_>, text: &Text<'_>, key: &str) -> Option<String> {
    let starts = text.text.starts_with(|c: char| c.is_ascii_lowercase());
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b);
    if starts && text.text.len() <= 64 && text.text.bytes().all(inner) {
        return Some(text.text.to_owned());
    }
    let message = format!("`{}` cannot be a `{key}`", text.text);
    let hint = "begin with a small letter; then small letters, digits, `_`, `.`, `-`; at most 64";
    reader.error("wrong_name", &text.span, message, hint);
    None
}

/// Reads an exact origin, or `*`: any that the operator's grant names.
fn read_origin(reader: &mut Reader<'_>, text: &Text<'_>) -> Option<AskedOrigin> {
    if text.text == "*" {
        return Some(AskedOrigin::Operators);
    }
    match Origin::parse(text.text) {
        Ok(origin) => Some(AskedOrigin::Exact(origin)),
        Err(fault) => {
            let message = format!("`{}` is not an origin: {fault}", text.text);
            let hint = "write scheme, host and, where it is not the usual one, port: \
                        \"https://api.example.com\"; or \"*\" where only the operator knows it";
            reader.error("wrong_origin", &text.span, message, hint);
            None
        }
    }
}

fn read_methods(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Vec<String>> {
    if !table.values.contains_key("methods") {
        reader.missing(table, "methods", "a list such as [\"GET\"]");
    }
    let texts = reader.strings(table, "methods")?;
    for text in &texts {
        if !METHODS.contains(&text.text) {
            let message = format!("`{}` is not a method that a skill may ask for", text.text);
            let hint = format!("write one of {}", METHODS.join(", "));
            reader.error("wrong_value", &text.span, message, hint);
        }
    }
    Some(texts.iter().map(|text| text.text.to_owned()).collect())
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
