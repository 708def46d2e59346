//! `[[exchange]]`: one request that a skill must send, and what it gets for it.

use std::ops::Range;

use hotcell_package::table::{METHODS, Reader, Table};
use hotcell_package::{Origin, Place};

use super::content::{CONTENT_KEYS, Content, content, plain};
use super::read::SkillFolder;
use super::{EXCHANGES_MAX, parse::inner_table};

/// One request that a skill must send, and what it gets for it.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptedExchange {
    /// The method.
    pub method: String,
    /// The server.
    pub origin: Origin,
    /// Path and query, as they stand on the wire.
    pub target: String,
    /// Headers that it must have, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body that it must have.
    pub body: Option<Content>,
    /// What it gets.
    pub answer: Answer,
    /// What goes wrong with that.
    pub fault: Option<Fault>,
    /// Where it stands in its file.
    pub place: Place,
}

/// What a server answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What can go wrong with an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The server took the request and hung up.
    Reset,
    /// It never answers.
    Timeout,
    /// Its answer ends in the middle.
    Truncate,
}

impl ScriptedExchange {
    /// Returns the URL.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.target)
    }
}

/// Reads every `[[exchange]]`.
pub(super) fn read_script(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    case: &Table<'_>,
) -> Vec<ScriptedExchange> {
    let tables = reader.array_of_tables(case.values, "exchange");
    if let Some(extra) = tables.get(EXCHANGES_MAX) {
        let message = format!("more than {EXCHANGES_MAX} exchanges");
        let hint = "a call may send no more";
        reader.error("too_many", &extra.span, message, hint);
        return Vec::new();
    }
    let read = |table| read_exchange(reader, folder, table);
    tables.iter().filter_map(read).collect()
}

fn read_exchange(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    table: &Table<'_>,
) -> Option<ScriptedExchange> {
    let keys = ["method", "url", "headers", "body", "answer", "fault"];
    reader.allow_keys(table, &keys);
    let method = reader.string(table, "method");
    let url = reader.string(table, "url");
    let headers = read_headers(reader, table);
    let body = inner_table(reader, table, "body").and_then(|body| {
        reader.allow_keys(&body, &CONTENT_KEYS);
        content(reader, folder, &body)
    });
    let fault = read_fault(reader, table);
    let answer = read_answer(reader, folder, table, fault);
    let (method, url) = (method?, url?);
    if !METHODS.contains(&method.text) {
        let message = format!("`{}` is not a method that a skill may send", method.text);
        let hint = format!("write one of {}", METHODS.join(", "));
        reader.error("wrong_value", &method.span, message, hint);
    }
    let (origin, target) = read_url(reader, url.text, &url.span)?;
    Some(ScriptedExchange {
        method: method.text.to_owned(),
        origin,
        target,
        headers,
        body,
        answer: answer?,
        fault,
        place: reader.place(&table.span),
    })
}

fn read_fault(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Fault> {
    let choices = [
        ("reset", Some(Fault::Reset)),
        ("timeout", Some(Fault::Timeout)),
        ("truncate", Some(Fault::Truncate)),
    ];
    reader.choice(table, "fault", &choices)
}

fn read_answer(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    table: &Table<'_>,
    fault: Option<Fault>,
) -> Option<Answer> {
    let empty = Answer {
        status: 200,
        headers: Vec::new(),
        body: Vec::new(),
    };
    let is_there = table.values.contains_key("answer");
    match fault {
        Some(Fault::Reset | Fault::Timeout) if is_there => {
            let message = "an exchange that has no answer has an `answer`";
            let span = table.value_span("answer");
            reader.error("wrong_value", &span, message, "remove it, or the fault");
            return None;
        }
        Some(Fault::Reset | Fault::Timeout) => return Some(empty),
        _ if !is_there => {
            reader.missing(table, "answer", "a table");
            return None;
        }
        _ => {}
    }
    let answer = inner_table(reader, table, "answer")?;
    let [text, json, json_text, base64, file] = CONTENT_KEYS;
    let keys = ["status", "headers", text, json, json_text, base64, file];
    reader.allow_keys(&answer, &keys);
    let status = reader.count(&answer, "status").unwrap_or(200);
    let status = u16::try_from(status)
        .ok()
        .filter(|s| (200..600).contains(s));
    if status.is_none() {
        let message = "this is not the status of an answer";
        let hint = "write a number from 200 to 599 (RFC 9110, 15)";
        reader.error("wrong_value", &answer.value_span("status"), message, hint);
    }
    let mut headers = read_headers(reader, &answer);
    let body = content(reader, folder, &answer);
    if matches!(body, Some(Content::Json(_))) && !headers.iter().any(|(n, _)| n == "content-type") {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    let body = body.map(|body| body.bytes()).unwrap_or_default();
    if fault == Some(Fault::Truncate) && body.is_empty() {
        let message = "an answer without a body cannot end in the middle";
        reader.error("wrong_value", &answer.span, message, "give it a body");
    }
    Some(Answer {
        status: status?,
        headers,
        body,
    })
}

fn read_headers(reader: &mut Reader<'_>, table: &Table<'_>) -> Vec<(String, String)> {
    let Some(headers) = inner_table(reader, table, "headers") else {
        return Vec::new();
    };
    let mut read = Vec::new();
    for (name, value) in headers.values {
        let key = name.get_ref().as_ref();
        let Some(text) = plain(reader, &headers, key) else {
            continue;
        };
        let is_name = http::HeaderName::from_bytes(key.as_bytes()).is_ok();
        if !is_name || http::HeaderValue::from_str(text).is_err() {
            let message = format!("`{key}` is not a header with a value that HTTP can carry");
            let hint = "see RFC 9110, 5.5";
            reader.error("wrong_value", &value.span(), message, hint);
        }
        read.push((key.to_ascii_lowercase(), text.to_owned()));
    }
    read
}

/// Takes a URL apart: its origin, and the rest as it stands on the wire.
fn read_url(reader: &mut Reader<'_>, url: &str, span: &Range<usize>) -> Option<(Origin, String)> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(end);
    let target = match target {
        "" => "/".to_owned(),
        query if query.starts_with('?') => format!("/{query}"),
        target => target.to_owned(),
    };
    let is_target = target.bytes().all(|b| b.is_ascii_graphic()) && !target.contains('#');
    match Origin::parse(&format!("{scheme}://{authority}")) {
        Ok(origin) if is_target => Some((origin, target)),
        Ok(_) => {
            let message = "the URL has a sign that does not stand on the wire";
            reader.error(
                "wrong_value",
                span,
                message,
                "write it percent-encoded, and no fragment",
            );
            None
        }
        Err(fault) => {
            let message = format!("`{url}` is not the URL of a server: {fault}");
            let hint = "write it whole, as in \"https://api.example.com/v1/orders\"";
            reader.error("wrong_origin", span, message, hint);
            None
        }
    }
}
