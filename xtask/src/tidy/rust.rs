//! Rules on Rust sources, read as tokens: comments and strings never count.

use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};

use crate::tidy::finding::Finding;
use crate::tidy::names::{EMPTY_NAMES, MEND};

/// The most lines of one function, from `fn` to its closing brace. Past it there are two ideas.
const FUNCTION_LINES_MAX: usize = 70;

/// The only file that may hold `unsafe`: it loads a precompiled component, and carries its proof.
const UNSAFE_FILE: &str = "crates/sandbox/src/load.rs";

/// The files that may allow it: that one, and those that hold what wit-bindgen generates.
const ALLOWING_FILES: [&str; 3] = [
    UNSAFE_FILE,
    "crates/sdk/src/bindings.rs",
    "crates/sdk/src/component.rs",
];

/// Checks one file.
pub(crate) fn check(path: &str, text: &str) -> Vec<Finding> {
    let parsed = (syn::parse_file(text), text.parse::<TokenStream>());
    let (Ok(file), Ok(tokens)) = parsed else {
        let message = "the file is no Rust";
        return vec![Finding::new(
            path,
            1,
            message,
            "ask `cargo check` for the place",
        )];
    };
    let mut outline = Outline {
        path,
        findings: Vec::new(),
        tests: Vec::new(),
    };
    outline.visit_file(&file);
    if path
        .split('/')
        .any(|part| part == "tests" || part == "tests.rs")
    {
        outline.tests.push(1..=usize::MAX);
    }
    let mut words = Words {
        path,
        tests: outline.tests,
        findings: outline.findings,
    };
    words.read(tokens);
    words.findings
}

/// Finds the functions that are too long, and the lines that are tests.
struct Outline<'file> {
    path: &'file str,
    findings: Vec<Finding>,
    tests: Vec<RangeInclusive<usize>>,
}

impl Outline<'_> {
    fn measure(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = signature.fn_token.span.start().line;
        let count = block.brace_token.span.close().end().line + 1 - first;
        if count > FUNCTION_LINES_MAX {
            let name = &signature.ident;
            let message =
                format!("`{name}` has {count} lines, and {FUNCTION_LINES_MAX} is the most");
            self.findings
                .push(Finding::new(self.path, first, message, "split it by idea"));
        }
    }

    fn note_test(&mut self, attributes: &[syn::Attribute], braces: &syn::token::Brace) {
        if attributes.iter().any(is_test) {
            let span = braces.span;
            self.tests
                .push(span.open().start().line..=span.close().end().line);
        }
    }
}

impl<'ast> Visit<'ast> for Outline<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.measure(&item.sig, &item.block);
        self.note_test(&item.attrs, &item.block.brace_token);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.measure(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if let Some((brace, _)) = &item.content {
            self.note_test(&item.attrs, brace);
        }
        visit::visit_item_mod(self, item);
    }
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]` and `#[cfg(all(test, …))]`.
fn is_test(attribute: &syn::Attribute) -> bool {
    let last = attribute.path().segments.last();
    match last.map(|segment| segment.ident.to_string()).as_deref() {
        Some("test") => true,
        Some("cfg") => match &attribute.meta {
            syn::Meta::List(list) => positive_test(list.tokens.clone()),
            _ => false,
        },
        _ => false,
    }
}

fn positive_test(tokens: TokenStream) -> bool {
    let mut after_not = false;
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => {
            after_not = word == "not";
            word == "test"
        }
        TokenTree::Group(group) => !after_not && positive_test(group.stream()),
        _ => false,
    })
}

/// Finds words that may not stand where they stand.
struct Words<'file> {
    path: &'file str,
    tests: Vec<RangeInclusive<usize>>,
    findings: Vec<Finding>,
}

impl Words<'_> {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for place in 0..tokens.len() {
            self.judge(&tokens, place);
            if let TokenTree::Group(group) = &tokens[place] {
                self.read(group.stream());
            }
        }
    }

    fn judge(&mut self, tokens: &[TokenTree], place: usize) {
        let before = place.checked_sub(1).map(|place| &tokens[place]);
        let after = tokens.get(place + 1);
        let line = tokens[place].span().start().line;
        let found = match &tokens[place] {
            TokenTree::Ident(word) => self.judge_word(&word.to_string(), before, after, line),
            TokenTree::Group(group) if is_mark(before, '#') => judge_attribute(group),
            _ => None,
        };
        if let Some((message, mend)) = found {
            self.findings
                .push(Finding::new(self.path, line, message, mend));
        }
    }

    fn judge_word(
        &self,
        word: &str,
        before: Option<&TokenTree>,
        after: Option<&TokenTree>,
        line: usize,
    ) -> Option<(String, &'static str)> {
        let in_test = self.tests.iter().any(|lines| lines.contains(&line));
        let may_allow = ALLOWING_FILES.contains(&self.path);
        match word {
            "todo" | "unimplemented" if is_mark(after, '!') => {
                Some((format!("`{word}!` stands for missing work"), "do the work"))
            }
            "sleep" | "sleep_until" if in_test && is_call(before, after) => Some((
                "a test sleeps".to_owned(),
                "wait for the event itself: a channel, a join, a state",
            )),
            "unsafe" if self.path != UNSAFE_FILE => Some((
                "`unsafe` outside its file".to_owned(),
                "find a safe way, or ask for a place in xtask/src/tidy/rust.rs",
            )),
            "allow" | "expect" if !may_allow && names(after, "unsafe_code") => Some((
                "`unsafe_code` is allowed outside its file".to_owned(),
                "remove the attribute",
            )),
            name if EMPTY_NAMES.contains(&name) && is_word(before, "mod") => {
                Some((format!("`{name}` says nothing"), MEND))
            }
            _ => None,
        }
    }
}

fn judge_attribute(group: &proc_macro2::Group) -> Option<(String, &'static str)> {
    let first = group.stream().into_iter().next();
    let ignored = group.delimiter() == Delimiter::Bracket && is_word(first.as_ref(), "ignore");
    ignored.then(|| ("a test is ignored".to_owned(), "make it pass, or remove it"))
}

/// A call or an import of a free function: a method or a definition of that name is another thing.
fn is_call(before: Option<&TokenTree>, after: Option<&TokenTree>) -> bool {
    let called = matches!(after, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
    let another = is_mark(before, '.') || is_word(before, "fn");
    called && !another
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == mark)
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(found)) if found == word)
}

fn names(token: Option<&TokenTree>, word: &str) -> bool {
    let Some(TokenTree::Group(group)) = token else {
        return false;
    };
    group
        .stream()
        .into_iter()
        .any(|token| is_word(Some(&token), word))
}

#[cfg(test)]
mod tests;
