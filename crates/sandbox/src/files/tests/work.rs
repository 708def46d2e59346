//! The host folder: what the guest sees of it, and what is told to have changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hotcell_policy::WorkAccess;
use wasmtime_wasi::p2::bindings::filesystem::types::{ErrorCode, OpenFlags};

use super::super::{FileQuota, WorkEntry, WorkError, WorkFolder, WorkSource};
use super::world::{READ, ROOMY, WRITE, World, world, world_with};

/// Files of a folder; `gone` cannot be read any more.
struct Script {
    texts: Vec<Option<&'static str>>,
    reads: AtomicU64,
}

impl WorkSource for Script {
    fn read(&self, entry: usize) -> Result<Arc<[u8]>, WorkError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        match self.texts[entry] {
            Some(text) => Ok(Arc::from(text.as_bytes())),
            None => Err(WorkError::Changed("gone".to_owned())),
        }
    }
}

/// `a.txt`, `d` with `d/b.txt`, the empty folder `e`, and `gone`.
fn folder(access: WorkAccess) -> (WorkFolder, Arc<Script>) {
    let entries = [
        ("a.txt", Some("one")),
        ("d", None),
        ("d/b.txt", Some("two")),
        ("e", None),
        ("gone", Some("lost")),
    ];
    let script = Arc::new(Script {
        texts: entries
            .iter()
            .map(|(path, text)| text.filter(|_| *path != "gone"))
            .collect(),
        reads: AtomicU64::new(0),
    });
    let entry = |(path, text): &(&str, Option<&str>)| WorkEntry {
        path: (*path).to_owned(),
        bytes: text.map(|text| text.len() as u64),
        modified: Duration::from_secs(7),
    };
    let folder = WorkFolder {
        entries: entries.iter().map(entry).collect(),
        source: Arc::clone(&script) as Arc<dyn WorkSource>,
        access,
    };
    (folder, script)
}

fn writable() -> World {
    world_with(ROOMY, Duration::ZERO, Some(&folder(WorkAccess::Write).0))
}

