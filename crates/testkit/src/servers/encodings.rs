//! Ways to write the same bytes otherwise, as a server may do with what it reflects.
//!
//! Each is a plain function, so that a test can hand it to a behaviour or list it by name.

use std::fmt::Write as _;
use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::read::{DeflateEncoder, GzEncoder, ZlibEncoder};

/// One way to write bytes.
pub type Encoding = fn(&[u8]) -> Vec<u8>;

/// All of them with their names: what can be undone by looking at the text.
pub const TEXTS: [(&str, Encoding); 21] = [
    ("raw", raw),
    ("percent", percent),
    ("percent lower case", percent_lower),
    ("percent of every byte", percent_all),
    ("percent twice", percent_twice),
    ("base64", base64),
    ("base64 without padding", base64_no_pad),
    ("base64 after one byte", base64_at_1),
    ("base64 after two bytes", base64_at_2),
    ("base64url", base64url),
    ("base64url without padding", base64url_no_pad),
    ("base64url after one byte", base64url_at_1),
    ("base64url after two bytes", base64url_at_2),
    ("hex", hex),
    ("hex upper case", hex_upper),
    ("JSON string", json),
    ("JSON with \\u for all", json_all),
    ("HTML escapes", html),
    ("HTML with decimal references for all", html_all),
    ("UTF-16 little end first", utf16_le),
    ("UTF-16 big end first", utf16_be),
];

/// Those that a scan of the text alone cannot see through, with their content codings.
pub const CODINGS: [(&str, Encoding); 4] = [
    ("gzip", gzip),
    ("deflate", zlib),
    ("deflate", deflate),
    ("br", brotli),
];

/// The bytes themselves.
pub fn raw(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

/// `%` and two upper case digits for all but unreserved characters.
pub fn percent(bytes: &[u8]) -> Vec<u8> {
    percent_encoding::percent_encode(bytes, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .into_bytes()
}

/// The same with lower case digits.
pub fn percent_lower(bytes: &[u8]) -> Vec<u8> {
    each(bytes, |text, byte| match byte.is_ascii_alphanumeric() {
        true => text.push(char::from(byte)),
        false => write_to(text, format_args!("%{byte:02x}")),
    })
}

/// `%` and two digits for every byte.
pub fn percent_all(bytes: &[u8]) -> Vec<u8> {
    each(bytes, |text, byte| {
        write_to(text, format_args!("%{byte:02X}"));
    })
}

/// Percent encoding of percent encoding.
pub fn percent_twice(bytes: &[u8]) -> Vec<u8> {
    percent(&percent(bytes))
}

/// Base64 from the first byte.
pub fn base64(bytes: &[u8]) -> Vec<u8> {
    STANDARD.encode(bytes).into_bytes()
}

/// Base64 without `=`.
pub fn base64_no_pad(bytes: &[u8]) -> Vec<u8> {
    STANDARD_NO_PAD.encode(bytes).into_bytes()
}

/// Base64 of one byte and then these.
pub fn base64_at_1(bytes: &[u8]) -> Vec<u8> {
    base64(&after(b"x", bytes))
}

/// Base64 of two bytes and then these.
pub fn base64_at_2(bytes: &[u8]) -> Vec<u8> {
    base64(&after(b"xy", bytes))
}

/// Base64 with `-` and `_`.
pub fn base64url(bytes: &[u8]) -> Vec<u8> {
    URL_SAFE.encode(bytes).into_bytes()
}

/// The same without `=`.
pub fn base64url_no_pad(bytes: &[u8]) -> Vec<u8> {
    URL_SAFE_NO_PAD.encode(bytes).into_bytes()
}

/// Base64 with `-` and `_` of one byte and then these.
pub fn base64url_at_1(bytes: &[u8]) -> Vec<u8> {
    base64url(&after(b"x", bytes))
}

/// Base64 with `-` and `_` of two bytes and then these.
pub fn base64url_at_2(bytes: &[u8]) -> Vec<u8> {
    base64url(&after(b"xy", bytes))
}

/// Two lower case digits for each byte.
pub fn hex(bytes: &[u8]) -> Vec<u8> {
    each(bytes, |text, byte| {
        write_to(text, format_args!("{byte:02x}"));
    })
}

/// Two upper case digits for each byte.
pub fn hex_upper(bytes: &[u8]) -> Vec<u8> {
    each(bytes, |text, byte| {
        write_to(text, format_args!("{byte:02X}"));
    })
}

/// A JSON string, escaped where it must be.
pub fn json(bytes: &[u8]) -> Vec<u8> {
    serde_json::Value::from(String::from_utf8_lossy(bytes))
        .to_string()
        .into_bytes()
}

/// A JSON string with an escape for each character.
pub fn json_all(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let mut escaped = String::from("\"");
    for unit in text.encode_utf16() {
        write_to(&mut escaped, format_args!("\\u{unit:04x}"));
    }
    escaped.push('"');
    escaped.into_bytes()
}

/// Text for HTML, escaped where it must be.
pub fn html(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let text = text.replace('>', "&gt;").replace('"', "&quot;");
    text.replace('\'', "&#39;").into_bytes()
}

/// Text for HTML with a reference for each character.
pub fn html_all(bytes: &[u8]) -> Vec<u8> {
    let mut escaped = String::new();
    for character in String::from_utf8_lossy(bytes).chars() {
        write_to(&mut escaped, format_args!("&#{};", u32::from(character)));
    }
    escaped.into_bytes()
}

/// UTF-16, the little end first.
pub fn utf16_le(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// UTF-16, the big end first.
pub fn utf16_be(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// The bytes from last to first: what a colluding server may do, and no scan can find all of.
pub fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}

/// Gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    read_all(GzEncoder::new(bytes, Compression::default()))
}

/// Deflate as HTTP means it: in a zlib frame.
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    read_all(ZlibEncoder::new(bytes, Compression::default()))
}

/// Deflate as some servers send it: bare.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    read_all(DeflateEncoder::new(bytes, Compression::default()))
}

/// Brotli.
pub fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut Cursor::new(bytes), &mut compressed, &params)
        .expect("reads and writes memory");
    compressed
}

fn after(first: &[u8], bytes: &[u8]) -> Vec<u8> {
    [first, bytes].concat()
}

fn each(bytes: &[u8], write: impl Fn(&mut String, u8)) -> Vec<u8> {
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        write(&mut text, *byte);
    }
    text.into_bytes()
}

fn write_to(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a string takes all");
}

fn read_all(mut reader: impl std::io::Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).expect("reads memory");
    bytes
}
