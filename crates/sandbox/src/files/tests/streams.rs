//! Byte streams over files.

use bytes::Bytes;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    ErrorCode, Host as _, HostDescriptor, OpenFlags,
};
use wasmtime_wasi_io::streams::{DynInputStream, DynOutputStream, StreamError, StreamResult};

use super::super::FileQuota;
use super::world::{CREATE, Fd, READ, ROOMY, WRITE, World, answer, fd, now, world};

const CHUNK: usize = 64 << 10;

fn reader(world: &mut World, file: Fd, offset: u64) -> Resource<DynInputStream> {
    answer(world.view().read_via_stream(fd(file), offset)).unwrap()
}

fn writer(world: &mut World, file: Fd, offset: u64) -> Resource<DynOutputStream> {
    answer(world.view().write_via_stream(fd(file), offset)).unwrap()
}

fn read(world: &mut World, stream: &Resource<DynInputStream>, size: usize) -> Option<Bytes> {
    match world.table.get_mut(stream).unwrap().read(size) {
        Ok(bytes) => Some(bytes),
        Err(StreamError::Closed) => None,
        Err(other) => panic!("{other}"),
    }
}

fn write(world: &mut World, stream: &Resource<DynOutputStream>, bytes: &[u8]) -> StreamResult<()> {
    let stream = world.table.get_mut(stream).unwrap();
    now(stream.ready());
    stream.write(Bytes::copy_from_slice(bytes))
}

#[test]
fn reading_goes_to_the_end_and_on_when_the_file_grows() {
    let mut world = world(ROOMY);
    world.write("/out/f", b"0123456789", 0).unwrap();
    let file = world.open("/out/f", OpenFlags::empty(), READ).unwrap();
    let stream = reader(&mut world, file, 2);
    assert_eq!(read(&mut world, &stream, 0).unwrap(), "");
    assert_eq!(read(&mut world, &stream, 3).unwrap(), "234");
    assert_eq!(world.table.get_mut(&stream).unwrap().skip(2).unwrap(), 2);
    assert_eq!(read(&mut world, &stream, 99).unwrap(), "789");
    assert_eq!(read(&mut world, &stream, 99), None);
    assert!(world.table.get_mut(&stream).unwrap().skip(1).is_err());
    world.write("/out/f", b"ab", 10).unwrap();
    assert_eq!(read(&mut world, &stream, 99).unwrap(), "ab");
    let skill = world
        .open("/skill/SKILL.md", OpenFlags::empty(), READ)
        .unwrap();
    let stream = reader(&mut world, skill, 2);
    assert_eq!(read(&mut world, &stream, 99).unwrap(), "Skill");
}

#[test]
fn one_read_returns_at_most_a_chunk() {
    let mut world = world(ROOMY);
    world.write("/out/f", &vec![1; 3 * CHUNK], 0).unwrap();
    let file = world.open("/out/f", OpenFlags::empty(), READ).unwrap();
    let stream = reader(&mut world, file, 1);
    assert_eq!(read(&mut world, &stream, usize::MAX).unwrap().len(), CHUNK);
}

#[test]
fn writing_moves_on_and_appending_finds_the_end() {
    let mut world = world(ROOMY);
    let file = world.open("/out/f", CREATE, WRITE).unwrap();
    let stream = writer(&mut world, file, 2);
    let end = answer(world.view().append_via_stream(fd(file))).unwrap();
    write(&mut world, &stream, b"ab").unwrap();
    write(&mut world, &end, b"1").unwrap();
    write(&mut world, &stream, b"cd").unwrap();
    write(&mut world, &end, b"2").unwrap();
    assert_eq!(world.read("/out/f").unwrap(), b"\0\0abcd2");
}

#[test]
fn a_stream_outlives_its_descriptor_and_its_name() {
    let mut world = world(ROOMY);
    let file = world.open("/out/f", CREATE, WRITE).unwrap();
    let stream = writer(&mut world, file, 0);
    world.close(file);
    world.unlink("/out/f").unwrap();
    write(&mut world, &stream, b"late").unwrap();
    assert_eq!(world.overlay.used().files, 1);
    world.table.delete(stream).unwrap();
    assert_eq!(world.overlay.used(), FileQuota { bytes: 0, files: 0 });
}

#[test]
fn streams_are_for_files_opened_so() {
    let mut world = world(ROOMY);
    world.write("/out/f", b"x", 0).unwrap();
    let cases = [
        ("/out/f", READ, Ok(()), Err(ErrorCode::BadDescriptor)),
        ("/out/f", WRITE, Err(ErrorCode::BadDescriptor), Ok(())),
        ("/out/f", READ | WRITE, Ok(()), Ok(())),
        (
            "/skill/SKILL.md",
            READ,
            Ok(()),
            Err(ErrorCode::BadDescriptor),
        ),
        (
            "/out",
            READ,
            Err(ErrorCode::IsDirectory),
            Err(ErrorCode::IsDirectory),
        ),
    ];
    for (path, flags, reads, writes) in cases {
        let file = world.open(path, OpenFlags::empty(), flags).unwrap();
        let stream = answer(world.view().read_via_stream(fd(file), 0)).map(drop);
        assert_eq!(stream, reads, "{path}");
        let stream = answer(world.view().write_via_stream(fd(file), 0)).map(drop);
        assert_eq!(stream, writes, "{path}");
        let stream = answer(world.view().append_via_stream(fd(file))).map(drop);
        assert_eq!(stream, writes, "{path}");
    }
}

#[test]
fn a_write_takes_a_chunk_and_no_byte_more() {
    let mut world = world(ROOMY);
    let file = world.open("/out/f", CREATE, WRITE).unwrap();
    let stream = writer(&mut world, file, 0);
    assert_eq!(
        world.table.get_mut(&stream).unwrap().check_write().unwrap(),
        CHUNK
    );
    write(&mut world, &stream, &vec![0; CHUNK]).unwrap();
    let more = write(&mut world, &stream, &vec![0; CHUNK + 1]);
    assert!(matches!(more, Err(StreamError::Trap(_))));
}

#[test]
fn a_quota_error_has_its_code_and_closes_the_stream() {
    let mut world = world(FileQuota {
        bytes: 1_000,
        files: 9,
    });
    let file = world.open("/out/f", CREATE, WRITE).unwrap();
    let stream = writer(&mut world, file, 0);
    write(&mut world, &stream, b"fits").unwrap();
    let Err(StreamError::LastOperationFailed(error)) = write(&mut world, &stream, &[0; 500]) else {
        panic!("the quota does not hold");
    };
    let error = world.table.push(error).unwrap();
    let code = world.view().filesystem_error_code(error).unwrap();
    assert_eq!(code, Some(ErrorCode::InsufficientSpace));
    assert!(matches!(
        write(&mut world, &stream, b"x"),
        Err(StreamError::Closed)
    ));
    assert_eq!(world.read("/out/f").unwrap(), b"fits");
    let other = wasmtime::format_err!("of another kind");
    let other = world.table.push(other).unwrap();
    assert_eq!(world.view().filesystem_error_code(other).unwrap(), None);
}
