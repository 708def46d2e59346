//! The line by which a model knows that a skill exists, before any of it is loaded.

use serde::Serialize;

use crate::document::SkillDocument;
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
        MenuLine::new(&self.name, &self.document)
    }
}

impl MenuLine {
    /// Returns the line of a skill that is called `name`.
    pub fn new(name: &str, document: &SkillDocument) -> MenuLine {
        let text = format!("{name}: {}", document.one_line());
        MenuLine {
            tokens: tokens(&text),
            text,
        }
    }
}

impl SkillDocument {
    /// Returns the description on one line; safe to print.
    pub fn one_line(&self) -> String {
        let words: Vec<&str> = self.description.split_whitespace().collect();
        printable(&words.join(" ")).into_owned()
    }
}
