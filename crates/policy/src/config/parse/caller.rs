//! `[caller.NAME]`: who may use what, how much, and how often.

use std::collections::BTreeMap;

use hotcell_package::table::{Reader, Table, Text};
use hotcell_package::{is_skill_name, is_tool_name};

use crate::LimitName;
use crate::config::parse::grant::optional_rate;
use crate::config::parse::words::{measure, no_such};
use crate::config::{
    CALLER_NAME_BYTES_MAX, CallerSkillTable, CallerTable, Cap, SkillPattern, TokenHash,
    is_caller_name,
};
use crate::limits::Unit;

/// Most `[caller.NAME]` tables.
const CALLERS_MAX: usize = 1_024;
/// Most `[caller.NAME.skill.SKILL]` tables of one caller.
const SKILLS_MAX: usize = 256;
/// Most calls under way at one time that an operator may write.
const AT_ONCE_MAX: u64 = 10_000;
const KEYS: &[&str] = &[
    "skills",
    "limits",
    "rate",
    "at_once",
    "skill",
    "token_sha256",
];
/// Keys under which somebody might write the token itself.
const TOKEN_KEYS: &[&str] = &["token", "bearer", "password", "secret", "key"];
const TOKEN_HINT: &str = "write token_sha256 = \"…\", the 64 hex digits that `sha256sum` gives for \
    the token without a line's end; the token itself never stands in this file";

/// Reads every `[caller.NAME]`.
pub(super) fn read_callers(
    reader: &mut Reader<'_>,
    root: &Table<'_>,
) -> BTreeMap<String, CallerTable> {
    let mut callers = BTreeMap::new();
    let tables = reader.named_tables(root, "caller", CALLERS_MAX);
    refuse_nobody(reader, root);
    for (name, table) in &tables {
        let caller = read_caller(reader, table);
        if !is_caller_name(name.text) {
            let message = format!("`{}` cannot be a caller's name", name.text);
            let hint =
                format!("write 1 to {CALLER_NAME_BYTES_MAX} small letters, digits, `-`, `_`, `.`");
            reader.error("wrong_name", &name.span, message, hint);
            continue;
        }
        refuse_same_token(reader, &callers, &caller, table);
        callers.insert(name.text.to_owned(), caller);
    }
    callers
}

/// Without a caller's table everybody may use everything; a heading without one would look as
/// if nobody did.
fn refuse_nobody(reader: &mut Reader<'_>, root: &Table<'_>) {
    let value = root.values.get("caller");
    let table = value.and_then(|value| Some((value.span(), value.get_ref().as_table()?)));
    if let Some((span, table)) = table
        && table.is_empty()
    {
        let message = "[caller] names no caller";
        let hint = "add a table such as [caller.local], or remove it: then everybody may use \
                    every skill";
        reader.error("empty_pattern", &span, message, hint);
    }
}

fn read_caller(reader: &mut Reader<'_>, table: &Table<'_>) -> CallerTable {
    check_keys(reader, table);
    let skills = read_skills(reader, table);
    let per_skill = read_per_skill(reader, table, skills.as_deref());
    CallerTable {
        caps: read_caps(reader, table),
        rate: optional_rate(reader, table),
        at_once: read_at_once(reader, table),
        token: read_token(reader, table),
        place: reader.place(&table.span),
        skills,
        per_skill,
    }
}

fn check_keys(reader: &mut Reader<'_>, table: &Table<'_>) {
    let mut allowed = KEYS.to_vec();
    for key in table.values.keys() {
        let name: &str = key.get_ref();
        if TOKEN_KEYS.contains(&name) {
            let message = format!("{} has no key `{name}`", table.name);
            reader.error("unknown_key", &key.span(), message, TOKEN_HINT);
            allowed.push(name);
        }
    }
    reader.allow_keys(table, &allowed);
}

