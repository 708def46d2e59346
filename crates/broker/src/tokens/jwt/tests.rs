use std::collections::BTreeMap;

use rcgen::{KeyPair as TestKey, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PublicKeyData};
use ring::signature::RsaKeyPair as Rsa;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, KeyPair, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};

use super::*;

/// Made for these tests (`openssl genpkey`), in both of its forms.
const RSA_PKCS8: &str = include_str!("test-rsa.pkcs8.pem");
const RSA_PKCS1: &str = include_str!("test-rsa.pkcs1.pem");

const NOW_S: u64 = 1_700_000_000;

fn kind(algorithm: JwtAlgorithm) -> JwtKind {
    JwtKind {
        algorithm,
        key_id: Some("k1".to_owned()),
        issuer: Some("me".to_owned()),
        subject: Some("it".to_owned()),
        audience: Some("https://api.example.com".to_owned()),
        lifetime_s: 300,
        claims: BTreeMap::from([("scope".to_owned(), "read".to_owned())]),
    }
}

fn value(text: &str) -> SecretValue {
    SecretValue::new(text.as_bytes().to_vec())
}

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOW_S)
}

/// Returns a token's header, claims and signature, and the text that is signed.
fn parts(token: &SecretValue) -> (Value, Value, Vec<u8>, String) {
    let text = std::str::from_utf8(token.expose()).unwrap();
    let decoded = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
    let [header, claims, signature] = text.split('.').collect::<Vec<_>>()[..] else {
        panic!("{text}");
    };
    let json = |part: &str| serde_json::from_slice(&decoded(part)).unwrap();
    let signed = format!("{header}.{claims}");
    (json(header), json(claims), decoded(signature), signed)
}

fn check(
    algorithm: JwtAlgorithm,
    name: &str,
    key: &str,
    verifier: &'static dyn VerificationAlgorithm,
    public: &[u8],
) {
    let token = mint(&kind(algorithm), &value(key), now()).unwrap();
    let (header, _, signature, signed) = parts(&token.value);
    assert_eq!(
        header,
        serde_json::json!({"alg": name, "typ": "JWT", "kid": "k1"})
    );
    let public = UnparsedPublicKey::new(verifier, public);
    public.verify(signed.as_bytes(), &signature).unwrap();
    assert!(
        public
            .verify(format!("{signed}x").as_bytes(), &signature)
            .is_err()
    );
}

#[test]
fn signatures_hold_under_the_public_key() {
    let ed = TestKey::generate_for(&PKCS_ED25519).unwrap();
    check(
        JwtAlgorithm::EdDsa,
        "EdDSA",
        &ed.serialize_pem(),
        &ED25519,
        ed.der_bytes(),
    );
    let ec = TestKey::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    check(
        JwtAlgorithm::Es256,
        "ES256",
        &ec.serialize_pem(),
        &ECDSA_P256_SHA256_FIXED,
        ec.der_bytes(),
    );
    let der = private_key(&value(RSA_PKCS8)).unwrap();
    let rsa = Rsa::from_pkcs8(pkcs8(&der).unwrap()).unwrap();
    for pem in [RSA_PKCS8, RSA_PKCS1] {
        let verifier = &RSA_PKCS1_2048_8192_SHA256;
        check(
            JwtAlgorithm::Rs256,
            "RS256",
            pem,
            verifier,
            rsa.public_key().as_ref(),
        );
    }
}

