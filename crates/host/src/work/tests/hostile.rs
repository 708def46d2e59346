//! Races, swaps and names: whatever happens meanwhile, nothing is applied, and nothing outside is
//! touched.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;

use hotcell_policy::ChangeKind;
use hotcell_sandbox::{WorkChange, WorkError};

use super::super::told::told;
use super::place::{Place, all_kinds, apply, change, read};

/// Applies all kinds of changes after `meanwhile`, and checks that none is.
fn check_refused(meanwhile: impl FnOnce(&Place)) {
    let place = Place::new();
    let source = place.source();
    let changes = all_kinds(&source);
    meanwhile(&place);
    let before = place.tree();
    apply(&place, &source, &changes).unwrap_err();
    assert_eq!(place.tree(), before);
}

#[test]
fn what_somebody_else_changed_meanwhile_is_a_conflict() {
    check_refused(|place| place.write("a.txt", "theirs"));
    check_refused(|place| place.write("new", "a file where a folder is to be"));
    check_refused(|place| place.write("new/d.txt", "theirs"));
    check_refused(|place| place.write("old/c.txt", "theirs"));
    check_refused(|place| place.write("old/more.txt", "not seen"));
    check_refused(|place| place.write("old/.hidden", "not seen"));
    check_refused(|place| fs::remove_file(place.path("a.txt")).unwrap());
    check_refused(|place| fs::create_dir(place.path(".hotcell-work")).unwrap());
}

/// Also what it only read: its answer followed from that.
#[test]
fn what_was_read_counts() {
    let place = Place::new();
    let source = place.source();
    read(&source, "keep/b.txt").unwrap();
    let new = [change(&source, ChangeKind::Created, "n.txt", Some("new"))];
    place.write("keep/b.txt", "2");
    let conflict = Err(WorkError::Changed("keep/b.txt".to_owned()));
    assert_eq!(apply(&place, &source, &new), conflict);
    place.write("keep/b.txt", "two");
    apply(&place, &source, &new).unwrap();
}

/// The same length, and the same time: the bytes are what is compared.
#[test]
fn a_file_that_looks_the_same_is_not() {
    let place = Place::new();
    let source = place.source();
    let changes = all_kinds(&source);
    let file = fs::File::open(place.path("a.txt")).unwrap();
    let modified = file.metadata().unwrap().modified().unwrap();
    place.write("a.txt", "eno");
    let file = fs::File::options()
        .write(true)
        .open(place.path("a.txt"))
        .unwrap();
    file.set_modified(modified).unwrap();
    let conflict = Err(WorkError::Changed("a.txt".to_owned()));
    assert_eq!(apply(&place, &source, &changes), conflict);
}

#[test]
fn a_file_that_changed_since_it_was_listed_is_not_read() {
    let place = Place::new();
    let source = place.source();
    fs::remove_file(place.path("a.txt")).unwrap();
    place.write("a.txt", "eno");
    let conflict = Err(WorkError::Changed("a.txt".to_owned()));
    assert_eq!(read(&source, "a.txt"), conflict);
}

