//! What a guest may see of a folder.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use hotcell_policy::{ChangeKind, WorkLimit, WorkLimits};
use hotcell_sandbox::WorkError;

use super::place::{AFTER, BEFORE, Place, all_kinds, apply, change, read};

fn paths(place: &Place) -> Vec<String> {
    let source = place.source();
    source
        .entries()
        .iter()
        .map(|one| one.path.clone())
        .collect()
}

#[test]
fn what_no_guest_may_open_is_not_listed() {
    let place = Place::new();
    let shown = ["a.txt", "keep", "keep/b.txt", "old", "old/c.txt"];
    assert_eq!(paths(&place), shown);
    symlink("/etc/passwd", place.path("link")).unwrap();
    symlink("/etc", place.path("keep/etc")).unwrap();
    symlink("a.txt", place.path("inner")).unwrap();
    let pipe = rustix::fs::mknodat(
        rustix::fs::CWD,
        place.path("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from(0o644),
        0,
    );
    pipe.unwrap();
    let socket = std::os::unix::net::UnixListener::bind(place.path("socket"));
    for name in [".env", "con", "a\\b", "x:y", "trailing ", "two  spaces"] {
        fs::write(place.path(name), "").unwrap();
    }
    place.write(".ssh/id", "key");
    assert_eq!(paths(&place), shown);
    drop(socket);
}

#[test]
fn too_many_files_are_a_limit() {
    let place = Place::new();
    let most = WorkLimits::STANDARD.entries;
    for number in 0..most {
        fs::File::create(place.path(&format!("n{number}"))).unwrap();
    }
    let listed = super::super::recover::look(place.at.path(), Default::default());
    assert_eq!(listed.err(), Some(WorkError::Limit(WorkLimit::Entries)));
}

#[test]
fn a_large_file_is_listed_and_not_read() {
    let place = Place::new();
    let file = fs::File::create(place.path("large")).unwrap();
    file.set_len(WorkLimits::STANDARD.file_bytes + 1).unwrap();
    let limit = Err(WorkError::Limit(WorkLimit::FileBytes));
    assert_eq!(read(&place.source(), "large"), limit);
    file.set_len(WorkLimits::STANDARD.file_bytes).unwrap();
    fs::copy(place.path("large"), place.path("large2")).unwrap();
    let source = place.source();
    read(&source, "large").unwrap();
    read(&source, "large2").unwrap();
    let limit = Err(WorkError::Limit(WorkLimit::ReadBytes));
    assert_eq!(read(&source, "a.txt"), limit);
}

#[test]
fn all_changes_are_applied() {
    let place = Place::new();
    let source = place.source();
    assert_eq!(place.tree(), BEFORE);
    apply(&place, &source, &all_kinds(&source)).unwrap();
    assert_eq!(place.tree(), AFTER);
}

#[test]
fn a_files_mode_stays_and_gives_no_more_power() {
    let place = Place::new();
    let mode = |path: &str| fs::metadata(place.path(path)).unwrap().permissions().mode();
    fs::set_permissions(place.path("a.txt"), PermissionsExt::from_mode(0o4600)).unwrap();
    let source = place.source();
    let changes = [
        change(&source, ChangeKind::Modified, "a.txt", Some("ONE")),
        change(&source, ChangeKind::Created, "n.txt", Some("new")),
    ];
    apply(&place, &source, &changes).unwrap();
    assert_eq!(mode("a.txt") & 0o7777, 0o600);
    assert_eq!(mode("n.txt") & 0o133, 0);
}

/// A file that two names lead to may be outside as well: it is replaced here, and not there.
#[test]
fn a_hard_link_is_cut() {
    let place = Place::new();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("theirs"), "theirs").unwrap();
    fs::hard_link(outside.path().join("theirs"), place.path("ours")).unwrap();
    let source = place.source();
    let changes = [change(&source, ChangeKind::Modified, "ours", Some("OURS"))];
    apply(&place, &source, &changes).unwrap();
    assert_eq!(fs::read(place.path("ours")).unwrap(), b"OURS");
    assert_eq!(fs::read(outside.path().join("theirs")).unwrap(), b"theirs");
}
