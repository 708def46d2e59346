//! A call's files and handles, driven by absolute paths.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::filesystem::preopens::Host as _;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorStat, ErrorCode, HostDescriptor,
    HostDirectoryEntryStream, OpenFlags, PathFlags,
};

use super::super::{FileQuota, FilesView, Overlay, ReadTree, WorkFolder};

/// A descriptor's index in the table.
pub(super) type Fd = u32;
pub(super) type Answer<T> = Result<T, ErrorCode>;

pub(super) const ROOMY: FileQuota = FileQuota {
    bytes: 8 << 20,
    files: 100,
};
pub(super) const READ: DescriptorFlags = DescriptorFlags::READ;
pub(super) const WRITE: DescriptorFlags = DescriptorFlags::WRITE;
pub(super) const CREATE: OpenFlags = OpenFlags::CREATE;

/// No open flags: an existing file as it is.
pub(super) fn none() -> OpenFlags {
    OpenFlags::empty()
}

pub(super) struct World {
    pub(super) overlay: Overlay,
    pub(super) table: ResourceTable,
    roots: Vec<(Fd, String)>,
}

/// Returns a world whose `/skill` holds `SKILL.md` and `assets/a.txt`, and `/in` `data.json`.
pub(super) fn world(quota: FileQuota) -> World {
    world_at(quota, Duration::ZERO)
}

/// Returns the same world at another time.
pub(super) fn world_at(quota: FileQuota, since_1970: Duration) -> World {
    world_with(quota, since_1970, None)
}

/// Returns the same world with a host folder.
pub(super) fn world_with(
    quota: FileQuota,
    since_1970: Duration,
    work: Option<&WorkFolder>,
) -> World {
    let skill = tree(&[("SKILL.md", "# Skill"), ("assets/a.txt", "asset")]);
    let input = tree(&[("data.json", "{}")]);
    let overlay = Overlay::new(skill, input, quota).with_time(since_1970);
    let mut world = World {
        overlay: overlay.with_work(work),
        table: ResourceTable::new(),
        roots: Vec::new(),
    };
    let roots = world.view().get_directories().unwrap();
    world.roots = roots
        .into_iter()
        .map(|(fd, path)| (fd.rep(), path))
        .collect();
    world
}

pub(super) fn tree(files: &[(&str, &str)]) -> Arc<ReadTree> {
    let files = files
        .iter()
        .map(|(path, text)| (*path, Arc::from(text.as_bytes())));
    Arc::new(ReadTree::new(files).unwrap())
}

pub(super) fn fd(fd: Fd) -> Resource<Descriptor> {
    Resource::new_borrow(fd)
}

/// Returns what a future answers at once: nothing in the overlay ever waits.
pub(super) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the overlay waited"),
    }
}

/// Returns an answer, its error as the guest sees it. A trap fails the test.
pub(super) fn answer<T>(result: FsResult<T>) -> Answer<T> {
    result.map_err(|error| error.downcast().unwrap())
}

impl World {
    pub(super) fn view(&mut self) -> FilesView<'_> {
        FilesView {
            overlay: &mut self.overlay,
            table: &mut self.table,
        }
    }

    pub(super) fn roots(&self) -> &[(Fd, String)] {
        &self.roots
    }

    /// Splits `/out/a/b` into the descriptor of `/out` and `a/b`.
    pub(super) fn at(&self, path: &str) -> (Resource<Descriptor>, String) {
        let found = self.roots.iter().find_map(|(root, name)| {
            let rest = path.strip_prefix(name.as_str())?;
            Some((*root, rest.strip_prefix('/').unwrap_or(".").to_owned()))
        });
        let (root, rest) = found.unwrap();
        (fd(root), rest)
    }

    pub(super) fn open(
        &mut self,
        path: &str,
        how: OpenFlags,
        flags: DescriptorFlags,
    ) -> Answer<Fd> {
        let (dir, path) = self.at(path);
        let opened = now(self
            .view()
            .open_at(dir, PathFlags::empty(), path, how, flags));
        answer(opened).map(|fd| fd.rep())
    }

    pub(super) fn open_dir(&mut self, path: &str) -> Fd {
        self.open(path, OpenFlags::DIRECTORY, READ).unwrap()
    }

    pub(super) fn close(&mut self, file: Fd) {
        HostDescriptor::drop(&mut self.view(), Resource::new_own(file)).unwrap();
    }

    pub(super) fn write_fd(&mut self, file: Fd, bytes: &[u8], offset: u64) -> Answer<u64> {
        answer(now(self.view().write(fd(file), bytes.to_vec(), offset)))
    }

    pub(super) fn read_fd(&mut self, file: Fd, len: u64, offset: u64) -> Answer<(Vec<u8>, bool)> {
        answer(now(self.view().read(fd(file), len, offset)))
    }

    pub(super) fn set_size(&mut self, file: Fd, size: u64) -> Answer<()> {
        answer(now(self.view().set_size(fd(file), size)))
    }

    /// Opens or creates, writes at `offset`, closes.
    pub(super) fn write(&mut self, path: &str, bytes: &[u8], offset: u64) -> Answer<()> {
        let file = self.open(path, CREATE, WRITE)?;
        let written = self.write_fd(file, bytes, offset);
        self.close(file);
        written.map(|len| assert_eq!(len, bytes.len() as u64))
    }

    /// Reads a whole file.
    pub(super) fn read(&mut self, path: &str) -> Answer<Vec<u8>> {
        let file = self.open(path, OpenFlags::empty(), READ)?;
        let mut bytes = Vec::new();
        loop {
            let (chunk, at_end) = self.read_fd(file, u64::MAX, bytes.len() as u64)?;
            assert_eq!(chunk.is_empty(), at_end);
            if at_end {
                break;
            }
            bytes.extend(chunk);
        }
        self.close(file);
        Ok(bytes)
    }

    pub(super) fn mkdir(&mut self, path: &str) -> Answer<()> {
        let (dir, path) = self.at(path);
        answer(now(self.view().create_directory_at(dir, path)))
    }

    pub(super) fn rmdir(&mut self, path: &str) -> Answer<()> {
        let (dir, path) = self.at(path);
        answer(now(self.view().remove_directory_at(dir, path)))
    }

    pub(super) fn unlink(&mut self, path: &str) -> Answer<()> {
        let (dir, path) = self.at(path);
        answer(now(self.view().unlink_file_at(dir, path)))
    }

    pub(super) fn rename(&mut self, old: &str, new: &str) -> Answer<()> {
        let (old_dir, old) = self.at(old);
        let (new_dir, new) = self.at(new);
        answer(now(self.view().rename_at(old_dir, old, new_dir, new)))
    }

    pub(super) fn stat(&mut self, path: &str) -> Answer<DescriptorStat> {
        let (dir, path) = self.at(path);
        answer(now(self.view().stat_at(dir, PathFlags::empty(), path)))
    }

    pub(super) fn list(&mut self, path: &str) -> Vec<String> {
        let dir = self.open_dir(path);
        let entries = answer(now(self.view().read_directory(fd(dir)))).unwrap();
        let stream = entries.rep();
        let mut names = Vec::new();
        while let Some(entry) = answer(now(self
            .view()
            .read_directory_entry(Resource::new_borrow(stream))))
        .unwrap()
        {
            names.push(entry.name);
        }
        HostDirectoryEntryStream::drop(&mut self.view(), Resource::new_own(stream)).unwrap();
        self.close(dir);
        names
    }
}
