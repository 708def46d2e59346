#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::super::recorder::Recorder;
use super::super::{Recording, TapeData};
use super::*;

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..3_u64, 120..140_u64, any::<u64>()]
}

fn ended() -> impl Strategy<Value = Ended> {
    prop_oneof![
        number().prop_map(Ended::Done),
        Just(Ended::Closed),
        Just(Ended::Failed),
        ".{0,9}".prop_map(Ended::Trapped),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let kept = (".{0,9}", prop::option::of(number())).prop_map(|(code, retry_after_ms)| Kept {
        code,
        retry_after_ms,
    });
    prop_oneof![
        number().prop_map(Event::WallClock),
        number().prop_map(Event::MonotonicClock),
        prop::collection::vec(any::<u32>(), 1..4).prop_map(Event::Poll),
        any::<bool>().prop_map(Event::Ready),
        Just(Event::Block),
        (prop::sample::select(OPS.to_vec()), ended()).prop_map(|(op, end)| Event::Stream(op, end)),
        prop::sample::select(STATUSES.to_vec()).prop_map(Event::Status),
        prop::option::of(kept).prop_map(Event::Denial),
        prop::option::of(prop::collection::vec(any::<u8>(), 0..9)).prop_map(Event::Load),
        prop::sample::select(SAVES.to_vec()).prop_map(Event::Save),
    ]
}

/// Returns what stands on a tape, one by one.
fn read(tape: &TapeData) -> Vec<Event> {
    let mut reader = Reader::new(1);
    let mut events = Vec::new();
    while let Some(entry) = reader.next(tape.as_bytes()).unwrap() {
        events.extend((0..entry.times).map(|_| entry.event.clone()));
    }
    events
}

proptest! {
    #[test]
    fn what_is_written_is_read(rows in prop::collection::vec((event(), 1..4_usize), 0..20)) {
        let events: Vec<Event> = rows
            .into_iter()
            .flat_map(|(event, times)| vec![event; times])
            .collect();
        let mut recorder = Recorder::new();
        events.iter().for_each(|event| recorder.put(event));
        let Recording::Whole(tape) = recorder.finish() else { panic!("it is short") };
        let tape = TapeData::parse(tape.as_bytes().to_vec()).unwrap();
        prop_assert_eq!(read(&tape), events);
    }

    /// A tape that is read is written as it was: there is one form of each.
    #[test]
    fn what_is_read_is_written_again(bytes in prop::collection::vec(0_u8..30, 0..40)) {
        let bytes = [&[VERSION][..], &bytes].concat();
        if let Ok(tape) = TapeData::parse(bytes.clone()) {
            let mut recorder = Recorder::new();
            // Not by `read`: a forged tape may repeat an entry for ever.
            let mut reader = Reader::new(1);
            while let Some(entry) = reader.next(tape.as_bytes()).unwrap() {
                prop_assume!(entry.times < 1_000);
                (0..entry.times).for_each(|_| recorder.put(&entry.event));
            }
            prop_assert_eq!(recorder.finish(), Recording::Whole(tape));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = TapeData::parse([&[VERSION][..], &bytes].concat());
    }
}

#[test]
fn what_is_no_tape_is_refused() {
    let long = [&[LOAD, 1][..], &[0xff; 9], &[1]].concat();
    let far = [&[POLL][..], &[0xff; 9], &[1, 0]].concat();
    let past_u64 = [&[WALL_CLOCK][..], &[0xff; 9], &[2]].concat();
    let endless = [&[BLOCK, REPEAT][..], &[0xff; 9], &[1]].concat();
    for (what, bytes, at) in [
        ("a repeat of nothing", &[REPEAT, 1][..], 1),
        ("a repeat of a repeat", &[BLOCK, REPEAT, 1, REPEAT, 1], 4),
        ("no repeat", &[BLOCK, REPEAT, 0], 2),
        ("more repeats than can be counted", &endless, 2),
        ("a repeat that is written out", &[BLOCK, BLOCK], 2),
        (
            "a number that is longer than it has to be",
            &[WALL_CLOCK, 0x80, 0],
            1,
        ),
        ("a number that ends early", &[WALL_CLOCK, 0x80], 1),
        ("a number past 64 bits", &past_u64, 1),
        ("a poll that found nothing", &[POLL, 0], 1),
        ("a poll of more than there is", &far, 1),
        (
            "a place past 32 bits",
            &[POLL, 1, 0xff, 0xff, 0xff, 0xff, 0x1f],
            1,
        ),
        ("a state of more than there is", &long, 1),
        ("text that is none", &[DENIAL, 1, 1, 0xff], 1),
        ("an unknown tag", &[11], 1),
        ("an unknown operation", &[STREAM + 12, 1], 1),
        ("an unknown end", &[STREAM, 4], 1),
        ("an unknown status", &[STATUS, 4], 1),
        ("an unknown save", &[SAVE, 3], 1),
        ("an unknown load", &[LOAD, 2], 1),
    ] {
        let bytes = [&[VERSION][..], bytes].concat();
        assert_eq!(TapeData::parse(bytes), Err(TapeError::Entry(at)), "{what}");
    }
    assert_eq!(TapeData::parse(Vec::new()), Err(TapeError::Version));
    assert_eq!(TapeData::parse(vec![VERSION + 1]), Err(TapeError::Version));
}
