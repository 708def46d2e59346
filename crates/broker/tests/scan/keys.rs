//! Tokens and keys: what is secret of them is found, what is public passes.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::dice::Dice;
use crate::needles;

const HEADER: &str = "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"2026-01\"}";

fn token(subject: &str, seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let claims = format!("{{\"iss\":\"https://accounts.example.com\",\"sub\":\"{subject}\"}}");
    let signature: Vec<u8> = (0..64).map(|_| dice.next() as u8).collect();
    [HEADER.as_bytes(), claims.as_bytes(), &signature]
        .map(|part| URL_SAFE_NO_PAD.encode(part))
        .join(".")
}

fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = (contents.len() as u16).to_be_bytes();
    [&[tag, 0x82], &length[..], contents].concat()
}

/// The numbers of an RSA key, of the right sizes.
struct Rsa {
    numbers: Vec<Vec<u8>>,
}

impl Rsa {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let sizes = [256, 3, 256, 128, 128, 128, 128, 128];
        let number = |size| (0..size).map(|_| dice.next() as u8 & 0x7F | 1).collect();
        let mut numbers: Vec<Vec<u8>> = sizes.into_iter().map(number).collect();
        numbers[1] = vec![1, 0, 1];
        Self { numbers }
    }

    fn modulus(&self) -> &[u8] {
        &self.numbers[0]
    }

    fn exponent(&self) -> &[u8] {
        &self.numbers[2]
    }

    /// PKCS #8 (RFC 5208).
    fn private(&self) -> Vec<u8> {
        let numbers = self.numbers.iter().flat_map(|number| element(2, number));
        let key = element(
            0x30,
            &[2, 1, 0].into_iter().chain(numbers).collect::<Vec<_>>(),
        );
        let version = [2, 1, 0];
        element(
            0x30,
            &[&version[..], &ALGORITHM, &element(4, &key)].concat(),
        )
    }

    fn public(&self) -> Vec<u8> {
        let key = element(
            0x30,
            &[element(2, self.modulus()), element(2, &[1, 0, 1])].concat(),
        );
        element(
            0x30,
            &[&ALGORITHM[..], &element(3, &[&[0], &key[..]].concat())].concat(),
        )
    }
}

/// `rsaEncryption`.
const ALGORITHM: [u8; 15] = [
    0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0,
];

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

#[test]
fn a_token_is_found_and_others_of_its_issuer_pass() {
    let own = token("robot-1", 1);
    let needles = needles(&[&own]);
    let (unsigned, signature) = own.rsplit_once('.').unwrap();
    for text in [
        own.clone(),
        signature.to_owned(),
        signature[30..42].to_owned(),
        STANDARD.encode(&own),
        own.replace('.', "%2E"),
    ] {
        assert!(needles.find(text.as_bytes()).is_some(), "{text}");
    }
    for text in [
        unsigned.to_owned(),
        token("robot-1", 2),
        token("robot-2", 3),
        HEADER.to_owned(),
    ] {
        assert_eq!(needles.find(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn a_private_key_is_found_in_every_dress() {
    let key = Rsa::new(1);
    let file = pem("PRIVATE KEY", &key.private());
    let needles = needles(&[&file]);
    let lines: Vec<&str> = file.lines().collect();
    let exponent = key.exponent();
    let hex: String = exponent.iter().map(|byte| format!("{byte:02X}")).collect();
    for text in [
        file.clone().into_bytes(),
        file.replace('\n', "\\n").into_bytes(),
        file.replace('\n', "\r\n    ").into_bytes(),
        file.replace('\n', " ").into_bytes(),
        STANDARD.encode(&file).into_bytes(),
        lines[12].as_bytes().to_vec(),
        key.private(),
        exponent.to_vec(),
        hex.into_bytes(),
        format!("{{\"d\":\"{}\"}}", URL_SAFE_NO_PAD.encode(exponent)).into_bytes(),
        STANDARD.encode(&exponent[101..115]).into_bytes(),
    ] {
        assert!(
            needles.find(&text).is_some(),
            "{}",
            String::from_utf8_lossy(&text)
        );
    }
}

#[test]
fn public_keys_and_the_keys_of_others_pass() {
    let (key, other) = (Rsa::new(1), Rsa::new(2));
    let file = pem("PRIVATE KEY", &key.private());
    let needles = needles(&[&file]);
    let public = format!(
        "{{\"n\":\"{}\",\"e\":\"AQAB\"}}",
        URL_SAFE_NO_PAD.encode(key.modulus())
    );
    for text in [
        pem("PUBLIC KEY", &key.public()),
        pem("PUBLIC KEY", &other.public()),
        pem("PRIVATE KEY", &other.private()),
        public,
        file.lines().next().unwrap().to_owned(),
        file.lines().nth(1).unwrap().to_owned(),
    ] {
        assert_eq!(needles.find(text.as_bytes()), None, "{text}");
    }
}
