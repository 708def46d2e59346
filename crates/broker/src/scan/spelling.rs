//! What counts as the same byte: letter case, and the signs that encodings swap.

/// The most signs in one gram whose spellings are listed one by one.
const SIGNS_MAX: usize = 4;

/// The groups of signs that encodings swap: base64 and base64url, and `+` for a space.
const PLUS: &[u8] = b"+- ";
const SLASH: &[u8] = b"/_";

/// Bits that lower every ASCII letter in eight bytes at once. They also merge some other pairs,
/// such as `@` and a backquote, which costs the filter a little and never misses anything.
const LOWER: u64 = 0x2020_2020_2020_2020;

/// Every byte as what it is compared as.
const SAME: [u8; 256] = same();

const fn same() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'-' | b' ' => b'+',
            b'_' => b'/',
            letter => letter.to_ascii_lowercase(),
        };
        byte += 1;
    }
    table
}

/// Returns what a byte is compared as.
pub(super) fn same_byte(byte: u8) -> u8 {
    SAME[usize::from(byte)]
}

/// Returns eight bytes as the key under which they are looked up.
pub(super) fn gram_key(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes) | LOWER
}

/// Calls `each` with the key of every spelling of eight bytes.
///
/// All combinations of swapped signs count, as one text may be put together from two
/// encodings; where there are more than `SIGNS_MAX` signs, only the uniform ones.
pub(super) fn each_key(bytes: [u8; 8], mut each: impl FnMut(u64)) {
    let signs = bytes.iter().filter(|byte| group(**byte).is_some()).count();
    if signs == 0 {
        each(gram_key(bytes));
    } else if signs <= SIGNS_MAX {
        combine(bytes, 0, &mut each);
    } else {
        each(gram_key(bytes));
        for (plus, slash) in [(b'+', b'/'), (b'-', b'_'), (b' ', b'/'), (b' ', b'_')] {
            each(gram_key(bytes.map(|byte| match group(byte) {
                Some(PLUS) => plus,
                Some(_) => slash,
                None => byte,
            })));
        }
    }
}

fn combine(bytes: [u8; 8], from: usize, each: &mut impl FnMut(u64)) {
    let sign = (from..8).find_map(|place| Some((place, group(bytes[place])?)));
    let Some((place, group)) = sign else {
        return each(gram_key(bytes));
    };
    for byte in group {
        let mut spelled = bytes;
        spelled[place] = *byte;
        combine(spelled, place + 1, each);
    }
}

fn group(byte: u8) -> Option<&'static [u8]> {
    [PLUS, SLASH]
        .into_iter()
        .find(|group| group.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bytes: &[u8; 8]) -> Vec<u64> {
        let mut keys = Vec::new();
        each_key(*bytes, |key| keys.push(key));
        keys
    }

    #[test]
    fn letters_have_one_spelling_and_signs_have_all() {
        assert_eq!(keys(b"abcdEFGH"), [gram_key(*b"ABCDefgh")]);
        assert_eq!(keys(b"ab+d/FGH").len(), 6);
        assert!(keys(b"a b-c_de").contains(&gram_key(*b"a-b c/de")));
    }

    #[test]
    fn many_signs_have_the_uniform_spellings() {
        let keys = keys(b"a+/+/+/+");
        assert_eq!(keys.len(), 5);
        assert!(keys.contains(&gram_key(*b"a-_-_-_-")));
    }

    #[test]
    fn signs_of_one_group_compare_equal() {
        assert_eq!(same_byte(b'-'), same_byte(b'+'));
        assert_eq!(same_byte(b'_'), same_byte(b'/'));
        assert_eq!(same_byte(b'Q'), same_byte(b'q'));
        assert_ne!(same_byte(b'+'), same_byte(b'/'));
    }
}
