//! Paths, and what happens to names.

use wasmtime_wasi::p2::bindings::filesystem::types::{
    DescriptorType, ErrorCode, HostDescriptor, OpenFlags, PathFlags,
};

use super::world::{Answer, READ, ROOMY, World, answer, fd, now, world};

/// `/out` holds `f`, `g`, the empty folder `e`, and `d` with `d/x` and `d/sub`.
fn furnished() -> World {
    let mut world = world(ROOMY);
    for dir in ["/out/d", "/out/d/sub", "/out/e"] {
        world.mkdir(dir).unwrap();
    }
    for file in ["/out/f", "/out/g", "/out/d/x"] {
        world.write(file, file.as_bytes(), 0).unwrap();
    }
    world
}

/// What `stat` finds from `/out`.
fn check_path(path: &str, expected: Answer<DescriptorType>) {
    let mut world = furnished();
    let (out, _) = world.at("/out");
    let found = now(world
        .view()
        .stat_at(out, PathFlags::empty(), path.to_owned()));
    assert_eq!(answer(found).map(|stat| stat.type_), expected, "{path:?}");
}

#[test]
fn paths_lead_where_they_say_or_are_refused() {
    let (file, dir) = (
        Ok(DescriptorType::RegularFile),
        Ok(DescriptorType::Directory),
    );
    check_path("f", file);
    check_path("d/x", file);
    check_path("./d/./sub/../x", file);
    check_path("d//x", file);
    check_path("d/", dir);
    check_path(".", dir);
    check_path("d/..", dir);
    check_path("d/sub/../..", dir);
    check_path("..", Err(ErrorCode::NotPermitted));
    check_path("../out/f", Err(ErrorCode::NotPermitted));
    check_path("d/../../out", Err(ErrorCode::NotPermitted));
    check_path("/f", Err(ErrorCode::NotPermitted));
    check_path("/", Err(ErrorCode::NotPermitted));
    check_path("", Err(ErrorCode::NoEntry));
    check_path("missing", Err(ErrorCode::NoEntry));
    check_path("missing/../f", Err(ErrorCode::NoEntry));
    check_path("f/", Err(ErrorCode::NotDirectory));
    check_path("f/x", Err(ErrorCode::NotDirectory));
    check_path("f/..", Err(ErrorCode::NotDirectory));
    check_path("f\0", Err(ErrorCode::Invalid));
    check_path(&"n".repeat(255), Err(ErrorCode::NoEntry));
    check_path(&"n".repeat(256), Err(ErrorCode::NameTooLong));
    check_path(
        &format!("{}/f", "n".repeat(256)),
        Err(ErrorCode::NameTooLong),
    );
    check_path(&"./".repeat(2048), dir);
    check_path(&"./".repeat(2049), Err(ErrorCode::NameTooLong));
}

#[test]
fn a_folder_held_open_is_the_top_of_its_paths() {
    let mut world = furnished();
    let sub = world.open_dir("/out/d/sub");
    let mut stat = |path: &str| {
        let found = now(world
            .view()
            .stat_at(fd(sub), PathFlags::empty(), path.to_owned()));
        answer(found).map(|stat| stat.type_)
    };
    assert_eq!(stat("."), Ok(DescriptorType::Directory));
    assert_eq!(stat("../x"), Err(ErrorCode::NotPermitted));
}

#[test]
fn names_of_any_letters_up_to_the_limit() {
    let mut world = furnished();
    let long = format!("/out/{}", "é".repeat(127));
    for name in [
        "/out/a\nb",
        "/out/..x",
        "/out/back\\slash",
        "/out/C:",
        &long,
    ] {
        assert_eq!(world.write(name, b"x", 0), Ok(()), "{name:?}");
    }
    let too_long = format!("/out/{}", "é".repeat(128));
    assert_eq!(world.write(&too_long, b"x", 0), Err(ErrorCode::NameTooLong));
}

fn check_change(change: impl FnOnce(&mut World) -> Answer<()>, expected: Answer<()>, out: &[&str]) {
    let mut world = furnished();
    assert_eq!(change(&mut world), expected);
    assert_eq!(world.list("/out"), out);
}

const ALL: &[&str] = &["d", "e", "f", "g"];

