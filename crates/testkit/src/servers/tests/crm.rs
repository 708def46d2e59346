//! The CRM answers as its table says.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::{NAME, start};
use crate::servers::crm::{Crm, Trouble, Twist};
use crate::servers::{Authority, Server, probe};

const TOKEN: &str = "token-of-tests-1";

/// A client of one CRM.
struct Client {
    crm: Crm,
    server: Server,
    authority: Authority,
    token: &'static str,
    key: Option<&'static str>,
}

async fn client() -> Client {
    let crm = Crm::new(TOKEN);
    let (server, authority) = start(crm.behaviour()).await;
    Client {
        crm,
        server,
        authority,
        token: TOKEN,
        key: None,
    }
}

impl Client {
    async fn send(&self, method: Method, target: &str, body: &str) -> (u16, Value, HeaderMap) {
        let mut request = http::Request::builder()
            .method(method)
            .uri(target)
            .header("authorization", format!("Bearer {}", self.token));
        if let Some(key) = self.key {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Bytes::from(body.to_owned())).unwrap();
        let response = probe::fetch(&self.server, &self.authority, NAME, request).await;
        let (head, body) = response.unwrap().into_parts();
        let body = serde_json::from_slice(&body).unwrap();
        (head.status.as_u16(), body, head.headers)
    }

    async fn get(&self, target: &str) -> (u16, Value) {
        let (status, body, _) = self.send(Method::GET, target, "").await;
        (status, body)
    }

    async fn post(&self, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let (status, body, _) = self.send(Method::POST, "/v1/contacts", &body).await;
        (status, body)
    }

    /// Checks that a request is refused with a status and a code.
    async fn check_refused(&self, method: Method, target: &str, body: &str, expected: (u16, &str)) {
        let (status, answer, _) = self.send(method, target, body).await;
        let code = answer["error"]["code"].as_str().unwrap();
        assert_eq!((status, code), expected, "{target} {body}");
    }
}

