//! Honest traffic passes, whatever it looks like.

use std::sync::Arc;

use bytes::Bytes;
use hotcell_broker::scan::Needles;

use crate::dice::Dice;
use crate::needles;

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const HEX: &[u8] = b"0123456789abcdef";
const CHUNK: usize = 16 * 1024;

/// Ten secrets, of the shapes that secrets have.
fn ten() -> Arc<Needles> {
    let mut dice = Dice::new(u64::MAX / 3);
    let mut values: Vec<Vec<u8>> = (0..5).map(|_| dice.text(BASE64, 40)).collect();
    values.extend((0..3).map(|_| dice.text(HEX, 64)));
    values.push(b"correct horse battery staple".to_vec());
    values.push(b"sk_live_4eC39HqLyjWDarjtT1zdp7dc".to_vec());
    needles(&values)
}

#[track_caller]
fn check(text: impl Fn(usize) -> Vec<u8>, chunks: usize) {
    let needles = ten();
    let mut scan = needles.stream();
    let (mut sent, mut passed) = (0, 0);
    for number in 0..chunks {
        let chunk = Bytes::from(text(number));
        sent += chunk.len();
        passed += scan.push(chunk).expect("honest text passes").len();
    }
    passed += scan.finish().expect("honest text passes").len();
    assert_eq!(sent, passed);
}

#[test]
fn random_base64_of_64_mib() {
    check(
        |n| Dice::new(n as u64).text(BASE64, CHUNK),
        (64 << 20) / CHUNK,
    );
}

#[test]
fn random_hex_of_64_mib() {
    check(
        |n| Dice::new(n as u64 + (1 << 20)).text(HEX, CHUNK),
        (64 << 20) / CHUNK,
    );
}

#[test]
fn random_bytes_of_16_mib() {
    let all: Vec<u8> = (0..=255).collect();
    check(
        |n| Dice::new(n as u64 + (1 << 21)).text(&all, CHUNK),
        (16 << 20) / CHUNK,
    );
}

#[test]
fn documents() {
    let json = |n: usize| {
        let mut dice = Dice::new(n as u64);
        let id = dice.next();
        format!(
            "{{\n  \"id\": {id},\n  \"etag\": \"{id:032x}\",\n  \"url\": \"https:\\/\\/api.example.com\
             \\/v1?a=1&b=%20\",\n  \"note\": \"caf\\u00e9 \\\"quoted\\\" \\ud83d\\ude00\"\n}}\n"
        )
        .into_bytes()
    };
    let html = |n: usize| {
        format!(
            "<a style=\"width: 100%\" href=\"/items/{n}?a=1&amp;b=2\">A correct, large horse has a \
             battery &mdash; a staple &#8212; one</a>\r\n<p>sk_live_ keys begin so&nbsp;</p>"
        )
        .into_bytes()
    };
    check(json, 20_000);
    check(html, 20_000);
}
