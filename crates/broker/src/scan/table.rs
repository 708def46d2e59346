//! A set of hashes, each with a small number beside it.

use zeroize::Zeroizing;

/// Low bits of a slot that hold the number; the high ones hold the hash.
const NUMBER_BITS: u32 = 16;
const NUMBER: u64 = (1 << NUMBER_BITS) - 1;

/// The largest number that a slot can hold.
pub(super) const NUMBER_MAX: u64 = NUMBER;

/// Slots of a new table; a table doubles when it is half full.
const SLOTS_LOG2: u32 = 12;

/// An open-addressing table of 48-bit hashes, wiped when it goes.
///
/// It answers wrongly for one hash in 2^48 / entries, about 10^11 for ten secrets, which is why
/// it need not keep what was hashed.
pub(super) struct Table {
    /// Zero where nothing is: a number is never zero.
    slots: Zeroizing<Vec<u64>>,
    shift: u32,
    used: usize,
}

impl Table {
    pub(super) fn new() -> Self {
        Self {
            slots: Zeroizing::new(vec![0; 1 << SLOTS_LOG2]),
            shift: 64 - SLOTS_LOG2,
            used: 0,
        }
    }

    /// Returns the number beside a hash.
    pub(super) fn get(&self, hash: u64) -> Option<u64> {
        match self.slots[self.seek(hash)] {
            0 => None,
            slot => Some(slot & NUMBER),
        }
    }

    /// Puts `number`, which is not zero, beside a hash: `merge` takes the old number, zero
    /// where there is none, and returns the new one.
    pub(super) fn put(&mut self, hash: u64, merge: impl FnOnce(u64) -> u64) {
        let at = self.seek(hash);
        let old = self.slots[at];
        let number = merge(old & NUMBER);
        debug_assert!(number > 0 && number <= NUMBER_MAX);
        self.slots[at] = hash & !NUMBER | number;
        if old == 0 {
            self.used += 1;
            if self.used * 2 > self.slots.len() {
                self.grow();
            }
        }
    }

    /// Returns the slot of a hash, or the empty one where it belongs.
    fn seek(&self, hash: u64) -> usize {
        let mut at = (hash >> self.shift) as usize;
        loop {
            let slot = self.slots[at];
            if slot == 0 || (slot ^ hash) & !NUMBER == 0 {
                return at;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    fn grow(&mut self) {
        let empty = Zeroizing::new(vec![0; self.slots.len() * 2]);
        let old = std::mem::replace(&mut self.slots, empty);
        self.shift -= 1;
        for slot in old.iter().filter(|slot| **slot != 0) {
            let at = self.seek(*slot);
            self.slots[at] = *slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_what_was_put_while_it_grows() {
        let hash = |n: u64| (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut table = Table::new();
        let count = 1 << (SLOTS_LOG2 + 1);
        for n in 0..count {
            table.put(hash(n), |old| old + 1 + n % 3);
        }
        for n in 0..count {
            assert_eq!(table.get(hash(n)), Some(1 + n % 3));
            assert_eq!(table.get(hash(n + count)), None);
        }
    }
}
