use std::time::{Duration, UNIX_EPOCH};

use hotcell_policy::config::SecretKind;

use super::super::tests::{CANARY, code, outgoing, value};
use super::*;

fn hmac(sign: &str) -> HmacKind {
    HmacKind {
        algorithm: HmacAlgorithm::Sha256,
        sign: sign.to_owned(),
        header: "x-signature".to_owned(),
        value: "{signature}".to_owned(),
        encoding: SignatureEncoding::Hex,
        timestamp_header: None,
    }
}

fn signed(kind: HmacKind, key: &str, outgoing: &mut Outgoing) -> &'static str {
    code(&SecretKind::Hmac(kind), key, outgoing)
}

/// RFC 4231, test case 2: key `Jefe`, text `what do ya want for nothing?`.
#[test]
fn signs_as_rfc_4231_does() {
    let text = "what do ya want for nothing?";
    let mut request = outgoing("", &[], text);
    assert_eq!(signed(hmac("{body}"), "Jefe", &mut request), "ok");
    assert_eq!(
        request.headers["x-signature"],
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    let mut kind = hmac("{body}");
    kind.algorithm = HmacAlgorithm::Sha512;
    kind.value = "v1,{signature}".to_owned();
    kind.encoding = SignatureEncoding::Base64;
    let mut request = outgoing("", &[], text);
    assert_eq!(signed(kind, "Jefe", &mut request), "ok");
    let expected = format!("v1,{}", sha512_of_case_2());
    assert_eq!(request.headers["x-signature"], expected);
}

/// The hex of RFC 4231, case 2 for SHA-512, in base64.
fn sha512_of_case_2() -> String {
    let hex = "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
               9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737";
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
    BASE64_STANDARD.encode(bytes)
}

#[test]
fn every_name_stands_for_its_part() {
    let mut request = outgoing("b=2&a=1", &[], "{body}");
    let kind = hmac("{method} {host} {path}?{query}\n{timestamp} {date} {body_sha256}\n{body}");
    let key = value(CANARY);
    let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
    place(&kind, &key, &mut request, now).unwrap();
    let sha256 = sha256_hex(b"{body}");
    let text = format!(
        "POST api.example.com /v1/items?b=2&a=1\n784111777 Sun, 06 Nov 1994 08:49:37 GMT \
         {sha256}\n{{body}}"
    );
    let expected = hex(sign(HmacAlgorithm::Sha256, &key, text.as_bytes()).as_ref());
    assert_eq!(request.headers["x-signature"], expected);
}

#[test]
fn the_header_and_the_time_are_placed_and_never_overwrite() {
    let kind = || HmacKind {
        value: "keyId=\"k\",ts={timestamp},sig={signature}".to_owned(),
        timestamp_header: Some("x-time".to_owned()),
        ..hmac("{timestamp}.{body}")
    };
    let mut request = outgoing("", &[], "x");
    assert_eq!(signed(kind(), CANARY, &mut request), "ok");
    let value = request.headers["x-signature"].to_str().unwrap();
    assert!(
        value.starts_with("keyId=\"k\",ts=1700000000,sig="),
        "{value}"
    );
    assert_eq!(request.headers["x-time"], "1700000000");
    for taken in ["x-signature", "x_signature", "x-time"] {
        let mut request = outgoing("", &[(taken, "guest")], "x");
        assert_eq!(signed(kind(), CANARY, &mut request), "placement_conflict");
    }
}

/// Attack 16: the text that is signed for one request is never that of another one.
#[test]
fn parts_cannot_be_taken_for_one_another() {
    let check = |template: &str, path: &str, query: &str, body: &str, expected: &str| {
        let mut request = outgoing(query, &[], body);
        request.path = path.to_owned();
        assert_eq!(
            signed(hmac(template), CANARY, &mut request),
            expected,
            "{template} {path}"
        );
    };
    // `/v1` with `/admin` after it would be `/v1/admin`.
    let concatenated = "{timestamp}{method}{path}{body}";
    check(concatenated, "/v1", "", "/admin", "placement_body");
    check(concatenated, "/v1", "", "admin", "placement_body");
    check(concatenated, "/v1", "", "%", "placement_body");
    check(concatenated, "/v1", "", "{\"a\":1}", "ok");
    check(concatenated, "/v1", "", "", "ok");
    check("{path}{query}", "/v1", "a=1", "", "placement_body");
    check("{path}{query}{body}", "/v1", "", "a=1", "placement_body");
    check("{path}?{query}", "/v1", "a=1", "", "ok");
    check("{path}/{query}", "/v1", "a=1", "", "placement_body");
    check("{query}{timestamp}", "/v1", "a=1", "", "placement_body");
    check("{path}\n{query}\n{body}", "/v1", "a=1", "\n\n/v1", "ok");
    check("{path}\n{body_sha256}{timestamp}", "/v1", "", "x", "ok");
    check("{body}\n{path}", "/v1", "", "x", "secret_unusable");
    check("{body}{body}", "/v1", "", "x", "secret_unusable");
    // What the parser lets through nowhere, refused here again.
    check("{path}\n{body}", "/v1\n/admin", "", "x", "placement_body");
    check("{path}\n{query}", "/v1", "a=1\nb", "x", "placement_body");
    check("{path}\n{body}", "/v1{body}", "", "x", "placement_body");
}

#[test]
fn a_template_is_read_strictly() {
    for template in ["{secret}", "{", "}", "{path", "{{path}}", "{}", "{ path }"] {
        let mut request = outgoing("", &[], "");
        assert_eq!(
            signed(hmac(template), CANARY, &mut request),
            "secret_unusable",
            "{template}"
        );
        assert!(request.headers.is_empty());
    }
    let mut kind = hmac("{body}");
    kind.value = "{body}".to_owned();
    assert_eq!(
        signed(kind, CANARY, &mut outgoing("", &[], "")),
        "secret_unusable"
    );
}

#[test]
fn the_body_is_read_where_the_template_takes_it() {
    assert!(needs_whole_body(&hmac("{path}\n{body}")));
    assert!(needs_whole_body(&hmac("{body_sha256}")));
    assert!(!needs_whole_body(&hmac("{path}\n{query}")));
    let mut request = outgoing("", &[], "");
    request.whole_body = None;
    assert_eq!(
        signed(hmac("{body}"), CANARY, &mut request),
        "placement_body"
    );
    assert_eq!(signed(hmac("{path}"), CANARY, &mut request), "ok");
}
