//! Random sequences of operations against a plain model: the same answers, the same
//! contents, the same bytes on the account, and never one more than the quota.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use proptest::prelude::*;
use wasmtime_wasi::p2::bindings::filesystem::types::{ErrorCode, OpenFlags};

use super::super::FileQuota;
use super::world::{Answer, Fd, READ, WRITE, World, world};

/// A file's content, shared by its name and whoever holds it open; a folder has none.
type Node = Option<Rc<RefCell<Vec<u8>>>>;

#[derive(Debug, Clone)]
enum Op {
    Write {
        path: String,
        offset: u64,
        len: usize,
    },
    Truncate {
        path: String,
        len: u64,
    },
    Mkdir(String),
    Rmdir(String),
    Unlink(String),
    Rename(String, String),
    Hold(String),
    WriteHeld {
        index: usize,
        offset: u64,
        len: usize,
    },
    Release(usize),
}

struct Model {
    /// Every path below the mounts, as `/out/a/b`.
    nodes: BTreeMap<String, Node>,
    held: Vec<(Fd, Rc<RefCell<Vec<u8>>>)>,
    quota: FileQuota,
}

/// What contents cost, said a second time: 64 for each chunk of 64 KiB, the last rounded up
/// to a power of two from 64 on.
fn content_cost(len: usize) -> u64 {
    let tail = len % 65_536;
    let tail_cost = (0..=16)
        .map(|n| 1_usize << n)
        .find(|p| *p >= tail.max(64))
        .unwrap()
        + 64;
    let cost = len / 65_536 * (65_536 + 64) + if tail == 0 { 0 } else { tail_cost };
    cost as u64
}

impl Model {
    /// Returns what everything costs, counted anew.
    fn used(&self) -> FileQuota {
        let mut used = FileQuota { bytes: 0, files: 0 };
        let mut count = |content: u64| {
            used.files += 1;
            used.bytes += 768 + content;
        };
        for node in self.nodes.values() {
            count(
                node.as_ref()
                    .map_or(0, |file| content_cost(file.borrow().len())),
            );
        }
        let mut unlinked: Vec<_> = self.held.iter().map(|(_, file)| file).collect();
        unlinked.sort_by_key(|file| Rc::as_ptr(file));
        unlinked.dedup_by_key(|file| Rc::as_ptr(file));
        for file in unlinked {
            let listed = self
                .nodes
                .values()
                .flatten()
                .any(|node| Rc::ptr_eq(node, file));
            if !listed {
                count(content_cost(file.borrow().len()));
            }
        }
        let names = self
            .nodes
            .keys()
            .map(|path| path.rsplit('/').next().unwrap().len() as u64);
        used.bytes += names.sum::<u64>();
        used
    }

    fn find(&self, path: &str) -> Answer<Node> {
        self.check_parents(path)?;
        self.nodes.get(path).cloned().ok_or(ErrorCode::NoEntry)
    }

    fn check_parents(&self, path: &str) -> Answer<()> {
        let parents = path.match_indices('/').skip(2).map(|(at, _)| &path[..at]);
        for parent in parents {
            match self.nodes.get(parent) {
                Some(None) => {}
                Some(Some(_)) => return Err(ErrorCode::NotDirectory),
                None => return Err(ErrorCode::NoEntry),
            }
        }
        Ok(())
    }

    /// Makes the change if the quota holds afterwards.
    fn try_change(&mut self, change: impl FnOnce(&mut BTreeMap<String, Node>)) -> Answer<()> {
        let before = self.nodes.clone();
        let used = self.used();
        change(&mut self.nodes);
        let after = self.used();
        let over = after.files > self.quota.files || after.bytes > self.quota.bytes;
        if over && (after.bytes > used.bytes || after.files > used.files) {
            self.nodes = before;
            return Err(ErrorCode::InsufficientSpace);
        }
        Ok(())
    }

    fn resize(&mut self, file: &Rc<RefCell<Vec<u8>>>, len: usize) -> Answer<()> {
        let old = file.borrow().len();
        let change = i128::from(content_cost(len)) - i128::from(content_cost(old));
        if change > 0 && i128::from(self.used().bytes) + change > i128::from(self.quota.bytes) {
            return Err(ErrorCode::InsufficientSpace);
        }
        file.borrow_mut().resize(len, 0);
        Ok(())
    }

