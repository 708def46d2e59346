//! The line by which a model knows that a skill exists, before any of it is loaded.

use serde::Serialize;

use crate::package::Package;
use crate::printable::printable;
use crate::tokens::tokens;

/// A skill's line in the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MenuLine {
    /// `name: description`, on one line; safe to print.
    pub text: String,
    /// What it takes of a model's context, in `o200k_base` tokens.
    pub tokens: usize,
}

impl Package {
    /// Returns the skill's line in the menu.
    pub fn menu_line(&self) -> MenuLine {
        let words: Vec<&str> = self.document.description.split_whitespace().collect();
        let text = format!("{}: {}", self.name, words.join(" "));
        let text = printable(&text).into_owned();
        MenuLine {
            tokens: tokens(&text),
            text,
        }
    }
}
