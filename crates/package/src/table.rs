//! Reads the values of one TOML table, and gathers every mistake with its place.
//!
//! `skill.toml` and the operator's `hotcell.toml` are both read with it: an unknown key, an
//! empty pattern or a wrong type is an error with its line and the mend, never skipped.

mod words;

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{DIAGNOSTICS_MAX, Diagnostic, Place};
use crate::manifest::ASKS_MAX;
use crate::near::near_name;

pub use words::METHODS;

/// Reads the text of a TOML document: `read` gets its root, and records what is wrong.
///
/// # Errors
/// Every mistake of the syntax; or, where there is none, all that `read` recorded.
pub fn read_document<T>(
    file: &str,
    text: &str,
    read: impl FnOnce(&mut Reader<'_>, &Table<'_>) -> T,
) -> Result<T, Vec<Diagnostic>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let errors = errors.iter().take(DIAGNOSTICS_MAX);
        return Err(errors.map(|e| syntax_error(file, text, e)).collect());
    }
    let found = Vec::new();
    let mut reader = Reader { file, text, found };
    let root = Table {
        name: file.to_owned(),
        values: document.get_ref(),
        span: 0..0,
    };
    let value = read(&mut reader, &root);
    match reader.found.is_empty() {
        true => Ok(value),
        false => Err(reader.found),
    }
}

fn syntax_error(file: &str, text: &str, error: &toml::de::Error) -> Diagnostic {
    let offset = error.span().map_or(0, |span| span.start);
    let twice = error.message().contains("duplicate key");
    let (code, hint) = match twice {
        true => ("duplicate_key", "keep one of the two"),
        false => ("toml_syntax", "see https://toml.io/en/v1.1.0"),
    };
    Diagnostic::error(code, file, error.message())
        .at(Place::of_offset(text, offset))
        .hint(hint)
}

/// The text being read and what was found wrong with it.
pub struct Reader<'t> {
    /// The file's name in messages.
    pub file: &'t str,
    /// Its whole text.
    pub text: &'t str,
    /// What was found wrong so far, at most [`DIAGNOSTICS_MAX`].
    pub found: Vec<Diagnostic>,
}

/// A string of the file and where it stands.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    /// What it says; never empty.
    pub text: &'a str,
    /// Its bytes in the file.
    pub span: Range<usize>,
}

/// One table: its name for messages, its values, its place.
#[derive(Clone)]
pub struct Table<'a> {
    /// As an author would write it: `[tool.x]`.
    pub name: String,
    /// Its keys and values.
    pub values: &'a DeTable<'a>,
    /// Its bytes in the file.
    pub span: Range<usize>,
}

impl Table<'_> {
    /// Returns the bytes of a key's value; where the key is absent, the table's own.
    pub fn value_span(&self, key: &str) -> Range<usize> {
        match self.values.get(key) {
            Some(value) => value.span(),
            None => self.span.clone(),
        }
    }
}

