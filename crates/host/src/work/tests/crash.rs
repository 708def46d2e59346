//! A process that dies at any write: whoever comes next finishes, or throws away.

use std::cell::Cell;
use std::io;

use super::super::list::open;
use super::super::stage::{Locked, Staged, read_note, redo, remove_stage};
use super::place::{AFTER, BEFORE, Place, all_kinds, go, whose};

/// Dies at the write of this number.
fn dies_at(number: usize, count: &Cell<usize>) -> io::Result<()> {
    count.set(count.get() + 1);
    match count.get() > number {
        true => Err(io::Error::other("it died")),
        false => Ok(()),
    }
}

/// What the next process does, which may die as well.
fn settle(place: &Place, watch: &dyn Fn() -> io::Result<()>) -> bool {
    let root = open(place.at.path()).unwrap();
    match read_note(&root).unwrap() {
        Some(intent) => redo(&root, &intent, watch).is_ok(),
        None => remove_stage(&root, watch).is_ok(),
    }
}

/// Dies at the write `first`, and its successor at the write `second`; then checks that all is
/// done or nothing. Returns whether the first one lived.
fn check(first: usize, second: usize) -> bool {
    let place = Place::new();
    let source = place.source();
    let changes = all_kinds(&source);
    let count = Cell::new(0);
    let watch = || dies_at(first, &count);
    let lock = Locked::alone(place.at.path()).unwrap();
    let staged = Staged::new(&source, lock, &whose(), &changes, &watch);
    let was_staged = staged.is_ok();
    let lived = staged.and_then(|staged| staged.commit(&watch)).is_ok();
    let count = Cell::new(0);
    settle(&place, &|| dies_at(second, &count));
    assert!(settle(&place, &go), "{first} {second}");
    let expected = match was_staged {
        true => AFTER,
        false => BEFORE,
    };
    // A note that was whole is as good as one that its writer lived to see.
    let tree = place.tree();
    assert!(
        tree == expected || !was_staged && tree == AFTER,
        "{first} {second}: {tree:?}"
    );
    lived
}

#[test]
fn all_or_nothing_at_every_write() {
    let mut first = 0;
    while !check(first, usize::MAX) {
        for second in 0..16 {
            check(first, second);
        }
        first += 1;
    }
    assert!(first >= 12, "{first} writes are not all of them");
}

/// Who died before its call was on record did nothing: the note is thrown away.
#[test]
fn a_note_can_be_thrown_away_at_every_write() {
    for number in 0..8 {
        let place = Place::new();
        let source = place.source();
        let lock = Locked::alone(place.at.path()).unwrap();
        drop(Staged::new(&source, lock, &whose(), &all_kinds(&source), &go).unwrap());
        let root = open(place.at.path()).unwrap();
        let count = Cell::new(0);
        let _ = remove_stage(&root, &|| dies_at(number, &count));
        remove_stage(&root, &go).unwrap();
        assert_eq!(place.tree(), BEFORE, "{number}");
    }
}

/// A place that somebody changed after the crash is not overwritten.
#[test]
fn what_changed_since_the_crash_stops_it() {
    let place = Place::new();
    let source = place.source();
    let lock = Locked::alone(place.at.path()).unwrap();
    drop(Staged::new(&source, lock, &whose(), &all_kinds(&source), &go).unwrap());
    place.write("a.txt", "theirs");
    let before = place.tree();
    assert!(!settle(&place, &go));
    assert_eq!(place.tree(), before);
}

/// What lies in the stage is the operator's disk, and still no reason to write elsewhere.
#[test]
fn a_note_that_leads_out_is_refused() {
    for (path, name) in [("../x", "0"), ("a.txt", "../../x"), (".git/config", "0")] {
        let place = Place::new();
        let note = format!(
            r#"{{"version":1,"invocation":"i","attempt":1,"is_recorded":false,"steps":[
            {{"path":"{path}","kind":"created","staged":"{name}","was":null,"becomes":"00"}}]}}"#
        );
        place.write(".hotcell-work/intent.json", &note);
        let root = open(place.at.path()).unwrap();
        read_note(&root).unwrap_err();
    }
}
