use rcgen::{CertificateParams, KeyPair};

use super::*;

/// Returns a certificate and its key, in PEM.
fn identity() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["client.example".to_owned()]).unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

/// Returns how many certificates the identity has, or the refusal's words.
fn check(chain: &str, key: &str) -> Result<usize, String> {
    let found = client_identity(chain.as_bytes(), &SecretValue::new(key.as_bytes().to_vec()));
    found.map(|(chain, _)| chain.len()).map_err(|denial| {
        assert_eq!(denial.code, "secret_unusable");
        let shown = format!("{denial:?}");
        assert!(
            !key.lines()
                .any(|line| line.len() > 40 && shown.contains(line))
        );
        denial.explanation
    })
}

#[test]
fn a_certificate_and_its_key_are_taken() {
    let (chain, key) = identity();
    let (authority, _) = identity();
    assert_eq!(check(&chain, &key), Ok(1));
    assert_eq!(check(&format!("{chain}{authority}"), &key), Ok(2));
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let (chain, key) = identity();
    let (other, other_key) = identity();
    let refused = |chain: &str, key: &str, why: &str| {
        let found = check(chain, key).unwrap_err();
        assert!(found.contains(why), "{found}");
    };
    refused(&chain, &other_key, "not the one of its certificate");
    refused(
        &format!("{other}{chain}"),
        &key,
        "not the one of its certificate",
    );
    refused(&chain, &chain, "no private key");
    refused(&chain, "CANARY", "no private key");
    refused(&chain, "", "no private key");
    refused("", &key, "1 to 10");
    refused(&key, &key, "1 to 10");
    refused(&chain.repeat(11), &key, "1 to 10");
    refused(&"x".repeat(CHAIN_BYTES_MAX + 1), &key, "64 KiB");
    refused(&chain.replace("-----END", "!-----END"), &key, "PEM");
}
