//! `[[grant]]`: which skill gets what.

use hotcell_package::table::{Reader, Table, Text};
use hotcell_package::{Digest, Origin, WORK_ACCESSES, is_skill_name, near_name};

use crate::config::parse::secret::undefined_secret;
use crate::config::parse::words::{file_path, flag, no_such, origins};
use crate::config::text::PERIODS_MS;
use crate::config::{
    Approver, GrantSubject, GrantTable, Rate, SkillSelector, VersionSelector, WorkGrant,
};

/// Most `[[grant]]` tables.
const GRANTS_MAX: usize = 1_024;
/// Most requests of a rate, and its longest period: a week.
const RATE_COUNT_MAX: u32 = 1_000_000;
const RATE_PERIOD_MS_MAX: u64 = 7 * 86_400_000;
const KEYS: &[&str] = &[
    "skill",
    "credential",
    "secret",
    "http",
    "origins",
    "methods",
    "rate",
    "work",
    "access",
    "preview",
    "approval",
];
/// Keys of requests, which a grant of a folder cannot have; and those of a folder alone.
const REQUEST_KEYS: &[&str] = &["credential", "secret", "http", "origins", "methods", "rate"];
const WORK_KEYS: &[&str] = &["access", "preview", "approval"];
const APPROVERS: [(&str, Approver); 2] = [
    ("operator", Approver::Operator),
    ("client", Approver::Client),
];

/// Reads every `[[grant]]`.
pub(super) fn read_grants(
    reader: &mut Reader<'_>,
    root: &Table<'_>,
    plain_http: &[Origin],
) -> Vec<GrantTable> {
    let tables = reader.array_of_tables(root.values, "grant");
    if let Some(extra) = tables.get(GRANTS_MAX) {
        let message = format!("more than {GRANTS_MAX} `[[grant]]` tables");
        reader.error("too_many", &extra.span, message, "remove some");
        return Vec::new();
    }
    let mut grants: Vec<GrantTable> = Vec::new();
    for table in tables {
        let Some(grant) = read_grant(reader, root, &table, plain_http) else {
            continue;
        };
        refuse_twice(reader, &grants, &grant, &table);
        grants.push(grant);
    }
    grants
}

fn read_grant(
    reader: &mut Reader<'_>,
    root: &Table<'_>,
    table: &Table<'_>,
    plain_http: &[Origin],
) -> Option<GrantTable> {
    reader.allow_keys(table, KEYS);
    let skill = reader.string(table, "skill");
    let skill = skill.and_then(|text| read_selector(reader, &text));
    let subject = read_subject(reader, root, table);
    let origins = origins(reader, table, "origins", plain_http).unwrap_or_default();
    let methods = reader.methods(table, "methods").unwrap_or_default();
    let rate = optional_rate(reader, table);
    Some(GrantTable {
        skill: skill?,
        subject: subject?,
        origins,
        methods,
        rate,
        place: reader.place(&table.span),
    })
}

/// Reads `credential` with its `secret`, or `http`.
fn read_subject(
    reader: &mut Reader<'_>,
    root: &Table<'_>,
    table: &Table<'_>,
) -> Option<GrantSubject> {
    let has = |key: &str| table.values.contains_key(key);
    if has("work") {
        return read_work(reader, table);
    }
    if let Some(key) = WORK_KEYS.iter().find(|key| has(key)) {
        let message = format!("`{key}` is of a grant of a folder, and there is no `work`");
        let hint = "add `work = \"…\"` with the folder's path, or remove it";
        reader.error("unfit_key", &table.value_span(key), message, hint);
        return None;
    }
    if has("http") && (has("credential") || has("secret")) {
        let message = "one grant gives a credential, or requests without one";
        let hint = "a credential's grant allows its requests; remove `http`, or write two grants";
        reader.error("unfit_key", &table.span, message, hint);
        return None;
    }
    if has("http") {
        let ids = reader.strings(table, "http")?;
        let ids: Vec<_> = ids.iter().map(|id| reader.name(id, "http")).collect();
        return ids
            .into_iter()
            .collect::<Option<_>>()
            .map(GrantSubject::Http);
    }
    if !has("credential") && !has("secret") {
        let message = "[[grant]] does not say what it gives";
        let hint = "add `credential = …` and `secret = …`, or `http = […]`, or `work = …`";
        reader.error("missing_key", &table.span, message, hint);
        return None;
    }
    let credential = reader.string(table, "credential");
    let credential = credential.and_then(|text| reader.name(&text, "credential"));
    let secret = reader.string(table, "secret");
    if let Some(secret) = &secret {
        check_secret(reader, root, secret);
    }
    Some(GrantSubject::Credential {
        credential: credential?,
        secret: secret?.text.to_owned(),
    })
}

