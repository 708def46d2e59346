//! A case from a live call: what was sent and answered, without what is secret.
//!
//! The guest never had a secret that the broker placed, so none is in its requests; the broker lets
//! none back in an answer. What a server itself hands out (a session, a token) and what the caller
//! wrote is removed by its name: headers of `KEPT_HEADERS` only, and no member or parameter whose
//! name says that it is secret. Look through a recorded case before it is committed all the same.

use hotcell_host::{Reply, SeenEnd, SeenExchange};
use hotcell_policy::{Invocation, REDACTED, Status};
use serde_json::Value;
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, value};

/// The headers of an answer that are kept; no skill needs another one to read it.
const KEPT_HEADERS: [&str; 6] = [
    "content-type",
    "location",
    "retry-after",
    "link",
    "etag",
    "last-modified",
];
/// Parts of names whose values are removed.
const SECRET_NAMES: [&str; 11] = [
    "token",
    "secret",
    "password",
    "passwd",
    "authorization",
    "apikey",
    "credential",
    "session",
    "cookie",
    "signature",
    "privatekey",
];

/// Returns the text of a case that plays a call again.
pub fn case_of(
    invocation: &Invocation,
    settings: &[(String, String)],
    reply: &Reply,
    seen: &[SeenExchange],
) -> String {
    let mut case = DocumentMut::new();
    case.decor_mut().set_prefix(
        "# Recorded from a live call. Look through it: secrets were removed by their names.\n",
    );
    case["tool"] = value(&invocation.tool);
    case["input_json"] = value(pretty(&without_secrets(invocation.input.clone())));
    if let Some(key) = &invocation.idempotency_key {
        case["idempotency_key"] = value(key);
    }
    if !settings.is_empty() {
        let all = settings.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        case["settings"] = value(all.collect::<InlineTable>());
    }
    if !seen.is_empty() {
        let exchanges = seen.iter().map(exchange);
        case["exchange"] = Item::ArrayOfTables(exchanges.collect::<ArrayOfTables>());
    }
    case["expect"] = Item::Table(expected(reply));
    case.to_string()
}

fn exchange(seen: &SeenExchange) -> Table {
    let mut table = Table::new();
    table["method"] = value(&seen.method);
    table["url"] = value(url_without_secrets(&seen.url));
    if !seen.body.is_empty() {
        table["body"] = Item::Table(content(&seen.body));
    }
    match &seen.end {
        SeenEnd::Answered {
            status,
            headers,
            body,
            is_broken,
        } => {
            let mut answer = content(body);
            answer["status"] = value(i64::from(*status));
            let kept = headers
                .iter()
                .filter(|(name, _)| KEPT_HEADERS.contains(&name.as_str()));
            let kept = kept.map(|(name, text)| (name.as_str(), url_without_secrets(text)));
            let kept: InlineTable = kept.collect();
            if !kept.is_empty() {
                answer["headers"] = value(kept);
            }
            if *is_broken && !body.is_empty() {
                table["fault"] = value("truncate");
            }
            table["answer"] = Item::Table(answer);
        }
        SeenEnd::Failed(code) if code.ends_with("timeout") => table["fault"] = value("timeout"),
        SeenEnd::Failed(_) => table["fault"] = value("reset"),
        SeenEnd::TooLong => {
            let mut answer = Table::new();
            answer["text"] = value("the answer was too long to be recorded");
            table["answer"] = Item::Table(answer);
        }
    }
    table
}

fn content(bytes: &[u8]) -> Table {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let mut table = Table::new();
    match (serde_json::from_slice(bytes), std::str::from_utf8(bytes)) {
        (Ok(json), _) => table["json_text"] = value(without_secrets(json).to_string()),
        (_, Ok("")) => {}
        (_, Ok(text)) => table["text"] = value(text),
        _ => table["base64"] = value(STANDARD.encode(bytes)),
    }
    table
}

fn expected(reply: &Reply) -> Table {
    let outcome = &reply.outcome;
    let mut table = Table::new();
    let code = outcome.error.as_ref().map(|error| error.code.clone());
    match (outcome.status, code, &outcome.output) {
        (Status::Failed, Some(code), _) => table["failure"] = value(code),
        (Status::Limit, Some(code), _) => {
            table["limit"] = value(code.trim_start_matches("limit_"));
        }
        (_, Some(code), _) => table["refused"] = value(code),
        (_, None, output) => {
            let output = without_secrets(output.clone().unwrap_or(Value::Null));
            table["output_json"] = value(pretty(&output));
        }
    }
    if !outcome.artifacts.is_empty() {
        let artifacts = outcome.artifacts.iter().map(|artifact| {
            let mut table = Table::new();
            table["name"] = value(&artifact.name);
            table["sha256"] = value(&artifact.sha256);
            table
        });
        table["artifact"] = Item::ArrayOfTables(artifacts.collect::<ArrayOfTables>());
    }
    table
}

fn is_secret_name(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    SECRET_NAMES.iter().any(|part| plain.contains(part))
}

/// Removes the texts of members whose names say that they are secret. A list's or an object's are
/// removed inside.
fn without_secrets(mut json: Value) -> Value {
    clean(&mut json, false);
    json
}

fn clean(json: &mut Value, is_secret: bool) {
    match json {
        Value::Object(members) => {
            for (name, member) in members {
                clean(member, is_secret || is_secret_name(name));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| clean(item, is_secret)),
        Value::String(text) if is_secret => REDACTED.clone_into(text),
        Value::String(text) if text.starts_with("http") => *text = url_without_secrets(text),
        _ => {}
    }
}

/// Removes the values of parameters whose names say that they are secret.
fn url_without_secrets(url: &str) -> String {
    let Some((path, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let parameters = query.split('&').map(|parameter| {
        let name = parameter.split('=').next().unwrap_or_default();
        match is_secret_name(name) {
            true => format!("{name}=redacted"),
            false => parameter.to_owned(),
        }
    });
    format!("{path}?{}", parameters.collect::<Vec<_>>().join("&"))
}

fn pretty(json: &Value) -> String {
    serde_json::to_string_pretty(json).expect("a value can be written")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_named_a_secret_is_removed() {
        let given = json!({
            "id": 7, "access_token": "abc", "Api-Key": "k", "next": "https://a.example/?page=2&token=t",
            "session": { "value": "s", "ttl": 60 }, "list": [{ "clientSecret": "c" }],
        });
        let kept = json!({
            "id": 7, "access_token": REDACTED, "Api-Key": REDACTED,
            "next": "https://a.example/?page=2&token=redacted",
            "session": { "value": REDACTED, "ttl": 60 }, "list": [{ "clientSecret": REDACTED }],
        });
        assert_eq!(without_secrets(given), kept);
    }
}
