//! Each kind in permitted and refused pairs.

use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue};

use super::*;

/// Stands nowhere but where it is placed.
pub(super) const CANARY: &str = "s3cr3t-CANARY/+=0123";

pub(super) fn value(text: &str) -> SecretValue {
    SecretValue::new(text.as_bytes().to_vec())
}

/// Returns a POST of `body` to `https://api.example.com/v1/items`.
pub(super) fn outgoing(query: &str, headers: &[(&str, &str)], body: &str) -> Outgoing {
    let pair = |(name, value): &(&str, &str)| {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        (name, HeaderValue::from_str(value).unwrap())
    };
    Outgoing {
        method: Method::POST,
        origin: Origin::parse("https://api.example.com").unwrap(),
        path: "/v1/items".to_owned(),
        query: (!query.is_empty()).then(|| query.to_owned()),
        headers: headers.iter().map(pair).collect(),
        whole_body: Some(Bytes::copy_from_slice(body.as_bytes())),
    }
}

/// Places `secret`; returns the refusal's code. Nothing that can be printed holds the secret.
pub(super) fn code(kind: &SecretKind, secret: &str, outgoing: &mut Outgoing) -> &'static str {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let placed = place(kind, &value(secret), outgoing, now);
    for shown in [
        format!("{placed:?}"),
        format!("{outgoing:?} {:?}", outgoing.headers),
    ] {
        assert!(!shown.contains("CANARY"), "{shown}");
    }
    match placed {
        Ok(()) => "ok",
        Err(SendError::Denied(denial)) => denial.code,
        Err(SendError::Failed(_)) => panic!("placing never fails on the way"),
    }
}

fn header_of(kind: &SecretKind, secret: &str, name: &str) -> String {
    let mut request = outgoing("", &[], "");
    assert_eq!(code(kind, secret, &mut request), "ok");
    let value = &request.headers[name];
    assert!(value.is_sensitive());
    value.to_str().unwrap().to_owned()
}

fn own_header() -> SecretKind {
    SecretKind::Header {
        name: "x-service-token".to_owned(),
        prefix: "Token ".to_owned(),
    }
}

