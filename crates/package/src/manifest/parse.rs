//! The grammar of `skill.toml`, from its tables down.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::manifest::asks::{read_config, read_credentials, read_http};
use crate::manifest::files::read_files;
use crate::manifest::{
    ASKS_MAX, Effect, Idempotency, LimitAsks, MANIFEST_FILE, Manifest, Mode, ToolAsk,
};
use crate::table::{Reader, Table, read_document};

const ROOT_KEYS: &[&str] = &[
    "skill",
    "tool",
    "http",
    "credential",
    "config",
    "files",
    "limits",
];

/// Parses the text of a `skill.toml`; see [`Manifest::parse`].
pub(super) fn parse(text: &str) -> Result<Manifest, Vec<Diagnostic>> {
    let manifest = read_document(MANIFEST_FILE, text, |reader, root| {
        reader.allow_keys(root, ROOT_KEYS);
        let version = read_version(reader, root);
        let tools = read_tools(reader, root);
        let http = read_http(reader, root.values);
        let credentials = read_credentials(reader, root.values, &http);
        let config = read_config(reader, root.values);
        let files = read_files(reader, root);
        let limits = read_limits(reader, root);
        Some(Manifest {
            version: version?,
            tools,
            http,
            credentials,
            config,
            files,
            limits,
        })
    })?;
    Ok(manifest.expect("a version that is missing or wrong was recorded"))
}

fn read_version(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<semver::Version> {
    if !root.values.contains_key("skill") {
        let message = "skill.toml needs the table `[skill]` with the skill's version";
        let hint = "add `[skill]` and below it `version = \"0.1.0\"`";
        reader.error("missing_key", &(0..0), message, hint);
    }
    let skill = reader.table(root, "skill")?;
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
    let tools = reader.named_tables(root, "tool", ASKS_MAX);
    let asks = tools.into_iter().map(|(name, tool)| {
        let ask = read_tool(reader, &tool);
        (name.text.to_owned(), ask)
    });
    asks.collect()
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
        ("derived", Idempotency::Derived),
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
    let Some(limits) = reader.table(root, "limits") else {
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
