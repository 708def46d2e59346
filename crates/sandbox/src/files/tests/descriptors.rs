//! What descriptors may do, and what they tell.

use std::time::Duration;

use wasmtime::component::Resource;
use wasmtime_wasi::p2::FsError;
use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Advice, DescriptorFlags, DescriptorType, ErrorCode, HostDescriptor, NewTimestamp, OpenFlags,
    PathFlags,
};

use super::world::{
    Answer, CREATE, READ, ROOMY, WRITE, World, answer, fd, none, now, world, world_at,
};

const MUTATE: DescriptorFlags = DescriptorFlags::MUTATE_DIRECTORY;

/// `/out` holds the file `f` with "text" and the folder `d`.
fn furnished() -> World {
    let mut world = world(ROOMY);
    world.write("/out/f", b"text", 0).unwrap();
    world.mkdir("/out/d").unwrap();
    world
}

#[test]
fn the_guest_finds_four_folders() {
    let mut world = world(ROOMY);
    let roots = world.roots().to_vec();
    let paths: Vec<_> = roots.iter().map(|(_, path)| path.as_str()).collect();
    assert_eq!(paths, ["/skill", "/in", "/out", "/tmp"]);
    for (root, path) in roots {
        let flags = answer(now(world.view().get_flags(fd(root)))).unwrap();
        let writable = matches!(path.as_str(), "/out" | "/tmp");
        assert_eq!(flags.contains(MUTATE), writable, "{path}");
    }
}

fn check_open(
    path: &str,
    how: OpenFlags,
    flags: DescriptorFlags,
    expected: Answer<DescriptorType>,
) {
    let mut world = furnished();
    let kind = world
        .open(path, how, flags)
        .map(|file| answer(now(world.view().get_type(fd(file)))).unwrap());
    assert_eq!(kind, expected, "{path} {how:?} {flags:?}");
}

#[test]
fn opening() {
    let (file, dir) = (
        Ok(DescriptorType::RegularFile),
        Ok(DescriptorType::Directory),
    );
    let exclusive = CREATE | OpenFlags::EXCLUSIVE;
    check_open("/out/f", none(), READ, file);
    check_open("/out/f", none(), READ | WRITE | MUTATE, file);
    check_open("/out/f", CREATE, READ, file);
    check_open("/out/n", CREATE, WRITE, file);
    check_open("/out/n", exclusive, WRITE, file);
    check_open("/out/d", none(), READ, dir);
    check_open("/out/d/", none(), READ, dir);
    check_open("/out/d", OpenFlags::DIRECTORY, READ | MUTATE, dir);
    check_open("/out/n", none(), READ, Err(ErrorCode::NoEntry));
    check_open("/out/n/", CREATE, WRITE, Err(ErrorCode::IsDirectory));
    check_open("/out/f/", none(), READ, Err(ErrorCode::NotDirectory));
    check_open("/out/f", exclusive, WRITE, Err(ErrorCode::Exist));
    check_open("/out/d", exclusive, WRITE, Err(ErrorCode::Exist));
    check_open("/out/d", CREATE, READ, Err(ErrorCode::IsDirectory));
    check_open("/out/d", none(), WRITE, Err(ErrorCode::IsDirectory));
    check_open(
        "/out/d",
        OpenFlags::TRUNCATE,
        READ,
        Err(ErrorCode::IsDirectory),
    );
    check_open(
        "/out/f",
        OpenFlags::DIRECTORY,
        READ,
        Err(ErrorCode::NotDirectory),
    );
    check_open(
        "/out/d",
        OpenFlags::DIRECTORY | CREATE,
        READ,
        Err(ErrorCode::Invalid),
    );
}