#[test]
fn headers_get_the_value() {
    let basic = SecretKind::Basic {
        user: "Aladdin".to_owned(),
    };
    // RFC 7617, 2.
    assert_eq!(
        header_of(&basic, "open sesame", "authorization"),
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    );
    assert_eq!(
        derived(&basic, &value("open sesame")).unwrap().expose(),
        b"QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    );
    assert_eq!(
        header_of(&SecretKind::Bearer, CANARY, "authorization"),
        format!("Bearer {CANARY}")
    );
    assert_eq!(
        header_of(&own_header(), CANARY, "x-service-token"),
        format!("Token {CANARY}")
    );
}

#[test]
fn a_header_is_never_overwritten_nor_doubled() {
    let check = |kind: &SecretKind, name: &str, expected: &str| {
        let mut request = outgoing("", &[(name, "guest")], "");
        assert_eq!(code(kind, CANARY, &mut request), expected, "{name}");
        if expected != "ok" {
            assert_eq!(request.headers.len(), 1);
        }
    };
    check(&SecretKind::Bearer, "authorization", "placement_conflict");
    check(&SecretKind::Bearer, "x-service-token", "ok");
    check(&own_header(), "X-Service-Token", "placement_conflict");
    check(&own_header(), "x_service_token", "placement_conflict");
    check(&own_header(), "x-service_token", "placement_conflict");
    check(&own_header(), "x-service-tokens", "ok");
}

#[test]
fn a_value_cannot_begin_a_header_of_its_own() {
    let kinds = [
        SecretKind::Bearer,
        own_header(),
        SecretKind::Basic {
            user: "u".to_owned(),
        },
    ];
    for kind in &kinds {
        for bad in [
            "CANARY\r\nx-evil: 1",
            "CANARY\n",
            "CANARY\0",
            "CANARY\t\u{7f}",
        ] {
            let mut request = outgoing("", &[], "");
            assert_eq!(code(kind, bad, &mut request), "secret_unusable", "{bad:?}");
            assert!(request.headers.is_empty());
        }
    }
    for bad in ["CANARY two", "", " CANARY", "CANARYü"] {
        let mut request = outgoing("", &[], "");
        assert_eq!(
            code(&SecretKind::Bearer, bad, &mut request),
            "secret_unusable",
            "{bad:?}"
        );
    }
    let user = SecretKind::Basic {
        user: "a:b".to_owned(),
    };
    assert_eq!(
        code(&user, CANARY, &mut outgoing("", &[], "")),
        "secret_unusable"
    );
    // And a guest cannot write one: the type refuses it.
    assert!(HeaderValue::from_str("a\r\nauthorization: x").is_err());
}

fn query() -> SecretKind {
    SecretKind::Query {
        name: "api_key".to_owned(),
    }
}

#[test]
fn a_query_gets_the_value_escaped() {
    let check = |present: &str, expected: &str| {
        let mut request = outgoing(present, &[], "");
        assert_eq!(
            code(&query(), "CANARY &=/+%é", &mut request),
            "ok",
            "{present}"
        );
        assert_eq!(request.query.as_deref(), Some(expected));
    };
    check("", "api_key=CANARY%20%26%3D%2F%2B%25%C3%A9");
    check("a=1&b", "a=1&b&api_key=CANARY%20%26%3D%2F%2B%25%C3%A9");
    check(
        "q=api_key%3D1",
        "q=api_key%3D1&api_key=CANARY%20%26%3D%2F%2B%25%C3%A9",
    );
    check(
        "my_api_key=1&api_keys=2",
        "my_api_key=1&api_keys=2&api_key=CANARY%20%26%3D%2F%2B%25%C3%A9",
    );
}

#[test]
fn a_query_that_a_server_may_read_as_having_it_is_refused() {
    for present in [
        "api_key=x",
        "a=1&api_key",
        "API_KEY=x",
        "api%5Fkey=x",
        "%61pi_key=x",
        "api%255Fkey=x",
        "api%25255Fkey=x",
        "api_key[]=x",
        "api_key%5B%5D=x",
        "api_key%5B0%5D=x",
        "api_key%5Ba%5D%5Bb%5D=x",
        "api%5Bkey=x",
        "api.key=x",
        "api+key=x",
        "api%20key=x",
        "+api_key=x",
        "%20api_key%20=x",
        "api_key%00evil=x",
        "a=1;api_key=x",
        "api_%E2%84%AAey=x",
    ] {
        let mut request = outgoing(present, &[], "");
        assert_eq!(
            code(&query(), CANARY, &mut request),
            "placement_conflict",
            "{present}"
        );
        assert_eq!(request.query.as_deref(), Some(present));
    }
}

fn json() -> SecretKind {
    SecretKind::Json {
        pointer: "/auth/api_key".to_owned(),
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn a_body_gets_the_value_as_a_string() {
    let check = |media_type: &str, body: &str, expected: &str| {
        let mut request = outgoing("", &[("content-type", media_type)], body);
        assert_eq!(code(&json(), "CAN\"ARY\\x", &mut request), "ok", "{body}");
        assert_eq!(request.whole_body.as_deref(), Some(expected.as_bytes()));
    };
    let placed = r#"{"b":1.5,"auth":{"user":"é","api_key":"CAN\"ARY\\x"},"a":[]}"#;
    let plain = r#" {"b":1.5, "auth":{"user":"\u00e9"}, "a":[]}"#;
    check("application/json", plain, placed);
    check("Application/JSON; Charset=\"UTF-8\"", plain, placed);
    check("application/vnd.api+json", plain, placed);
    // A place elsewhere, or in text, is not the place.
    check(
        "application/json",
        r#"{"api_key":1,"auth":{"x":"\"api_key\":1","sub":{"api_key":2}}}"#,
        r#"{"api_key":1,"auth":{"x":"\"api_key\":1","sub":{"api_key":2},"api_key":"CAN\"ARY\\x"}}"#,
    );
}

#[test]
fn a_body_that_has_the_member_or_no_place_for_it_is_refused() {
    let check = |headers: &[(&str, &str)], body: &str, expected: &str| {
        let mut request = outgoing("", headers, body);
        assert_eq!(code(&json(), CANARY, &mut request), expected, "{body}");
        assert_eq!(request.whole_body.as_deref(), Some(body.as_bytes()));
    };
    for body in [
        r#"{"auth":{"api_key":"x"}}"#,
        r#"{"auth":{"api_key":null}}"#,
        r#"{"auth":{"api\u005fkey":"x"}}"#,
        r#"{"auth":{"API_KEY":"x"}}"#,
        "{\"auth\":{\"api_\u{212a}ey\":1}}",
    ] {
        check(&[JSON], body, "placement_conflict");
    }
    for body in [
        "",
        "{}",
        "[]",
        "\"auth\"",
        r#"{"auth":[]}"#,
        r#"{"auth":null}"#,
        r#"{"auth":{},"auth":{}}"#,
        r#"{"auth":{"api_key":1,"api_key":2}}"#,
        r#"{"auth":{}} {"auth":{}}"#,
        r#"{"auth":{},"n":1e999}"#,
        "\u{feff}{\"auth\":{}}",
    ] {
        check(&[JSON], body, "placement_body");
    }
    let good = r#"{"auth":{}}"#;
    check(
        &[JSON],
        &format!("{}{}", "[".repeat(100), "]".repeat(100)),
        "placement_body",
    );
    check(&[], good, "placement_body");
    check(&[("content-type", "text/plain")], good, "placement_body");
    check(&[("content-type", "text/x+json")], good, "placement_body");
    check(
        &[("content-type", "application/json; charset=utf-16")],
        good,
        "placement_body",
    );
    check(
        &[JSON, ("content-type", "text/plain")],
        good,
        "placement_body",
    );
}

#[test]
fn a_pointer_leads_through_objects_only_and_may_be_escaped() {
    let check = |pointer: &str, body: &str, expected: Result<&str, &str>| {
        let kind = SecretKind::Json {
            pointer: pointer.to_owned(),
        };
        let mut request = outgoing("", &[JSON], body);
        let code = code(&kind, "CANARY-CANARY", &mut request);
        let body = String::from_utf8(request.whole_body.unwrap().to_vec()).unwrap();
        let found = if code == "ok" {
            Ok(body.as_str())
        } else {
            Err(code)
        };
        assert_eq!(found, expected, "{pointer}");
    };
    check("/a~1b~0c", "{}", Ok(r#"{"a/b~c":"CANARY-CANARY"}"#));
    check("/l/0/k", r#"{"l":[{}]}"#, Err("placement_body"));
    check(
        "/l/0/k",
        r#"{"l":{"0":{}}}"#,
        Ok(r#"{"l":{"0":{"k":"CANARY-CANARY"}}}"#),
    );
    check("nowhere", "{}", Err("secret_unusable"));
}

/// Attack 10: whatever a guest writes that looks like a placeholder stays what it is.
#[test]
fn nothing_that_a_guest_writes_is_replaced() {
    let tricks = "{signature} ${API_KEY} {{secret}} $CRM {body} %7Bapi_key%7D";
    let body = serde_json::json!({"auth": {"note": tricks}}).to_string();
    let headers = [JSON, ("x-note", tricks)];
    for kind in [SecretKind::Bearer, own_header(), query(), json()] {
        let mut request = outgoing("q=%7Bsignature%7D", &headers, &body);
        assert_eq!(code(&kind, CANARY, &mut request), "ok");
        assert_eq!(request.path, "/v1/items");
        assert_eq!(request.headers["x-note"], tricks);
        assert!(request.query.unwrap().starts_with("q=%7Bsignature%7D"));
        let body = String::from_utf8(request.whole_body.unwrap().to_vec()).unwrap();
        let note = serde_json::to_string(tricks).unwrap();
        assert!(
            body.starts_with(&format!(r#"{{"auth":{{"note":{note}"#)),
            "{body}"
        );
        let placed = request
            .headers
            .values()
            .filter(|value| value.is_sensitive());
        assert_eq!(
            placed.count(),
            usize::from(!matches!(
                kind,
                SecretKind::Query { .. } | SecretKind::Json { .. }
            ))
        );
    }
}

/// Attack 29, the half of it that is here: what tokens are got with is never sent itself.
#[test]
fn a_secret_from_which_tokens_are_got_is_not_placed() {
    let oauth = hotcell_policy::config::OauthKind {
        token_url: "https://id.example.com/token".to_owned(),
        token_origin: Origin::parse("https://id.example.com").unwrap(),
        client_id: "c".to_owned(),
        client_secret: None,
        in_body: false,
        scopes: Vec::new(),
        audience: None,
    };
    for kind in [
        SecretKind::OauthClientCredentials(oauth.clone()),
        SecretKind::OauthRefresh(oauth),
    ] {
        let mut request = outgoing("", &[], "");
        assert_eq!(code(&kind, CANARY, &mut request), "secret_unusable");
        assert!(request.headers.is_empty() && request.query.is_none());
    }
    let mut request = outgoing("", &[], "");
    assert!(place_bearer(&value(CANARY), &mut request).is_ok());
    assert!(place_bearer(&value(CANARY), &mut request).is_err());
}

#[test]
fn what_signs_comes_last_and_reads_the_body() {
    let sigv4 = SecretKind::SigV4 {
        access_key_id: "A".to_owned(),
        region: "r".to_owned(),
        service: "s".to_owned(),
    };
    assert!(order(&SecretKind::Bearer) < order(&sigv4));
    assert!(needs_whole_body(&sigv4) && needs_whole_body(&json()));
    assert!(!needs_whole_body(&SecretKind::Bearer) && !needs_whole_body(&query()));
}
