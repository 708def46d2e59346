//! Makes text of a page's bytes.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::fetch::Kind;

/// How far into a page a `<meta>` is looked for (HTML standard, "prescan a byte stream").
const PRESCAN_BYTES: usize = 1_024;

/// Decodes `bytes`: by their byte order mark, else by `content_type`, else by a `<meta>`, else
/// as UTF-8 where that is what they are, else as the Western code page that old pages have.
/// What cannot be read becomes U+FFFD.
pub(crate) fn decode(bytes: &[u8], content_type: &str, kind: Kind) -> String {
    let named = of_content_type(content_type).or_else(|| match kind {
        Kind::Html => of_meta(&bytes[..bytes.len().min(PRESCAN_BYTES)]),
        Kind::Plain => None,
    });
    let encoding = named.unwrap_or_else(|| guess(bytes));
    // It looks for the byte order mark itself.
    encoding.decode(bytes).0.into_owned()
}

fn of_content_type(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let (_, rest) = lower.split_once("charset=")?;
    Encoding::for_label(label(rest.as_bytes()))
}

/// Finds `charset=` in a `<meta>`; one that claims UTF-16 was read, so it is not.
fn of_meta(head: &[u8]) -> Option<&'static Encoding> {
    let head = head.to_ascii_lowercase();
    let meta = find(&head, b"<meta")?;
    let at = meta + find(&head[meta..], b"charset")? + b"charset".len();
    let rest = head[at..].trim_ascii_start().strip_prefix(b"=")?;
    let named = Encoding::for_label(label(rest.trim_ascii_start()))?;
    let is_utf_16 = named == UTF_16LE || named == UTF_16BE;
    Some(if is_utf_16 { UTF_8 } else { named })
}

fn label(text: &[u8]) -> &[u8] {
    let text = text
        .strip_prefix(b"\"")
        .or(text.strip_prefix(b"'"))
        .unwrap_or(text);
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"';>/".contains(byte);
    let end = text.iter().position(ends).unwrap_or(text.len());
    &text[..end]
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word)
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        // The page was cut inside of its last character.
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) => WINDOWS_1252,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], content_type: &str, expected: &str) {
        let found = decode(bytes, content_type, Kind::Html);
        assert_eq!(found, expected, "{content_type}");
    }

    #[test]
    fn the_header_decides_before_the_page() {
        check(b"\xfc", "text/html; charset=ISO-8859-1", "ü");
        check(b"\xfc", "text/html; Charset=\"latin1\"", "ü");
        check("ü".as_bytes(), "text/html;charset=utf-8", "ü");
        let both = b"<meta charset=utf-8>\xfc";
        check(
            both,
            "text/html; charset=windows-1252",
            "<meta charset=utf-8>ü",
        );
        check(b"\x82\xa0", "text/html; charset=shift_jis", "あ");
    }

    #[test]
    fn a_meta_decides_where_the_header_is_silent() {
        for meta in [
            "<meta charset=windows-1251>",
            "<META CHARSET = 'windows-1251' >",
            "<meta http-equiv=content-type content=\"text/html; charset=windows-1251\">",
        ] {
            let page = [meta.as_bytes(), b"\xcf"].concat();
            check(&page, "text/html", &format!("{meta}П"));
        }
        check(
            "<meta charset=utf-16>ü".as_bytes(),
            "",
            "<meta charset=utf-16>ü",
        );
    }

    #[test]
    fn a_mark_decides_before_all() {
        check(b"\xef\xbb\xbf\xc3\xbc", "text/html; charset=latin1", "ü");
        check(b"\xff\xfe\xfc\x00", "text/html; charset=latin1", "ü");
    }

    #[test]
    fn else_it_is_guessed() {
        check("ü".as_bytes(), "", "ü");
        check(b"\xfc!", "", "ü!");
        check(b"\xfc!", "text/html; charset=no-such", "ü!");
        check(
            "aü".as_bytes().get(..2).unwrap_or_default(),
            "",
            "a\u{fffd}",
        );
    }
}
