//! The CRM's API: from a request to an answer.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::servers::crm::book::Refusal;
use crate::servers::crm::{State, Trouble, Twist};
use crate::servers::form;

/// Records on a page where nobody says how many.
const PER_PAGE: usize = 20;

/// The most records on a page.
const PER_PAGE_MAX: usize = 100;

/// Answers one request.
pub(crate) fn answer(state: &mut State, request: &Request<Bytes>) -> Response<Bytes> {
    if let Some(trouble) = state.troubles.pop_front() {
        return troubled(trouble);
    }
    if header(request.headers(), "authorization") != Some(&format!("Bearer {}", state.token)) {
        let mut response = refused((401, "invalid_token", "the token is not accepted"));
        insert(&mut response, "www-authenticate", "Bearer");
        return response;
    }
    let query = form::parse(request.uri().query().unwrap_or_default());
    let path = request.uri().path();
    let id = path.strip_prefix("/v1/contacts/").map(form::decode);
    let mut response = match (request.method(), path, id) {
        (&Method::GET, "/v1/contacts", _) => {
            let words = form::value(&query, "query").unwrap_or_default();
            listed("contacts", state.book.contacts(words), path, &query)
        }
        (&Method::GET, "/v1/deals", _) => {
            let deals = state.book.deals(form::value(&query, "contact"));
            listed("deals", deals, path, &query)
        }
        (&Method::GET, _, Some(id)) => match state.book.contact(&id) {
            Some(contact) => sent(200, contact),
            None => refused((404, "not_found", "no such contact")),
        },
        (&Method::POST, "/v1/contacts", _) | (&Method::PATCH, _, Some(_)) => {
            written(state, request)
        }
        (_, "/v1/contacts" | "/v1/deals", _) | (_, _, Some(_)) => {
            refused((405, "method_not_allowed", "this cannot be done here"))
        }
        _ => refused((404, "not_found", "there is nothing here")),
    };
    if state.twist == Twist::EchoAuthorization {
        reveal(&mut response, request.headers());
    }
    response
}

/// Creates or changes a contact, once for each idempotency key.
fn written(state: &mut State, request: &Request<Bytes>) -> Response<Bytes> {
    let key = header(request.headers(), "idempotency-key").map(str::to_owned);
    let (method, path) = (request.method(), request.uri().path());
    let whole = [method.as_str().as_bytes(), path.as_bytes(), request.body()].join(&b' ');
    if let Some(kept) = key
        .as_deref()
        .and_then(|key| state.book.recall(key, &whole))
    {
        return match kept {
            Ok((status, body)) => sent(status, &body),
            Err(refusal) => refused(refusal),
        };
    }
    let (status, outcome) = match path.strip_prefix("/v1/contacts/") {
        Some(id) => (200, state.book.update(&form::decode(id), request.body())),
        None => (201, state.book.create(request.body())),
    };
    match outcome {
        Ok(contact) => {
            if let Some(key) = key {
                state.book.keep(&key, whole, (status, contact.clone()));
            }
            sent(status, &contact)
        }
        Err(refusal) => refused(refusal),
    }
}

/// Returns one page of `records`.
fn listed(
    name: &str,
    records: Vec<Value>,
    path: &str,
    query: &[(String, String)],
) -> Response<Bytes> {
    let number = |name: &str, default: usize| match form::value(query, name) {
        Some(text) => text.parse().ok().filter(|number| *number > 0),
        None => Some(default),
    };
    let (Some(page), Some(per_page)) = (number("page", 1), number("per_page", PER_PAGE)) else {
        return refused((422, "invalid_page", "page and per_page are numbers from 1"));
    };
    let per_page = per_page.min(PER_PAGE_MAX);
    let total = records.len();
    let first = (page - 1).saturating_mul(per_page);
    let on_page: Vec<Value> = records.into_iter().skip(first).take(per_page).collect();
    let next = (first.saturating_add(per_page) < total).then(|| page + 1);
    let mut response = sent(
        200,
        &json!({
            name: on_page, "page": page, "per_page": per_page, "total": total, "next_page": next,
        }),
    );
    if let Some(next) = next {
        let kept = query
            .iter()
            .filter(|(name, _)| name != "page" && name != "per_page");
        let kept = kept.fold(String::new(), |text, (name, value)| {
            let value = crate::servers::encodings::percent(value.as_bytes());
            format!("{text}{name}={}&", String::from_utf8_lossy(&value))
        });
        let link = format!("<{path}?{kept}page={next}&per_page={per_page}>; rel=\"next\"");
        insert(&mut response, "link", &link);
    }
    response
}

fn troubled(trouble: Trouble) -> Response<Bytes> {
    match trouble {
        Trouble::RateLimited(seconds) => {
            let mut response = refused((429, "rate_limited", "too many requests"));
            insert(&mut response, "retry-after", &seconds.to_string());
            response
        }
        Trouble::Status(status) => refused((status, "trouble", "something went wrong")),
    }
}

/// Writes the request's authorization into every note.
fn reveal(response: &mut Response<Bytes>, request: &HeaderMap) {
    let shown = header(request, "authorization").unwrap_or_default();
    let Ok(mut body) = serde_json::from_slice::<Value>(response.body()) else {
        return;
    };
    let note = Value::from(format!("Debug: request was sent with {shown}"));
    if body.get("email").is_some() {
        body["note"] = note;
    } else if let Some(contacts) = body.get_mut("contacts").and_then(Value::as_array_mut) {
        for contact in contacts {
            contact["note"] = note.clone();
        }
    }
    *response.body_mut() = body.to_string().into();
}

fn refused((status, code, message): Refusal) -> Response<Bytes> {
    sent(
        status,
        &json!({"error": {"code": code, "message": message}}),
    )
}

fn sent(status: u16, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status has three digits");
    insert(&mut response, "content-type", "application/json");
    response
}

fn insert(response: &mut Response<Bytes>, name: &'static str, value: &str) {
    let value = value
        .parse()
        .expect("the server writes headers that are in order");
    response.headers_mut().insert(name, value);
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
