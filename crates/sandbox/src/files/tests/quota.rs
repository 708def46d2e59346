//! The quota holds to the byte, whatever a guest tries.

use wasmtime_wasi::p2::bindings::filesystem::types::{ErrorCode, OpenFlags};

use super::super::{FileQuota, QuotaName};
use super::world::{CREATE, READ, WRITE, World, world};

/// What a file or folder costs beside name and content.
const NODE: u64 = 768;
const NONE: FileQuota = FileQuota { bytes: 0, files: 0 };

fn bytes(bytes: u64) -> World {
    world(FileQuota { bytes, files: 100 })
}

/// A file `/out/f` of `len` bytes costs `expected`: that quota is enough, and one less is not.
fn check_cost(len: u64, expected: u64) {
    let fill = |quota: u64| {
        let mut world = bytes(quota);
        let written = world.write("/out/f", &vec![1; usize::try_from(len).unwrap()], 0);
        (written, world.overlay.used().bytes, world.overlay.refused())
    };
    assert_eq!(fill(expected), (Ok(()), expected, None), "{len}");
    let (written, used, refused) = fill(expected - 1);
    assert_eq!(written, Err(ErrorCode::InsufficientSpace), "{len}");
    assert_eq!(refused, Some(QuotaName::Bytes), "{len}");
    assert!(used < expected, "{len}");
}

#[test]
fn contents_count_to_the_byte_of_the_rule() {
    const CHUNK: u64 = 64 << 10;
    check_cost(0, NODE + 1);
    check_cost(1, NODE + 1 + 64 + 64);
    check_cost(64, NODE + 1 + 64 + 64);
    check_cost(65, NODE + 1 + 128 + 64);
    check_cost(CHUNK, NODE + 1 + CHUNK + 64);
    check_cost(CHUNK + 1, NODE + 1 + CHUNK + 64 + 64 + 64);
    check_cost(16 * CHUNK, NODE + 1 + 16 * (CHUNK + 64));
}

#[test]
fn names_and_folders_count() {
    let mut world = bytes(2 * NODE + 4 + 100);
    assert_eq!(world.mkdir("/out/dir1"), Ok(()));
    assert_eq!(
        world.mkdir(&format!("/tmp/{}", "n".repeat(101))),
        Err(ErrorCode::InsufficientSpace)
    );
    assert_eq!(world.mkdir(&format!("/tmp/{}", "n".repeat(100))), Ok(()));
    assert_eq!(
        world.rename("/out/dir1", "/out/dir12"),
        Err(ErrorCode::InsufficientSpace)
    );
    assert_eq!(world.rename("/out/dir1", "/out/dir2"), Ok(()));
    assert_eq!(world.list("/out"), ["dir2"]);
}

#[test]
fn a_flood_of_files_ends_at_the_quota() {
    let mut world = world(FileQuota {
        bytes: 1 << 30,
        files: 50,
    });
    let flood = (0..1_000).filter(|n| world.write(&format!("/tmp/{n}"), b"", 0).is_ok());
    assert_eq!(flood.count(), 50);
    assert_eq!(world.mkdir("/out/d"), Err(ErrorCode::InsufficientSpace));
    assert_eq!(world.overlay.refused(), Some(QuotaName::Files));
    world.unlink("/tmp/0").unwrap();
    assert_eq!(world.mkdir("/out/d"), Ok(()));
    assert_eq!(world.overlay.peak_files(), 50);
}

#[test]
fn a_sparse_file_counts_in_full_and_holds_nothing() {
    let mut world = bytes(1 << 30);
    let file = world.open("/out/f", CREATE, READ | WRITE).unwrap();
    assert_eq!(
        world.set_size(file, 1 << 40),
        Err(ErrorCode::InsufficientSpace)
    );
    assert_eq!(
        world.set_size(file, u64::MAX),
        Err(ErrorCode::InsufficientSpace)
    );
    assert_eq!(
        world.write_fd(file, b"x", 1 << 40),
        Err(ErrorCode::InsufficientSpace)
    );
    assert_eq!(
        world.write_fd(file, b"xy", u64::MAX - 1),
        Err(ErrorCode::FileTooLarge)
    );
    assert_eq!(world.stat("/out/f").unwrap().size, 0);
    assert_eq!(world.set_size(file, 1 << 29), Ok(()));
    assert!(world.overlay.used().bytes > 1 << 29);
    assert!(world.overlay.memory().lock().held_bytes() < 100);
    assert_eq!(
        world.set_size(file, 1 << 30),
        Err(ErrorCode::InsufficientSpace)
    );
    assert_eq!(world.read_fd(file, 3, 1 << 28), Ok((vec![0; 3], false)));
    assert_eq!(world.set_size(file, 0), Ok(()));
    assert_eq!(world.overlay.used().bytes, NODE + 1);
}

