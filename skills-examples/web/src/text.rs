//! Readable text while it is written: blanks folded, blocks apart, up to a bound.

/// What stands between what was written and what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Blank,
    Line,
    Paragraph,
}

/// Text that grows.
#[derive(Debug)]
pub(crate) struct Text {
    written: String,
    chars_left: usize,
    gap: Gap,
    /// What stands before the next word: the sign of an item or a heading.
    sign: &'static str,
    cut: bool,
}

impl Text {
    /// Returns an empty text that takes `chars_max` characters.
    pub(crate) fn new(chars_max: usize) -> Self {
        Self {
            written: String::new(),
            chars_left: chars_max,
            gap: Gap::None,
            sign: "",
            cut: false,
        }
    }

    /// Adds running text: any number of blanks is one.
    pub(crate) fn add(&mut self, text: &str) {
        if text.starts_with(is_blank) {
            self.ask(Gap::Blank);
        }
        for word in text.split(is_blank).filter(|word| !word.is_empty()) {
            if self.cut {
                return;
            }
            self.fill_gap();
            self.push(word);
            self.ask(Gap::Blank);
        }
        if !text.ends_with(is_blank) && self.gap == Gap::Blank {
            self.gap = Gap::None;
        }
    }

    /// Adds text whose lines and blanks stand as they are.
    pub(crate) fn add_as_is(&mut self, text: &str) {
        if !text.is_empty() && !self.cut {
            self.fill_gap();
            self.push(text);
        }
    }

    /// Sets a sign before the next word, instead of one that no word followed.
    pub(crate) fn sign(&mut self, sign: &'static str) {
        self.sign = sign;
    }

    /// Begins a new line before what comes next.
    pub(crate) fn line(&mut self) {
        self.ask(Gap::Line);
    }

    /// Begins a new paragraph before what comes next.
    pub(crate) fn paragraph(&mut self) {
        self.ask(Gap::Paragraph);
    }

    /// Returns the text, and whether something did not find room.
    pub(crate) fn finish(mut self) -> (String, bool) {
        self.written.truncate(self.written.trim_end().len());
        (self.written, self.cut)
    }

    /// Returns whether nothing was written.
    pub(crate) fn is_empty(&self) -> bool {
        self.written.trim().is_empty()
    }

    fn ask(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn fill_gap(&mut self) {
        let between = match self.gap {
            _ if self.written.is_empty() => "",
            Gap::None => "",
            Gap::Blank => " ",
            // Text that stood as it is may have brought its own.
            Gap::Line if self.written.ends_with('\n') => "",
            Gap::Line => "\n",
            Gap::Paragraph if self.written.ends_with('\n') => "\n",
            Gap::Paragraph => "\n\n",
        };
        self.gap = Gap::None;
        self.push(between);
        let sign = std::mem::take(&mut self.sign);
        self.push(sign);
    }

    fn push(&mut self, text: &str) {
        for character in text.chars().filter(|c| !is_hidden(*c)) {
            if self.chars_left == 0 {
                self.cut = true;
                return;
            }
            self.chars_left -= 1;
            self.written.push(character);
        }
    }
}

/// HTML's blanks; a no-break space is a character.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

/// What a person does not see and a model would: controls, directions, tags, blanks of no
/// width. The joiners stay, because Persian, Hindi and emoji need them.
fn is_hidden(character: char) -> bool {
    let control = character.is_control() && !matches!(character, '\n' | '\t');
    control
        || matches!(
            character,
            '\u{ad}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(write: impl FnOnce(&mut Text), expected: (&str, bool)) {
        let mut text = Text::new(20);
        write(&mut text);
        assert_eq!(text.finish(), (expected.0.to_owned(), expected.1));
    }

    #[test]
    fn blanks_fold_and_words_join() {
        check(|t| t.add(" a \n\t b "), ("a b", false));
        check(
            |t| ["one", "two"].iter().for_each(|w| t.add(w)),
            ("onetwo", false),
        );
        check(
            |t| ["one ", "two"].iter().for_each(|w| t.add(w)),
            ("one two", false),
        );
        check(
            |t| ["one", " two"].iter().for_each(|w| t.add(w)),
            ("one two", false),
        );
        check(|t| t.add("a\u{a0}b"), ("a\u{a0}b", false));
    }

    #[test]
    fn the_widest_gap_stands_and_none_at_the_ends() {
        let write = |t: &mut Text| {
            t.paragraph();
            t.add("a");
            t.line();
            t.paragraph();
            t.line();
            t.add(" b ");
            t.paragraph();
        };
        check(write, ("a\n\nb", false));
        check(
            |t| {
                t.add("a");
                t.add_as_is("\n  b");
            },
            ("a\n  b", false),
        );
    }

    #[test]
    fn a_sign_stands_before_a_word_only() {
        let write = |t: &mut Text| {
            for sign in ["# ", "- "] {
                t.line();
                t.sign(sign);
            }
            t.add("a");
            t.line();
            t.sign("- ");
        };
        check(write, ("- a", false));
    }

    #[test]
    fn what_finds_no_room_is_told() {
        check(|t| t.add(&"x".repeat(20)), (&"x".repeat(20), false));
        check(|t| t.add(&"x".repeat(21)), (&"x".repeat(20), true));
        check(|t| t.add_as_is(&"ü".repeat(30)), (&"ü".repeat(20), true));
    }

    #[test]
    fn what_nobody_sees_is_not_there() {
        let hidden = "a\u{200b}b\u{202e}c\u{e0041}d\u{1b}[0m\u{feff}\u{0}";
        check(|t| t.add(hidden), ("abcd[0m", false));
    }
}
