//! The standard's rules on the fields of `SKILL.md`, in both readings.

use crate::diagnostic::{Diagnostic, Level, Place};
use crate::document::frontmatter::{self, Fields, Split};
use crate::document::{
    COMPATIBILITY_CHARS_MAX, DESCRIPTION_CHARS_MAX, DOCUMENT_FILE, FRONTMATTER_KEYS,
    NAME_CHARS_MAX, SkillDocument, is_skill_name,
};
use crate::near::near_name;

const BOM: char = '\u{feff}';

/// See [`SkillDocument::parse_strict`].
pub(super) fn parse_strict(text: &str) -> Result<SkillDocument, Vec<Diagnostic>> {
    if text.starts_with(BOM) {
        let message = "SKILL.md begins with a byte order mark";
        let found = Diagnostic::error("byte_order_mark", DOCUMENT_FILE, message)
            .at(Place { line: 1, column: 1 })
            .hint("save it as UTF-8 without BOM");
        return Err(vec![found]);
    }
    let split = frontmatter::split(text).map_err(|found| vec![found])?;
    let fields = frontmatter::read_strict(split.yaml).map_err(|found| vec![found])?;
    let mut found = Vec::new();
    for key in &fields.unknown {
        let hint = match near_name(key, FRONTMATTER_KEYS.iter().copied()) {
            Some(near) => format!("write `{near}`"),
            None => "remove it, or move it below `metadata:`".to_owned(),
        };
        let message = format!("the standard has no key `{key}`");
        found.push(error("unknown_key", &split, key, message).hint(hint));
    }
    check_name(&fields, &split, &mut found);
    check_description(&fields, &split, &mut found);
    let compatibility = fields.compatibility.as_deref();
    if compatibility.is_some_and(|c| !(1..=COMPATIBILITY_CHARS_MAX).contains(&c.chars().count())) {
        let message = "`compatibility` must have 1 to 500 characters";
        found.push(error("compatibility", &split, "compatibility", message).hint("shorten it"));
    }
    match found.is_empty() {
        true => Ok(document(fields, &split, text)),
        false => Err(found),
    }
}

/// See [`SkillDocument::parse_lenient`].
pub(super) fn parse_lenient(
    text: &str,
    folder: Option<&str>,
) -> Result<(SkillDocument, Vec<Diagnostic>), Diagnostic> {
    let split = frontmatter::split(text.strip_prefix(BOM).unwrap_or(text))?;
    let fields = match frontmatter::read_strict(split.yaml) {
        Ok(fields) => fields,
        Err(_) => frontmatter::read_lenient(split.yaml)?,
    };
    if fields
        .description
        .as_deref()
        .is_none_or(|d| d.trim().is_empty())
    {
        let message = "SKILL.md has no `description`";
        let hint = "say what the skill does and when to use it";
        return Err(error("description_missing", &split, "description", message).hint(hint));
    }
    let mut fields = fields;
    let mut found = Vec::new();
    if fields.name.is_none() {
        fields.name = folder.map(str::to_owned);
    }
    check_name(&fields, &split, &mut found);
    check_description(&fields, &split, &mut found);
    if let (Some(name), Some(folder)) = (&fields.name, folder)
        && name != folder
    {
        let message = format!("the skill is named `{name}`, its folder `{folder}`");
        found.push(error("name_folder", &split, "name", message).hint("rename one of them"));
    }
    for warning in &mut found {
        warning.level = Level::Warning;
    }
    Ok((document(fields, &split, text), found))
}

fn check_name(fields: &Fields, split: &Split<'_>, found: &mut Vec<Diagnostic>) {
    let hint = "1 to 64 of a-z, 0-9 and single hyphens, as in `name: tax-check`";
    match fields.name.as_deref() {
        None | Some("") => {
            let message = "SKILL.md has no `name`";
            found.push(error("name_missing", split, "name", message).hint(hint));
        }
        Some(name) if name.chars().count() > NAME_CHARS_MAX => {
            let message = "`name` is longer than 64 characters";
            found.push(error("name_too_long", split, "name", message).hint(hint));
        }
        Some(name) if !is_skill_name(name) => {
            let message = format!("`{name}` cannot name a skill");
            found.push(error("name_invalid", split, "name", message).hint(hint));
        }
        Some(_) => {}
    }
}

fn check_description(fields: &Fields, split: &Split<'_>, found: &mut Vec<Diagnostic>) {
    let key = "description";
    match fields.description.as_deref().map(str::trim) {
        None | Some("") => {
            let message = "SKILL.md has no `description`";
            let hint = "say what the skill does and when to use it";
            found.push(error("description_missing", split, key, message).hint(hint));
        }
        Some(text) if text.chars().count() > DESCRIPTION_CHARS_MAX => {
            let message = "`description` is longer than 1,024 characters";
            let hint = "move what is needed only in use to the body";
            found.push(error("description_too_long", split, key, message).hint(hint));
        }
        Some(_) => {}
    }
}

/// Returns an error at the line of a top-level key; at the first line where it is absent.
fn error(code: &'static str, split: &Split<'_>, key: &str, message: impl AsRef<str>) -> Diagnostic {
    let is_key = |line: &str| {
        line.strip_prefix(key)
            .is_some_and(|rest| rest.starts_with(':'))
    };
    let line = split.yaml.lines().position(is_key).map_or(1, |at| at + 2);
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    Diagnostic::error(code, DOCUMENT_FILE, message).at(Place { line, column: 1 })
}

fn document(fields: Fields, split: &Split<'_>, raw: &str) -> SkillDocument {
    let tools = fields.allowed_tools.unwrap_or_default();
    SkillDocument {
        name: fields.name.unwrap_or_default(),
        description: fields.description.unwrap_or_default().trim().to_owned(),
        license: fields.license,
        compatibility: fields.compatibility,
        metadata: fields.metadata,
        allowed_tools: tools.split_whitespace().map(str::to_owned).collect(),
        body: split.body.to_owned(),
        body_line: split.body_line,
        raw: raw.to_owned(),
    }
}
