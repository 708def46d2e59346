//! Which bytes mean themselves: told for eight at a time, as most of a text does.

/// How many bytes are looked at together.
pub(super) const WORD: usize = 8;
/// How many are when a change is far.
const BLOCK: usize = 32;
/// Bytes below this one are looked at one by one.
const PLAIN_MIN: u8 = 14;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES * 0x80;

/// Returns the length of the run of bytes at the beginning that certainly mean themselves.
pub(super) fn plain_run(text: &[u8]) -> usize {
    let mut at = 0;
    for block in text.chunks_exact(BLOCK) {
        // Without a branch in it, the compiler looks at sixteen bytes at once.
        if block
            .iter()
            .fold(false, |any, byte| any | is_special(*byte))
        {
            break;
        }
        at += BLOCK;
    }
    for word in text[at..].chunks_exact(WORD) {
        let plain = plain_bytes(word);
        at += plain;
        if plain < WORD {
            return at;
        }
    }
    let rest = text[at..].iter();
    at + rest.take_while(|byte| !is_special(**byte)).count()
}

/// Returns how many of eight bytes mean themselves, from the first on.
#[inline(always)]
pub(super) fn plain_bytes(word: &[u8]) -> usize {
    let word = u64::from_le_bytes(*word.first_chunk().expect("it has eight bytes"));
    let special =
        below(word, PLAIN_MIN) | equal(word, b'%') | equal(word, b'&') | equal(word, b'\\');
    special.trailing_zeros() as usize / WORD
}

/// Marks the bytes that are below `limit`. The lowest mark is right; those above a right one
/// may be wrong, as a subtraction borrows.
fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGHS
}

/// Marks the bytes that are `byte`, as [`below`] does.
fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ (ONES * u64::from(byte)), 1)
}

/// Returns whether a byte may begin an escape or be left out.
pub(super) fn is_special(byte: u8) -> bool {
    byte < PLAIN_MIN || byte.wrapping_sub(b'%') < 2 || byte == b'\\'
}

/// Returns whether encodings put this byte between those of a value.
pub(super) fn is_left_out(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_special_byte_is_found_at_each_place() {
        for byte in 0..=255u8 {
            for place in 0..70 {
                let mut text = [b'a'; 71];
                text[place] = byte;
                text[70] = b'&';
                let expected = if is_special(byte) { place } else { 70 };
                assert_eq!(plain_run(&text), expected, "{byte} at {place}");
                let word = &text[place.min(60)..];
                let in_word = word[..WORD].iter().position(|byte| is_special(*byte));
                assert_eq!(plain_bytes(word), in_word.unwrap_or(WORD));
            }
        }
    }

    #[test]
    fn every_byte_that_a_fold_changes_is_special() {
        for byte in 0..=255 {
            assert!(is_special(byte) || !is_left_out(byte) && !b"%&\\".contains(&byte));
        }
    }
}
