//! The grammar of a file of cases, from its tables down.

use std::collections::BTreeMap;

use hotcell_package::table::{Reader, Table, read_document};
use hotcell_package::{Diagnostic, FileTree, Place};
use serde_json::{Map, Value};

use super::content::{CONTENT_KEYS, content, plain, value};
use super::exchange::read_script;
use super::expected::read_expected;
use super::read::SkillFolder;
use super::{CASE_FILE_BYTES_MAX, CASES_MAX, Case, Order};

const CASE_KEYS: [&str; 12] = [
    "tool",
    "input",
    "input_json",
    "input_file",
    "idempotency_key",
    "settings",
    "withhold",
    "files",
    "work",
    "order",
    "exchange",
    "expect",
];

/// Parses the text of a file of cases. `file` is its name in messages, `stem` its name without the
/// ending, and `folder` what its paths lead into.
///
/// # Errors
/// Every mistake that can be found at once, each with its line and a mend.
pub fn parse(
    file: &str,
    stem: &str,
    text: &str,
    folder: &SkillFolder,
) -> Result<Vec<Case>, Vec<Diagnostic>> {
    if text.len() as u64 > CASE_FILE_BYTES_MAX {
        let message = format!("the file is larger than {CASE_FILE_BYTES_MAX} bytes");
        let found = Diagnostic::error("too_large", file, message);
        return Err(vec![
            found.hint("write large values into files of their own"),
        ]);
    }
    let read = read_document(file, text, |reader, root| {
        if root.values.contains_key("case") {
            return read_cases(reader, folder, root, stem);
        }
        reader.allow_keys(root, &CASE_KEYS);
        let case = read_case(reader, folder, root, stem.to_owned());
        case.into_iter().collect()
    });
    read.map_err(|mut found| {
        found.sort_by_key(|one| (one.line, one.column));
        found
    })
}

fn read_cases(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    root: &Table<'_>,
    stem: &str,
) -> Vec<Case> {
    reader.allow_keys(root, &["case"]);
    let tables = reader.array_of_tables(root.values, "case");
    if let Some(extra) = tables.get(CASES_MAX) {
        let message = format!("more than {CASES_MAX} cases");
        reader.error("too_many", &extra.span, message, "begin another file");
        return Vec::new();
    }
    let mut cases: Vec<Case> = Vec::new();
    for table in &tables {
        reader.allow_keys(table, &[&["name"][..], &CASE_KEYS].concat());
        let Some(name) = reader.string(table, "name") else {
            continue;
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !name.text.chars().all(is_plain) {
            let message = format!("`{}` cannot name a case", name.text);
            let hint = "write letters, digits, `-`, `_` and `.`";
            reader.error("wrong_name", &name.span, message, hint);
        }
        let whole = format!("{stem}/{}", name.text);
        if cases.iter().any(|case| case.name == whole) {
            let message = format!("two cases are named `{}`", name.text);
            reader.error("duplicate", &name.span, message, "give each its own name");
        }
        cases.extend(read_case(reader, folder, table, whole));
    }
    cases
}

fn read_case(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    table: &Table<'_>,
    name: String,
) -> Option<Case> {
    let tool = reader.string(table, "tool");
    let input = value(reader, folder, table, "input");
    let key = reader.optional_string(table, "idempotency_key");
    let settings = read_settings(reader, table);
    let withhold = reader.strings(table, "withhold").unwrap_or_default();
    let files = read_files(reader, folder, table, "files");
    let work = read_files(reader, folder, table, "work");
    let orders = [("script", Order::Script), ("any", Order::Any)];
    let order = reader.choice(table, "order", &orders);
    let script = read_script(reader, folder, table);
    let expected = read_expected(reader, folder, table);
    let place = match table.span.is_empty() {
        true => Place { line: 1, column: 1 },
        false => reader.place(&table.span),
    };
    let tool = tool?;
    Some(Case {
        name,
        file: reader.file.to_owned(),
        place,
        tool_place: reader.place(&tool.span),
        tool: tool.text.to_owned(),
        input: input.unwrap_or_else(|| Value::Object(Map::new())),
        idempotency_key: key.map(|text| text.text.to_owned()),
        settings,
        withhold: withhold.iter().map(|text| text.text.to_owned()).collect(),
        files,
        work,
        script,
        order,
        expected: expected?,
    })
}

fn read_settings(reader: &mut Reader<'_>, table: &Table<'_>) -> BTreeMap<String, String> {
    let Some(settings) = inner_table(reader, table, "settings") else {
        return BTreeMap::new();
    };
    let keys = settings.values.keys().map(|key| key.get_ref().as_ref());
    let read = keys.filter_map(|key| {
        let text = plain(reader, &settings, key)?;
        Some((key.to_owned(), text.to_owned()))
    });
    read.collect()
}

fn read_files(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    table: &Table<'_>,
    key: &str,
) -> FileTree {
    let Some(files) = inner_table(reader, table, key) else {
        return FileTree::default();
    };
    let mut read = Vec::new();
    for key in files.values.keys() {
        let path = key.get_ref().as_ref();
        let Some(file) = inner_table(reader, &files, path) else {
            continue;
        };
        reader.allow_keys(&file, &CONTENT_KEYS);
        match content(reader, folder, &file) {
            Some(content) => read.push((path.to_owned(), content.bytes())),
            // What is written wrongly was told.
            None if CONTENT_KEYS
                .iter()
                .any(|key| file.values.contains_key(*key)) => {}
            None => reader.missing(&file, "text", "or another content"),
        }
    }
    match FileTree::new(read) {
        Ok(tree) => tree,
        Err(error) => {
            let message = format!("`{}` {}", error.path, error.reason.message);
            let hint = "name it as a file of a package may be named";
            reader.error("wrong_name", &files.span, message, hint);
            FileTree::default()
        }
    }
}

/// Returns the table below `key`, which may be absent, with a name that says where it stands.
pub(super) fn inner_table<'a>(
    reader: &mut Reader<'_>,
    parent: &Table<'a>,
    key: &str,
) -> Option<Table<'a>> {
    reader.table(parent, key)
}