/// RFC 7515, A.1.
#[test]
fn signs_hs256_as_the_rfc_does() {
    let key =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    let key = SecretValue::new(BASE64_URL_SAFE_NO_PAD.decode(key).unwrap());
    let text = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkz\
                ODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let signature = sign(JwtAlgorithm::Hs256, &key, text.as_bytes()).unwrap();
    assert_eq!(
        BASE64_URL_SAFE_NO_PAD.encode(signature),
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
}

/// RFC 8037, A.1 and A.4, with a key as `openssl genpkey` writes it.
#[test]
fn signs_eddsa_as_the_rfc_does() {
    let mut der = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".to_vec();
    let key = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    der.extend(BASE64_URL_SAFE_NO_PAD.decode(key).unwrap());
    let body = base64::prelude::BASE64_STANDARD.encode(der);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    let text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = sign(JwtAlgorithm::EdDsa, &value(&pem), text.as_bytes()).unwrap();
    assert_eq!(
        BASE64_URL_SAFE_NO_PAD.encode(signature),
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    );
}

#[test]
fn claims_are_the_operators_and_each_token_has_its_own_id() {
    let key = value("CANARY-CANARY-CANARY-CANARY-CANARY");
    let mint = |kind: &JwtKind| mint(kind, &key, now()).unwrap();
    let token = mint(&kind(JwtAlgorithm::Hs256));
    let (_, claims, _, _) = parts(&token.value);
    let id = claims["jti"].as_str().unwrap().to_owned();
    assert_eq!(
        claims,
        serde_json::json!({
            "iss": "me", "sub": "it", "aud": "https://api.example.com",
            "iat": NOW_S, "exp": NOW_S + 300, "jti": id, "scope": "read",
        })
    );
    let other = parts(&mint(&kind(JwtAlgorithm::Hs256)).value).1;
    assert_ne!(other["jti"], claims["jti"]);
    assert_eq!(token.renew_at, now() + Duration::from_secs(150));
    assert_eq!(token.ends_at, now() + Duration::from_secs(300));
    let bare = JwtKind {
        key_id: None,
        issuer: None,
        subject: None,
        audience: None,
        claims: BTreeMap::new(),
        ..kind(JwtAlgorithm::Hs256)
    };
    let (header, claims, _, _) = parts(&mint(&bare).value);
    assert_eq!(header, serde_json::json!({"alg": "HS256", "typ": "JWT"}));
    assert_eq!(claims.as_object().unwrap().len(), 3);
}

#[test]
fn a_key_or_record_that_does_not_fit_is_refused_and_not_quoted() {
    let refused = |kind: &JwtKind, key: &str| {
        let denial = mint(kind, &value(key), now()).unwrap_err();
        assert_eq!(denial.code, "secret_unusable");
        let shown = format!("{denial:?}");
        assert!(
            !key.lines()
                .any(|line| line.len() > 20 && shown.contains(line)),
            "{shown}"
        );
        assert!(!shown.contains("CANARY"));
    };
    let ed = TestKey::generate_for(&PKCS_ED25519)
        .unwrap()
        .serialize_pem();
    for algorithm in [
        JwtAlgorithm::Rs256,
        JwtAlgorithm::Es256,
        JwtAlgorithm::EdDsa,
    ] {
        refused(&kind(algorithm), "CANARY-CANARY-CANARY-CANARY-CANARY");
        refused(&kind(algorithm), "");
        refused(
            &kind(algorithm),
            &ed.replace("PRIVATE", "ENCRYPTED PRIVATE"),
        );
    }
    refused(&kind(JwtAlgorithm::Rs256), &ed);
    refused(&kind(JwtAlgorithm::Es256), &ed);
    refused(&kind(JwtAlgorithm::Es256), RSA_PKCS8);
    refused(&kind(JwtAlgorithm::EdDsa), RSA_PKCS1);
    refused(
        &kind(JwtAlgorithm::Hs256),
        "CANARY-of-31-bytes-is-too-short",
    );
    let long = "CANARY-CANARY-CANARY-CANARY-CANARY";
    for lifetime_s in [0, u64::MAX] {
        let kind = JwtKind {
            lifetime_s,
            ..kind(JwtAlgorithm::Hs256)
        };
        refused(&kind, long);
    }
    for name in REGISTERED {
        let claims = BTreeMap::from([(name.to_string(), "x".to_owned())]);
        let kind = JwtKind {
            claims,
            ..kind(JwtAlgorithm::Hs256)
        };
        refused(&kind, long);
    }
}