/// Swaps `path` for a link or a pipe after the listing.
fn check_swapped(path: &str, swap: impl Fn(&Place, &fs::DirEntry)) {
    let place = Place::new();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("b.txt"), "two").unwrap();
    let source = place.source();
    let changes = [change(
        &source,
        ChangeKind::Modified,
        "keep/b.txt",
        Some("2"),
    )];
    fs::rename(place.path(path), place.path("moved")).unwrap();
    let entry = fs::read_dir(outside.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    swap(&place, &entry);
    read(&place.source(), "a.txt").unwrap();
    apply(&place, &source, &changes).unwrap_err();
    assert_eq!(fs::read(outside.path().join("b.txt")).unwrap(), b"two");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[test]
fn a_link_in_the_place_of_a_file_or_folder_is_not_followed() {
    check_swapped("keep", |place, theirs| {
        symlink(theirs.path().parent().unwrap(), place.path("keep")).unwrap();
    });
    check_swapped("keep/b.txt", |place, theirs| {
        symlink(theirs.path(), place.path("keep/b.txt")).unwrap();
    });
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
    let place = Place::new();
    let source = place.source();
    fs::remove_file(place.path("a.txt")).unwrap();
    let kind = rustix::fs::FileType::Fifo;
    let mode = rustix::fs::Mode::from(0o644);
    rustix::fs::mknodat(rustix::fs::CWD, place.path("a.txt"), kind, mode, 0).unwrap();
    read(&source, "a.txt").unwrap_err();
}

/// A stage that is a link would lead the new files out.
#[test]
fn a_linked_stage_is_not_used() {
    let place = Place::new();
    let outside = tempfile::tempdir().unwrap();
    let source = place.source();
    symlink(outside.path(), place.path(".hotcell-work")).unwrap();
    apply(&place, &source, &all_kinds(&source)).unwrap_err();
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

/// Checks the code with which new names are refused; `ok` where they are not.
fn check_names(new: &[&str], expected: &str) {
    let source = Place::new().source();
    let create = |path: &&str| WorkChange {
        path: (*path).to_owned(),
        kind: ChangeKind::Created,
        before: None,
        after: Some(Arc::from(b"x".as_slice())),
    };
    let changes: Vec<_> = new.iter().map(create).collect();
    let code = told(&changes, source.entries())
        .err()
        .map(|failure| failure.code);
    assert_eq!(code.as_deref().unwrap_or("ok"), expected, "{new:?}");
}

#[test]
fn names_follow_the_packages_rules() {
    check_names(&["b.txt"], "ok");
    check_names(&["B.txt", "keep/B2.txt"], "ok");
    for name in [
        "../x",
        "/x",
        "a\\b",
        ".git/hooks/x",
        "keep/.x",
        ".hotcell-work/intent.json",
        "con",
        "x:y",
        "x ",
        "a\u{202e}b",
        "",
    ] {
        check_names(&[name], "work_name");
    }
}

#[test]
fn case_twins_are_refused() {
    check_names(&["A.TXT"], "work_name");
    check_names(&["n.txt", "N.txt"], "work_name");
    check_names(&["Keep"], "work_name");
}

#[test]
fn many_changes_are_a_limit() {
    let names: Vec<String> = (0..=1_000).map(|n| format!("n{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    check_names(&names[..1_000], "ok");
    check_names(&names, "limit_work_changes");
}

/// Two calls list, the first applies: the second finds that what it read is not so any more.
#[test]
fn of_two_calls_on_one_file_one_applies() {
    let place = Place::new();
    let (first, second) = (place.source(), place.source());
    let modify = |source, text| [change(source, ChangeKind::Modified, "a.txt", Some(text))];
    let (one, two) = (modify(&first, "first"), modify(&second, "second"));
    apply(&place, &first, &one).unwrap();
    apply(&place, &second, &two).unwrap_err();
    assert_eq!(fs::read(place.path("a.txt")).unwrap(), b"first");
    let third = place.source();
    apply(&place, &third, &modify(&third, "third")).unwrap();
}

/// Many at one time, each with a file of its own and one that all want to make.
#[test]
fn calls_at_one_time_do_not_mix() {
    let place = Place::new();
    let won = std::thread::scope(|scope| {
        let place = &place;
        let call = |number: usize| {
            let source = loop {
                if let Some(source) =
                    super::super::recover::look(place.at.path(), Default::default()).unwrap()
                {
                    break source;
                }
            };
            let text = format!("{number}");
            let own = format!("own{number}");
            let changes = [
                change(&source, ChangeKind::Created, &own, Some(&text)),
                change(&source, ChangeKind::Created, "shared", Some(&text)),
            ];
            apply(place, &source, &changes).is_ok().then_some(number)
        };
        let all: Vec<_> = (0..8)
            .map(|number| scope.spawn(move || call(number)))
            .collect();
        let ended = all.into_iter().filter_map(|one| one.join().unwrap());
        ended.collect::<Vec<_>>()
    });
    assert_eq!(won.len(), 1, "{won:?}");
    let shared = fs::read_to_string(place.path("shared")).unwrap();
    assert_eq!(shared, won[0].to_string());
    assert!(place.path(&format!("own{}", won[0])).exists());
    let own = place
        .tree()
        .iter()
        .filter(|one| one.starts_with("own"))
        .count();
    assert_eq!(own, 1);
}
