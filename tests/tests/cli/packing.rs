//! `hotcell pack`: the same bytes each time, and the same skill wherever they go.

use std::fs;
use std::io::Cursor;

use crate::room::{Room, example};

const INPUT: &str = r#"{"number": "DE136695976"}"#;

#[test]
fn the_same_bytes_each_time() {
    let room = Room::new();
    let tax = example("tax-check");
    let ran = room.run(&["pack", &tax]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "tax-check-1.0.0.zip\n")
    );
    assert!(ran.stderr.contains(" bytes, sha256:"), "{}", ran.stderr);
    let ran = room.run(&["pack", &tax, "-o", "second.zip"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "second.zip\n"));
    let first = fs::read(room.at("tax-check-1.0.0.zip")).unwrap();
    assert!(first == fs::read(room.at("second.zip")).unwrap());
    // Writing it over itself is no change.
    assert_eq!(room.run(&["pack", &tax]).code, 0);
}

#[test]
fn a_zip_is_the_same_skill_wherever_it_goes() {
    let room = Room::new();
    let tax = example("tax-check");
    assert_eq!(room.run(&["pack", &tax, "-o", "skill.zip"]).code, 0);
    let bytes = fs::read(room.at("skill.zip")).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    zip.extract(room.at("elsewhere")).unwrap();

    let digest = |package: &str| room.run(&["show", package, "--json"]).json()["digest"].clone();
    let answer = |package: &str| {
        let ran = room.run(&["run", package, "check_vat_number", "--input", INPUT]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout
    };
    for copy in ["skill.zip", "elsewhere/tax-check"] {
        assert_eq!(digest(copy), digest(&tax), "{copy}");
        assert_eq!(answer(copy), answer(&tax), "{copy}");
    }
    let ran = room.run(&["pack", "elsewhere/tax-check", "-o", "again.zip"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let again = fs::read(room.at("again.zip")).unwrap();
    assert!(again == fs::read(room.at("skill.zip")).unwrap());
}

#[test]
fn other_bytes_are_left_as_they_were() {
    let room = Room::new();
    room.write("mine.zip", "mine");
    let before = room.everything();
    let tax = example("tax-check");
    room.run(&["pack", &tax, "-o", "mine.zip"])
        .fails(2, &["mine.zip", "other bytes", "-o"]);
    room.run(&["pack", &tax, "-o", "no/such/folder.zip"])
        .fails(2, &["no/such/folder.zip"]);
    room.run(&["pack", &tax, "-o", "home"]).fails(2, &["home"]);
    assert_eq!(room.everything(), before);
}
