//! The CI's API: from a request to an answer.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::servers::ci::runs::{Answer, Refusal};
use crate::servers::ci::{State, Trouble};

const NOTHING: Refusal = (404, "not_found", "there is nothing here");

/// Answers one request.
pub(crate) fn answer(state: &mut State, request: &Request<Bytes>) -> Response<Bytes> {
    let trouble = state.troubles.pop_front();
    match trouble {
        Some(Trouble::RateLimited(seconds)) => {
            let mut response = refused((429, "rate_limited", "too many requests"));
            insert(&mut response, "retry-after", &seconds.to_string());
            return response;
        }
        Some(Trouble::Status(status)) => {
            return refused((status, "trouble", "something went wrong"));
        }
        Some(Trouble::LostAnswer) | None => {}
    }
    if header(request.headers(), "authorization") != Some(&format!("Bearer {}", state.token)) {
        return refused((401, "invalid_token", "the token is not accepted"));
    }
    let response = match routed(state, request) {
        Ok((status, body)) => sent(status, &body),
        Err(refusal) => refused(refusal),
    };
    match trouble {
        Some(_) => refused((502, "bad_gateway", "the answer got lost")),
        None => response,
    }
}

fn routed(state: &mut State, request: &Request<Bytes>) -> Answer {
    let path = request.uri().path().to_owned();
    let rest = path.strip_prefix("/v1/repos/").ok_or(NOTHING)?;
    let names: Vec<&str> = rest.split('/').collect();
    let (Some(owner), Some(repo)) = (names.first(), names.get(1)) else {
        return Err(NOTHING);
    };
    let repo = format!("{owner}/{repo}");
    match (request.method(), &names[2..]) {
        (&Method::POST, ["runs"]) => {
            once(state, request, |state, body| state.runs.start(&repo, body))
        }
        (&Method::GET, ["runs", id]) => state.runs.ask(&repo, id),
        (&Method::GET, ["runs", id, "artifacts"]) => state.runs.artifacts(&repo, id),
        (&Method::POST, ["promotions"]) => once(state, request, |state, body| {
            state.runs.promote(&repo, body)
        }),
        _ => Err(NOTHING),
    }
}

/// Does what is asked once for each idempotency key.
fn once(
    state: &mut State,
    request: &Request<Bytes>,
    ask: impl FnOnce(&mut State, &[u8]) -> Answer,
) -> Answer {
    let path = request.uri().path().as_bytes();
    let whole = [path, request.body()].join(&b' ');
    let key = header(request.headers(), "idempotency-key").map(str::to_owned);
    let Some(key) = key else {
        return ask(state, request.body());
    };
    if let Some(kept) = state.runs.recall(&key, &whole) {
        return kept;
    }
    let answer = ask(state, request.body())?;
    state.runs.keep(&key, whole, answer.clone());
    Ok(answer)
}

fn refused((status, code, message): Refusal) -> Response<Bytes> {
    let body = json!({"error": {"code": code, "message": message}});
    sent(status, &body)
}

fn sent(status: u16, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status has three digits");
    insert(&mut response, "content-type", "application/json");
    response
}

fn insert(response: &mut Response<Bytes>, name: &'static str, value: &str) {
    let value = value.parse();
    let value = value.expect("the server writes headers that are in order");
    response.headers_mut().insert(name, value);
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
