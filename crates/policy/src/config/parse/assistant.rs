//! `[assistant.NAME]`: which skills it has, how its tools are told, and who may use it.

use std::collections::BTreeMap;

use hotcell_package::table::{Reader, Table, Text};
use hotcell_package::{is_foreign_name, near_name};

use crate::Reference;
use crate::config::parse::words::no_such;
use crate::config::{
    ASSISTANT_NAME_BYTES_MAX, AssistantTable, Attachment, CallerTable, ToolListing,
    is_assistant_name, is_caller_name,
};

/// Most `[assistant.NAME]` tables.
const ASSISTANTS_MAX: usize = 256;
const KEYS: &[&str] = &["skills", "tools", "callers"];

/// Reads every `[assistant.NAME]`.
pub(super) fn read_assistants(
    reader: &mut Reader<'_>,
    root: &Table<'_>,
    callers: &BTreeMap<String, CallerTable>,
) -> BTreeMap<String, AssistantTable> {
    let mut assistants = BTreeMap::new();
    for (name, table) in reader.named_tables(root, "assistant", ASSISTANTS_MAX) {
        if !is_assistant_name(name.text) {
            let message = format!("`{}` cannot be an assistant's name", name.text);
            let hint = format!(
                "write 1 to {ASSISTANT_NAME_BYTES_MAX} small letters, digits, `-`, `_`, `.`"
            );
            reader.error("wrong_name", &name.span, message, hint);
            continue;
        }
        reader.allow_keys(&table, KEYS);
        let listings = [("menu", ToolListing::Menu), ("direct", ToolListing::Direct)];
        let assistant = AssistantTable {
            skills: read_skills(reader, &table),
            tools: reader.choice(&table, "tools", &listings),
            callers: read_callers(reader, &table, callers),
            place: reader.place(&table.span),
        };
        assistants.insert(name.text.to_owned(), assistant);
    }
    assistants
}

fn read_skills(reader: &mut Reader<'_>, table: &Table<'_>) -> Vec<Attachment> {
    if !table.values.contains_key("skills") {
        reader.missing(table, "skills", "a list of skills such as \"crm@1\"");
    }
    let mut skills: Vec<Attachment> = Vec::new();
    for text in reader.strings(table, "skills").unwrap_or_default() {
        let Some(pin) = read_pin(reader, &text) else {
            continue;
        };
        let same = skills.iter().find(|one| one.pin.name == pin.name);
        // The same text twice is told already.
        if let Some(same) = same.filter(|same| same.pin != pin) {
            let message = format!("`{}` and `{pin}` are one skill", same.pin);
            let hint = "keep one of them: an assistant has one version of a skill";
            reader.error("duplicate", &text.span, message, hint);
        }
        let place = reader.place(&text.span);
        skills.push(Attachment { pin, place });
    }
    skills
}

/// Reads `crm`, `crm@1.2.0`, `crm@1` or `crm@sha256:…`.
fn read_pin(reader: &mut Reader<'_>, text: &Text<'_>) -> Option<Reference> {
    let pin = text.text.parse::<Reference>().ok();
    let pin = pin.filter(|pin| is_foreign_name(&pin.name));
    if pin.is_none() {
        let shape = "\"crm\", \"crm@1.2.0\", \"crm@1\" or \"crm@sha256:…\"";
        no_such(reader, text, "a skill and a version", shape);
    }
    pin
}

/// Reads `callers`: each has to be one that the file lists, where it lists any.
fn read_callers(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    known: &BTreeMap<String, CallerTable>,
) -> Option<Vec<String>> {
    let texts = reader.strings(table, "callers")?;
    let mut callers = Vec::new();
    for text in texts {
        if !is_caller_name(text.text) {
            let shape = "a name such as \"local\"";
            no_such(reader, &text, "a caller's name", shape);
        } else if !known.is_empty() && !known.contains_key(text.text) {
            let message = format!("there is no [caller.{}]", text.text);
            let hint = match near_name(text.text, known.keys().map(String::as_str)) {
                Some(near) => format!("write \"{near}\""),
                None => "add its table, or remove it here".to_owned(),
            };
            reader.error("unknown_caller", &text.span, message, hint);
        }
        callers.push(text.text.to_owned());
    }
    Some(callers)
}
