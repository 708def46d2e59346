//! Strings with a meaning that both files share: names, methods, origins.

use crate::origin::Origin;
use crate::table::{Reader, Table, Text};

/// The methods that a skill may ask for, and a grant may name. CONNECT and TRACE speak to
/// proxies, not to servers.
pub const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

impl Reader<'_> {
    /// Checks a name that grants and messages will use: `^[a-z][a-z0-9_.-]{0,63}$`.
    pub fn name(&mut self, text: &Text<'_>, key: &str) -> Option<String> {
        let starts = text.text.starts_with(|c: char| c.is_ascii_lowercase());
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b);
        if starts && text.text.len() <= 64 && text.text.bytes().all(inner) {
            return Some(text.text.to_owned());
        }
        let message = format!("`{}` cannot be a `{key}`", text.text);
        let hint =
            "begin with a small letter; then small letters, digits, `_`, `.`, `-`; at most 64";
        self.error("wrong_name", &text.span, message, hint);
        None
    }

    /// Checks a list of HTTP methods. `None` where the key is absent or the list is wrong.
    pub fn methods(&mut self, table: &Table<'_>, key: &str) -> Option<Vec<String>> {
        let texts = self.strings(table, key)?;
        for text in &texts {
            if !METHODS.contains(&text.text) {
                let message = format!("`{}` is not a method that a skill may ask for", text.text);
                let hint = format!("write one of {}", METHODS.join(", "));
                self.error("wrong_value", &text.span, message, hint);
            }
        }
        Some(texts.iter().map(|text| text.text.to_owned()).collect())
    }

    /// Checks an exact origin; `more` is added to the mend.
    pub fn origin(&mut self, text: &Text<'_>, more: &str) -> Option<Origin> {
        match Origin::parse(text.text) {
            Ok(origin) => Some(origin),
            Err(fault) => {
                let message = format!("`{}` is not an origin: {fault}", text.text);
                let hint = format!(
                    "write scheme, host and, where it is not the usual one, port: \
                     \"https://api.example.com\"{more}"
                );
                self.error("wrong_origin", &text.span, message, hint);
                None
            }
        }
    }
}
