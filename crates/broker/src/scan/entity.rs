//! HTML's named characters that are ASCII.

use super::escape::{Meant, Step};

/// A name, what it means, and what must stand behind it.
type Name = (&'static [u8], u8, End);

/// What stands behind a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// A semicolon, which browsers do not miss.
    Open,
    /// A semicolon.
    Semicolon,
}

use End::{Open, Semicolon};

/// Returns the names that begin with this letter.
fn names(letter: u8) -> &'static [Name] {
    match letter {
        b'A' => &[(b"AMP", b'&', Open)],
        b'G' => &[(b"GT", b'>', Open)],
        b'H' => &[(b"Hat", b'^', Semicolon)],
        b'L' => &[(b"LT", b'<', Open)],
        b'N' => &[(b"NewLine", b'\n', Semicolon)],
        b'Q' => &[(b"QUOT", b'"', Open)],
        b'T' => &[(b"Tab", b'\t', Semicolon)],
        b'U' => &[(b"UnderBar", b'_', Semicolon)],
        b'a' => &[
            (b"amp", b'&', Open),
            (b"apos", b'\'', Semicolon),
            (b"ast", b'*', Semicolon),
        ],
        b'b' => &[(b"bsol", b'\\', Semicolon)],
        b'c' => &[
            (b"comma", b',', Semicolon),
            (b"colon", b':', Semicolon),
            (b"commat", b'@', Semicolon),
        ],
        b'd' => &[(b"dollar", b'$', Semicolon)],
        b'e' => &[(b"equals", b'=', Semicolon), (b"excl", b'!', Semicolon)],
        b'g' => &[(b"gt", b'>', Open), (b"grave", b'`', Semicolon)],
        b'l' => &[
            (b"lt", b'<', Open),
            (b"lpar", b'(', Semicolon),
            (b"lbrack", b'[', Semicolon),
            (b"lsqb", b'[', Semicolon),
            (b"lowbar", b'_', Semicolon),
            (b"lbrace", b'{', Semicolon),
            (b"lcub", b'{', Semicolon),
        ],
        b'm' => &[(b"midast", b'*', Semicolon)],
        b'n' => &[(b"num", b'#', Semicolon)],
        b'p' => &[
            (b"percnt", b'%', Semicolon),
            (b"plus", b'+', Semicolon),
            (b"period", b'.', Semicolon),
        ],
        b'q' => &[(b"quot", b'"', Open), (b"quest", b'?', Semicolon)],
        b'r' => &[
            (b"rpar", b')', Semicolon),
            (b"rbrack", b']', Semicolon),
            (b"rsqb", b']', Semicolon),
            (b"rbrace", b'}', Semicolon),
            (b"rcub", b'}', Semicolon),
        ],
        b's' => &[(b"sol", b'/', Semicolon), (b"semi", b';', Semicolon)],
        b'v' => &[(b"verbar", b'|', Semicolon), (b"vert", b'|', Semicolon)],
        _ => &[],
    }
}

/// Reads the named character at the beginning of `text`, which begins with `&`.
pub(super) fn entity(text: &[u8]) -> Step {
    let rest = &text[1..];
    let letter = rest.first().copied().unwrap_or_default();
    names(letter)
        .iter()
        .map(|name| read(rest, *name))
        .find(|step| *step != Step::Literal)
        .unwrap_or(Step::Literal)
}

/// Reads one name.
fn read(rest: &[u8], (name, byte, end): Name) -> Step {
    if rest.iter().zip(name).any(|(byte, letter)| byte != letter) {
        return Step::Literal;
    }
    let taken = match rest.get(name.len()) {
        None => return Step::Incomplete,
        Some(b';') => name.len() + 2,
        Some(_) if end == Open => name.len() + 1,
        Some(_) => return Step::Literal,
    };
    Step::Escape {
        taken,
        meant: Meant::byte(byte.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_under_its_letter_and_is_read() {
        let mut count = 0;
        for letter in 0..=255 {
            for (name, byte, end) in names(letter) {
                assert_eq!(name[0], letter);
                for (text, taken) in [
                    ([b"&", *name, b";x"].concat(), Some(name.len() + 2)),
                    (
                        [b"&", *name, b" x"].concat(),
                        (*end == Open).then_some(name.len() + 1),
                    ),
                ] {
                    let expected = taken.map_or(Step::Literal, |taken| Step::Escape {
                        taken,
                        meant: Meant::byte((*byte).into()),
                    });
                    assert_eq!(entity(&text), expected, "{text:?}");
                }
                count += 1;
            }
        }
        assert_eq!(count, 43);
    }
}