#[test]
fn making_folders() {
    check_change(|w| w.mkdir("/out/n"), Ok(()), &["d", "e", "f", "g", "n"]);
    check_change(|w| w.mkdir("/out/n/"), Ok(()), &["d", "e", "f", "g", "n"]);
    check_change(|w| w.mkdir("/out/d"), Err(ErrorCode::Exist), ALL);
    check_change(|w| w.mkdir("/out/f"), Err(ErrorCode::Exist), ALL);
    check_change(|w| w.mkdir("/out"), Err(ErrorCode::Exist), ALL);
    check_change(|w| w.mkdir("/out/n/m"), Err(ErrorCode::NoEntry), ALL);
    check_change(|w| w.mkdir("/skill/n"), Err(ErrorCode::ReadOnly), ALL);
    check_change(|w| w.mkdir("/in/n"), Err(ErrorCode::ReadOnly), ALL);
}

#[test]
fn removing() {
    check_change(|w| w.unlink("/out/f"), Ok(()), &["d", "e", "g"]);
    check_change(|w| w.unlink("/out/d"), Err(ErrorCode::IsDirectory), ALL);
    check_change(|w| w.unlink("/out/f/"), Err(ErrorCode::NotDirectory), ALL);
    check_change(|w| w.unlink("/out/n"), Err(ErrorCode::NoEntry), ALL);
    check_change(|w| w.unlink("/out"), Err(ErrorCode::IsDirectory), ALL);
    check_change(
        |w| w.unlink("/skill/SKILL.md"),
        Err(ErrorCode::ReadOnly),
        ALL,
    );
    check_change(|w| w.rmdir("/out/e"), Ok(()), &["d", "f", "g"]);
    check_change(|w| w.rmdir("/out/e/"), Ok(()), &["d", "f", "g"]);
    check_change(|w| w.rmdir("/out/d"), Err(ErrorCode::NotEmpty), ALL);
    check_change(|w| w.rmdir("/out/f"), Err(ErrorCode::NotDirectory), ALL);
    check_change(|w| w.rmdir("/out/n"), Err(ErrorCode::NoEntry), ALL);
    check_change(|w| w.rmdir("/out"), Err(ErrorCode::Invalid), ALL);
    check_change(|w| w.rmdir("/skill/assets"), Err(ErrorCode::ReadOnly), ALL);
}

fn check_rename(old: &str, new: &str, expected: Answer<()>, out: &[&str]) {
    check_change(|w| w.rename(old, new), expected, out);
}

#[test]
fn renaming() {
    check_rename("/out/f", "/out/n", Ok(()), &["d", "e", "g", "n"]);
    check_rename("/out/f", "/out/f", Ok(()), ALL);
    check_rename("/out/f", "/out/g", Ok(()), &["d", "e", "g"]);
    check_rename("/out/f", "/out/d/x", Ok(()), &["d", "e", "g"]);
    check_rename("/out/d", "/out/e", Ok(()), &["e", "f", "g"]);
    check_rename("/out/d/", "/out/n/", Ok(()), &["e", "f", "g", "n"]);
    check_rename("/out/n", "/out/m", Err(ErrorCode::NoEntry), ALL);
    check_rename("/out/f", "/out/n/m", Err(ErrorCode::NoEntry), ALL);
    check_rename("/out/f", "/out/e", Err(ErrorCode::IsDirectory), ALL);
    check_rename("/out/e", "/out/f", Err(ErrorCode::NotDirectory), ALL);
    check_rename("/out/e", "/out/d", Err(ErrorCode::NotEmpty), ALL);
    check_rename("/out/f/", "/out/n", Err(ErrorCode::NotDirectory), ALL);
    check_rename("/out/f", "/out/n/", Err(ErrorCode::NotDirectory), ALL);
    check_rename("/out/d", "/out/d/sub/n", Err(ErrorCode::Invalid), ALL);
    check_rename("/out/d", "/out/d/n", Err(ErrorCode::Invalid), ALL);
    check_rename("/out/d", "/out", Err(ErrorCode::Invalid), ALL);
    check_rename("/out", "/out/n", Err(ErrorCode::Invalid), ALL);
    check_rename("/out/f", "/tmp/f", Err(ErrorCode::CrossDevice), ALL);
    check_rename(
        "/skill/SKILL.md",
        "/out/f",
        Err(ErrorCode::CrossDevice),
        ALL,
    );
    check_rename("/skill/SKILL.md", "/skill/n", Err(ErrorCode::ReadOnly), ALL);
}

#[test]
fn a_renamed_folder_keeps_what_is_in_it() {
    let mut world = furnished();
    world.rename("/out/d", "/out/e").unwrap();
    assert_eq!(world.list("/out/e"), ["sub", "x"]);
    assert_eq!(world.read("/out/e/x").unwrap(), b"/out/d/x");
    world.rename("/out/e/sub", "/out/e/x").unwrap_err();
    world.rename("/out/e/sub", "/out/sub").unwrap();
    let sub = world.open_dir("/out/sub");
    world.rename("/out/sub", "/out/e/deeper").unwrap();
    let made = now(world.view().create_directory_at(fd(sub), "new".to_owned()));
    answer(made).unwrap();
    assert_eq!(world.list("/out/e/deeper"), ["new"]);
}