#[test]
fn a_cut_file_shows_no_old_bytes_when_it_grows_again() {
    let mut world = bytes(1 << 20);
    let file = world.open("/out/f", CREATE, READ | WRITE).unwrap();
    world.write_fd(file, &[9; 300_000], 0).unwrap();
    world.set_size(file, 10).unwrap();
    world.set_size(file, 200_000).unwrap();
    let mut expected = vec![9; 10];
    expected.resize(200_000, 0);
    assert_eq!(world.read("/out/f").unwrap(), expected);
}

#[test]
fn unlinked_but_open_counts_until_it_is_closed() {
    let mut world = bytes(NODE + 1 + 128);
    world.write("/out/f", b"x", 0).unwrap();
    let file = world.open("/out/f", OpenFlags::empty(), READ).unwrap();
    world.unlink("/out/f").unwrap();
    assert_eq!(
        world.overlay.used(),
        FileQuota {
            bytes: NODE + 128,
            files: 1
        }
    );
    assert_eq!(
        world.write("/out/g", b"x", 0),
        Err(ErrorCode::InsufficientSpace)
    );
    world.close(file);
    assert_eq!(world.overlay.used(), NONE);
    assert_eq!(world.write("/out/g", b"x", 0), Ok(()));
}

#[test]
fn what_a_rename_replaces_comes_back() {
    let mut world = bytes(2 * (NODE + 1 + 128));
    world.write("/out/f", b"x", 0).unwrap();
    world.write("/out/g", b"y", 0).unwrap();
    world.rename("/out/f", "/out/g").unwrap();
    assert_eq!(
        world.overlay.used(),
        FileQuota {
            bytes: NODE + 1 + 128,
            files: 1
        }
    );
    let held = world.open("/out/g", OpenFlags::empty(), READ).unwrap();
    world.write("/out/f", b"x", 0).unwrap();
    world.rename("/out/f", "/out/g").unwrap();
    assert_eq!(
        world.overlay.used(),
        FileQuota {
            bytes: 2 * (NODE + 128) + 1,
            files: 2
        }
    );
    world.close(held);
    world.unlink("/out/g").unwrap();
    assert_eq!(world.overlay.used(), NONE);
}

#[test]
fn a_refused_rename_changes_nothing() {
    let mut world = bytes(2 * (NODE + 1));
    world.write("/out/f", b"", 0).unwrap();
    world.write("/out/g", b"", 0).unwrap();
    let used = world.overlay.used();
    let _held = world.open("/out/g", OpenFlags::empty(), READ).unwrap();
    assert_eq!(
        world.rename("/out/f", "/out/long"),
        Err(ErrorCode::InsufficientSpace)
    );
    assert_eq!(world.list("/out"), ["f", "g"]);
    assert_eq!(world.overlay.used(), used);
}

#[test]
fn many_small_writes_hold_no_more_than_they_cost() {
    let mut world = bytes(1 << 20);
    for n in 0..2_000 {
        world.write("/out/f", &[1; 37], n * 37).unwrap();
    }
    let held = world.overlay.memory().lock().held_bytes();
    assert!(held <= world.overlay.used().bytes - NODE, "{held}");
    assert_eq!(world.overlay.peak_bytes(), world.overlay.used().bytes);
}

#[test]
fn the_files_of_out_come_back_sorted_and_nothing_else() {
    let mut world = bytes(1 << 20);
    for dir in ["/out/a", "/out/empty", "/tmp/t"] {
        world.mkdir(dir).unwrap();
    }
    let large: Vec<u8> = (0..150_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    world.write("/out/b", &large, 0).unwrap();
    world.write("/out/a/x", b"x", 70_000).unwrap();
    world.write("/out/a.txt", b"text", 0).unwrap();
    world.write("/tmp/t/y", b"y", 0).unwrap();
    let held = world.open("/out/b", OpenFlags::empty(), READ).unwrap();
    let World { overlay, table, .. } = world;
    let files = overlay.into_out();
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["a.txt", "a/x", "b"]);
    assert_eq!(files[0].bytes, b"text");
    assert_eq!(files[1].bytes[..70_000], vec![0; 70_000]);
    assert_eq!(files[1].bytes[70_000..], *b"x");
    assert_eq!(files[2].bytes, large);
    // Handles that are still in the table find nothing, and harm nothing.
    assert!(held > 0);
    drop(table);
}
