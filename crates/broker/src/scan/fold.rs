//! Decodes a text once: its escapes are replaced by what they mean, and what encodings put
//! between the bytes of a value is left out.
//!
//! Left out are NUL (UTF-16), CR and LF (the lines of MIME and PEM) and TAB. A text that is
//! escaped twice is folded twice.

use zeroize::Zeroizing;

use super::escape::{ESCAPE_MAX, Step, step};
use super::plain::{WORD, is_left_out, is_special, plain_bytes, plain_run};

/// How much new text is joined to an escape that is pending.
const JOIN: usize = 64;
/// The most bytes of an escape that is pending: one less than the longest, or a numeric one
/// without its leading zeros and without digits past those that make it too large.
const PENDING_MAX: usize = ESCAPE_MAX + 1;
/// Digits after which a number is too large for a character, in any radix of HTML.
const DIGITS_MAX: usize = 8;
/// An escape means fewer bytes than it has, so that a text does not grow but by what was
/// pending, and by the rest of a word that is copied whole.
const GROWTH_MAX: usize = PENDING_MAX + WORD;

/// A decoder of a stream. It keeps an escape that is not complete.
pub(super) struct Fold {
    pending: Zeroizing<[u8; PENDING_MAX]>,
    pending_length: usize,
    /// Bytes since the last one that was not passed on as it is.
    unchanged: usize,
}

impl Fold {
    pub(super) fn new() -> Self {
        Self {
            pending: Zeroizing::new([0; PENDING_MAX]),
            pending_length: 0,
            unchanged: 0,
        }
    }

    /// Returns whether an escape has begun that is not complete.
    pub(super) fn is_pending(&self) -> bool {
        self.pending_length > 0
    }

    /// Returns how many bytes were passed on as they are since the last that was not.
    pub(super) fn unchanged(&self) -> usize {
        self.unchanged
    }

    /// Forgets what came before.
    pub(super) fn restart(&mut self) {
        self.pending_length = 0;
        self.unchanged = 0;
    }

    /// Decodes the next part of a text onto the end of `out`.
    pub(super) fn push(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let mut out = Out::new(out, text.len() + GROWTH_MAX);
        let mut at = self.resume(text, &mut out);
        while at < text.len() {
            let plain = out.copy_plain(&text[at..]);
            self.unchanged += plain;
            at += plain;
            while text.get(at).is_some_and(|byte| is_left_out(*byte)) {
                self.unchanged = 0;
                at += 1;
            }
            if at < text.len() {
                match self.one(&text[at..], &mut out) {
                    Some(taken) => at += taken,
                    None => {
                        self.wait(&text[at..]);
                        break;
                    }
                }
            }
        }
        out.close();
    }

    /// Goes on with the escape that is pending; returns how much of `text` was used.
    fn resume(&mut self, text: &[u8], out: &mut Out) -> usize {
        let mut used = 0;
        while self.is_pending() && used < text.len() {
            let before = self.pending_length;
            let fresh = JOIN.min(text.len() - used);
            let mut joined = Zeroizing::new([0; PENDING_MAX + JOIN]);
            joined[..before].copy_from_slice(&self.pending[..before]);
            joined[before..before + fresh].copy_from_slice(&text[used..used + fresh]);
            let joined = &joined[..before + fresh];
            match self.one(joined, out) {
                None => {
                    used += fresh;
                    self.wait(joined);
                }
                Some(taken) if taken < before => {
                    self.pending.copy_within(taken..before, 0);
                    self.pending_length = before - taken;
                }
                Some(taken) => {
                    used += taken - before;
                    self.pending_length = 0;
                }
            }
        }
        used
    }

    /// Decodes what stands at the beginning of `text`; returns its length, or none where more
    /// of it must come first.
    fn one(&mut self, text: &[u8], out: &mut Out) -> Option<usize> {
        match step(text) {
            Step::Incomplete => None,
            Step::Literal if is_left_out(text[0]) => {
                self.unchanged = 0;
                Some(1)
            }
            Step::Literal => {
                out.put(text[0]);
                self.unchanged += 1;
                Some(1)
            }
            Step::Escape { taken, meant } => {
                for byte in meant.as_slice() {
                    if !is_left_out(*byte) {
                        out.put(*byte);
                    }
                }
                self.unchanged = 0;
                Some(taken)
            }
        }
    }