    fn write(&mut self, file: &Rc<RefCell<Vec<u8>>>, offset: u64, len: usize) -> Answer<()> {
        let start = usize::try_from(offset).unwrap();
        if len == 0 {
            return Ok(());
        }
        let longer = file.borrow().len().max(start + len);
        self.resize(file, longer)?;
        file.borrow_mut()[start..start + len].fill(7);
        Ok(())
    }

    fn find_file(&self, path: &str) -> Answer<Rc<RefCell<Vec<u8>>>> {
        self.find(path)?.ok_or(ErrorCode::IsDirectory)
    }

    fn write_path(&mut self, path: &str, offset: u64, len: usize) -> Answer<()> {
        let file = match self.find_file(path) {
            Err(ErrorCode::NoEntry) if self.check_parents(path).is_ok() => {
                let file = Rc::default();
                self.make(path, Some(Rc::clone(&file)))?;
                file
            }
            found => found?,
        };
        self.write(&file, offset, len)
    }

    fn truncate(&mut self, path: &str, len: u64) -> Answer<()> {
        let file = self.find_file(path)?;
        self.resize(&file, usize::try_from(len).unwrap())
    }

    fn mkdir(&mut self, path: &str) -> Answer<()> {
        self.check_parents(path)?;
        match self.nodes.contains_key(path) {
            true => Err(ErrorCode::Exist),
            false => self.make(path, None),
        }
    }

    fn rmdir(&mut self, path: &str) -> Answer<()> {
        match self.find(path)? {
            Some(_) => return Err(ErrorCode::NotDirectory),
            None if !self.is_empty(path) => return Err(ErrorCode::NotEmpty),
            None => self.nodes.remove(path),
        };
        Ok(())
    }

    fn unlink(&mut self, path: &str) -> Answer<()> {
        self.find_file(path)?;
        self.nodes.remove(path);
        Ok(())
    }

    fn make(&mut self, path: &str, node: Node) -> Answer<()> {
        self.try_change(|nodes| {
            nodes.insert(path.to_owned(), node);
        })
    }

    fn is_empty(&self, dir: &str) -> bool {
        let below = format!("{dir}/");
        !self.nodes.keys().any(|path| path.starts_with(&below))
    }

    fn rename(&mut self, old: &str, new: &str) -> Answer<()> {
        if old[..4] != new[..4] {
            return Err(ErrorCode::CrossDevice);
        }
        self.check_parents(old)?;
        self.check_parents(new)?;
        let moved = self.find(old)?;
        let replaced = self.find(new).ok();
        if old == new {
            return Ok(());
        }
        if moved.is_none() && new.starts_with(&format!("{old}/")) {
            return Err(ErrorCode::Invalid);
        }
        match (&moved, &replaced) {
            (None, Some(Some(_))) => return Err(ErrorCode::NotDirectory),
            (Some(_), Some(None)) => return Err(ErrorCode::IsDirectory),
            (None, Some(None)) if !self.is_empty(new) => return Err(ErrorCode::NotEmpty),
            _ => {}
        }
        self.try_change(|nodes| {
            let below = format!("{old}/");
            let paths: Vec<_> = nodes.keys().cloned().collect();
            for path in paths.iter().filter(|p| *p == old || p.starts_with(&below)) {
                let node = nodes.remove(path).unwrap();
                nodes.insert(format!("{new}{}", &path[old.len()..]), node);
            }
        })
    }
}

/// Does `op` in both and compares the answers.
fn step(world: &mut World, model: &mut Model, op: &Op) {
    let (real, expected) = match op {
        Op::Write { path, offset, len } => (
            world.write(path, &vec![7; *len], *offset),
            model.write_path(path, *offset, *len),
        ),
        Op::Truncate { path, len } => (truncate(world, path, *len), model.truncate(path, *len)),
        Op::Mkdir(path) => (world.mkdir(path), model.mkdir(path)),
        Op::Rmdir(path) => (world.rmdir(path), model.rmdir(path)),
        Op::Unlink(path) => (world.unlink(path), model.unlink(path)),
        Op::Rename(old, new) => (world.rename(old, new), model.rename(old, new)),
        Op::Hold(path) => hold(world, model, path),
        Op::WriteHeld { index, offset, len } => {
            let Some((fd, file)) = model.held.get(*index).cloned() else {
                return;
            };
            let real = world.write_fd(fd, &vec![7; *len], *offset).map(drop);
            (real, model.write(&file, *offset, *len))
        }
        Op::Release(index) => {
            if *index < model.held.len() {
                world.close(model.held.remove(*index).0);
            }
            return;
        }
    };
    assert_eq!(real, expected, "{op:?}");
}

