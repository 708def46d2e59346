//! Signs JWTs (RFC 7519) in the compact serialization (RFC 7515, 3.1).
//!
//! No JWT crate: the kept ones sign with aws-lc or with a second set of algorithms, and most of
//! what they are is for reading tokens, which is the dangerous half and is not done here. ring
//! signs, serde_json writes; what is left is two dots.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hotcell_policy::config::{JwtAlgorithm, JwtKind};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::state::Token;
use crate::error::Denial;
use crate::place::unusable;
use crate::secrets::SecretValue;

/// A key of HS256 has at least the bytes of its hash (RFC 7518, 3.2).
const HS256_KEY_BYTES_MIN: usize = 32;
/// Claims that are ours to write.
const REGISTERED: &[&str] = &["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// Signs a new JWT that holds from `now` for the lifetime that the operator set; it is renewed
/// after half of it.
///
/// # Errors
/// `secret_unusable`, which tells nothing of the key.
pub(super) fn mint(kind: &JwtKind, key: &SecretValue, now: SystemTime) -> Result<Token, Denial> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|_| unusable("the platform has no randomness"))?;
    let issued_s = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let claims = claims(kind, issued_s, &BASE64_URL_SAFE_NO_PAD.encode(id))?;
    let value = compact(kind.algorithm, &header(kind), &claims, key)?;
    let life = Duration::from_secs(kind.lifetime_s);
    Ok(Token {
        value,
        issued_at: now,
        renew_at: now + life / 2,
        ends_at: now + life,
        watched_until: now + life,
    })
}

fn header(kind: &JwtKind) -> Value {
    let algorithm = match kind.algorithm {
        JwtAlgorithm::Rs256 => "RS256",
        JwtAlgorithm::Es256 => "ES256",
        JwtAlgorithm::EdDsa => "EdDSA",
        JwtAlgorithm::Hs256 => "HS256",
    };
    let mut header = Map::new();
    header.insert("alg".to_owned(), algorithm.into());
    header.insert("typ".to_owned(), "JWT".into());
    if let Some(id) = &kind.key_id {
        header.insert("kid".to_owned(), id.as_str().into());
    }
    Value::Object(header)
}

fn claims(kind: &JwtKind, issued_s: u64, id: &str) -> Result<Value, Denial> {
    let mut claims = Map::new();
    let named = [
        ("iss", &kind.issuer),
        ("sub", &kind.subject),
        ("aud", &kind.audience),
    ];
    for (name, value) in named {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value.as_str().into());
        }
    }
    let ends_s = issued_s
        .checked_add(kind.lifetime_s)
        .filter(|_| kind.lifetime_s > 0)
        .ok_or_else(|| unusable("its lifetime is no time at all, or too long"))?;
    claims.insert("iat".to_owned(), issued_s.into());
    claims.insert("exp".to_owned(), ends_s.into());
    claims.insert("jti".to_owned(), id.into());
    for (name, value) in &kind.claims {
        if REGISTERED.contains(&name.as_str()) {
            return Err(unusable("a further claim has the name of a registered one"));
        }
        claims.insert(name.clone(), value.as_str().into());
    }
    Ok(Value::Object(claims))
}

/// Returns `header.claims.signature`.
fn compact(
    algorithm: JwtAlgorithm,
    header: &Value,
    claims: &Value,
    key: &SecretValue,
) -> Result<SecretValue, Denial> {
    let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = Zeroizing::new(format!("{}.{}", part(header), part(claims)));
    let signature = sign(algorithm, key, signed.as_bytes())?;
    let token = format!("{}.{}", *signed, BASE64_URL_SAFE_NO_PAD.encode(signature));
    Ok(SecretValue::new(token.into_bytes()))
}

/// Signs by RFC 7518, 3 and RFC 8037, 3.1.
fn sign(algorithm: JwtAlgorithm, key: &SecretValue, text: &[u8]) -> Result<Vec<u8>, Denial> {
    let random = SystemRandom::new();
    match algorithm {
        JwtAlgorithm::Hs256 if key.expose().len() < HS256_KEY_BYTES_MIN => Err(unusable(
            "a key of HS256 has at least 32 bytes (RFC 7518, 3.2)",
        )),
        JwtAlgorithm::Hs256 => {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key.expose());
            Ok(ring::hmac::sign(&key, text).as_ref().to_vec())
        }
        JwtAlgorithm::EdDsa => {
            let der = private_key(key)?;
            // `openssl genpkey` writes version 1, which has no public key to check against.
            let pair =
                pkcs8(&der).and_then(|der| Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok());
            let pair = pair.ok_or_else(|| wrong_key("Ed25519"))?;
            Ok(pair.sign(text).as_ref().to_vec())
        }
        JwtAlgorithm::Es256 => {
            let der = private_key(key)?;
            let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pair =
                pkcs8(&der).and_then(|der| EcdsaKeyPair::from_pkcs8(algorithm, der, &random).ok());
            let pair = pair.ok_or_else(|| wrong_key("EC P-256"))?;
            let signature = pair.sign(&random, text).map_err(|_| not_signed())?;
            Ok(signature.as_ref().to_vec())
        }
        JwtAlgorithm::Rs256 => {
            let der = private_key(key)?;
            let pair = match &*der {
                // Some services hand out this older form.
                PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok(),
                _ => pkcs8(&der).and_then(|der| RsaKeyPair::from_pkcs8(der).ok()),
            };
            let pair = pair.ok_or_else(|| wrong_key("RSA (2048 to 4096 bits)"))?;
            let mut signature = vec![0; pair.public().modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &random, text, &mut signature)
                .map_err(|_| not_signed())?;
            Ok(signature)
        }
    }
}

/// Reads the first private key of a PEM text.
fn private_key(key: &SecretValue) -> Result<Zeroizing<PrivateKeyDer<'static>>, Denial> {
    PrivateKeyDer::from_pem_slice(key.expose())
        .map(Zeroizing::new)
        .map_err(|_| unusable("its value is no private key in PEM; decrypt an encrypted one first"))
}

fn pkcs8<'d>(der: &'d PrivateKeyDer<'static>) -> Option<&'d [u8]> {
    match der {
        PrivateKeyDer::Pkcs8(der) => Some(der.secret_pkcs8_der()),
        _ => None,
    }
}

fn wrong_key(wanted: &str) -> Denial {
    unusable(&format!(
        "its algorithm needs an {wanted} key as PKCS#8 PEM (`openssl pkcs8 -topk8 -nocrypt` \
         writes one from another form)"
    ))
}

fn not_signed() -> Denial {
    unusable("the platform has no randomness to sign with")
}

#[cfg(test)]
mod tests;