impl Reader<'_> {
    /// Records an error.
    pub fn error(
        &mut self,
        code: &'static str,
        span: &Range<usize>,
        message: impl AsRef<str>,
        hint: impl AsRef<str>,
    ) {
        if self.is_full() {
            return;
        }
        let place = self.place(span);
        let error = Diagnostic::error(code, self.file, message);
        self.found.push(error.at(place).hint(hint));
    }

    /// Returns whether so many errors are recorded that no other will be.
    pub fn is_full(&self) -> bool {
        self.found.len() >= DIAGNOSTICS_MAX
    }

    /// Returns where a span begins.
    pub fn place(&self, span: &Range<usize>) -> Place {
        Place::of_offset(self.text, span.start)
    }

    /// Records an error for each key that is not in `allowed`.
    pub fn allow_keys(&mut self, table: &Table<'_>, allowed: &[&str]) {
        for key in table.values.keys() {
            let name = key.get_ref().as_ref();
            if allowed.contains(&name) {
                continue;
            }
            if self.is_full() {
                return;
            }
            let hint = match near_name(name, allowed.iter().copied()) {
                Some(near) => format!("write `{near}`"),
                None => format!("remove it; {} may hold {}", table.name, list(allowed)),
            };
            let message = format!("{} has no key `{name}`", table.name);
            self.error("unknown_key", &key.span(), message, hint);
        }
    }

    /// Returns a string that must be there.
    pub fn string<'a>(&mut self, table: &Table<'a>, key: &str) -> Option<Text<'a>> {
        if !table.values.contains_key(key) {
            self.missing(table, key, "a string");
        }
        self.optional_string(table, key)
    }

    /// Returns a string that may be there. An empty one is an error.
    pub fn optional_string<'a>(&mut self, table: &Table<'a>, key: &str) -> Option<Text<'a>> {
        let value = table.values.get(key)?;
        self.as_text(value, key)
    }

    /// Returns a list of at most [`ASKS_MAX`] strings, none of them empty or there twice. `None`
    /// where the key is absent or wrong.
    pub fn strings<'a>(&mut self, table: &Table<'a>, key: &str) -> Option<Vec<Text<'a>>> {
        let value = table.values.get(key)?;
        let Some(items) = value.get_ref().as_array() else {
            let message = format!("`{key}` must be a list of strings");
            self.error(
                "wrong_type",
                &value.span(),
                message,
                format!("{key} = [\"…\"]"),
            );
            return None;
        };
        if items.is_empty() {
            let message = format!("`{key}` is empty");
            self.error("empty_pattern", &value.span(), message, "name at least one");
            return None;
        }
        if items.len() > ASKS_MAX {
            let message = format!("`{key}` lists more than {ASKS_MAX}");
            self.error("too_many", &value.span(), message, "list fewer");
            return None;
        }
        let mut texts: Vec<Text<'a>> = Vec::new();
        for item in items.iter() {
            let text = self.as_text(item, key)?;
            if texts.iter().any(|t| t.text == text.text) {
                let message = format!("`{}` stands twice in `{key}`", text.text);
                self.error("duplicate", &text.span, message, "remove one");
            }
            texts.push(text);
        }
        Some(texts)
    }

    /// Returns the choice that a string names; the default where the key is absent.
    pub fn choice<T: Copy + Default>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        choices: &[(&str, T)],
    ) -> T {
        let Some(text) = self.optional_string(table, key) else {
            return T::default();
        };
        if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == text.text) {
            return *choice;
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let message = format!("`{key}` is `{}`", text.text);
        self.error(
            "wrong_value",
            &text.span,
            message,
            format!("write one of {}", list(&names)),
        );
        T::default()
    }

    /// Returns a whole number of at least 1.
    pub fn count(&mut self, table: &Table<'_>, key: &str) -> Option<u64> {
        let value = table.values.get(key)?;
        let number = value.get_ref().as_integer();
        let number = number.and_then(|n| u64::from_str_radix(n.as_str(), n.radix()).ok());
        if let Some(number @ 1..) = number {
            return Some(number);
        }
        let message = format!("`{key}` must be a whole number of at least 1");
        self.error(
            "wrong_type",
            &value.span(),
            message,
            format!("such as `{key} = 1000`"),
        );
        None
    }

    /// Returns the table `[key]`, which may be absent.
    pub fn table<'a>(&mut self, parent: &Table<'a>, key: &str) -> Option<Table<'a>> {
        let value = parent.values.get(key)?;
        let span = value.span();
        match value.get_ref().as_table() {
            Some(values) => Some(Table {
                name: format!("[{key}]"),
                values,
                span,
            }),
            None => {
                let message = format!("`{key}` must be a table");
                self.error("wrong_type", &span, message, format!("[{key}]"));
                None
            }
        }
    }

    /// Returns the tables `[key.NAME]` with their names, at most `count_max`.
    pub fn named_tables<'a>(
        &mut self,
        root: &Table<'a>,
        key: &str,
        count_max: usize,
    ) -> Vec<(Text<'a>, Table<'a>)> {
        let Some(parent) = self.table(root, key) else {
            return Vec::new();
        };
        if parent.values.len() > count_max {
            let message = format!("more than {count_max} `[{key}.NAME]` tables");
            self.error("too_many", &parent.span, message, "remove some");
            return Vec::new();
        }
        let mut tables = Vec::new();
        for (name, value) in parent.values {
            let span = name.span();
            let text = name.get_ref().as_ref();
            let Some(values) = value.get_ref().as_table() else {
                let message = format!("`{key}.{text}` must be a table");
                self.error("wrong_type", &span, message, format!("[{key}.{text}]"));
                continue;
            };
            let name = format!("[{key}.{text}]");
            let (own, span) = (
                Text {
                    text,
                    span: span.clone(),
                },
                span,
            );
            tables.push((own, Table { name, values, span }));
        }
        tables
    }

    /// Returns the tables of `[[key]]`.
    pub fn array_of_tables<'a>(&mut self, root: &'a DeTable<'a>, key: &str) -> Vec<Table<'a>> {
        let Some(value) = root.get(key) else {
            return Vec::new();
        };
        let items = value.get_ref().as_array();
        let tables = items.map(|items| {
            let tables = items.iter().map(|item| {
                item.get_ref().as_table().map(|values| Table {
                    name: format!("[[{key}]]"),
                    values,
                    span: item.span(),
                })
            });
            tables.collect::<Option<Vec<_>>>()
        });
        if let Some(Some(tables)) = tables {
            return tables;
        }
        let message = format!("`{key}` must be written as tables");
        self.error("wrong_type", &value.span(), message, format!("[[{key}]]"));
        Vec::new()
    }

    /// Records that a key is missing.
    pub fn missing(&mut self, table: &Table<'_>, key: &str, kind: &str) {
        let message = format!("{} needs `{key}`, {kind}", table.name);
        self.error(
            "missing_key",
            &table.span,
            message,
            format!("add `{key} = …`"),
        );
    }

    fn as_text<'a>(&mut self, value: &'a Spanned<DeValue<'a>>, key: &str) -> Option<Text<'a>> {
        let span = value.span();
        match value.get_ref().as_str() {
            None => {
                let message = format!("`{key}` must be a string");
                self.error("wrong_type", &span, message, format!("{key} = \"…\""));
                None
            }
            Some("") => {
                self.error(
                    "empty_pattern",
                    &span,
                    format!("`{key}` is empty"),
                    "say which",
                );
                None
            }
            Some(text) => Some(Text { text, span }),
        }
    }
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