/// Reads `skills`. Here an empty list says something: none.
fn read_skills(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Vec<SkillPattern>> {
    let value = table.values.get("skills")?;
    let is_empty = |list: &[_]| list.is_empty();
    if value
        .get_ref()
        .as_array()
        .is_some_and(|list| is_empty(list))
    {
        return Some(Vec::new());
    }
    let mut patterns: Vec<SkillPattern> = Vec::new();
    for text in reader.strings(table, "skills").unwrap_or_default() {
        let Some(pattern) = read_pattern(reader, &text) else {
            continue;
        };
        let same = |one: &&SkillPattern| one.covers(&pattern) || pattern.covers(one);
        if let Some(other) = patterns.iter().find(same).filter(|one| **one != pattern) {
            let (wide, narrow) = match other.covers(&pattern) {
                true => (other, &pattern),
                false => (&pattern, other),
            };
            let message = format!("`{narrow}` is in `{wide}` already");
            reader.error("overlap", &text.span, message, "keep one of the two");
        }
        patterns.push(pattern);
    }
    Some(patterns)
}

/// Reads `crm`, `ci.run_tests` or `*`.
fn read_pattern(reader: &mut Reader<'_>, text: &Text<'_>) -> Option<SkillPattern> {
    if text.text == "*" {
        return Some(SkillPattern::All);
    }
    let pattern = match text.text.split_once('.') {
        None => Some((text.text, None)),
        Some((skill, tool)) => is_tool_name(tool).then_some((skill, Some(tool))),
    };
    let pattern = pattern.filter(|(skill, _)| is_skill_name(skill));
    let Some((skill, tool)) = pattern else {
        let shape = "a skill such as \"crm\", a tool such as \"ci.run_tests\", or \"*\" alone";
        no_such(reader, text, "a skill or a tool", shape);
        return None;
    };
    let skill = skill.to_owned();
    Some(match tool {
        None => SkillPattern::Skill(skill),
        Some(tool) => SkillPattern::Tool {
            skill,
            tool: tool.to_owned(),
        },
    })
}

fn read_caps(reader: &mut Reader<'_>, caller: &Table<'_>) -> Vec<Cap> {
    let Some(mut table) = reader.table(caller, "limits") else {
        return Vec::new();
    };
    table.name = format!("{}.limits]", caller.name.trim_end_matches(']'));
    reader.allow_keys(&table, &LimitName::ALL.map(LimitName::as_str));
    let mut caps = Vec::new();
    for name in LimitName::ALL {
        let value = measure(reader, &table, name.as_str(), name.unit(), u64::MAX);
        caps.extend(value.map(|value| Cap {
            name,
            value,
            place: reader.place(&table.value_span(name.as_str())),
        }));
    }
    caps
}

fn read_at_once(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<u32> {
    let number = measure(reader, table, "at_once", Unit::Count, AT_ONCE_MAX)?;
    u32::try_from(number).ok()
}

/// Reads `[caller.NAME.skill.SKILL]`.
fn read_per_skill(
    reader: &mut Reader<'_>,
    caller: &Table<'_>,
    skills: Option<&[SkillPattern]>,
) -> BTreeMap<String, CallerSkillTable> {
    let mut per_skill = BTreeMap::new();
    for (skill, mut table) in reader.named_tables(caller, "skill", SKILLS_MAX) {
        table.name = format!(
            "{}.skill.{}]",
            caller.name.trim_end_matches(']'),
            skill.text
        );
        reader.allow_keys(&table, &["rate", "at_once"]);
        let own = CallerSkillTable {
            rate: optional_rate(reader, &table),
            at_once: read_at_once(reader, &table),
            place: reader.place(&table.span),
        };
        if !is_skill_name(skill.text) {
            let shape = "small letters, digits and hyphens";
            no_such(reader, &skill, "a skill's name", shape);
        } else if table.values.is_empty() {
            let message = format!("{} narrows nothing", table.name);
            let hint = "add `rate = \"60/min\"` or `at_once = 1`, or remove it";
            reader.error("missing_key", &table.span, message, hint);
        } else if skills.is_some_and(|all| !all.iter().any(|one| one.shows(skill.text))) {
            let message = format!("{} is for a skill that the caller may not use", table.name);
            let hint = format!(
                "add \"{}\" to its `skills`, or remove the table",
                skill.text
            );
            reader.error("unfit_table", &table.span, message, hint);
        }
        per_skill.insert(skill.text.to_owned(), own);
    }
    per_skill
}

/// Reads `token_sha256`. Its text is shown in no message: it may be the token itself.
fn read_token(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<TokenHash> {
    let text = reader.optional_string(table, "token_sha256")?;
    let token = TokenHash::parse(text.text);
    if token.is_none() {
        let message = "`token_sha256` is not 64 hex digits";
        reader.error("wrong_value", &text.span, message, TOKEN_HINT);
    }
    token
}

/// A token tells who calls, so no two callers have one.
fn refuse_same_token(
    reader: &mut Reader<'_>,
    callers: &BTreeMap<String, CallerTable>,
    new: &CallerTable,
    table: &Table<'_>,
) {
    let same = |(_, one): &(&String, &CallerTable)| new.token.is_some() && one.token == new.token;
    if let Some((name, _)) = callers.iter().find(same) {
        let message = format!("the caller `{name}` has the same token");
        let span = table.value_span("token_sha256");
        reader.error("duplicate", &span, message, "give each caller its own");
    }
}
