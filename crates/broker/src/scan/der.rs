//! Which bytes of a private key in DER are secret.

use std::ops::Range;

use super::WINDOW;

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// The nesting of any private key; past it the bytes count as they are.
const DEPTH_MAX: usize = 8;
/// The numbers of an RSA private key: version, modulus, and seven more.
const RSA_NUMBERS: usize = 9;
/// Where the modulus stands among them. It is public: it is in the certificate too.
const RSA_MODULUS: usize = 1;

/// One element: its tag, and where its contents stand.
struct Element {
    tag: u8,
    contents: Range<usize>,
}

/// Returns the places of the numbers and strings that are secret, or none where this is not
/// DER as a whole.
///
/// What all keys of a kind share (identifiers, parameters) is left out, and so are public
/// numbers: the modulus of RSA, and the point of an elliptic curve, which is a bit string.
pub(super) fn secret_places(der: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut places = Vec::new();
    walk(der, 0..der.len(), DEPTH_MAX, &mut places)?;
    Some(places)
}

fn walk(der: &[u8], within: Range<usize>, depth: usize, out: &mut Vec<Range<usize>>) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    let elements = elements(der, within)?;
    let numbers = elements.iter().filter(|element| element.tag == INTEGER);
    let is_rsa = numbers.count() >= RSA_NUMBERS;
    for (place, Element { tag, contents }) in elements.into_iter().enumerate() {
        match tag {
            SEQUENCE => walk(der, contents, depth, out)?,
            INTEGER if is_rsa && place == RSA_MODULUS => {}
            INTEGER | OCTET_STRING if contents.len() < WINDOW => {}
            OCTET_STRING => {
                // Keys stand in strings that are DER themselves.
                let before = out.len();
                if walk(der, contents.clone(), depth, out).is_none() {
                    out.truncate(before);
                    out.push(contents);
                }
            }
            INTEGER => out.push(contents),
            _ => {}
        }
    }
    Some(())
}

/// Reads the elements that fill `within` exactly.
fn elements(der: &[u8], within: Range<usize>) -> Option<Vec<Element>> {
    let mut elements = Vec::new();
    let mut at = within.start;
    while at < within.end {
        let element = element(&der[at..within.end], at)?;
        at = element.contents.end;
        elements.push(element);
    }
    Some(elements)
}

/// Reads the element at the beginning of `rest`, which stands at `at`.
fn element(rest: &[u8], at: usize) -> Option<Element> {
    let [tag, length, rest @ ..] = rest else {
        return None;
    };
    let (bytes, length) = match length {
        0..=0x7F => (0, usize::from(*length)),
        0x81..=0x83 => {
            let bytes = usize::from(length & 3);
            let digits = rest.get(..bytes)?.iter();
            (
                bytes,
                digits.fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
            )
        }
        _ => return None,
    };
    let start = at + 2 + bytes;
    (rest.len() >= bytes + length).then_some(Element {
        tag: *tag,
        contents: start..start + length,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrap(tag: u8, contents: &[u8]) -> Vec<u8> {
        [&[tag, 0x81, contents.len() as u8], contents].concat()
    }

    #[track_caller]
    fn check(der: &[u8], expected: &[&[u8]]) {
        let places = secret_places(der).unwrap();
        let found: Vec<&[u8]> = places.into_iter().map(|place| &der[place]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_ed25519_key_is_its_seed() {
        let seed = [0xA7; 32];
        let header = [0x02, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
        let der = wrap(SEQUENCE, &[&header[..], &wrap(4, &wrap(4, &seed))].concat());
        check(&der, &[&seed]);
    }

    #[test]
    fn an_elliptic_key_is_without_its_public_point() {
        let scalar = [0x77; 32];
        let public = wrap(0xA1, &wrap(3, &[4; 65]));
        let key = [&[2, 1, 1][..], &wrap(4, &scalar), &public].concat();
        check(&wrap(SEQUENCE, &key), &[&scalar]);
    }

    #[test]
    fn an_rsa_key_is_without_its_modulus() {
        let number = |byte: u8| wrap(INTEGER, &[byte; 24]);
        let mut numbers = vec![0x02, 1, 0];
        numbers.extend(number(1));
        numbers.extend([2, 3, 1, 0, 1]);
        (2..8).for_each(|byte| numbers.extend(number(byte)));
        let der = [&[SEQUENCE, 0x82, 0, numbers.len() as u8], &numbers[..]].concat();
        let secret: Vec<[u8; 24]> = (2..8).map(|byte| [byte; 24]).collect();
        check(
            &der,
            &secret.iter().map(<[u8; 24]>::as_slice).collect::<Vec<_>>(),
        );
    }

    #[test]
    fn what_is_no_der_has_no_places() {
        for bytes in [
            &b"openssh-key-v1"[..],
            &[0x30, 5, 1],
            &[0x30, 0x84, 1, 1, 1, 1],
        ] {
            assert!(secret_places(bytes).is_none(), "{bytes:?}");
        }
        let deep = (0..20).fold(vec![], |inner, _| wrap(SEQUENCE, &inner));
        assert!(secret_places(&deep).is_none());
    }
}
