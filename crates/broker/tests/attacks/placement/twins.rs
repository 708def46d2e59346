//! A guest that sends what is placed a second time, so that a server takes the one or the other.

use hotcell_testkit::servers::Authority;

use crate::ledger::Tally;
use crate::world::{CANARY, Setup, World, get, honest, request};

fn kind(text: &str) -> Setup {
    Setup {
        secret: text.to_owned(),
        ..Setup::default()
    }
}

#[tokio::test]
async fn attack_11_duplicate_header_query_or_json_key() {
    let mut tally = Tally::default();
    headers(&mut tally).await;
    query(&mut tally).await;
    json(&mut tally).await;
    tally.note(11, "duplicate header, query or JSON key", "the placed name again: in other case, with `_`, encoded once and twice, as a list, cut by a zero byte, in two objects");
}

async fn headers(tally: &mut Tally) {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(
        &authority,
        &server,
        kind("kind = \"header\"\nheader = \"x-acme-key\""),
    );
    let url = format!("{}/v1/x", world.origin);
    for name in [
        "x-acme-key",
        "X-Acme-Key",
        "x_acme_key",
        "x-acme_key",
        "X_ACME-KEY",
    ] {
        let sent = world
            .send(request("GET", &url, &[(name, "mine")], b""))
            .await;
        tally.refused(name, &sent, "placement_conflict");
    }
    let twice = [("x-acme-key", "a"), ("x-acme-key", "b")];
    tally.refused(
        "twice",
        &world.send(request("GET", &url, &twice, b"")).await,
        "header_denied",
    );
    for name in [
        "authorization",
        "Authorization",
        "proxy-authorization",
        "cookie",
        "x-api-key",
        "x_api_key",
        "api-key",
    ] {
        let sent = world
            .send(request("GET", &url, &[(name, "mine")], b""))
            .await;
        tally.refused(name, &sent, "header_denied");
    }
    assert_eq!(server.counts().accepted, 0);
    world
        .send(request("GET", &url, &[("x-acme-keys", "mine")], b""))
        .await
        .unwrap();
    let seen = server.requests().pop().unwrap();
    assert_eq!(
        seen.headers_named("x-acme-key").collect::<Vec<_>>(),
        [CANARY]
    );
}

async fn query(tally: &mut Tally) {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(
        &authority,
        &server,
        kind("kind = \"query\"\nparameter = \"key\""),
    );
    for query in [
        "key=a",
        "key",
        "key=",
        "a=b&key=a",
        "key=a&key=b",
        "KEY=a",
        "Key=a",
        "%6bey=a",
        "k%65y=a",
        "%6B%45%59=a",
        "%256bey=a",
        "%25256bey=a",
        "%2525256bey=a",
        "key[]=a",
        "key%5b%5d=a",
        "key[0]=a",
        "key[a]=b",
        "key%00=a",
        "key%00x=a",
        "+key=a",
        "%20key=a",
        "key%20=a",
        "key+=a",
        "%09key=a",
        "a;key=b",
        "a=b;key=c",
        "k%65y%00[]=a",
        "key.=a",
        "_key=a",
        "%e2%84%aaey=a",
        "&key=a",
        "a&&key=a",
    ] {
        let url = format!("{}/v1/x?{query}", world.origin);
        let sent = world.send(get(&url)).await;
        match query.contains(['[', ']']) {
            true => tally.refused(query, &sent, "url_denied"),
            false => tally.refused(query, &sent, "placement_conflict"),
        }
    }
    assert_eq!(server.counts().accepted, 0);
    let url = format!("{}/v1/x?keys=1&a=key&monkey=2", world.origin);
    world.send(get(&url)).await.unwrap();
    let seen = server.requests().pop().unwrap();
    let query = seen.query().unwrap();
    assert!(query.starts_with("keys=1&a=key&monkey=2&key="), "{query}");
    assert_eq!(query.matches("&key=").count(), 1);
}

/// Bodies in which the member `/auth/key` is there, or has no one place.
const BODIES: &[(&str, &str)] = &[
    (r#"{"auth":{"key":"a"}}"#, "placement_conflict"),
    (r#"{"auth":{"key":null}}"#, "placement_conflict"),
    (r#"{"auth":{"KEY":"a"}}"#, "placement_conflict"),
    (r#"{"auth":{"\u006bey":"a"}}"#, "placement_conflict"),
    (r#"{"auth":{"\u212aey":"a"}}"#, "placement_conflict"),
    (r#"{"auth":{"key":"a","key":"b"}}"#, "placement_body"),
    (r#"{"auth":{},"auth":{"key":"a"}}"#, "placement_body"),
    (r#"{"auth":{},"\u0061uth":{}}"#, "placement_body"),
    (r#"{"auth":[{"key":"a"}]}"#, "placement_body"),
    (r#"{"auth":"key"}"#, "placement_body"),
    (r#"{"Auth":{}}"#, "placement_body"),
    (r#"{}"#, "placement_body"),
    (r#"[{"auth":{}}]"#, "placement_body"),
    (r#"{"auth":{}}{"auth":{"key":"a"}}"#, "placement_body"),
    (r#"{"auth":{},}"#, "placement_body"),
    (r#"{"auth":{}/*x*/}"#, "placement_body"),
    ("\u{feff}{\"auth\":{}}", "placement_body"),
    ("", "placement_body"),
    ("auth[key]=a", "placement_body"),
];

async fn json(tally: &mut Tally) {
    let authority = Authority::new();
    let server = honest(&authority, &["api.test"]).await;
    let world = World::new(
        &authority,
        &server,
        kind("kind = \"json\"\npointer = \"/auth/key\""),
    );
    let url = format!("{}/v1/x", world.origin);
    let json = [("content-type", "application/json")];
    for (body, wanted) in BODIES {
        let sent = world
            .send(request("POST", &url, &json, body.as_bytes()))
            .await;
        tally.refused(body, &sent, wanted);
    }
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "text/json",
        "",
    ] {
        let sent = world
            .send(request(
                "POST",
                &url,
                &[("content-type", kind)],
                br#"{"auth":{}}"#,
            ))
            .await;
        tally.refused(kind, &sent, "placement_body");
    }
    let sent = world
        .send(request(
            "POST",
            &url,
            &json,
            b"{\"auth\":{\"a\":\"\xc0\xa2\"}}",
        ))
        .await;
    tally.refused("overlong UTF-8", &sent, "placement_body");
    let deep = format!(
        "{{\"auth\":{{}},\"a\":{}1{}}}",
        "[".repeat(200),
        "]".repeat(200)
    );
    let sent = world
        .send(request("POST", &url, &json, deep.as_bytes()))
        .await;
    tally.refused("deep", &sent, "placement_body");
    assert_eq!(server.counts().accepted, 0);
    world
        .send(request(
            "POST",
            &url,
            &json,
            br#"{"auth":{"keys":1},"b":2}"#,
        ))
        .await
        .unwrap();
    let seen = server.requests().pop().unwrap();
    let body: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"auth": {"keys": 1, "key": CANARY}, "b": 2})
    );
}
