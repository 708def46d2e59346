//! Guests that attack the file world: quotas hold exactly, and no path leads out.

use hotcell_policy::{LimitName, Limits};
use hotcell_sandbox::Report;
use hotcell_testkit::components::Tool;
use hotcell_testkit::components::files::{self, Folder};

use crate::ends::{Ends, check, check_reporting};

const LIMITS: Limits = Limits::STANDARD;

const REFUSED: Ends<'_> = Ends::Answer("0");
const DONE: Ends<'_> = Ends::Answer("1");

/// Runs a flood that reports how much it could, and checks that this is near the limit and not
/// past it, and that the call does not count as a success.
fn check_flood(name: &str, tool: &Tool, unit: u64, limit: LimitName) -> Report {
    let (report, done) = check_reporting(name, tool, &LIMITS, Ends::Limit(limit));
    let (reached, most) = (done * unit, LIMITS.get(limit));
    assert!(reached <= most, "{name}: {reached} is past {most}");
    assert!(
        reached >= most / 10 * 9,
        "{name}: {reached} of {most}, which is less than promised"
    );
    report
}

#[test]
fn floods_of_bytes() {
    for folder in [Folder::Out, Folder::Tmp] {
        let name = format!("write to a file in {folder:?}");
        check_flood(&name, &files::fill(folder), 64 << 10, LimitName::FileBytes);
        let name = format!("append to a file in {folder:?}");
        check_flood(&name, &files::append(folder), 4 << 10, LimitName::FileBytes);
    }
}

/// The clock's word stands, and no fuel is told, since the count is wrong then.
#[test]
fn a_flood_that_goes_on_until_the_clock_ends_it() {
    let limits = Limits {
        fuel: 1 << 50,
        time_ms: 300,
        file_bytes: 1 << 20,
        ..LIMITS
    };
    let tool = files::fill_and_spin(Folder::Out);
    let ends = Ends::Limit(LimitName::TimeMs);
    let report = check("fill /out, then spin", &tool, &limits, ends);
    assert_eq!(report.fuel, None);
}

#[test]
fn floods_of_files() {
    let tool = files::many(Folder::Out, 1_000_000);
    check_flood("a million empty files in /out", &tool, 1, LimitName::Files);
    let tool = files::many(Folder::Tmp, 1_000_000);
    check_flood("a million empty files in /tmp", &tool, 1, LimitName::Files);
}

#[test]
fn files_kept_open() {
    let limit = Ends::Limit(LimitName::Handles);
    check(
        "files kept open",
        &files::keep_open(Folder::Tmp),
        &LIMITS,
        limit,
    );
    let tool = files::unlinked(Folder::Tmp, 100_000);
    check("files unlinked and kept open", &tool, &LIMITS, limit);
}

/// What has no bytes yet costs as if it had them: nothing is promised twice.
#[test]
fn sparse_files() {
    let tool = files::set_size(Folder::Tmp, 31 << 20);
    check("a sparse file of 31 MiB", &tool, &LIMITS, DONE);
    for (name, tool) in [
        (
            "a sparse file of 33 MiB",
            files::set_size(Folder::Out, 33 << 20),
        ),
        (
            "a sparse file of 1 TiB",
            files::set_size(Folder::Out, 1 << 40),
        ),
        (
            "a sparse file of 2^64 - 1 bytes",
            files::set_size(Folder::Out, u64::MAX),
        ),
        ("a byte at 1 TiB", files::write_far(Folder::Out, 1 << 40)),
    ] {
        let limit = Ends::Limit(LimitName::FileBytes);
        let (_, done) = check_reporting(name, &tool, &LIMITS, limit);
        assert_eq!(done, 0, "{name}");
    }
    // No file can be that long, whatever the quota.
    let tool = files::write_far(Folder::Out, u64::MAX);
    check("a byte at 2^64 - 1", &tool, &LIMITS, REFUSED);
}

/// The folders' handles stay open when the call ends, which must not matter.
#[test]
fn folders_in_folders() {
    let tool = files::deep(Folder::Out);
    let report = check("folders in folders", &tool, &LIMITS, Ends::Answer("32"));
    assert!(report.files.is_empty());
}

#[test]
fn links() {
    for target in ["/etc/passwd", "../../etc/passwd", "SKILL.md"] {
        let name = format!("a symbolic link to {target}");
        check(&name, &files::symlink(target), &LIMITS, REFUSED);
    }
    check(
        "a hard link into /out",
        &files::hard_link("a"),
        &LIMITS,
        REFUSED,
    );
    check(
        "a hard link with ..",
        &files::hard_link("../a"),
        &LIMITS,
        REFUSED,
    );
}

#[test]
fn paths_that_lead_out() {
    for path in [
        "../a",
        "a/../../b",
        "/a",
        "/out/a",
        "..",
        ".",
        "",
        "a\0b",
        "a/",
        "a/.",
        "./../b",
        "//a",
        "missing/a",
        "/etc/passwd",
    ] {
        let name = format!("create {path:?}");
        let report = check(&name, &files::create(path), &LIMITS, REFUSED);
        assert!(report.files.is_empty(), "{name}");
    }
    for path in ["../a", "..", "/a", "", ".", "a/../.."] {
        check(
            &format!("create folder {path:?}"),
            &files::create_folder(path),
            &LIMITS,
            REFUSED,
        );
    }
    let name = "x".repeat(256);
    check(
        "a name of 256 bytes",
        &files::create(&name),
        &LIMITS,
        REFUSED,
    );
}

#[test]
fn paths_that_lead_in() {
    for (path, expected) in [("a", "a"), ("./a", "a"), ("a b", "a b")] {
        let report = check(
            &format!("create {path:?}"),
            &files::create(path),
            &LIMITS,
            DONE,
        );
        let paths: Vec<&str> = report.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, [expected]);
    }
    check(
        "create folder \"a\"",
        &files::create_folder("a"),
        &LIMITS,
        DONE,
    );
    check(
        "create folder \"a/\"",
        &files::create_folder("a/"),
        &LIMITS,
        DONE,
    );
}

#[test]
fn renames() {
    let moved = files::rename_package_file("SKILL.md");
    check("move a file of the package", &moved, &LIMITS, REFUSED);
    for path in ["../b", "/b", "b/", "..", ""] {
        check(
            &format!("rename to {path:?}"),
            &files::rename_to(Folder::Out, path),
            &LIMITS,
            REFUSED,
        );
    }
    let report = check(
        "rename to \"b\"",
        &files::rename_to(Folder::Out, "b"),
        &LIMITS,
        DONE,
    );
    assert_eq!(report.files.len(), 1);
    assert_eq!(report.files[0].path, "b");
}

#[test]
fn the_package_is_read_only() {
    for path in ["SKILL.md", "new", "references/a.txt"] {
        check(
            &format!("write to /skill/{path}"),
            &files::write_to_package(path),
            &LIMITS,
            REFUSED,
        );
    }
}
