//! `--in` and `--out`: what comes in by its own name, what goes out whole or not at all.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use hotcell_testkit::components::answers;
use hotcell_testkit::components::files::{Folder, many};

use crate::room::{Ran, Room, example};

const EXPORT: &str = "EXTF_Buchungsstapel_29098_55003_20261001_20261031.csv";

/// Exports October from the example in the repository.
fn export(room: &Room, out: &[&str]) -> Ran {
    let skill = example("datev-export");
    let input = format!("@{skill}/examples/october.json");
    let call = ["run", &skill, "export_bookings", "--input", &input];
    room.run(&[&call, out].concat())
}

fn refused(arguments: &[&str], words: &[&str]) {
    let room = Room::new();
    room.tool(&answers::ok());
    for file in [
        "a/data.csv",
        "b/data.csv",
        "b/DATA.csv",
        "b/co:lon",
        "b/con",
        "b/.hidden",
        "b/-x",
    ] {
        room.write(file, "1;2;3\n");
    }
    let large = fs::File::create(room.at("b/large.bin")).unwrap();
    large.set_len((64 << 20) + 1).unwrap();
    let before = fs::read_dir(room.at("")).unwrap().count();
    room.run(&[&["run", "probe", "answer"], arguments].concat())
        .fails(2, words);
    assert_eq!(fs::read_dir(room.at("")).unwrap().count(), before);
}

#[test]
fn files_that_cannot_come_in() {
    let one_name = ["--in", "a/data.csv", "--in", "b/data.csv"];
    refused(&one_name, &["--in: `data.csv`", "mend: "]);
    let folded = ["--in", "a/data.csv", "--in", "b/DATA.csv"];
    refused(&folded, &["--in: `"]);
    refused(&["--in", "b/co:lon"], &["`co:lon`"]);
    refused(&["--in", "b/con"], &["`con`"]);
    refused(&["--in", "b/.hidden"], &["`.hidden`"]);
    refused(&["--in", "no-such.csv"], &["no-such.csv: "]);
    refused(&["--in", "b"], &["b: "]);
    refused(&["--in", "b/.."], &["b/..: no usable name"]);
    refused(&["--in", "/dev/zero"], &["/dev/zero: ", "67108864"]);
    refused(&["--in", "b/large.bin"], &["b/large.bin: ", "67108864"]);
}

#[test]
fn a_file_comes_in_by_its_own_name() {
    let room = Room::new();
    let quote = example("quote-docx");
    let template = format!("{quote}/assets/template.docx");
    fs::copy(template, room.at("letterhead.docx")).unwrap();
    let input = r#"{"template": "letterhead.docx"}"#;
    let call = ["run", &quote, "list_fields", "--input", input];
    let ran = room.run(&[&call[..], &["--in", "letterhead.docx"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    room.run(&call).fails(1, &["TEMPLATE_NOT_FOUND"]);
}

#[test]
fn what_goes_out_is_a_new_plain_file() {
    let room = Room::new();
    let ran = export(&room, &["--out", "to/tax/advisor"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["file"], EXPORT);
    let place = format!("to/tax/advisor/{EXPORT}");
    assert_eq!(ran.stderr, format!("wrote {place} (5279 bytes)\n"));
    let metadata = fs::metadata(room.at(&place)).unwrap();
    assert_eq!(
        (metadata.len(), metadata.permissions().mode() & 0o133),
        (5279, 0)
    );
}

#[test]
fn without_a_place_nothing_goes_out() {
    let room = Room::new();
    let before = room.everything();
    let ran = export(&room, &[]);
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.stderr,
        format!("not kept: {EXPORT} (5279 bytes); --out DIR keeps it\n")
    );
    assert_eq!(room.everything(), before);
}

#[test]
fn a_file_that_is_there_is_left_as_it_was() {
    let room = Room::new();
    room.write(&format!("out/{EXPORT}"), "mine");
    let before = room.everything();
    export(&room, &["--out", "out"]).fails(3, &[EXPORT, "there already", "none of the files"]);
    let ran = export(&room, &["--out", "out", "--json"]);
    assert_eq!(
        (ran.code, &ran.json()["error"]["code"]),
        (3, &"out_not_written".into())
    );
    assert_eq!(room.everything(), before);
}

#[test]
fn all_files_go_out_or_none() {
    let room = Room::new();
    room.tool(&many(Folder::Out, 3));
    let call = ["run", "probe", "number", "--out", "out"];
    let ran = room.run(&call);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "3\n"),
        "{}",
        ran.stderr
    );
    for name in ["out/00000000", "out/00000001"] {
        fs::remove_file(room.at(name)).unwrap();
    }
    let before = room.everything();
    room.run(&call).fails(3, &["00000002", "none of the files"]);
    assert_eq!(room.everything(), before);
}

#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let room = Room::new();
    fs::create_dir(room.at("out")).unwrap();
    std::os::unix::fs::symlink(room.at("elsewhere.csv"), room.at("out").join(EXPORT)).unwrap();
    export(&room, &["--out", "out"]).fails(3, &[EXPORT]);
    assert!(!room.at("elsewhere.csv").exists());
}

#[test]
fn a_place_that_is_no_folder() {
    let room = Room::new();
    room.write("out", "a file");
    let before = room.everything();
    export(&room, &["--out", "out"]).fails(2, &["--out out is not a folder"]);
    export(&room, &["--out", "out/below"]).fails(3, &["--out out/below"]);
    assert_eq!(room.everything(), before);
}
