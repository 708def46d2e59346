//! The files that a call must leave: at `/out`, and what it changes at `/work`.

use hotcell_package::check_path;
use hotcell_package::table::{Reader, Table};
use hotcell_policy::ChangeKind;

use super::content::{CONTENT_KEYS, Content, content};
use super::expected::ExpectedEnd;
use super::read::SkillFolder;

/// A file that must be produced.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedArtifact {
    /// Its path below `/out`.
    pub name: String,
    /// What it must hold; none where only its name is looked at.
    pub content: Option<ExpectedContent>,
}

/// A change that must be made.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedChange {
    /// Its path below `/work`.
    pub path: String,
    /// What must happen there.
    pub kind: ChangeKind,
    /// What the file must hold afterwards; none where that is not looked at.
    pub content: Option<ExpectedContent>,
}

/// What a file must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpectedContent {
    /// Bytes of this SHA-256, in hex.
    Sha256(String),
    /// This.
    Content(Content),
    /// Each of these texts, somewhere.
    Contains(Vec<String>),
}

/// The kinds of changes, by the words that an Outcome has for them.
const KINDS: [(&str, Option<ChangeKind>); 5] = [
    ("created", Some(ChangeKind::Created)),
    ("modified", Some(ChangeKind::Modified)),
    ("deleted", Some(ChangeKind::Deleted)),
    ("folder_created", Some(ChangeKind::FolderCreated)),
    ("folder_deleted", Some(ChangeKind::FolderDeleted)),
];

/// Reads the `[[expect.artifact]]` tables; none where there are none.
pub(super) fn read_artifacts(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    expect: &Table<'_>,
) -> Option<Vec<ExpectedArtifact>> {
    if !expect.values.contains_key("artifact") {
        return None;
    }
    let mut artifacts = Vec::new();
    for table in reader.array_of_tables(expect.values, "artifact") {
        allow_content_and(reader, &table, &["name"]);
        let content = read_content(reader, folder, &table);
        if let Some(name) = reader.string(&table, "name") {
            let name = name.text.to_owned();
            artifacts.push(ExpectedArtifact { name, content });
        }
    }
    Some(artifacts)
}

/// Reads the `[[expect.change]]` tables, or `changes = "none"`; none where neither is there.
pub(super) fn read_changes(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    expect: &Table<'_>,
) -> Option<Vec<ExpectedChange>> {
    if let Some(text) = reader.optional_string(expect, "changes") {
        let mend = "write `changes = \"none\"`, or name each as [[expect.change]]";
        if text.text != "none" {
            let message = format!("`changes` is `{}`", text.text);
            reader.error("wrong_value", &text.span, message, mend);
        } else if expect.values.contains_key("change") {
            let message = "`changes` says that there are none, and [[expect.change]] names some";
            reader.error("duplicate", &text.span, message, "keep one of the two");
        }
        return Some(Vec::new());
    }
    if !expect.values.contains_key("change") {
        return None;
    }
    let mut changes: Vec<ExpectedChange> = Vec::new();
    for table in reader.array_of_tables(expect.values, "change") {
        allow_content_and(reader, &table, &["path", "kind"]);
        let Some(change) = read_change(reader, folder, &table) else {
            continue;
        };
        if changes.iter().any(|other| other.path == change.path) {
            let message = format!("`{}` stands in two tables", change.path);
            let span = table.value_span("path");
            reader.error("duplicate", &span, message, "keep one of the two");
        }
        changes.push(change);
    }
    Some(changes)
}

/// Records an error where changes are named beside an end after which nothing is changed.
pub(super) fn check_end_changes(
    reader: &mut Reader<'_>,
    expect: &Table<'_>,
    end: &ExpectedEnd,
    changes: Option<&[ExpectedChange]>,
) {
    let ends_well = matches!(end, ExpectedEnd::Output(_) | ExpectedEnd::Partial(_));
    if ends_well || changes.is_none_or(<[_]>::is_empty) {
        return;
    }
    let span = expect.value_span("change");
    let message = "a call that does not end with an output changes nothing";
    let hint = "remove [[expect.change]], or write `changes = \"none\"` instead";
    reader.error("wrong_value", &span, message, hint);
}

fn read_change(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    table: &Table<'_>,
) -> Option<ExpectedChange> {
    let content = read_content(reader, folder, table);
    let path = reader.string(table, "path");
    if let Some(path) = &path
        && let Err(refused) = check_path(path.text)
    {
        let message = format!("`{}` {}", path.text, refused.message);
        let hint = "write the path as it stands below /work: \"notes/a.md\"";
        reader.error("wrong_name", &path.span, message, hint);
    }
    if !table.values.contains_key("kind") {
        let kinds = "one of created, modified, deleted, folder_created, folder_deleted";
        reader.missing(table, "kind", kinds);
    }
    let kind = reader.choice(table, "kind", &KINDS)?;
    let is_file = matches!(kind, ChangeKind::Created | ChangeKind::Modified);
    if content.is_some() && !is_file {
        let message = "only a file that is `created` or `modified` has a content";
        reader.error("wrong_value", &table.span, message, "remove the content");
    }
    Some(ExpectedChange {
        path: path?.text.to_owned(),
        kind,
        content,
    })
}

fn allow_content_and(reader: &mut Reader<'_>, table: &Table<'_>, keys: &[&str]) {
    let allowed = [keys, &["sha256", "contains"], &CONTENT_KEYS].concat();
    reader.allow_keys(table, &allowed);
}

/// Reads what a file must hold, in one way.
fn read_content(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    table: &Table<'_>,
) -> Option<ExpectedContent> {
    let sha256 = reader.optional_string(table, "sha256");
    let written = content(reader, folder, table);
    let contains = read_contains(reader, table);
    let count = [sha256.is_some(), written.is_some(), contains.is_some()];
    if count.into_iter().filter(|is_there| *is_there).count() > 1 {
        let message = "the file has two of `sha256`, `contains` and a content";
        reader.error("duplicate", &table.span, message, "keep one of them");
    }
    let sha256 = sha256.map(|text| ExpectedContent::Sha256(text.text.to_ascii_lowercase()));
    let contains = contains.map(ExpectedContent::Contains);
    sha256
        .or(written.map(ExpectedContent::Content))
        .or(contains)
}

/// Reads `contains`, one text or a list of them.
fn read_contains(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Vec<String>> {
    let value = table.values.get("contains")?;
    if value.get_ref().is_str() {
        let text = reader.optional_string(table, "contains")?;
        return Some(vec![text.text.to_owned()]);
    }
    let texts = reader.strings(table, "contains")?;
    Some(texts.iter().map(|text| text.text.to_owned()).collect())
}
