//! The grammar of `skill.toml`, from its tables down.

use std::collections::BTreeMap;

use toml::de::DeTable;

use crate::diagnostic::{DIAGNOSTICS_MAX, Diagnostic, Place};
use crate::manifest::asks::{read_config, read_credentials, read_http};
use crate::manifest::{
    ASKS_MAX, Effect, Idempotency, LimitAsks, MANIFEST_FILE, Manifest, Mode, ToolAsk,
};
use crate::table::{Reader, Table};

const ROOT_KEYS: &[&str] = &["skill", "tool", "http", "credential", "config", "limits"];

/// Parses the text of a `skill.toml`; see [`Manifest::parse`].
pub(super) fn parse(text: &str) -> Result<Manifest, Vec<Diagnostic>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let errors = errors.iter().take(DIAGNOSTICS_MAX);
        return Err(errors.map(|e| syntax_error(text, e)).collect());
    }
    let mut reader = Reader {
        file: MANIFEST_FILE,
        text,
        found: Vec::new(),
    };
    let root = Table {
        name: MANIFEST_FILE.to_owned(),
        values: document.get_ref(),
        span: 0..0,
    };
    reader.allow_keys(&root, ROOT_KEYS);
    let version = read_version(&mut reader, &root);
    let tools = read_tools(&mut reader, &root);
    let http = read_http(&mut reader, root.values);
    let credentials = read_credentials(&mut reader, root.values, &http);
    let config = read_config(&mut reader, root.values);
    let limits = read_limits(&mut reader, &root);
    match version {
        Some(version) if reader.found.is_empty() => Ok(Manifest {
            version,
            tools,
            http,
            credentials,
            config,
            limits,
        }),
        _ => Err(reader.found),
    }
}

fn syntax_error(text: &str, error: &toml::de::Error) -> Diagnostic {
    let offset = error.span().map_or(0, |span| span.start);
    let twice = error.message().contains("duplicate key");
    let (code, hint) = match twice {
        true => ("duplicate_key", "keep one of the two"),
        false => ("toml_syntax", "see https://toml.io/en/v1.1.0"),
    };
    Diagnostic::error(code, MANIFEST_FILE, error.message())
        .at(Place::of_offset(text, offset))
        .hint(hint)
}

/// Returns the table `[key]`, which may be absent.
fn table<'a>(reader: &mut Reader<'_>, root: &Table<'a>, key: &str) -> Option<Table<'a>> {
    let value = root.values.get(key)?;
    let span = value.span();
    match value.get_ref().as_table() {
        Some(values) => Some(Table {
            name: format!("[{key}]"),
            values,
            span,
        }),
        None => {
            let message = format!("`{key}` must be a table");
            reader.error("wrong_type", &span, message, format!("[{key}]"));
            None
        }
    }
}

fn read_version(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<semver::Version> {
    if !root.values.contains_key("skill") {
        let message = "skill.toml needs the table `[skill]` with the skill's version";
        let hint = "add `[skill]` and below it `version = \"0.1.0\"`";
        reader.error("missing_key", &(0..0), message, hint);
    }
    let skill = table(reader, root, "skill")?;
    if let Some((key, _)) = skill.values.get_key_value("name") {
        let message = "[skill] has no key `name`: the name stands in SKILL.md only";
        reader.error("unknown_key", &key.span(), message, "remove it");
    }
    reader.allow_keys(&skill, &["version", "name"]);
    let text = reader.string(&skill, "version")?;
    match semver::Version::parse(text.text) {
        Ok(version) => Some(version),
        Err(error) => {
            let message = format!("`{}` is not a version: {error}", text.text);
            let hint = "write three numbers, as in `version = \"1.2.0\"` (https://semver.org)";
            reader.error("wrong_version", &text.span, message, hint);
            None
        }
    }
}

fn read_tools(reader: &mut Reader<'_>, root: &Table<'_>) -> BTreeMap<String, ToolAsk> {
    let Some(tools) = table(reader, root, "tool") else {
        return BTreeMap::new();
    };
    if tools.values.len() > ASKS_MAX {
        let message = format!("more than {ASKS_MAX} `[tool.NAME]` tables");
        reader.error("too_many", &tools.span, message, "split the skill");
        return BTreeMap::new();
    }
    let mut asks = BTreeMap::new();
    for (key, value) in tools.values {
        let name = key.get_ref().as_ref();
        let Some(values) = value.get_ref().as_table() else {
            let message = format!("`tool.{name}` must be a table");
            reader.error("wrong_type", &key.span(), message, format!("[tool.{name}]"));
            continue;
        };
        let tool = Table {
            name: format!("[tool.{name}]"),
            values,
            span: key.span(),
        };
        asks.insert(name.to_owned(), read_tool(reader, &tool));
    }
    asks
}

fn read_tool(reader: &mut Reader<'_>, tool: &Table<'_>) -> ToolAsk {
    reader.allow_keys(tool, &["effect", "idempotency", "mode"]);
    let effects = [
        ("none", Effect::None),
        ("read", Effect::Read),
        ("write", Effect::Write),
    ];
    let idempotencies = [
        ("required", Idempotency::Required),
        ("optional", Idempotency::Optional),
        ("none", Idempotency::None),
    ];
    let modes = [("sync", Mode::Sync), ("async", Mode::Async)];
    ToolAsk {
        effect: reader.choice(tool, "effect", &effects),
        idempotency: reader.choice(tool, "idempotency", &idempotencies),
        mode: reader.choice(tool, "mode", &modes),
        place: Some(reader.place(&tool.span)),
    }
}

fn read_limits(reader: &mut Reader<'_>, root: &Table<'_>) -> LimitAsks {
    let Some(limits) = table(reader, root, "limits") else {
        return LimitAsks::default();
    };
    let keys = [
        "fuel",
        "time_ms",
        "memory_bytes",
        "table_elements",
        "input_bytes",
        "output_bytes",
        "log_bytes",
        "file_bytes",
        "files",
        "handles",
    ];
    reader.allow_keys(&limits, &keys);
    let [
        fuel,
        time_ms,
        memory_bytes,
        table_elements,
        input_bytes,
        output_bytes,
        log_bytes,
        file_bytes,
        files,
        handles,
    ] = keys.map(|key| reader.count(&limits, key));
    LimitAsks {
        fuel,
        time_ms,
        memory_bytes,
        table_elements,
        input_bytes,
        output_bytes,
        log_bytes,
        file_bytes,
        files,
        handles,
    }
}
