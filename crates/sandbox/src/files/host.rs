//! `wasi:filesystem` over the overlay: wasmtime-wasi's generated traits on a view of ours.
//!
//! A `Resource<Descriptor>` is only an index; what lies in the table under it is [`Opened`].
//! The answers are `async` by the traits' form alone: nothing here waits.

use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::p2::bindings::filesystem::preopens;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    self, Advice, Descriptor, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry,
    DirectoryEntryStream, ErrorCode, Filesize, HostDescriptor, HostDirectoryEntryStream,
    MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::{FsError, FsResult};
use wasmtime_wasi_io::streams::{DynInputStream, DynOutputStream};

use super::entries::EntryStream;
use super::memory::Memory;
use super::open::Opened;
use super::overlay::Overlay;
use super::path::{self, Name, Target};
use super::stat;
use super::streams::{FileReader, FileWriter, WriteAt};

/// A store's files and the table of its handles, for the length of one host call.
pub(crate) struct FilesView<'a> {
    /// The call's files.
    pub(crate) overlay: &'a mut Overlay,
    /// The store's table, which may hold other resources as well.
    pub(crate) table: &'a mut ResourceTable,
}

struct HasFiles;

impl HasData for HasFiles {
    type Data<'a> = FilesView<'a>;
}

/// Links `wasi:filesystem/types` and `preopens`. Link nothing of wasmtime-wasi's own
/// filesystem beside it: the handles would not be the same.
pub(crate) fn add_to_linker<T: Send + 'static>(
    linker: &mut Linker<T>,
    files: fn(&mut T) -> FilesView<'_>,
) -> wasmtime::Result<()> {
    preopens::add_to_linker::<T, HasFiles>(linker, files)?;
    types::add_to_linker::<T, HasFiles>(linker, files)
}

impl FilesView<'_> {
    fn opened(&self, fd: &Resource<Descriptor>) -> FsResult<&Opened> {
        Ok(self.table.get(&Resource::new_borrow(fd.rep()))?)
    }

    fn push(&mut self, opened: Opened) -> FsResult<Resource<Descriptor>> {
        Ok(Resource::new_own(self.table.push(opened)?.rep()))
    }

    /// Changes the entry that `path` names from a writable folder.
    fn change<R>(
        &self,
        fd: &Resource<Descriptor>,
        path: &str,
        change: impl FnOnce(&mut Memory, Name<'_>) -> Result<R, ErrorCode>,
    ) -> FsResult<R> {
        let dir = self.opened(fd)?.dir_to_change()?;
        let memory = &mut *dir.lock();
        match path::walk(memory, dir.node(), path)? {
            Target::Folder(_) => Err(ErrorCode::Invalid.into()),
            Target::Name(name) => Ok(change(memory, name)?),
        }
    }
}

impl preopens::Host for FilesView<'_> {
    fn get_directories(&mut self) -> wasmtime::Result<Vec<(Resource<Descriptor>, String)>> {
        let mut mounts = Vec::new();
        for mount in self.overlay.mounts() {
            let root = Opened::root(mount, self.overlay.root(mount));
            let fd = Resource::new_own(self.table.push(root)?.rep());
            mounts.push((fd, mount.path().to_owned()));
        }
        Ok(mounts)
    }
}

impl types::Host for FilesView<'_> {
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<ErrorCode> {
        error.downcast()
    }

    fn filesystem_error_code(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> wasmtime::Result<Option<ErrorCode>> {
        Ok(self.table.get(&error)?.downcast_ref().copied())
    }
}