#[test]
fn depth_has_a_limit_that_no_rename_passes() {
    let mut world = world(ROOMY);
    let deepest = format!("/out{}", "/d".repeat(32));
    for end in (6..=deepest.len()).step_by(2) {
        world.mkdir(&deepest[..end]).unwrap();
    }
    assert_eq!(
        world.mkdir(&format!("{deepest}/n")),
        Err(ErrorCode::NameTooLong)
    );
    world.mkdir("/out/a").unwrap();
    world.mkdir("/out/a/b").unwrap();
    let at_30 = &deepest[..deepest.len() - 4];
    assert_eq!(world.rename("/out/a", &format!("{at_30}/a")), Ok(()));
    assert_eq!(world.rename(&format!("{at_30}/a"), "/out/a"), Ok(()));
    let at_31 = &deepest[..deepest.len() - 2];
    assert_eq!(
        world.rename("/out/a", &format!("{at_31}/a")),
        Err(ErrorCode::NameTooLong)
    );
}

#[test]
fn there_are_no_links() {
    let mut world = furnished();
    let (out, _) = world.at("/out");
    let link = now(world.view().symlink_at(out, "f".to_owned(), "l".to_owned()));
    assert_eq!(answer(link), Err(ErrorCode::NotPermitted));
    let (out, _) = world.at("/out");
    let (to, _) = world.at("/out");
    let none = PathFlags::empty();
    let link = now(world
        .view()
        .link_at(out, none, "f".to_owned(), to, "l".to_owned()));
    assert_eq!(answer(link), Err(ErrorCode::NotPermitted));
    assert_eq!(world.list("/out"), ALL);
    for (path, expected) in [("f", ErrorCode::Invalid), ("n", ErrorCode::NoEntry)] {
        let (out, _) = world.at("/out");
        let read = now(world.view().readlink_at(out, path.to_owned()));
        assert_eq!(answer(read), Err(expected), "{path}");
    }
}

#[test]
fn a_removed_folder_held_open_is_empty_and_stays_so() {
    let mut world = furnished();
    let dir = world.open_dir("/out/e");
    world.rmdir("/out/e").unwrap();
    let made = now(world.view().create_directory_at(fd(dir), "n".to_owned()));
    assert_eq!(answer(made), Err(ErrorCode::NoEntry));
    let none = PathFlags::empty();
    let opened = now(world
        .view()
        .open_at(fd(dir), none, "n".to_owned(), OpenFlags::CREATE, READ));
    assert_eq!(answer(opened).map(|fd| fd.rep()), Err(ErrorCode::NoEntry));
    let (out, _) = world.at("/out");
    let moved = now(world
        .view()
        .rename_at(out, "f".to_owned(), fd(dir), "f".to_owned()));
    assert_eq!(answer(moved), Err(ErrorCode::NoEntry));
    assert_eq!(
        answer(now(world.view().stat(fd(dir)))).unwrap().link_count,
        0
    );
}

#[test]
fn the_read_only_trees_show_their_files() {
    let mut world = world(ROOMY);
    assert_eq!(world.list("/skill"), ["SKILL.md", "assets"]);
    assert_eq!(world.list("/in"), ["data.json"]);
    assert_eq!(world.read("/skill/assets/a.txt").unwrap(), b"asset");
    assert_eq!(world.read("/skill/assets/../SKILL.md").unwrap(), b"# Skill");
    assert_eq!(world.read("/skill/assets/b.txt"), Err(ErrorCode::NoEntry));
}

#[test]
fn a_listing_survives_removals() {
    use wasmtime::component::Resource;
    use wasmtime_wasi::p2::bindings::filesystem::types::HostDirectoryEntryStream as _;
    let mut world = furnished();
    let (out, _) = world.at("/out");
    let stream = answer(now(world.view().read_directory(out))).unwrap().rep();
    let mut seen = Vec::new();
    while let Some(entry) = answer(now(world
        .view()
        .read_directory_entry(Resource::new_borrow(stream))))
    .unwrap()
    {
        if entry.type_ == DescriptorType::RegularFile {
            world.unlink(&format!("/out/{}", entry.name)).unwrap();
        }
        seen.push(entry.name);
    }
    assert_eq!(seen, ALL);
    assert_eq!(world.list("/out"), ["d", "e"]);
}
