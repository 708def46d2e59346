//! HTML's named characters that are ASCII.

use super::escape::{Meant, Step};

/// The names that browsers read without a semicolon too.
const BARE: [(&[u8], u8); 8] = [
    (b"amp", b'&'),
    (b"lt", b'<'),
    (b"gt", b'>'),
    (b"quot", b'"'),
    (b"AMP", b'&'),
    (b"LT", b'<'),
    (b"GT", b'>'),
    (b"QUOT", b'"'),
];

/// The names that end with a semicolon.
const CLOSED: [(&[u8], u8); 35] = [
    (b"apos", b'\''),
    (b"Tab", b'\t'),
    (b"NewLine", b'\n'),
    (b"excl", b'!'),
    (b"num", b'#'),
    (b"dollar", b'$'),
    (b"percnt", b'%'),
    (b"lpar", b'('),
    (b"rpar", b')'),
    (b"ast", b'*'),
    (b"midast", b'*'),
    (b"plus", b'+'),
    (b"comma", b','),
    (b"period", b'.'),
    (b"sol", b'/'),
    (b"colon", b':'),
    (b"semi", b';'),
    (b"equals", b'='),
    (b"quest", b'?'),
    (b"commat", b'@'),
    (b"lbrack", b'['),
    (b"lsqb", b'['),
    (b"bsol", b'\\'),
    (b"rbrack", b']'),
    (b"rsqb", b']'),
    (b"Hat", b'^'),
    (b"lowbar", b'_'),
    (b"UnderBar", b'_'),
    (b"grave", b'`'),
    (b"lbrace", b'{'),
    (b"lcub", b'{'),
    (b"verbar", b'|'),
    (b"vert", b'|'),
    (b"rbrace", b'}'),
    (b"rcub", b'}'),
];

/// Reads the named character at the beginning of `text`, which begins with `&`.
pub(super) fn entity(text: &[u8]) -> Step {
    let rest = &text[1..];
    if !rest.first().is_some_and(u8::is_ascii_alphabetic) {
        return Step::Literal;
    }
    let bare = BARE.iter().map(|(name, byte)| read(rest, name, *byte, b""));
    let closed = CLOSED
        .iter()
        .map(|(name, byte)| read(rest, name, *byte, b";"));
    bare.chain(closed)
        .find(|step| *step != Step::Literal)
        .unwrap_or(Step::Literal)
}

/// Reads one name, with what must stand after it.
fn read(rest: &[u8], name: &[u8], byte: u8, close: &[u8]) -> Step {
    if rest[0] != name[0] {
        return Step::Literal;
    }
    let shorter = rest.len().min(name.len());
    if rest[..shorter] != name[..shorter] {
        return Step::Literal;
    }
    match rest.get(name.len()) {
        None => Step::Incomplete,
        Some(b';') => meant(name.len() + 2, byte),
        Some(_) if close.is_empty() => meant(name.len() + 1, byte),
        Some(_) => Step::Literal,
    }
}

fn meant(taken: usize, byte: u8) -> Step {
    Step::Escape {
        taken,
        meant: Meant::byte(byte.into()),
    }
}