#[test]
fn opening_what_is_read_only() {
    check_open(
        "/skill/SKILL.md",
        none(),
        READ,
        Ok(DescriptorType::RegularFile),
    );
    check_open(
        "/skill/assets",
        OpenFlags::DIRECTORY,
        READ,
        Ok(DescriptorType::Directory),
    );
    check_open("/skill/n", none(), READ, Err(ErrorCode::NoEntry));
    check_open(
        "/skill/SKILL.md",
        OpenFlags::DIRECTORY,
        READ,
        Err(ErrorCode::NotDirectory),
    );
    for (how, flags) in [
        (none(), WRITE),
        (none(), READ | MUTATE),
        (CREATE, READ),
        (OpenFlags::TRUNCATE, READ),
    ] {
        check_open("/skill/SKILL.md", how, flags, Err(ErrorCode::ReadOnly));
        check_open("/in/data.json", how, flags, Err(ErrorCode::ReadOnly));
    }
}

#[test]
fn truncating_on_open_empties_the_file_that_is_there() {
    let mut world = furnished();
    let (before, used) = (
        world.stat("/out/f").unwrap().size,
        world.overlay.used().bytes,
    );
    world.open("/out/f", OpenFlags::TRUNCATE, WRITE).unwrap();
    assert_eq!((before, world.stat("/out/f").unwrap().size), (4, 0));
    assert!(world.overlay.used().bytes < used);
}

#[test]
fn a_file_does_what_it_was_opened_for() {
    let mut world = furnished();
    let reader = world.open("/out/f", none(), READ).unwrap();
    let writer = world.open("/out/f", none(), WRITE).unwrap();
    let dir = world.open_dir("/out/d");
    assert_eq!(world.read_fd(reader, 3, 1), Ok((b"ext".to_vec(), false)));
    assert_eq!(world.read_fd(reader, 3, 4), Ok((Vec::new(), true)));
    assert_eq!(world.read_fd(reader, 3, u64::MAX), Ok((Vec::new(), true)));
    assert_eq!(world.read_fd(writer, 3, 0), Err(ErrorCode::BadDescriptor));
    assert_eq!(world.read_fd(dir, 3, 0), Err(ErrorCode::IsDirectory));
    assert_eq!(world.write_fd(writer, b"T", 0), Ok(1));
    assert_eq!(
        world.write_fd(reader, b"T", 0),
        Err(ErrorCode::BadDescriptor)
    );
    assert_eq!(world.write_fd(dir, b"T", 0), Err(ErrorCode::IsDirectory));
    assert_eq!(world.set_size(writer, 2), Ok(()));
    assert_eq!(world.set_size(reader, 2), Err(ErrorCode::BadDescriptor));
    assert_eq!(world.read("/out/f").unwrap(), b"Te");
    let listed = answer(now(world.view().read_directory(fd(reader))));
    assert_eq!(
        listed.map(|stream| stream.rep()),
        Err(ErrorCode::NotDirectory)
    );
    let path = PathFlags::empty();
    let found = now(world.view().stat_at(fd(reader), path, "x".to_owned()));
    assert_eq!(
        answer(found).map(|stat| stat.size),
        Err(ErrorCode::NotDirectory)
    );
}

#[test]
fn advice_and_sync_change_nothing() {
    let mut world = furnished();
    let file = world.open("/out/f", none(), READ).unwrap();
    answer(now(world.view().advise(fd(file), 0, 9, Advice::WillNeed))).unwrap();
    answer(now(world.view().sync(fd(file)))).unwrap();
    answer(now(world.view().sync_data(fd(file)))).unwrap();
    assert_eq!(world.read("/out/f").unwrap(), b"text");
    let dir = world.open_dir("/out/d");
    let advised = now(world.view().advise(fd(dir), 0, 9, Advice::WillNeed));
    assert_eq!(answer(advised), Err(ErrorCode::BadDescriptor));
}

#[test]
fn one_read_returns_at_most_a_chunk() {
    let mut world = world(ROOMY);
    world.write("/out/f", &vec![7; 200_000], 0).unwrap();
    let file = world.open("/out/f", none(), READ).unwrap();
    let (bytes, at_end) = world.read_fd(file, u64::MAX, 10).unwrap();
    assert_eq!((bytes, at_end), (vec![7; 64 << 10], false));
}

