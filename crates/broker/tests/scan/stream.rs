//! A stream is found out at every split, and little of it has gone on by then.

use std::sync::Arc;

use bytes::Bytes;
use hotcell_broker::scan::{HELD_MAX, Hit, Needles};
use proptest::prelude::*;

use crate::dice::Dice;
use crate::encode::{LAYERS, Layer, SHAPES, Shape, escaped, shaped};
use crate::{CANARY, needles};

const BEFORE: &[u8] = b"{\"note\": \"some honest text, 100% of it\",\n \"echo\": \"";
const AFTER: &[u8] = b"\"}\n";

/// Sends the chunks; returns what was passed on, and the hit that stopped it.
fn send(needles: &Arc<Needles>, chunks: &[&[u8]]) -> (Vec<u8>, Option<Hit>) {
    let mut scan = needles.stream();
    let mut passed = Vec::new();
    for chunk in chunks {
        match scan.push(Bytes::copy_from_slice(chunk)) {
            Ok(bytes) => passed.extend(bytes),
            Err(hit) => return (passed, Some(hit)),
        }
    }
    match scan.finish() {
        Ok(bytes) => passed.extend(bytes),
        Err(hit) => return (passed, Some(hit)),
    }
    (passed, None)
}

/// Returns how much may be passed on: less than four bytes of the value.
fn bound(units: &[Vec<u8>], shape: Shape) -> usize {
    let count = match shape {
        Shape::Hex => 7,
        // The signs before the first that is settled are not the value's own; there are
        // at most six other bytes and a part of one more.
        Shape::Base64 => 10 + 3,
        Shape::Raw | Shape::Case | Shape::Wide => 3,
    };
    // The fourth may have begun: what means nothing, as a NUL, is no part of it.
    BEFORE.len() + units[..=count].concat().len() - 1
}

#[track_caller]
fn check(units: &[Vec<u8>], shape: Shape) {
    let needles = needles(&[CANARY]);
    let text = [BEFORE, &units.concat(), AFTER].concat();
    let bound = bound(units, shape);
    let mut splits: Vec<Vec<&[u8]>> = (0..=text.len())
        .map(|at| vec![&text[..at], &text[at..]])
        .collect();
    splits.push(text.chunks(1).collect());
    splits.push(text.chunks(2).collect());
    splits.push(text.chunks(7).collect());
    for split in splits {
        let (passed, hit) = send(&needles, &split);
        let shown = String::from_utf8_lossy(&text);
        assert_eq!(
            hit,
            Some(Hit { needle: 0 }),
            "{shown} at {}",
            split[0].len()
        );
        assert!(text.starts_with(&passed), "{shown} at {}", split[0].len());
        assert!(
            passed.len() <= bound,
            "{} > {bound} of {shown}",
            passed.len()
        );
    }
}

/// Returns the text in parts of random lengths.
fn parts<'text>(text: &'text [u8], most: usize, dice: &mut Dice) -> Vec<&'text [u8]> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (part, later) = rest.split_at(1 + dice.below(rest.len().min(most)));
        parts.push(part);
        rest = later;
    }
    parts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whether something is found does not hang on the chunks, and what passes is unchanged.
    #[test]
    fn chunks_change_nothing(seed: u64, pieces in 1..200usize) {
        const PIECES: [&[u8]; 24] = [
            b"%", b"%4", b"%u00", b"%25", b"%5c", b"%26", b"&", b"&#", b"&#x", b"&#00000", b"&am",
            b"amp;", b";", b"\\", b"\\u", b"\\u00", b"\\ud83d", b"{", b"}", b"4", b"1a", b"\n", b"\0",
            b" filler of some length so that levels rest in between it ",
        ];
        let mut dice = Dice::new(seed);
        let mut text = Vec::new();
        let mut at = 0;
        for _ in 0..pieces {
            if dice.one_in(3) {
                let length = dice.below(6);
                at = if at + length > CANARY.len() { 0 } else { at };
                let units = shaped(&CANARY[at..at + length], Shape::Raw, &mut dice);
                text.extend(escaped(&units, *dice.pick(&LAYERS), &mut dice).concat());
                at += length;
            } else if dice.one_in(2) {
                text.extend(*dice.pick(&PIECES));
            }
        }
        let needles = needles(&[CANARY]);
        let whole = needles.find(&text);
        for most in [1, 3, 20, 500] {
            let (passed, hit) = send(&needles, &parts(&text, most, &mut dice));
            prop_assert_eq!(hit, whole, "{:?} in {}", String::from_utf8_lossy(&text), most);
            prop_assert!(hit.is_some() || passed == text);
            prop_assert!(text.starts_with(&passed));
        }
    }
}

