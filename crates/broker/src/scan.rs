//! Finds secret values in what crosses the wall, in whatever usual form they are written.
//!
//! # What is a hit
//!
//! Any run of [`WINDOW`] bytes of a value, wherever it stands in the value and in the text, in
//! any letter case, written
//!
//! - as it is, or as UTF-16 or UTF-32, in either order of bytes;
//! - in base64 or base64url at any of the three alignments, padded or not, with or without
//!   line breaks; in hex;
//! - with any of its bytes escaped: `%41`, `%u0041`, `\x41`, `\u0041`, `\u{41}`, `\101`, `\/`
//!   and a backslash before any other sign, `&#65;`, `&#x41;` with leading zeros or without a
//!   semicolon, `&amp;` and the other named ASCII characters, and `+` for a space;
//! - in several of these at once, and escaped up to [`LEVELS`] times over, as percent inside
//!   JSON, or escapes around base64.
//!
//! # What is public
//!
//! Of a signed JWT only the signature counts, and of an encrypted one all but the header. Of a
//! PEM file, private keys count alone; of these, neither the armour nor what all keys of a kind
//! share nor the public key (RSA's modulus, a curve's point) does. What counts is looked for as
//! it stands in the file and decoded. So other tokens, certificates and public keys pass. A
//! value of any other structure, such as a JSON key file, counts whole: hand in its secret part.
//!
//! # What is not found
//!
//! - Less than [`WINDOW`] bytes of a value at a time. (In base64, the 15 signs that settle
//!   eleven bytes and a quarter may be a hit already.) NUL, TAB, CR and LF that are inside a
//!   value do not count where the text is decoded.
//! - What must be computed: compression, encryption, a hash, bytes that are reversed, swapped,
//!   rotated (ROT13), masked, or spread out with other text between them; another alphabet
//!   (base32, base58, ASCII85, EBCDIC, full-width letters); numbers (`[115, 101]`), hex with
//!   separators (`73:65`), quoted-printable, CSS escapes, HTML's names for what is not ASCII.
//! - Base64 or hex of what is encoded once more below it: base64 in base64 or of UTF-16, an
//!   escape in hex. Hand in such a rendering as a value of its own, as that of HTTP Basic.
//! - Escapes more than [`LEVELS`] deep; base64 and hex that is broken by spaces; an escape
//!   whose own signs are escaped in part, where the rest of it means something by itself
//!   (`&#6%35;`, and `\%41` for `%41`).
//!
//! A server that wants to leak what it was sent can use any of these. The scan stops mistakes,
//! and honest servers that echo.
//!
//! # What it costs
//!
//! Needles of ten values of 40 bytes take some 200 KiB and less than a tenth of a millisecond.
//! A scan takes at most 40 KiB, [`HELD_MAX`] bytes that are held back, and a chunk. Its work is
//! proportional to the text: a nanosecond or two a byte for JSON and HTML, half of one for
//! base64, and for hostile text (only escapes that are none, only almost-runs) up to thirty.

mod der;
mod entity;
mod escape;
mod fold;
mod form;
mod grams;
mod levels;
mod part;
mod pem;
mod plain;
mod short;
mod spelling;
mod stream;
mod table;
mod view;
mod windows;

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

pub use self::stream::{HELD_MAX, Scan};

use self::fold::first_change;
use self::form::{Form, forms};
use self::grams::{GRAM, Grams};
use self::levels::Levels;
use self::part::parts;
use self::plain::plain_run;
use self::short::Short;
use self::spelling::same_byte;
use self::view::search_whole;
use self::windows::Windows;
use crate::secrets::SecretValue;

/// The shortest run of a value that is a hit, in bytes. A value that is shorter is found only
/// as a whole.
pub const WINDOW: usize = 12;

/// How many times over an escaped text is decoded.
pub const LEVELS: usize = 3;

/// What is looked for: built once from values, shared by every scan. It holds hashes of runs of
/// the values, not the values, and is wiped when it goes.
pub struct Needles {
    grams: Grams,
    windows: Windows,
    short: Short,
    is_empty: bool,
}

/// Something was found: which of the values, by its place in the list that was given. Where
/// several values share the run, it is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The index.
    pub needle: usize,
}

impl Needles {
    /// Prepares a scan for `values`. Empty ones are never found.
    pub fn new(values: &[SecretValue]) -> Self {
        let mut needles = Self {
            grams: Grams::new(),
            windows: Windows::new(),
            short: Short::default(),
            is_empty: values.iter().all(|value| value.expose().is_empty()),
        };
        for (needle, value) in values.iter().enumerate() {
            needles.add(value.expose(), needle);
        }
        needles
    }

    /// Looks through one whole text, such as a header's value.
    pub fn find(&self, text: &[u8]) -> Option<Hit> {
        if self.is_empty {
            return None;
        }
        let needle = match first_change(text) {
            // Nothing in it is to be decoded, so that it needs no copy.
            None => search_whole(text, self),
            Some(_) => {
                let mut levels = Levels::default();
                levels.push(text, self).or_else(|| levels.end(self))
            }
        };
        needle.map(|needle| Hit { needle })
    }

    /// Begins to look through a stream.
    pub fn stream(self: &Arc<Self>) -> Scan {
        Scan::new(Arc::clone(self))
    }

    /// Returns whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.is_empty
    }

    fn add(&mut self, value: &[u8], needle: usize) {
        if value.len() < WINDOW {
            return self.short.insert(value, needle);
        }
        for part in parts(value) {
            for Form { kind, text } in forms(&part) {
                for gram in text.windows(GRAM) {
                    let gram = gram.first_chunk().expect("windows have this length");
                    self.grams.insert(*gram, kind);
                }
                let same = Zeroizing::new(text.iter().copied().map(same_byte).collect::<Vec<_>>());
                self.windows.insert(kind, &same, needle);
            }
        }
    }
}

/// Returns whether every byte of a text certainly means itself, whatever stands around it.
pub(crate) fn is_plain(text: &[u8]) -> bool {
    plain_run(text) == text.len()
}

/// Nothing to look for.
impl Default for Needles {
    fn default() -> Self {
        Self::new(&[])
    }
}

/// Shows nothing of the values.
impl fmt::Debug for Needles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Needles")
    }
}
