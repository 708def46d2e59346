//! `[record]`: what is kept of a call, how long, and how.

use std::collections::BTreeMap;

use hotcell_package::table::{Reader, Table};
use hotcell_package::{is_skill_name, is_tool_name};

use crate::config::parse::words::{flag, measure, no_such, pointer};
use crate::config::{Capture, RecordTable};
use crate::limits::Unit;

/// Most `[record.tool."SKILL.TOOL"]` tables.
const TOOLS_MAX: usize = 1_024;
/// The longest that anything is kept: a hundred years.
const KEEP_DAYS_MAX: u64 = 36_500;
/// The most that an operator may write for a recorded body: 64 MiB.
const RESPONSE_BYTES_MAX: u64 = 64 << 20;
const KEYS: &[&str] = &[
    "capture",
    "redact",
    "tool",
    "sample_percent",
    "keep_days",
    "keep_keys_days",
    "encrypt",
    "response_bytes",
];

/// Reads `[record]`, which may be absent.
pub(super) fn read_record(reader: &mut Reader<'_>, root: &Table<'_>) -> RecordTable {
    let standard = RecordTable::STANDARD;
    let Some(table) = reader.table(root, "record") else {
        return standard;
    };
    reader.allow_keys(&table, KEYS);
    let (keep_days, keep_keys_days) = read_keep(reader, &table);
    let bytes = measure(
        reader,
        &table,
        "response_bytes",
        Unit::Bytes,
        RESPONSE_BYTES_MAX,
    );
    RecordTable {
        capture: read_capture(reader, &table),
        tools: read_tools(reader, &table),
        sample_percent: read_percent(reader, &table).unwrap_or(standard.sample_percent),
        keep_days,
        keep_keys_days,
        encrypt: flag(reader, &table, "encrypt"),
        response_bytes: bytes.unwrap_or(standard.response_bytes),
    }
}

/// Reads `capture`, and the `redact` that belongs to one of its values.
fn read_capture(reader: &mut Reader<'_>, table: &Table<'_>) -> Capture {
    #[derive(Clone, Copy, Default, PartialEq)]
    enum Word {
        #[default]
        Full,
        Redacted,
        Digest,
    }
    let words = [
        ("full", Word::Full),
        ("redacted", Word::Redacted),
        ("digest", Word::Digest),
    ];
    let word = reader.choice(table, "capture", &words);
    let mut pointers = Vec::new();
    for text in reader.strings(table, "redact").unwrap_or_default() {
        pointers.extend(pointer(reader, &text));
    }
    let has_redact = table.values.contains_key("redact");
    if word != Word::Redacted && has_redact {
        let message = "`redact` is for capture = \"redacted\"";
        let span = table.value_span("redact");
        reader.error(
            "unfit_key",
            &span,
            message,
            "write that, or remove `redact`",
        );
    }
    match word {
        Word::Full => Capture::Full,
        Word::Digest => Capture::Digest,
        Word::Redacted => {
            if !has_redact {
                reader.missing(table, "redact", "a list such as [\"/customer/email\"]");
            }
            Capture::Redacted(pointers)
        }
    }
}

/// Reads `[record.tool."SKILL.TOOL"]`.
fn read_tools(reader: &mut Reader<'_>, record: &Table<'_>) -> BTreeMap<String, Capture> {
    let mut tools = BTreeMap::new();
    for (name, mut table) in reader.named_tables(record, "tool", TOOLS_MAX) {
        table.name = format!("[record.tool.\"{}\"]", name.text);
        let parts = name.text.split_once('.');
        if !parts.is_some_and(|(skill, tool)| is_skill_name(skill) && is_tool_name(tool)) {
            let shape = "skill and tool in quotes: [record.tool.\"crm.find_customer\"]";
            no_such(reader, &name, "a tool", shape);
            continue;
        }
        reader.allow_keys(&table, &["capture", "redact"]);
        if !table.values.contains_key("capture") {
            reader.missing(&table, "capture", "one of `full`, `redacted`, `digest`");
        }
        tools.insert(name.text.to_owned(), read_capture(reader, &table));
    }
    tools
}

/// Reads a whole number from 0 to 100.
fn read_percent(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<u8> {
    let value = table.values.get("sample_percent")?;
    let number = value.get_ref().as_integer();
    let number = number.and_then(|n| u8::from_str_radix(n.as_str(), n.radix()).ok());
    let percent = number.filter(|number| *number <= 100);
    if percent.is_none() {
        let message = "`sample_percent` must be a whole number from 0 to 100";
        let hint = "such as `sample_percent = 10`";
        reader.error("wrong_type", &value.span(), message, hint);
    }
    percent
}

/// Reads `keep_days` and `keep_keys_days`. The answer that a key is told is a payload, so no key
/// is kept longer than payloads are.
fn read_keep(reader: &mut Reader<'_>, table: &Table<'_>) -> (u32, u32) {
    let standard = RecordTable::STANDARD;
    let mut days = |key: &str| {
        let days = measure(reader, table, key, Unit::Count, KEEP_DAYS_MAX)?;
        u32::try_from(days).ok()
    };
    let keep = days("keep_days").unwrap_or(standard.keep_days);
    let Some(keys) = days("keep_keys_days") else {
        return (keep, standard.keep_keys_days.min(keep));
    };
    if keys > keep {
        let message = format!("keys are kept for {keys} days, and their answers for {keep}");
        let hint = format!("write at most {keep}, or raise `keep_days`");
        let span = table.value_span("keep_keys_days");
        reader.error("too_large", &span, message, hint);
    }
    (keep, keys)
}
