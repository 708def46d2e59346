//! Folder and archive, what is missing, and the line in the menu.

use hotcell_package::{Package, ReadLimits, pack};
use hotcell_testkit::archives::{self, PLAIN_MANIFEST};

use crate::{Files, read, write_folder};

#[test]
fn folder_and_archives_are_one_package() {
    let files = archives::plain_package();
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("parcel-rates");
    write_folder(&files, &folder);
    for left_out in [
        ".git/config",
        "target/x.bin",
        "node_modules/a/b.js",
        ".DS_Store",
    ] {
        write_folder(&vec![(left_out.to_owned(), b"x".to_vec())], &folder);
    }
    let from_folder = Package::read(&folder, &ReadLimits::STANDARD).unwrap();
    assert_eq!(from_folder.name, "parcel-rates");
    assert_eq!(from_folder.folder.as_deref(), Some("parcel-rates"));
    let packed = pack(&from_folder.files, &from_folder.name).unwrap();
    assert_eq!(packed, pack(&from_folder.files, &from_folder.name).unwrap());
    let from_pack = Package::from_zip(&packed, &ReadLimits::STANDARD).unwrap();
    let from_root = Package::from_zip(&archives::plain_zip(), &ReadLimits::STANDARD).unwrap();
    assert_eq!(from_pack.digest, from_folder.digest);
    assert_eq!(from_root.digest, from_folder.digest);
    assert_eq!(from_root.folder, None);
    assert_eq!(&from_pack.component()[..], archives::EMPTY_COMPONENT);
}

#[test]
fn a_crates_sources_at_the_top_are_not_the_package() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("parcel-rates");
    write_folder(&archives::plain_package(), &folder);
    let before = Package::read(&folder, &ReadLimits::STANDARD).unwrap();
    let add = |path: &str| write_folder(&vec![(path.to_owned(), b"x".to_vec())], &folder);
    // Without a Cargo.toml a folder `src` is as much the package as any other.
    add("src/lib.rs");
    let with_folder = Package::read(&folder, &ReadLimits::STANDARD).unwrap();
    assert_ne!(with_folder.digest, before.digest);
    for path in ["Cargo.toml", "build.rs", "tests/a.rs", "examples/a.json"] {
        add(path);
    }
    let crate_too = Package::read(&folder, &ReadLimits::STANDARD).unwrap();
    assert_eq!(crate_too.digest, before.digest);
    // Below the top the names mean nothing.
    add("assets/src/a.txt");
    let deeper = Package::read(&folder, &ReadLimits::STANDARD).unwrap();
    assert_ne!(deeper.digest, before.digest);
}

#[cfg(unix)]
#[test]
fn links_in_a_folder_are_refused() {
    let temporary = tempfile::tempdir().unwrap();
    write_folder(&archives::plain_package(), temporary.path());
    std::os::unix::fs::symlink("/etc", temporary.path().join("assets")).unwrap();
    let error = Package::read(temporary.path(), &ReadLimits::STANDARD).unwrap_err();
    assert_eq!(error.code(), "symlink");
}

#[test]
fn what_is_missing_is_told_at_once_with_a_mend() {
    let codes = |files: Files| -> Vec<&'static str> {
        let error = read(files).unwrap_err();
        error.diagnostics().iter().map(|found| found.code).collect()
    };
    let source = |path: &str| vec![(path.to_owned(), b"x".to_vec())];
    for path in ["tools.py", "index.js", "src/lib.ts", "Cargo.toml"] {
        assert_eq!(
            codes(source(path)),
            ["no_document", "no_manifest", "no_contract", "not_built"]
        );
    }
    let component = |bytes: &[u8]| codes(archives::plain_package_with("skill.wasm", bytes));
    assert_eq!(component(b"\0asm\x01\0\0\0"), ["core_module"]);
    assert_eq!(component(b"\0asm\x09\0\x01\0"), ["component_version"]);
    assert_eq!(component(b"\x7fELF"), ["not_wasm"]);
    assert_eq!(component(b""), ["not_wasm"]);
    let broken = archives::plain_package_with("skill.toml", b"[skill\n");
    assert_eq!(codes(broken), ["toml_syntax"]);
    assert_eq!(
        codes(archives::plain_package_with("SKILL.md", b"\xff\xfe")),
        ["not_utf8"]
    );
    let unknown = PLAIN_MANIFEST.replace("tool.quote", "tool.qoute");
    let error = read(archives::plain_package_with(
        "skill.toml",
        unknown.as_bytes(),
    ))
    .unwrap_err();
    let shown = error.to_string();
    assert!(shown.starts_with("skill.toml:4:"), "{shown}");
    assert!(
        shown.contains("error[unknown_tool]") && shown.contains("[tool.quote]"),
        "{shown}"
    );
}

#[test]
fn the_menu_line_is_short_and_counted() {
    let line = read(archives::plain_package()).unwrap().menu_line();
    assert!(
        line.text.starts_with("parcel-rates: Quotes the price"),
        "{}",
        line.text
    );
    assert!((20..60).contains(&line.tokens), "{}", line.tokens);
}
