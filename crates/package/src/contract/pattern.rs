//! Which regular expressions a schema may hold.
//!
//! The engine is linear in the text, but with a factor: `1[01]{200}x` takes 1.4 s on 1 MiB,
//! since its lazy automaton makes a new state at every byte. So a pattern must determinize
//! into a small automaton; then a byte costs one look-up. `(a+)+$` does, and so does every
//! honest pattern that begins with `^`; what does not is refused at load.

use std::collections::BTreeSet;

use regex_automata::dfa::dense;
use regex_automata::nfa::thompson;

/// Most bytes of the automaton of one pattern, and of the work space that builds it. The
/// engine's own cache is larger (`compile.rs`), so that it never has to begin anew.
const AUTOMATON_BYTES_MAX: usize = 512 << 10;
/// Most bytes of a pattern's compiled form before that.
const COMPILED_BYTES_MAX: usize = 256 << 10;
/// Most different patterns in one schema: each is built at load.
pub(super) const PATTERNS_MAX: usize = 128;

/// Checks a pattern by itself, and returns how many bytes its automata have.
///
/// # Errors
/// What is wrong, and the mend.
pub(super) fn check(pattern: &str) -> Result<usize, (&'static str, &'static str)> {
    let unreadable = (
        "the pattern is not a regular expression that Hotcell reads",
        "use ECMA-262 syntax without look-around and back-references",
    );
    let too_large = (
        "the pattern is too large, or takes too long on a long text",
        "begin it with `^`, and use `maxLength` in place of large repeat counts",
    );
    let rust = jsonschema_regex::to_rust_regex(pattern).map_err(|()| unreadable)?;
    let syntax = regex_automata::util::syntax::Config::new();
    regex_automata::util::syntax::parse_with(&rust, &syntax).map_err(|_| unreadable)?;
    let nfa = thompson::Compiler::new()
        .syntax(syntax)
        .configure(thompson::Config::new().nfa_size_limit(Some(COMPILED_BYTES_MAX)))
        .build(&rust)
        .map_err(|_| too_large)?;
    let limits = dense::Config::new()
        .dfa_size_limit(Some(AUTOMATON_BYTES_MAX))
        .determinize_size_limit(Some(AUTOMATON_BYTES_MAX));
    let dfa = dense::Builder::new().configure(limits).build_from_nfa(&nfa);
    let dfa = dfa.map_err(|_| too_large)?;
    Ok(nfa.memory_usage() + dfa.memory_usage())
}

/// Gathers the different patterns of a schema.
#[derive(Default)]
pub(super) struct Patterns<'s>(BTreeSet<&'s str>);

impl<'s> Patterns<'s> {
    /// Returns whether `pattern` is new; none where there are too many.
    pub(super) fn add(&mut self, pattern: &'s str) -> Option<bool> {
        let new = self.0.insert(pattern);
        (self.0.len() <= PATTERNS_MAX).then_some(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_patterns_pass() {
        for pattern in [
            "^[A-Z]{2}[0-9A-Z]{2,12}$",
            r"^\d{4}-\d{2}-\d{2}$",
            r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$",
            "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
            "^.{1,200}$",
            r"^[\p{L} .'-]+$",
            r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
            r"\S",
            "(a+)+$",
            "^(https?)://",
        ] {
            assert!(
                check(pattern).is_ok_and(|bytes| bytes < 300 << 10),
                "{pattern}"
            );
        }
    }

    #[test]
    fn slow_or_foreign_patterns_are_refused() {
        for pattern in [
            "1[01]{200}x",
            "^[01]*1[01]{20}x",
            "(a{1000}){1000}",
            r"(?=a)b",
            r"(a)\1",
            "(",
            r"[01]*1[01]{16}",
        ] {
            assert!(check(pattern).is_err(), "{pattern}");
        }
    }
}
