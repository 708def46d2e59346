//! The scan for secret values: how fast honest text goes through it.

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hotcell_broker::scan::Needles;
use hotcell_broker::secrets::SecretValue;

use crate::Result;
use crate::figure::Figures;

/// How many secrets are looked for, and how long each is.
const SECRETS: usize = 10;
const SECRET_BYTES: usize = 40;
/// The text that is repeated, half of it JSON and a quarter each of HTML and base64.
const TEXT_BYTES: usize = 4 << 20;
const CHUNK_BYTES: usize = 16 << 10;
/// 256 MiB in all.
const ROUNDS: usize = 64;
/// How often the needles are made.
const BUILDS: usize = 100;

/// Measures the scan of 256 MiB, and the making of what it needs.
pub(crate) fn throughput(figures: &mut Figures) -> Result<()> {
    let values = secrets();
    let begun = Instant::now();
    for _ in 0..BUILDS {
        std::hint::black_box(Needles::new(&values));
    }
    let build = begun.elapsed().as_secs_f64() * 1000.0 / BUILDS as f64;
    figures.at_most("preparing a scan for ten secrets", build, "ms", 1.0);

    let needles = Arc::new(Needles::new(&values));
    let text = Bytes::from(text()?);
    let mut took = Duration::ZERO;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let mut scan = needles.stream();
        for at in (0..text.len()).step_by(CHUNK_BYTES) {
            let chunk = text.slice(at..text.len().min(at + CHUNK_BYTES));
            let passed = scan.push(chunk).map_err(|_| "honest text was stopped")?;
            std::hint::black_box(passed);
        }
        took += begun.elapsed();
    }
    let speed = (ROUNDS * text.len()) as f64 / took.as_secs_f64() / 1e6;
    figures.at_least("scan of a response for ten secrets", speed, "MB/s", 300.0);
    Ok(())
}

fn secrets() -> Vec<SecretValue> {
    let mut signs = Signs::new(1);
    let mut value = || (&mut signs).take(SECRET_BYTES).collect();
    (0..SECRETS).map(|_| SecretValue::new(value())).collect()
}

fn text() -> Result<Vec<u8>> {
    let (mut json, mut html) = (String::new(), String::new());
    for id in 0.. {
        if json.len() >= TEXT_BYTES / 2 && html.len() >= TEXT_BYTES / 4 {
            break;
        }
        writeln!(
            json,
            "{{\n  \"id\": {id},\n  \"name\": \"Contact {id}\",\n  \"url\": \
             \"https:\\/\\/api.example.com\\/v1\\/contacts?id={id}&page=2\",\n  \"note\": \
             \"a \\\"quoted\\\" line\\nand a caf\\u00e9\"\n}},"
        )?;
        writeln!(
            html,
            "<div class=\"row\" style=\"width:100%\">\n  <a href=\"/items/{id}?a=1&amp;b=2\">The \
             quick brown fox &mdash; jumps over the lazy dog</a>\n  <p>Some more text that has \
             nothing in it but words.</p>\n</div>"
        )?;
    }
    let mut text = json.into_bytes();
    text.truncate(TEXT_BYTES / 2);
    text.extend(html.bytes().take(TEXT_BYTES / 4));
    text.extend(Signs::new(2).take(TEXT_BYTES - text.len()));
    Ok(text)
}

/// Signs of base64url, the same for the same seed (xorshift64).
struct Signs(u64);

impl Signs {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}

impl Iterator for Signs {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        const SIGNS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Some(SIGNS[(self.0 >> 40) as usize & 63])
    }
}