fn truncate(world: &mut World, path: &str, len: u64) -> Answer<()> {
    let file = world.open(path, OpenFlags::empty(), WRITE)?;
    let answer = world.set_size(file, len);
    world.close(file);
    answer
}

fn hold(world: &mut World, model: &mut Model, path: &str) -> (Answer<()>, Answer<()>) {
    let real = world.open(path, OpenFlags::empty(), READ | WRITE);
    let expected = model.find_file(path);
    if let (Ok(fd), Ok(file)) = (&real, &expected) {
        model.held.push((*fd, Rc::clone(file)));
    }
    (real.map(drop), expected.map(drop))
}

fn compare(world: &mut World, model: &Model) {
    let used = world.overlay.used();
    assert_eq!(used, model.used());
    assert!(used.bytes <= model.quota.bytes && used.files <= model.quota.files);
    assert!(world.overlay.peak_bytes() <= model.quota.bytes);
    let held = world.overlay.memory().lock().held_bytes();
    assert!(held <= used.bytes - used.files * 768, "{held} are held");
}

fn compare_contents(world: &mut World, model: &Model) {
    for (path, node) in &model.nodes {
        if let Some(file) = node {
            assert_eq!(&world.read(path).unwrap(), &*file.borrow(), "{path}");
        }
        let parent = &path[..path.rfind('/').unwrap()];
        let name = &path[parent.len() + 1..];
        assert!(
            world.list(parent).iter().any(|entry| entry == name),
            "{path}"
        );
    }
    for (fd, file) in &model.held {
        let len = file.borrow().len();
        let first = world.read_fd(*fd, u64::MAX, 0).unwrap().0;
        assert_eq!(first, file.borrow()[..len.min(65_536)]);
    }
}

/// Releases and removes everything: nothing stays on the account.
fn clear(world: &mut World, model: &mut Model) {
    for (fd, _) in model.held.drain(..) {
        world.close(fd);
    }
    while let Some((path, node)) = model.nodes.pop_last() {
        match node {
            Some(_) => world.unlink(&path).unwrap(),
            None => world.rmdir(&path).unwrap(),
        }
    }
    assert_eq!(world.overlay.used(), FileQuota { bytes: 0, files: 0 });
}

fn path() -> impl Strategy<Value = String> {
    let name = prop_oneof!["a", "b", "long-name"];
    let mount = prop_oneof![4 => Just("/out"), 1 => Just("/tmp")];
    (mount, prop::collection::vec(name, 1..4))
        .prop_map(|(mount, names)| format!("{mount}/{}", names.join("/")))
}

fn op() -> impl Strategy<Value = Op> {
    let offset = || prop_oneof![4 => 0..200_u64, 1 => 60_000..140_000_u64];
    let len = || prop_oneof![4 => 0..200_usize, 1 => 60_000..140_000_usize];
    let writes = (path(), offset(), len());
    prop_oneof![
        4 => writes.prop_map(|(path, offset, len)| Op::Write { path, offset, len }),
        2 => (path(), offset()).prop_map(|(path, len)| Op::Truncate { path, len }),
        3 => path().prop_map(Op::Mkdir),
        1 => path().prop_map(Op::Rmdir),
        2 => path().prop_map(Op::Unlink),
        3 => (path(), path()).prop_map(|(old, new)| Op::Rename(old, new)),
        2 => path().prop_map(Op::Hold),
        2 => (0..4_usize, offset(), len())
            .prop_map(|(index, offset, len)| Op::WriteHeld { index, offset, len }),
        1 => (0..4_usize).prop_map(Op::Release),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_overlay_is_the_model(
        bytes in prop_oneof![2_000..12_000_u64, 60_000..400_000_u64],
        files in 2..12_u64,
        ops in prop::collection::vec(op(), 1..60),
    ) {
        let quota = FileQuota { bytes, files };
        let mut world = world(quota);
        let mut model = Model { nodes: BTreeMap::new(), held: Vec::new(), quota };
        for op in &ops {
            step(&mut world, &mut model, op);
            compare(&mut world, &model);
        }
        compare_contents(&mut world, &model);
        clear(&mut world, &mut model);
    }
}