impl HostDescriptor for FilesView<'_> {
    fn read_via_stream(
        &mut self,
        fd: Resource<Descriptor>,
        offset: Filesize,
    ) -> FsResult<Resource<DynInputStream>> {
        let file = self.opened(&fd)?.file_to_read()?.clone();
        let stream: DynInputStream = Box::new(FileReader::new(file, offset));
        Ok(self.table.push(stream)?)
    }

    fn write_via_stream(
        &mut self,
        fd: Resource<Descriptor>,
        offset: Filesize,
    ) -> FsResult<Resource<DynOutputStream>> {
        let file = self.opened(&fd)?.file_to_write()?.clone();
        let stream: DynOutputStream = Box::new(FileWriter::new(file, WriteAt::Offset(offset)));
        Ok(self.table.push(stream)?)
    }

    fn append_via_stream(
        &mut self,
        fd: Resource<Descriptor>,
    ) -> FsResult<Resource<DynOutputStream>> {
        let file = self.opened(&fd)?.file_to_write()?.clone();
        let stream: DynOutputStream = Box::new(FileWriter::new(file, WriteAt::End));
        Ok(self.table.push(stream)?)
    }

    async fn advise(
        &mut self,
        fd: Resource<Descriptor>,
        _offset: Filesize,
        _len: Filesize,
        _advice: Advice,
    ) -> FsResult<()> {
        match self.opened(&fd)?.kind {
            DescriptorType::Directory => Err(ErrorCode::BadDescriptor.into()),
            _ => Ok(()),
        }
    }

    async fn sync_data(&mut self, fd: Resource<Descriptor>) -> FsResult<()> {
        self.opened(&fd).map(drop)
    }

    async fn get_flags(&mut self, fd: Resource<Descriptor>) -> FsResult<DescriptorFlags> {
        Ok(self.opened(&fd)?.flags)
    }

    async fn get_type(&mut self, fd: Resource<Descriptor>) -> FsResult<DescriptorType> {
        Ok(self.opened(&fd)?.kind)
    }

    async fn set_size(&mut self, fd: Resource<Descriptor>, size: Filesize) -> FsResult<()> {
        let file = self.opened(&fd)?.file_to_write()?;
        Ok(file.lock().set_len(file.node(), size)?)
    }

    async fn set_times(
        &mut self,
        fd: Resource<Descriptor>,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        let node = self.opened(&fd)?.place.writable()?;
        Ok(node.lock().set_times(node.node(), accessed, modified)?)
    }

    async fn read(
        &mut self,
        fd: Resource<Descriptor>,
        len: Filesize,
        offset: Filesize,
    ) -> FsResult<(Vec<u8>, bool)> {
        let file = self.opened(&fd)?.file_to_read()?;
        let bytes = file.look(|tree, file| tree.read(file, offset, len));
        let at_end = bytes.is_empty() && len > 0;
        Ok((bytes, at_end))
    }

    async fn write(
        &mut self,
        fd: Resource<Descriptor>,
        bytes: Vec<u8>,
        offset: Filesize,
    ) -> FsResult<Filesize> {
        let file = self.opened(&fd)?.file_to_write()?;
        file.lock().write(file.node(), offset, &bytes)?;
        Ok(bytes.len() as u64)
    }

    async fn read_directory(
        &mut self,
        fd: Resource<Descriptor>,
    ) -> FsResult<Resource<DirectoryEntryStream>> {
        let entries = EntryStream::new(self.opened(&fd)?.dir()?.clone());
        Ok(Resource::new_own(self.table.push(entries)?.rep()))
    }

    async fn sync(&mut self, fd: Resource<Descriptor>) -> FsResult<()> {
        self.opened(&fd).map(drop)
    }

    async fn create_directory_at(
        &mut self,
        fd: Resource<Descriptor>,
        path: String,
    ) -> FsResult<()> {
        let dir = self.opened(&fd)?.dir_to_change()?;
        let memory = &mut *dir.lock();
        match path::walk(memory, dir.node(), &path)? {
            Target::Folder(_) => Err(ErrorCode::Exist.into()),
            Target::Name(name) => Ok(memory.create_dir(name)?),
        }
    }

    async fn stat(&mut self, fd: Resource<Descriptor>) -> FsResult<DescriptorStat> {
        let opened = self.opened(&fd)?;
        let now = self.overlay.now();
        Ok(opened
            .place
            .look(|tree, node| stat::record(tree.stat(node), now)))
    }

    async fn stat_at(
        &mut self,
        fd: Resource<Descriptor>,
        _flags: PathFlags,
        path: String,
    ) -> FsResult<DescriptorStat> {
        let dir = self.opened(&fd)?.dir()?;
        let now = self.overlay.now();
        let found = dir.look(|tree, dir| {
            let node = path::find(tree, dir, &path)?;
            Ok::<_, ErrorCode>(stat::record(tree.stat(node), now))
        });
        Ok(found?)
    }

    async fn set_times_at(
        &mut self,
        fd: Resource<Descriptor>,
        _flags: PathFlags,
        path: String,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        let dir = self.opened(&fd)?.dir_to_change()?;
        let memory = &mut *dir.lock();
        let node = path::find(memory, dir.node(), &path)?;
        Ok(memory.set_times(node, accessed, modified)?)
    }

    /// There are no hard links, as on file systems that have none.
    async fn link_at(
        &mut self,
        fd: Resource<Descriptor>,
        _flags: PathFlags,
        _old_path: String,
        new_fd: Resource<Descriptor>,
        _new_path: String,
    ) -> FsResult<()> {
        self.opened(&fd)?.dir()?;
        self.opened(&new_fd)?.dir()?;
        Err(ErrorCode::NotPermitted.into())
    }

    async fn open_at(
        &mut self,
        fd: Resource<Descriptor>,
        _flags: PathFlags,
        path: String,
        how: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Resource<Descriptor>> {
        let opened = self.opened(&fd)?.open_at(&path, how, flags)?;
        self.push(opened)
    }

    /// There are no symbolic links, so what exists is not one.
    async fn readlink_at(&mut self, fd: Resource<Descriptor>, path: String) -> FsResult<String> {
        let dir = self.opened(&fd)?.dir()?;
        dir.look(|tree, dir| path::find(tree, dir, &path))?;
        Err(ErrorCode::Invalid.into())
    }

    async fn remove_directory_at(
        &mut self,
        fd: Resource<Descriptor>,
        path: String,
    ) -> FsResult<()> {
        self.change(&fd, &path, Memory::remove_dir)
    }

    async fn rename_at(
        &mut self,
        fd: Resource<Descriptor>,
        old_path: String,
        new_fd: Resource<Descriptor>,
        new_path: String,
    ) -> FsResult<()> {
        let (old, new) = (self.opened(&fd)?, self.opened(&new_fd)?);
        if old.mount != new.mount {
            return Err(ErrorCode::CrossDevice.into());
        }
        let new_dir = new.dir_to_change()?.node();
        self.change(&fd, &old_path, |memory, old| {
            match path::walk(memory, new_dir, &new_path)? {
                Target::Folder(_) => Err(ErrorCode::Invalid),
                Target::Name(new) => memory.rename(old, new),
            }
        })
    }

    /// See [`Self::link_at`].
    async fn symlink_at(
        &mut self,
        fd: Resource<Descriptor>,
        _target: String,
        _path: String,
    ) -> FsResult<()> {
        self.opened(&fd)?.dir()?;
        Err(ErrorCode::NotPermitted.into())
    }

    async fn unlink_file_at(&mut self, fd: Resource<Descriptor>, path: String) -> FsResult<()> {
        let dir = self.opened(&fd)?.dir_to_change()?;
        let memory = &mut *dir.lock();
        match path::walk(memory, dir.node(), &path)? {
            Target::Folder(_) => Err(ErrorCode::IsDirectory.into()),
            Target::Name(name) => Ok(memory.unlink(name)?),
        }
    }

    async fn is_same_object(
        &mut self,
        a: Resource<Descriptor>,
        b: Resource<Descriptor>,
    ) -> wasmtime::Result<bool> {
        let a: &Opened = self.table.get(&Resource::new_borrow(a.rep()))?;
        let b: &Opened = self.table.get(&Resource::new_borrow(b.rep()))?;
        Ok(a.mount == b.mount && a.place.node() == b.place.node())
    }

    async fn metadata_hash(&mut self, fd: Resource<Descriptor>) -> FsResult<MetadataHashValue> {
        let opened = self.opened(&fd)?;
        Ok(stat::hash(opened.mount, opened.place.node()))
    }

    async fn metadata_hash_at(
        &mut self,
        fd: Resource<Descriptor>,
        _flags: PathFlags,
        path: String,
    ) -> FsResult<MetadataHashValue> {
        let opened = self.opened(&fd)?;
        let node = opened
            .dir()?
            .look(|tree, dir| path::find(tree, dir, &path))?;
        Ok(stat::hash(opened.mount, node))
    }

    fn drop(&mut self, fd: Resource<Descriptor>) -> wasmtime::Result<()> {
        self.table.delete(Resource::<Opened>::new_own(fd.rep()))?;
        Ok(())
    }
}

impl HostDirectoryEntryStream for FilesView<'_> {
    async fn read_directory_entry(
        &mut self,
        stream: Resource<DirectoryEntryStream>,
    ) -> FsResult<Option<DirectoryEntry>> {
        let entries = Resource::<EntryStream>::new_borrow(stream.rep());
        Ok(self.table.get_mut(&entries)?.next())
    }

    fn drop(&mut self, stream: Resource<DirectoryEntryStream>) -> wasmtime::Result<()> {
        self.table
            .delete(Resource::<EntryStream>::new_own(stream.rep()))?;
        Ok(())
    }
}
