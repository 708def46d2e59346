use zeroize::Zeroizing;

use super::*;

fn respond(status: u16, body: &str) -> TokenResponse {
    TokenResponse {
        status,
        body: Zeroizing::new(body.as_bytes().to_vec()),
    }
}

/// Reads a good answer: the access token, its life in seconds, the refresh token.
fn check(body: &str, access: &str, lifetime_s: Option<u64>, refresh: Option<&str>) {
    let granted = read(&respond(200, body)).unwrap();
    assert_eq!(granted.access.expose(), access.as_bytes());
    assert_eq!(granted.lifetime.map(|life| life.as_secs()), lifetime_s);
    assert_eq!(
        granted.refresh.as_ref().map(SecretValue::expose),
        refresh.map(str::as_bytes)
    );
}

#[test]
fn reads_good_answers() {
    // RFC 6749, 5.1.
    check(
        r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","expires_in":3600,
            "refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","example_parameter":"example_value"}"#,
        "2YotnFZFEjr1zCsicMWpAA",
        Some(3600),
        Some("tGzv3JOkF0XG5Qx2TlKWIA"),
    );
    let plain = r#"{"access_token":"CANARY-CANARY","token_type":"bearer""#;
    check(&format!("{plain}}}"), "CANARY-CANARY", None, None);
    check(
        &format!(r#"{plain},"expires_in":"60"}}"#),
        "CANARY-CANARY",
        Some(60),
        None,
    );
    check(
        &format!(r#"{plain},"expires_in":null,"refresh_token":null}}"#),
        "CANARY-CANARY",
        None,
        None,
    );
    let years = format!(r#"{plain},"expires_in":999999999}}"#);
    check(&years, "CANARY-CANARY", Some(30 * 86_400), None);
}

#[test]
fn refuses_what_is_no_answer_and_quotes_nothing_of_it() {
    for body in [
        "",
        "CANARY",
        "[]",
        "{}",
        r#"{"access_token":"CANARY-CANARY"}"#,
        r#"{"access_token":"CANARY-CANARY","token_type":"mac"}"#,
        r#"{"access_token":"CANARY","token_type":"bearer"}"#,
        r#"{"access_token":["CANARY-CANARY"],"token_type":"bearer"}"#,
        r#"{"access_token":"CANARY CANARY","token_type":"bearer"}"#,
        "{\"access_token\":\"CANARY\\r\\nx-evil: 1\",\"token_type\":\"bearer\"}",
        r#"{"access_token":"CANARY-CANARY","token_type":"bearer","expires_in":9}"#,
        r#"{"access_token":"CANARY-CANARY","token_type":"bearer","expires_in":-1}"#,
        r#"{"access_token":"CANARY-CANARY","token_type":"bearer","expires_in":"CANARY"}"#,
        r#"{"access_token":"CANARY-CANARY","token_type":"bearer","refresh_token":7}"#,
        r#"{"access_token":"CANARY-CANARY","access_token":"x","token_type":"bearer"}"#,
    ] {
        let bad = read(&respond(200, body)).unwrap_err();
        assert!(!bad.is_lasting());
        assert!(!bad.explain().contains("CANARY"), "{body}");
    }
}

#[test]
fn only_the_codes_of_the_rfc_are_told() {
    let check = |status: u16, body: &str, expected: &str, lasting: bool| {
        let bad = read(&respond(status, body)).unwrap_err();
        assert!(bad.explain().contains(expected), "{}", bad.explain());
        assert_eq!(bad.is_lasting(), lasting, "{body}");
        assert!(!format!("{bad:?}{}", bad.explain()).contains("CANARY"));
    };
    for (code, _) in ERRORS {
        let body =
            format!(r#"{{"error":"{code}","error_description":"CANARY","error_uri":"CANARY"}}"#);
        check(400, &body, code, true);
    }
    check(401, r#"{"error":"invalid_client"}"#, "invalid_client", true);
    check(400, r#"{"error":"CANARY"}"#, "status 400", false);
    check(400, "CANARY", "status 400", false);
    check(503, "<html>CANARY", "status 503", false);
    check(302, "CANARY", "redirect", false);
    check(
        201,
        r#"{"access_token":"CANARY-CANARY","token_type":"bearer"}"#,
        "status 201",
        false,
    );
}