#[test]
fn an_unlinked_file_lives_while_it_is_open() {
    let mut world = furnished();
    let file = world.open("/out/f", none(), READ | WRITE).unwrap();
    world.unlink("/out/f").unwrap();
    world.write("/out/f", b"another", 0).unwrap();
    world.write_fd(file, b"more", 4).unwrap();
    assert_eq!(world.read_fd(file, 99, 0).unwrap().0, b"textmore");
    assert_eq!(
        answer(now(world.view().stat(fd(file)))).unwrap().link_count,
        0
    );
    assert_eq!(world.read("/out/f").unwrap(), b"another");
    assert_eq!(world.stat("/out/f").unwrap().link_count, 1);
}

fn time(seconds: u64, nanoseconds: u32) -> NewTimestamp {
    NewTimestamp::Timestamp(Datetime {
        seconds,
        nanoseconds,
    })
}

#[test]
fn times_are_the_calls_own_or_what_the_guest_set() {
    let mut world = world_at(ROOMY, Duration::from_secs(50));
    let skill = world.stat("/skill/SKILL.md").unwrap();
    assert_eq!(skill.data_modification_timestamp.unwrap().seconds, 50);
    let file = world.open("/out/f", CREATE, WRITE).unwrap();
    let modified = |world: &mut World| {
        let stat = world.stat("/out/f").unwrap();
        stat.data_modification_timestamp.unwrap().seconds
    };
    assert_eq!(modified(&mut world), 50);
    let set = now(world
        .view()
        .set_times(fd(file), NewTimestamp::NoChange, time(9, 0)));
    answer(set).unwrap();
    assert_eq!(modified(&mut world), 9);
    world.write_fd(file, b"x", 0).unwrap();
    assert_eq!(modified(&mut world), 50);
    let (out, path) = world.at("/out/f");
    let plain = PathFlags::empty();
    let set =
        now(world
            .view()
            .set_times_at(out, plain, path, NewTimestamp::Now, time(1, 1_000_000_000)));
    assert_eq!(answer(set), Err(ErrorCode::Invalid));
    let (skill, path) = world.at("/skill/SKILL.md");
    let set = now(world
        .view()
        .set_times_at(skill, plain, path, NewTimestamp::Now, time(1, 0)));
    assert_eq!(answer(set), Err(ErrorCode::ReadOnly));
}

#[test]
fn identity_follows_the_file_and_not_the_name() {
    let mut world = furnished();
    let mut hash = |path: &str| {
        let (dir, path) = world.at(path);
        let hash = now(world.view().metadata_hash_at(dir, PathFlags::empty(), path));
        let hash = answer(hash).unwrap();
        (hash.lower, hash.upper)
    };
    let before = hash("/out/f");
    let mut all = vec![
        before,
        hash("/out/d"),
        hash("/skill/SKILL.md"),
        hash("/in/data.json"),
    ];
    all.extend([hash("/out"), hash("/tmp"), hash("/skill"), hash("/in")]);
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
    world.rename("/out/f", "/out/g").unwrap();
    world.write("/out/g", b"changed", 0).unwrap();
    let file = world.open("/out/g", none(), READ).unwrap();
    let same = answer(now(world.view().metadata_hash(fd(file)))).unwrap();
    assert_eq!((same.lower, same.upper), before);
    let again = world.open("/out/g", none(), READ).unwrap();
    let dir = world.open_dir("/out/d");
    assert!(now(world.view().is_same_object(fd(file), fd(again))).unwrap());
    assert!(!now(world.view().is_same_object(fd(file), fd(dir))).unwrap());
}

#[test]
fn a_full_table_is_a_trap_and_a_foreign_handle_too() {
    let mut world = furnished();
    world.table.set_max_capacity(5);
    world.open("/out/f", none(), READ).unwrap();
    let (out, path) = world.at("/out/f");
    let more = now(world
        .view()
        .open_at(out, PathFlags::empty(), path, none(), READ));
    let trap = more
        .map(|fd| fd.rep())
        .map_err(FsError::downcast)
        .unwrap_err();
    assert!(trap.is_err(), "a full table is no answer");
    assert_eq!(world.overlay.used().files, 2);
    assert!(now(world.view().stat(Resource::new_borrow(99))).is_err());
}
