//! The first sieve: which eight bytes occur in any form of any value.
//!
//! A bitmap answers almost every look within a nanosecond; the table behind it answers the
//! rest exactly.

use zeroize::Zeroizing;

use super::form::Kind;
use super::spelling::{each_key, gram_key};
use super::table::Table;

/// Length of a gram in bytes.
pub(super) const GRAM: usize = 8;
/// Length of a quad, half a gram: a text that ends in one may be the beginning of a run.
const QUAD: usize = 4;

/// Bits of each bitmap. 32 KiB stay in the near cache, and with ten secrets of 40 bytes about
/// one look in fifty goes on to the table for nothing.
const BITS_LOG2: u32 = 18;
const WORDS: usize = 1 << (BITS_LOG2 - 6);

/// Odd numbers with well spread bits, as multiplicative hashing wants.
pub(super) const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
const SPREAD_AGAIN: u64 = 0xD6E8_FEB8_6659_FD93;
const SPREAD_QUAD: u32 = 0x9E37_79B1;

/// A bitmap of hashes.
pub(super) type Bitmap = [u64; WORDS];

/// A set of grams, and the set of the halves of those that are not hex. Wiped when it goes.
pub(super) struct Grams {
    filter: Zeroizing<Vec<u64>>,
    quads: Zeroizing<Vec<u64>>,
    table: Table,
}

/// Which kinds of form a gram occurs in.
#[derive(Clone, Copy)]
pub(super) struct Kinds(u64);

impl Kinds {
    pub(super) fn holds(self, kind: Kind) -> bool {
        self.0 & kind.bit() != 0
    }
}

impl Grams {
    pub(super) fn new() -> Self {
        Self {
            filter: Zeroizing::new(vec![0; WORDS]),
            quads: Zeroizing::new(vec![0; WORDS]),
            table: Table::new(),
        }
    }

    /// Adds eight bytes of a form, in every spelling.
    pub(super) fn insert(&mut self, gram: [u8; GRAM], kind: Kind) {
        each_key(gram, |key| {
            set(&mut self.filter, place(key));
            if kind != Kind::Hex {
                set(&mut self.quads, quad_place(key as u32));
                set(&mut self.quads, quad_place((key >> 32) as u32));
            }
            self.table.put(finer(key), |kinds| kinds | kind.bit());
        });
    }

    /// Returns the bitmap, which a scan keeps at hand.
    pub(super) fn filter(&self) -> &Bitmap {
        self.filter
            .first_chunk()
            .expect("it is made with this length")
    }

    /// Returns the kinds of form in which a gram occurs, after the bitmap said that it may.
    pub(super) fn kinds(&self, gram: [u8; GRAM]) -> Option<Kinds> {
        self.table.get(finer(gram_key(gram))).map(Kinds)
    }

    /// Returns whether a text ends in what may be the beginning of a run: in four bytes that
    /// occur in a form, or eight where the form is hex. It may err towards yes.
    pub(super) fn may_open(&self, text: &[u8]) -> bool {
        let quad = text.last_chunk::<QUAD>();
        let is_quad = quad.is_some_and(|quad| {
            let place = quad_place(u32::from_le_bytes(*quad) | 0x2020_2020);
            self.quads[place >> 6] >> (place & 63) & 1 == 1
        });
        is_quad || text.last_chunk().is_some_and(|gram| self.is_hex(*gram))
    }

    fn is_hex(&self, gram: [u8; GRAM]) -> bool {
        may_hold(self.filter(), gram)
            && self.kinds(gram).is_some_and(|kinds| kinds.holds(Kind::Hex))
    }
}

/// Returns whether the bitmap knows a gram. It may err towards yes.
#[inline(always)]
pub(super) fn may_hold(filter: &Bitmap, gram: [u8; GRAM]) -> bool {
    let place = place(gram_key(gram));
    filter[(place >> 6) & (WORDS - 1)] >> (place & 63) & 1 == 1
}

#[inline(always)]
fn place(key: u64) -> usize {
    (key.wrapping_mul(SPREAD) >> (64 - BITS_LOG2)) as usize
}

fn quad_place(key: u32) -> usize {
    (key.wrapping_mul(SPREAD_QUAD) >> (32 - BITS_LOG2)) as usize
}

/// Returns a hash all of whose high bits depend on the whole key.
fn finer(key: u64) -> u64 {
    let hash = key.wrapping_mul(SPREAD);
    (hash ^ (hash >> 32)).wrapping_mul(SPREAD_AGAIN)
}

fn set(bits: &mut [u64], place: usize) {
    bits[place >> 6] |= 1 << (place & 63);
}