#[test]
fn every_split_of_every_shape_under_every_escape() {
    let mut dice = Dice::new(7);
    for shape in SHAPES {
        for _ in 0..6 {
            let units = shaped(CANARY, shape, &mut dice);
            // What is not escaped here stands as it is, and a line break would not.
            check(&units, shape);
            for layer in LAYERS {
                check(&escaped(&units, layer, &mut dice), shape);
            }
        }
    }
}

#[test]
fn every_split_of_escapes_in_escapes() {
    let mut dice = Dice::new(8);
    for shape in [Shape::Raw, Shape::Base64, Shape::Hex] {
        for layers in [
            [Layer::Percent, Layer::Json],
            [Layer::Json, Layer::Html],
            [Layer::Mixed, Layer::Mixed],
        ] {
            let mut units = shaped(CANARY, shape, &mut dice);
            for layer in layers {
                units = escaped(&units, layer, &mut dice);
            }
            check(&units, shape);
        }
    }
}

#[test]
fn honest_text_arrives_whole_in_whatever_chunks() {
    let needles = needles(&[CANARY]);
    let mut dice = Dice::new(9);
    let pieces: [&[u8]; 8] = [
        b"plain text ",
        b"100% \\u00e9 &amp; ",
        b"%41%2",
        b"\\",
        b"\n\n\0",
        &CANARY[..9],
        &CANARY[7..18],
        b"&#0000000000000000000000",
    ];
    for _ in 0..300 {
        let mut text = Vec::new();
        for _ in 0..40 {
            text.extend(*dice.pick(&pieces));
            text.push(b'!');
        }
        let chunks = parts(&text, 100, &mut dice);
        assert_eq!(send(&needles, &chunks), (text.clone(), None));
    }
}

#[test]
fn events_are_not_delayed() {
    let needles = needles(&[CANARY]);
    let mut scan = needles.stream();
    for number in 0..2000 {
        let event = format!("event: tick\ndata: {{\"id\": {number}, \"of\": \"café\"}}\n\n");
        assert_eq!(scan.push(event.clone().into()).unwrap(), event);
    }
    assert_eq!(scan.finish().unwrap(), "");
}

#[test]
fn what_may_go_on_to_be_a_run_waits_and_is_let_go() {
    let needles = needles(&[CANARY]);
    let mut scan = needles.stream();
    let begin = [b"ok ", &CANARY[5..13]].concat();
    let first = scan.push(begin.clone().into()).unwrap();
    assert!(first.len() <= 3 + 3, "{first:?}");
    let second = scan.push(Bytes::from_static(b"... and no more")).unwrap();
    assert_eq!(
        [first, second].concat(),
        [&begin[..], b"... and no more"].concat()
    );

    let mut scan = needles.stream();
    let first = scan.push(begin.clone().into()).unwrap();
    assert_eq!([first, scan.finish().unwrap()].concat(), begin);
}

#[test]
fn a_hit_is_final() {
    let mut scan = needles(&[CANARY]).stream();
    let hit = scan.push(CANARY.into()).unwrap_err();
    assert_eq!(scan.push(Bytes::from_static(b"honest")), Err(hit));
    assert_eq!(scan.finish(), Err(hit));
}

/// However long the way from one byte of a run to the next, it is found, and memory is bounded.
#[test]
fn a_run_that_is_spread_out_is_found_and_not_kept() {
    const FAR: usize = 300_000;
    let gaps: [(&[u8], u8, &[u8]); 3] = [(b"", b'\n', b""), (b"", 0, b""), (b"&#", b'0', b"")];
    for (lead, fill, end) in gaps {
        let needles = needles(&[CANARY]);
        let mut scan = needles.stream();
        let mut text = [&CANARY[..8], lead, &vec![fill; FAR], end].concat();
        if lead.is_empty() {
            text.push(CANARY[8]);
        } else {
            text.extend(format!("{};", CANARY[8]).bytes());
        }
        let (mut sent, mut passed) = (0, 0);
        for chunk in text.chunks(1000) {
            sent += chunk.len();
            passed += scan.push(Bytes::copy_from_slice(chunk)).unwrap().len();
            assert!(sent - passed <= HELD_MAX);
        }
        assert!(scan.push(CANARY[9..13].into()).is_err());
    }
}

#[test]
fn an_escape_that_the_end_completes_counts() {
    for last in ["&#65", "&#x41", "&#00065"] {
        let text = [
            &CANARY[CANARY.len() - 12..CANARY.len() - 1],
            last.as_bytes(),
        ]
        .concat();
        assert!(CANARY.ends_with(b"A"));
        let (passed, hit) = send(&needles(&[CANARY]), &[&text]);
        assert_eq!(hit, Some(Hit { needle: 0 }), "{last}");
        assert!(passed.len() <= 3);
    }
}