/// Checks what is told after `change`, a line for each change.
fn check(change: impl FnOnce(&mut World), expected: &[&str]) {
    let mut world = writable();
    change(&mut world);
    let text = |bytes: Option<Arc<[u8]>>| {
        bytes.map_or("-".to_owned(), |b| String::from_utf8(b.to_vec()).unwrap())
    };
    let changes = world.overlay.take_work().unwrap();
    let told: Vec<String> = changes
        .into_iter()
        .map(|one| {
            let kind = one.kind.as_str();
            format!(
                "{kind} {} {}>{}",
                one.path,
                text(one.before),
                text(one.after)
            )
        })
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn it_is_there_only_where_it_is_granted() {
    let roots = |world: &World| world.roots().iter().any(|(_, path)| path == "/work");
    assert!(!roots(&world(ROOMY)));
    let mut world = writable();
    assert!(roots(&world));
    assert_eq!(world.list("/work"), ["a.txt", "d", "e", "gone"]);
    assert_eq!(world.read("/work/d/b.txt").unwrap(), b"two");
    let modified = world
        .stat("/work/a.txt")
        .unwrap()
        .data_modification_timestamp;
    assert_eq!(modified.unwrap().seconds, 7);
}

#[test]
fn a_file_is_fetched_when_it_is_opened_and_once() {
    let (folder, script) = folder(WorkAccess::Write);
    let mut world = world_with(ROOMY, Duration::ZERO, Some(&folder));
    world.list("/work");
    assert_eq!(world.stat("/work/a.txt").unwrap().size, 3);
    assert_eq!(script.reads.load(Ordering::Relaxed), 0);
    for _ in 0..2 {
        assert_eq!(world.read("/work/a.txt").unwrap(), b"one");
    }
    assert_eq!(script.reads.load(Ordering::Relaxed), 1);
}

#[test]
fn what_was_done_is_told() {
    check(|_| {}, &[]);
    check(
        |world| world.write("/work/new.txt", b"new", 0).unwrap(),
        &["created new.txt ->new"],
    );
    check(
        |world| world.write("/work/a.txt", b"X", 1).unwrap(),
        &["modified a.txt one>oXe"],
    );
    check(|world| world.write("/work/a.txt", b"one", 0).unwrap(), &[]);
    check(
        |world| {
            let file = world
                .open("/work/a.txt", OpenFlags::TRUNCATE, WRITE)
                .unwrap();
            world.close(file);
        },
        &["modified a.txt one>"],
    );
    check(
        |world| world.unlink("/work/a.txt").unwrap(),
        &["deleted a.txt one>-"],
    );
    check(
        |world| world.rename("/work/a.txt", "/work/d/a.txt").unwrap(),
        &["deleted a.txt one>-", "created d/a.txt ->one"],
    );
    check(
        |world| world.rename("/work/d/b.txt", "/work/a.txt").unwrap(),
        &["modified a.txt one>two", "deleted d/b.txt two>-"],
    );
}

#[test]
fn folders_are_told_as_well() {
    check(
        |world| {
            world.mkdir("/work/n").unwrap();
            world.rmdir("/work/e").unwrap();
        },
        &["folder deleted e ->-", "folder created n ->-"],
    );
    check(
        |world| world.rename("/work/d", "/work/n").unwrap(),
        &[
            "folder deleted d ->-",
            "deleted d/b.txt two>-",
            "folder created n ->-",
            "created n/b.txt ->two",
        ],
    );
    check(
        |world| {
            world.rmdir("/work/e").unwrap();
            world.mkdir("/work/e").unwrap();
        },
        &[],
    );
}

#[test]
fn who_may_read_changes_nothing() {
    let (folder, _) = folder(WorkAccess::Read);
    let mut world = world_with(ROOMY, Duration::ZERO, Some(&folder));
    assert_eq!(world.read("/work/a.txt").unwrap(), b"one");
    let no = Err(ErrorCode::ReadOnly);
    assert_eq!(world.open("/work/a.txt", OpenFlags::empty(), WRITE), no);
    assert_eq!(world.open("/work/a.txt", OpenFlags::TRUNCATE, READ), no);
    assert_eq!(world.open("/work/n", OpenFlags::CREATE, WRITE), no);
    assert_eq!(world.unlink("/work/a.txt"), Err(ErrorCode::ReadOnly));
    assert_eq!(world.mkdir("/work/n"), Err(ErrorCode::ReadOnly));
    assert_eq!(world.rmdir("/work/e"), Err(ErrorCode::ReadOnly));
    let moved = world.rename("/work/a.txt", "/work/n");
    assert_eq!(moved, Err(ErrorCode::ReadOnly));
    assert!(world.overlay.take_work().unwrap().is_empty());
}

#[test]
fn no_path_leads_out_of_it() {
    let mut world = writable();
    for path in ["/work/../out", "/work/d/../../etc", "/work//etc/passwd/.."] {
        assert!(
            world.open(path, OpenFlags::empty(), READ).is_err(),
            "{path}"
        );
    }
    let moved = world.rename("/work/a.txt", "/out/a.txt");
    assert_eq!(moved, Err(ErrorCode::CrossDevice));
}

#[test]
fn a_file_that_somebody_else_changed_ends_the_call() {
    let mut world = writable();
    assert!(world.overlay.work_trouble().is_none());
    let opened = world.open("/work/gone", OpenFlags::empty(), READ);
    assert_eq!(opened, Err(ErrorCode::Io));
    let changed = Some(WorkError::Changed("gone".to_owned()));
    assert_eq!(world.overlay.work_trouble(), changed);
}

/// What is removed unread is read for the record, so that it can be shown and compared.
#[test]
fn what_cannot_be_read_cannot_be_removed() {
    let mut world = writable();
    world.unlink("/work/gone").unwrap();
    assert!(world.overlay.take_work().is_err());
}

/// The listing costs nothing of the quota; what is written does, copies included.
#[test]
fn the_quota_is_for_what_is_written() {
    let quota = FileQuota {
        bytes: 900,
        files: 1,
    };
    let (folder, _) = folder(WorkAccess::Write);
    let mut world = world_with(quota, Duration::ZERO, Some(&folder));
    assert_eq!(world.read("/work/a.txt").unwrap(), b"one");
    world.write("/work/a.txt", b"1", 0).unwrap();
    let full = Err(ErrorCode::InsufficientSpace);
    assert_eq!(world.write("/work/a.txt", &[0; 2_000], 0), full);
    // A file that was there counts as none of the new ones.
    world.open("/work/n", OpenFlags::CREATE, READ).unwrap();
    world.open("/work/m", OpenFlags::CREATE, READ).unwrap_err();
    assert!(world.overlay.refused().is_some());
}
