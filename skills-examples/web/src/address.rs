//! An address as it can be asked for: what the host would refuse as odd is spelled plainly.

use url::Url;

use crate::failure::WebError;

/// Bytes of an address, as the host's default limit has it.
pub(crate) const ADDRESS_BYTES_MAX: usize = 8_192;

/// Reads an absolute address.
pub(crate) fn parse(text: &str) -> Result<Url, WebError> {
    let url = Url::parse(text.trim()).map_err(|_| WebError::Address)?;
    plain(url).ok_or(WebError::Address)
}

/// Resolves `text`, as a page at `base` has it in a link; none where it leads to no page.
pub(crate) fn join(base: &Url, text: &str) -> Option<Url> {
    if text.len() > ADDRESS_BYTES_MAX {
        return None;
    }
    plain(base.join(text.trim()).ok()?)
}

/// Returns the address without its fragment, with every character escaped that RFC 3986 does
/// not allow to stand bare; browsers are laxer, hosts are not.
fn plain(mut url: Url) -> Option<Url> {
    let is_page = matches!(url.scheme(), "http" | "https") && url.has_host();
    let has_user = !url.username().is_empty() || url.password().is_some();
    if !is_page || has_user || url.as_str().len() > ADDRESS_BYTES_MAX {
        return None;
    }
    url.set_fragment(None);
    let path = escape(url.path());
    if path != url.path() {
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        let escaped = escape(query);
        if escaped != query {
            url.set_query(Some(&escaped));
        }
    }
    Some(url)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?%".contains(character) {
            escaped.push(character);
        } else {
            escaped.push_str(&hotcell_sdk::http::encode(
                character.encode_utf8(&mut [0; 4]),
            ));
        }
    }
    escaped
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_made_plain() {
        for (text, expected) in [
            (" https://A.example ", "https://a.example/"),
            ("https://a.example:443/x#part", "https://a.example/x"),
            (
                "https://a.example/a b/ü|[1]",
                "https://a.example/a%20b/%C3%BC%7C%5B1%5D",
            ),
            (
                "https://a.example/?q=a|b^c&x={y}",
                "https://a.example/?q=a%7Cb%5Ec&x=%7By%7D",
            ),
            ("https://a.example/a/../b", "https://a.example/b"),
        ] {
            assert_eq!(parse(text).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for text in [
            "",
            "a.example",
            "ftp://a.example/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "https://user@a.example/",
            "https://:pw@a.example/",
        ] {
            assert_eq!(parse(text).unwrap_err(), WebError::Address, "{text}");
        }
        let long = format!("https://a.example/{}", "x".repeat(ADDRESS_BYTES_MAX));
        assert_eq!(parse(&long).unwrap_err(), WebError::Address);
    }

    #[test]
    fn an_international_name_is_written_as_the_host_wants_it() {
        let ascii = "https://xn--bcher-kva.example/";
        assert_eq!(parse(ascii).unwrap().as_str(), ascii);
        assert_eq!(
            parse("https://b\u{fc}cher.example/").unwrap().as_str(),
            ascii
        );
    }

    #[test]
    fn links_are_resolved() {
        let base = parse("https://a.example/dir/page?x=1").unwrap();
        for (text, expected) in [
            ("other", Some("https://a.example/dir/other")),
            ("/top", Some("https://a.example/top")),
            ("//b.example/x", Some("https://b.example/x")),
            ("?y=2", Some("https://a.example/dir/page?y=2")),
            ("#part", Some("https://a.example/dir/page?x=1")),
            ("mailto:a@b.example", None),
            ("javascript:void(0)", None),
            ("https://u:p@b.example/", None),
        ] {
            let found = join(&base, text).map(String::from);
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
