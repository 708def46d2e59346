//! `[jobs]`: how jobs are worked off, tried again, and told of.

use std::collections::BTreeMap;

use hotcell_package::Origin;
use hotcell_package::table::{Reader, Table, Text};

use crate::config::parse::grant::check_secret;
use crate::config::parse::words::{measure, origins};
use crate::config::{JobsTable, SecretTable};
use crate::limits::Unit;

/// The most that an operator may write: jobs at one time in one process, attempts, and times.
const WORKERS_MAX: u64 = 256;
const ATTEMPTS_MAX: u64 = 100;
const BACKOFF_MS_MAX: u64 = 7 * 86_400_000;
const LEASE_MS_MAX: u64 = 3_600_000;
/// The shortest lease: a busy machine must be able to renew it in time.
const LEASE_MS_MIN: u64 = 1_000;
const KEYS: &[&str] = &[
    "workers",
    "attempts",
    "backoff_ms",
    "backoff_max_ms",
    "lease_ms",
    "callback_origins",
    "callback_attempts",
    "callback_secret",
];

/// Reads `[jobs]`, which may be absent.
pub(super) fn read_jobs(
    reader: &mut Reader<'_>,
    root: &Table<'_>,
    plain_http: &[Origin],
    secrets: &BTreeMap<String, SecretTable>,
) -> JobsTable {
    let standard = JobsTable::STANDARD;
    let Some(table) = reader.table(root, "jobs") else {
        return standard;
    };
    reader.allow_keys(&table, KEYS);
    let (backoff_ms, backoff_max_ms) = read_backoff(reader, &table);
    let mut count = |key: &str, most: u64, usual: u32| {
        let number = measure(reader, &table, key, Unit::Count, most);
        number.map_or(usual, |number| u32::try_from(number).unwrap_or(u32::MAX))
    };
    let workers = count("workers", WORKERS_MAX, standard.workers);
    let attempts = count("attempts", ATTEMPTS_MAX, standard.attempts);
    let callback_attempts = count(
        "callback_attempts",
        ATTEMPTS_MAX,
        standard.callback_attempts,
    );
    let lease_ms = read_lease(reader, &table);
    let callback_origins = origins(reader, &table, "callback_origins", plain_http);
    let callback_origins = callback_origins.unwrap_or_default();
    let secret = reader.optional_string(&table, "callback_secret");
    match &secret {
        Some(text) => {
            check_callback_secret(reader, root, &table, text, &callback_origins, secrets);
        }
        None if !callback_origins.is_empty() => {
            let kind = "the name of a `[secret.NAME]` that signs callbacks";
            reader.missing(&table, "callback_secret", kind);
        }
        None => {}
    }
    JobsTable {
        workers,
        attempts,
        backoff_ms,
        backoff_max_ms,
        lease_ms,
        callback_origins,
        callback_attempts,
        callback_secret: secret.map(|text| text.text.to_owned()),
    }
}

fn read_backoff(reader: &mut Reader<'_>, table: &Table<'_>) -> (u64, u64) {
    let standard = JobsTable::STANDARD;
    let mut ms = |key: &str| measure(reader, table, key, Unit::Milliseconds, BACKOFF_MS_MAX);
    let (first, most) = (ms("backoff_ms"), ms("backoff_max_ms"));
    let first_ms = first.unwrap_or(standard.backoff_ms);
    let most_ms = most.unwrap_or(standard.backoff_max_ms);
    if first_ms > most_ms {
        let key = match most {
            Some(_) => "backoff_max_ms",
            None => "backoff_ms",
        };
        let message = format!("the first wait is {first_ms} ms, and the longest {most_ms} ms");
        let hint = "raise `backoff_max_ms`, or lower `backoff_ms`";
        reader.error("wrong_value", &table.value_span(key), message, hint);
    }
    (first_ms, most_ms)
}

fn read_lease(reader: &mut Reader<'_>, table: &Table<'_>) -> u64 {
    let number = measure(reader, table, "lease_ms", Unit::Milliseconds, LEASE_MS_MAX);
    if number.is_some_and(|number| number < LEASE_MS_MIN) {
        let message = format!("`lease_ms` is less than {LEASE_MS_MIN}");
        let hint = "write more: a worker that is merely slow would lose its job";
        let span = table.value_span("lease_ms");
        reader.error("too_small", &span, message, hint);
    }
    number.unwrap_or(JobsTable::STANDARD.lease_ms)
}

/// The secret that signs callbacks must be there, be one whose value is used as it is, and be
/// for each server that gets callbacks.
fn check_callback_secret(
    reader: &mut Reader<'_>,
    root: &Table<'_>,
    table: &Table<'_>,
    wanted: &Text<'_>,
    origins: &[Origin],
    secrets: &BTreeMap<String, SecretTable>,
) {
    if !table.values.contains_key("callback_origins") {
        let message = "`callback_secret` signs callbacks, and none may go anywhere";
        let hint = "add callback_origins = [\"https://…\"], or remove it";
        return reader.error("unfit_key", &wanted.span, message, hint);
    }
    check_secret(reader, root, wanted);
    let (wanted, span) = (wanted.text, &wanted.span);
    let Some(secret) = secrets.get(wanted) else {
        return; // It is not there, or has mistakes of its own: that is told.
    };
    if !secret.kind.is_plain() {
        let kind = secret.kind.name();
        let message = format!("`{wanted}` is of kind `{kind}`, which signs no callbacks");
        let hint = "name a secret of kind \"bearer\" whose value is the `whsec_…`";
        return reader.error("unfit_secret", span, message, hint);
    }
    for origin in origins.iter().filter(|one| !secret.origins.contains(one)) {
        let message = format!("`{wanted}` may not go to `{origin}`");
        let hint = format!("add it to the origins of `[secret.{wanted}]`");
        reader.error("origin_not_allowed", span, message, hint);
    }
}