    /// Keeps an escape that is not complete, without the digits that do not matter.
    fn wait(&mut self, escape: &[u8]) {
        let (lead, digits) = match escape {
            [b'&', b'#', b'x' | b'X', digits @ ..] => (3, digits),
            [b'&', b'#', digits @ ..] => (2, digits),
            _ => (escape.len().min(PENDING_MAX), &[][..]),
        };
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        // One zero tells that there are digits, and changes no number.
        let digits = &digits[zeros.saturating_sub(1)..];
        let digits = &digits[..digits.len().min(DIGITS_MAX + 1)];
        self.pending_length = lead + digits.len();
        self.pending[..lead].copy_from_slice(&escape[..lead]);
        self.pending[lead..self.pending_length].copy_from_slice(digits);
    }
}

/// Returns a whole text decoded once.
pub(super) fn folded(text: &[u8]) -> Zeroizing<Vec<u8>> {
    // It never grows, as a vector that does leaves a copy behind that is not wiped.
    let mut out = Zeroizing::new(Vec::with_capacity(text.len() + END.len() + GROWTH_MAX));
    let mut fold = Fold::new();
    fold.push(text, &mut out);
    fold.push(END, &mut out);
    out
}

/// What ends a text: it completes any escape, and is itself left out.
pub(super) const END: &[u8] = b"\0";

/// Returns where the first byte stands that a fold would not pass on as it is, as far as this
/// text shows.
pub(super) fn first_change(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if !is_special(*byte) {
            at += plain_run(&text[at..]);
        } else if is_left_out(*byte) || step(&text[at..]) != Step::Literal {
            return Some(at);
        } else {
            at += 1;
        }
    }
    None
}

/// The end of a vector, opened for writing: room is made once, and given back once.
struct Out<'vec> {
    vec: &'vec mut Vec<u8>,
    length: usize,
}

impl<'vec> Out<'vec> {
    fn new(vec: &'vec mut Vec<u8>, room: usize) -> Self {
        let length = vec.len();
        vec.resize(length + room, 0);
        Self { vec, length }
    }

    fn put(&mut self, byte: u8) {
        self.vec[self.length] = byte;
        self.length += 1;
    }

    /// Copies the bytes at the beginning that certainly mean themselves; returns how many.
    #[inline(always)]
    fn copy_plain(&mut self, text: &[u8]) -> usize {
        let start = self.length;
        let mut words = text.chunks_exact(WORD);
        for word in &mut words {
            // The whole word is copied, as that is faster; what is not plain is overwritten.
            self.vec[self.length..self.length + WORD].copy_from_slice(word);
            let plain = plain_bytes(word);
            self.length += plain;
            if plain < WORD {
                return self.length - start;
            }
        }
        let rest = words.remainder();
        let plain = plain_run(rest);
        self.vec[self.length..self.length + plain].copy_from_slice(&rest[..plain]);
        self.length += plain;
        self.length - start
    }

    fn close(self) {
        self.vec.truncate(self.length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Folds `text` whole, in every two parts, and byte by byte.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let text = text.as_bytes();
        let parts = |at: usize| vec![&text[..at], &text[at..]];
        let mut splits: Vec<Vec<&[u8]>> = (0..=text.len()).map(parts).collect();
        splits.push(text.chunks(1).collect());
        for split in splits {
            let mut fold = Fold::new();
            let mut out = Vec::new();
            split.iter().for_each(|part| fold.push(part, &mut out));
            fold.push(END, &mut out);
            let out = String::from_utf8_lossy(&out);
            assert_eq!(out, expected, "{split:?}");
        }
    }

    #[test]
    fn escapes_are_decoded_once() {
        check("a%62c&#100;\\u0065\\x66&amp;amp;%2541", "abcdef&amp;%41");
        check("&#x0000000000000000000000000000000000000041;B", "AB");
        check("&#99999999999999999999999999999999;B", "\u{FFFD}B");
        check("&#00000000000000000000000000000000000065", "A");
        check("\\ud83d\\ude00\\ud83d\\n\\ud83d", "😀\u{FFFD}\u{FFFD}");
    }

    #[test]
    fn what_is_no_escape_stays() {
        check(
            "100% &b=2 && %4 %%41 &am%70; c",
            "100% &b=2 && %4 %A &amp; c",
        );
        check("a long enough text for whole blocks, without any change", {
            "a long enough text for whole blocks, without any change"
        });
    }

    #[test]
    fn what_stands_between_is_left_out() {
        check("a\0b\0\r\n c\td\\r\\n%00&#10;&NewLine;\\\ne", "ab cde");
    }

    #[test]
    fn the_first_change_is_found() {
        assert_eq!(
            first_change(b"100% &b=2 and more text, 32 bytes or so"),
            None
        );
        assert_eq!(
            first_change(b"100% &b=2 and more text, 32 bytes or so%41"),
            Some(39)
        );
        assert_eq!(first_change(b"ab\n"), Some(2));
        assert_eq!(first_change(b"ab%4"), Some(2));
        assert_eq!(first_change(b""), None);
    }
}
