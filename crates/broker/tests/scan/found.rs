//! Any twelve bytes are found, in any shape under any escapes.

use proptest::prelude::*;

use crate::dice::Dice;
use crate::encode::{LAYERS, Layer, SHAPES, Shape, escaped, shaped};
use crate::{CANARY, needles};

const TOKEN: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// What may stand around it in honest text.
const AROUND: &[u8] = b"abc XYZ 019 .,;:=\"'<>(){}[]+-_/\n\t~";

fn shape() -> impl Strategy<Value = Shape> {
    proptest::sample::select(&SHAPES[..])
}

/// Any way to escape, then up to one as programs do it, then any way once more.
fn layers() -> impl Strategy<Value = Vec<Layer>> {
    let any = proptest::sample::select(&LAYERS[..]);
    let usual = proptest::sample::select(&LAYERS[1..]);
    let inner = proptest::collection::vec(any, 0..=1);
    let middle = proptest::collection::vec(usual, 0..=1);
    let outer = proptest::collection::vec(Just(Layer::Mixed), 0..=1);
    (inner, middle, outer).prop_map(|(inner, middle, outer)| [inner, middle, outer].concat())
}

fn written(slice: &[u8], shape: Shape, layers: &[Layer], dice: &mut Dice) -> Vec<u8> {
    let mut units = shaped(slice, shape, dice);
    for layer in layers {
        units = escaped(&units, *layer, dice);
    }
    let (before, after) = (dice.below(60), dice.below(60));
    let mut text = dice.text(AROUND, before);
    // A space ends a number before, and a base64 text stands by itself.
    text.push(b' ');
    text.extend(units.concat());
    text.push(b' ');
    text.extend(dice.text(AROUND, after));
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_twelve_bytes_of_a_token(
        seed: u64,
        length in 12..60usize,
        shape in shape(),
        layers in layers(),
    ) {
        let mut dice = Dice::new(seed);
        let value = dice.text(TOKEN, length);
        let window = 12 + dice.below(length - 11);
        let from = dice.below(length - window + 1);
        let text = written(&value[from..from + window], shape, &layers, &mut dice);
        let needles = needles(&[CANARY, &value]);
        let hit = needles.find(&text);
        prop_assert_eq!(hit.map(|hit| hit.needle), Some(1), "{}", String::from_utf8_lossy(&text));
        let mut scan = needles.stream();
        let mut rest = &text[..];
        let mut found = false;
        while !rest.is_empty() {
            let (chunk, later) = rest.split_at(1 + dice.below(rest.len().min(40)));
            found |= scan.push(chunk.to_vec().into()).is_err();
            rest = later;
        }
        prop_assert!(found || scan.finish().is_err(), "{}", String::from_utf8_lossy(&text));
    }

    /// A password may hold what looks like an escape, spaces, and bytes that are no ASCII.
    #[test]
    fn a_whole_value_of_any_bytes(
        seed: u64,
        text in any::<bool>(),
        length in 24..48usize,
        shape in shape(),
        layers in layers(),
    ) {
        let mut dice = Dice::new(seed);
        let printable: Vec<u8> = (b' '..=b'~').collect();
        let value = match text {
            true => dice.text(&printable, length),
            false => (0..length).map(|_| dice.next() as u8).collect(),
        };
        // What encodings put between bytes does not count where it is in the value itself.
        let counted = value.iter().filter(|byte| !b"\0\t\r\n".contains(byte)).count();
        prop_assume!(counted >= 20);
        let text = written(&value, shape, &layers, &mut dice);
        let needles = needles(&[&value]);
        prop_assert!(needles.find(&text).is_some(), "{}", String::from_utf8_lossy(&text));
    }

    /// Characters are escaped as characters, and UTF-16 has two bytes for each.
    #[test]
    fn a_passphrase_in_any_script(words in "[a-zäöüßéλд漢😀 ]{16,24}", seed: u64) {
        let mut dice = Dice::new(seed);
        let needles = needles(&[&words]);
        let json: String = words
            .encode_utf16()
            .map(|unit| match unit {
                0x20..0x7F if dice.one_in(2) => char::from(unit as u8).to_string(),
                unit => format!("\\u{unit:04x}"),
            })
            .collect();
        let html: String = words.chars().map(|c| format!("&#{};", u32::from(c))).collect();
        let little: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for text in [json.as_bytes(), html.as_bytes(), &little, &big, words.as_bytes()] {
            prop_assert!(needles.find(text).is_some(), "{}", String::from_utf8_lossy(text));
        }
    }
}

#[test]
fn what_is_shorter_than_a_window_passes() {
    let needles = needles(&[CANARY]);
    let mut dice = Dice::new(1);
    for from in 0..CANARY.len() - 11 {
        for shape in SHAPES {
            // Eleven bytes may be enough in base64, as 15 of its signs are.
            let length = if matches!(shape, Shape::Base64) {
                10
            } else {
                11
            };
            let units = shaped(&CANARY[from..from + length], shape, &mut dice);
            let text = [b"...", &units.concat()[..], b"..."].concat();
            assert_eq!(
                needles.find(&text),
                None,
                "{}",
                String::from_utf8_lossy(&text)
            );
        }
    }
}

#[test]
fn the_value_that_is_found_is_named() {
    let values: Vec<Vec<u8>> = (0..50).map(|n| Dice::new(n).text(TOKEN, 40)).collect();
    let needles = needles(&values);
    for (place, value) in values.iter().enumerate() {
        assert_eq!(needles.find(value).unwrap().needle, place);
    }
}

#[test]
fn a_value_that_is_too_short_is_found_as_a_whole() {
    let needles = needles(&[&b""[..], b"hunter2"]);
    for text in [
        "the password is hunter2.",
        "HUNTER2",
        "%68unter2",
        "aHVudGVyMg==",
        "68756e74657232",
        "h\\u0075nter\n2",
    ] {
        assert_eq!(needles.find(text.as_bytes()).unwrap().needle, 1, "{text}");
    }
    for text in ["hunter", "hunter 2", "", "aHVudGVy"] {
        assert_eq!(needles.find(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn nothing_is_found_where_nothing_is_looked_for() {
    for needles in [needles::<&[u8]>(&[]), needles(&[""])] {
        assert!(needles.is_empty());
        assert_eq!(needles.find(CANARY), None);
        let chunk = needles.stream().push(CANARY.into()).unwrap();
        assert_eq!(chunk, CANARY);
    }
}

#[test]
fn debug_shows_nothing() {
    let needles = needles(&[CANARY]);
    let mut scan = needles.stream();
    scan.push(CANARY[..11].into()).unwrap();
    assert_eq!(format!("{needles:?} {scan:?}"), "Needles Scan");
}