fn names(answer: &Value) -> Vec<&str> {
    let contacts = answer["contacts"].as_array().unwrap().iter();
    contacts
        .map(|contact| contact["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn contacts_are_found_and_paged() {
    let client = client().await;
    let (status, all, headers) = client
        .send(Method::GET, "/v1/contacts?per_page=10", "")
        .await;
    assert_eq!(
        (status, &all["total"], &all["next_page"]),
        (200, &json!(28), &json!(2))
    );
    assert_eq!(
        headers["link"],
        "</v1/contacts?page=2&per_page=10>; rel=\"next\""
    );
    assert_eq!(names(&all).len(), 10);
    let (_, last) = client.get("/v1/contacts?per_page=10&page=3").await;
    assert_eq!((names(&last).len(), &last["next_page"]), (8, &json!(null)));

    let (_, found) = client.get("/v1/contacts?query=m%C3%BCLLER+holzbau").await;
    assert_eq!(names(&found), ["Jürgen Müller"]);
    let (_, found) = client
        .get("/v1/contacts?query=weber&page=1&per_page=50")
        .await;
    assert_eq!(names(&found), ["Sabine Weber", "Anke Weber-Großmann"]);
    let (_, contact) = client.get("/v1/contacts/c-109").await;
    assert_eq!(contact["email"], "schaefer@praxis-schaefer.example");

    let (_, deals) = client.get("/v1/deals?contact=c-104").await;
    assert_eq!(
        (&deals["total"], &deals["deals"][1]["id"]),
        (&json!(2), &json!("d-504"))
    );
    let (_, deals, headers) = client
        .send(Method::GET, "/v1/deals?contact=c-104&per_page=1", "")
        .await;
    assert_eq!(deals["deals"][0]["amount_cents"], 12_400_000);
    assert_eq!(
        headers["link"],
        "</v1/deals?contact=c%2D104&page=2&per_page=1>; rel=\"next\""
    );
}

#[tokio::test]
async fn contacts_are_created_and_changed() {
    let client = client().await;
    let anna = json!({"name": "Anna Weber", "email": "anna@weber.example"});
    let (status, created) = client.post(&anna).await;
    assert_eq!(
        (status, &created["id"], &created["note"]),
        (201, &json!("c-129"), &json!(null))
    );
    let change = r#"{"company": "Weber AG", "email": "Anna@Weber.example"}"#;
    let (status, changed, _) = client
        .send(Method::PATCH, "/v1/contacts/c-129", change)
        .await;
    assert_eq!((status, &changed["company"]), (200, &json!("Weber AG")));
    assert_eq!(client.crm.contact("c-129").unwrap(), changed);
    assert_eq!(client.crm.contact_count(), 29);
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_its_status() {
    let client = client().await;
    let (get, post, patch) = (Method::GET, Method::POST, Method::PATCH);
    for (method, target, body, expected) in [
        (&get, "/v1/contacts/c-999", "", (404, "not_found")),
        (&get, "/v2", "", (404, "not_found")),
        (&get, "/v1/contacts?page=0", "", (422, "invalid_page")),
        (
            &Method::DELETE,
            "/v1/contacts/c-101",
            "",
            (405, "method_not_allowed"),
        ),
        (&post, "/v1/contacts", "name=a", (400, "no_json")),
        (&post, "/v1/contacts", "{}", (422, "empty")),
        (
            &post,
            "/v1/contacts",
            r#"{"name": "A"}"#,
            (422, "missing_field"),
        ),
        (
            &post,
            "/v1/contacts",
            r#"{"name": "A", "email": "a@b.c", "id": "c-1"}"#,
            (422, "unknown_field"),
        ),
        (
            &post,
            "/v1/contacts",
            r#"{"name": "A", "email": "a b@c.d"}"#,
            (422, "invalid_field"),
        ),
        (
            &post,
            "/v1/contacts",
            r#"{"name": "A", "email": "EVA@horvathova.example"}"#,
            (409, "email_taken"),
        ),
        (
            &patch,
            "/v1/contacts/c-101",
            r#"{"email": "eva@horvathova.example"}"#,
            (409, "email_taken"),
        ),
        (
            &patch,
            "/v1/contacts/c-999",
            r#"{"name": "A"}"#,
            (404, "not_found"),
        ),
    ] {
        client
            .check_refused(method.clone(), target, body, expected)
            .await;
    }
    assert_eq!(client.crm.contact_count(), 28);
}

#[tokio::test]
async fn only_the_current_token_is_taken() {
    let mut client = client().await;
    client.crm.set_token("token-of-tests-2");
    client
        .check_refused(Method::GET, "/v1/deals", "", (401, "invalid_token"))
        .await;
    client.token = "token-of-tests-2";
    assert_eq!(client.get("/v1/deals").await.0, 200);
}

#[tokio::test]
async fn a_key_stands_for_one_request() {
    let mut client = client().await;
    client.key = Some("key-1");
    let anna = json!({"name": "Anna", "email": "anna@weber.example"});
    let first = client.post(&anna).await;
    assert_eq!(first.0, 201);
    assert_eq!(client.post(&anna).await, first);
    assert_eq!(client.crm.contact_count(), 29);
    let other = json!({"name": "Otto", "email": "otto@weber.example"}).to_string();
    let reused = (409, "idempotency_key_reused");
    client
        .check_refused(Method::POST, "/v1/contacts", &other, reused)
        .await;
    client.key = Some("key-2");
    let twin = (409, "email_taken");
    client
        .check_refused(Method::POST, "/v1/contacts", &anna.to_string(), twin)
        .await;
}

#[tokio::test]
async fn trouble_comes_when_it_is_told() {
    let client = client().await;
    client.crm.trouble(Trouble::RateLimited(7));
    client.crm.trouble(Trouble::Status(500));
    let (status, _, headers) = client.send(Method::GET, "/v1/deals", "").await;
    assert_eq!(
        (status, headers["retry-after"].to_str().unwrap()),
        (429, "7")
    );
    assert_eq!(client.get("/v1/deals").await.0, 500);
    assert_eq!(client.get("/v1/deals").await.0, 200);
}

#[tokio::test]
async fn a_twisted_crm_tells_the_token() {
    let client = client().await;
    client.crm.twist(Twist::EchoAuthorization);
    for target in ["/v1/contacts/c-101", "/v1/contacts?query=weber"] {
        let (_, answer) = client.get(target).await;
        assert!(answer.to_string().contains(TOKEN), "{target}");
    }
    assert!(
        !client
            .crm
            .contact("c-101")
            .unwrap()
            .to_string()
            .contains(TOKEN)
    );
    client.crm.twist(Twist::Honest);
    let (_, answer) = client.get("/v1/contacts/c-101").await;
    assert!(!answer.to_string().contains(TOKEN));
}