/// Reads `work` with its `access`, `preview` and `approval`.
fn read_work(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<GrantSubject> {
    let unfit = REQUEST_KEYS
        .iter()
        .find(|key| table.values.contains_key(**key));
    if let Some(key) = unfit {
        let message = format!("one grant gives a folder, or requests: `{key}` does not fit `work`");
        let hint = "write two grants";
        reader.error("unfit_key", &table.value_span(key), message, hint);
        return None;
    }
    let text = reader.string(table, "work")?;
    let folder = file_path(reader, &text, text.text)?;
    let preview = flag(reader, table, "preview");
    if !preview && table.values.contains_key("approval") {
        let message = "`approval` says who may say yes, and without `preview` nobody is asked";
        let hint = "add `preview = true`, or remove it";
        reader.error("unfit_key", &table.value_span("approval"), message, hint);
        return None;
    }
    Some(GrantSubject::Work(WorkGrant {
        folder,
        access: reader.choice(table, "access", &WORK_ACCESSES),
        preview,
        approval: reader.choice(table, "approval", &APPROVERS),
    }))
}

/// Records an error where there is no table of this secret.
pub(super) fn check_secret(reader: &mut Reader<'_>, root: &Table<'_>, secret: &Text<'_>) {
    let tables = root
        .values
        .get("secret")
        .and_then(|value| value.get_ref().as_table());
    if tables.is_some_and(|tables| tables.contains_key(secret.text)) {
        return;
    }
    let known = tables.into_iter().flat_map(|tables| tables.keys());
    let near = near_name(secret.text, known.map(|key| key.get_ref().as_ref()));
    undefined_secret(reader, &secret.span, secret.text, near);
}

/// Reads `crm@sha256:…` or `crm@1`.
fn read_selector(reader: &mut Reader<'_>, text: &Text<'_>) -> Option<SkillSelector> {
    let hint = "write NAME@sha256:…, as `hotcell show PACKAGE` tells it, or NAME@1 for versions \
                1.x, each of which waits for `hotcell approve`";
    let Some((name, version)) = text.text.split_once('@') else {
        let message = format!("`{}` does not say which version", text.text);
        reader.error("wrong_skill", &text.span, message, hint);
        return None;
    };
    if !is_skill_name(name) {
        no_such(
            reader,
            text,
            "a skill and its version",
            hint.trim_start_matches("write "),
        );
        return None;
    }
    let selector = match version.starts_with("sha256:") {
        true => version
            .parse::<Digest>()
            .map(VersionSelector::Digest)
            .map_err(|e| e.to_string()),
        false => read_range(version).map(VersionSelector::Range),
    };
    match selector {
        Ok(version) => Some(SkillSelector {
            name: name.to_owned(),
            version,
        }),
        Err(fault) => {
            let message = format!("`{version}` is no version: {fault}");
            reader.error("wrong_skill", &text.span, message, hint);
            None
        }
    }
}

fn read_range(text: &str) -> Result<semver::VersionReq, String> {
    let range = semver::VersionReq::parse(text).map_err(|error| error.to_string())?;
    match range.comparators.is_empty() {
        true => Err("every version is no range".to_owned()),
        false => Ok(range),
    }
}

/// Reads `rate`, which may be absent.
pub(super) fn optional_rate(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Rate> {
    let text = reader.optional_string(table, "rate")?;
    read_rate(reader, &text)
}

/// Reads `30/min`, `5/10s`.
fn read_rate(reader: &mut Reader<'_>, text: &Text<'_>) -> Option<Rate> {
    let rate = text.text.split_once('/').and_then(|(count, period)| {
        let (unit, ms) = PERIODS_MS.iter().find(|(unit, _)| period.ends_with(unit))?;
        let periods = match period.strip_suffix(unit)? {
            "" => 1,
            number => whole(number)?,
        };
        let per_ms = periods
            .checked_mul(*ms)
            .filter(|ms| *ms <= RATE_PERIOD_MS_MAX)?;
        let count = u32::try_from(whole(count)?).ok()?;
        (count <= RATE_COUNT_MAX).then_some(Rate { count, per_ms })
    });
    if rate.is_none() {
        let shape = "COUNT/s, /min, /h or /day, or COUNT/10s: \"30/min\"; at most 1000000, \
                     in at most 7day";
        no_such(reader, text, "a rate", shape);
    }
    rate
}

/// Reads a whole number of at least 1, in its one spelling.
fn whole(text: &str) -> Option<u64> {
    let number = text.parse::<u64>().ok()?;
    (number > 0 && number.to_string() == text).then_some(number)
}

/// Two grants that say the same of the same: which rate, which secret holds?
fn refuse_twice(
    reader: &mut Reader<'_>,
    grants: &[GrantTable],
    new: &GrantTable,
    table: &Table<'_>,
) {
    let same = |subject: &GrantSubject| match (subject, &new.subject) {
        (
            GrantSubject::Credential { credential: a, .. },
            GrantSubject::Credential { credential: b, .. },
        ) => a == b,
        (GrantSubject::Http(a), GrantSubject::Http(b)) => a.iter().any(|id| b.contains(id)),
        (GrantSubject::Work(_), GrantSubject::Work(_)) => true,
        _ => false,
    };
    let earlier = grants
        .iter()
        .find(|grant| grant.skill == new.skill && same(&grant.subject));
    if let Some(earlier) = earlier {
        let line = earlier.place.line;
        let message = format!("the grant in line {line} gives the same to `{}`", new.skill);
        reader.error("duplicate", &table.span, message, "make one of the two");
    }
}
