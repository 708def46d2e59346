//! Changes on their way to the disk: checked, staged, done.
//!
//! The granted folder itself is the lock (flock), held from the check to the last step. New files
//! are written beside their places and moved there, so that nobody reads half a file. The note of
//! intent is the point from which all can be done again: each step looks at what is there, so that
//! one that was done before is passed over, and one that somebody else made impossible stops.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use cap_fs_ext::DirExt;
use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt, PermissionsExt};
use hotcell_policy::ChangeKind;
use hotcell_sandbox::{WorkChange, WorkError};
use rustix::fs::{Access, AtFlags, RenameFlags};

use super::disk::{DiskSource, open_file, parent, read_file};
use super::intent::{DRAFT, Intent, NOTE, NOTE_BYTES_MAX, STAGE, Step, VERSION, steps};
use super::list::unreadable;
use super::told::sha256;

/// Mode of a new file.
const FILE_MODE: u32 = 0o644;

/// Told before each write to the disk, so that a test can end the work at any of them.
pub(super) type Watch<'w> = &'w dyn Fn() -> io::Result<()>;

/// A lock on a granted folder, until it is dropped.
#[derive(Debug)]
pub(super) struct Locked(#[allow(dead_code)] fs::File);

/// Changes that are staged: nothing of them is in place yet.
#[derive(Debug)]
pub(crate) struct Staged {
    root: Dir,
    intent: Intent,
    _lock: Locked,
}

/// Whose changes they are.
#[derive(Debug, Clone)]
pub(super) struct Whose {
    pub(super) invocation: String,
    pub(super) attempt: u32,
    pub(super) is_recorded: bool,
}

impl Locked {
    /// Waits until nobody else changes the folder, or lists it.
    pub(super) fn alone(folder: &Path) -> io::Result<Locked> {
        let file = fs::File::open(folder)?;
        file.lock()?;
        Ok(Locked(file))
    }

    /// Waits until nobody changes the folder.
    pub(super) fn shared(folder: &Path) -> io::Result<Locked> {
        let file = fs::File::open(folder)?;
        file.lock_shared()?;
        Ok(Locked(file))
    }
}

impl Staged {
    /// Checks that the folder is as the call saw it, and stages its changes.
    ///
    /// # Errors
    ///
    /// Fails where somebody else changed what the call read or replaces, or the disk refuses; then
    /// nothing is staged.
    pub(super) fn new(
        source: &DiskSource,
        lock: Locked,
        whose: &Whose,
        changes: &[WorkChange],
        watch: Watch<'_>,
    ) -> Result<Staged, WorkError> {
        source.check()?;
        let root = source.root().try_clone().map_err(|e| unreadable("", &e))?;
        if root.symlink_metadata(STAGE).is_ok() {
            return Err(WorkError::Changed(STAGE.to_owned()));
        }
        let steps = steps(changes);
        let intent = Intent {
            version: VERSION,
            invocation: whose.invocation.clone(),
            attempt: whose.attempt,
            is_recorded: whose.is_recorded,
            steps: steps.iter().map(|(step, _)| step.clone()).collect(),
        };
        check(&root, &intent)?;
        let staged = Staged {
            root,
            intent,
            _lock: lock,
        };
        staged.write(&steps, watch).map_err(|error| {
            // Still under the lock: a note that is half told must not be found by the next call.
            let _ = remove_stage(&staged.root, watch);
            unreadable(STAGE, &error)
        })?;
        Ok(staged)
    }

    fn write(
        &self,
        steps: &[(Step, Option<std::sync::Arc<[u8]>>)],
        watch: Watch<'_>,
    ) -> io::Result<()> {
        watch()?;
        self.root.create_dir(STAGE)?;
        let stage = self.root.open_dir_nofollow(STAGE)?;
        for (step, bytes) in steps {
            if let (Some(name), Some(bytes)) = (&step.staged, bytes) {
                let mode = mode_of(&self.root, step);
                write_new(&stage, name, bytes, mode, watch)?;
            }
        }
        let note = serde_json::to_vec(&self.intent).expect("a note is JSON");
        write_new(&stage, DRAFT, &note, 0o600, watch)?;
        watch()?;
        stage.rename(DRAFT, &stage, NOTE)?;
        sync(&stage)?;
        sync(&self.root)
    }

    /// Puts the changes into place.
    ///
    /// # Errors
    ///
    /// Fails where the disk refuses, or somebody else changed one of the places meanwhile; the note
    /// stays, and whoever uses the folder next goes on.
    pub(super) fn commit(&self, watch: Watch<'_>) -> Result<(), WorkError> {
        redo(&self.root, &self.intent, watch)
    }

    /// Throws the changes away.
    pub(super) fn discard(&self) -> Result<(), WorkError> {
        remove_stage(&self.root, &|| Ok(())).map_err(|error| unreadable(STAGE, &error))
    }
}

/// Throws away what was staged: the note first, since without it nothing is to be done.
pub(super) fn remove_stage(root: &Dir, watch: Watch<'_>) -> io::Result<()> {
    watch()?;
    let Ok(stage) = root.open_dir_nofollow(STAGE) else {
        return Ok(());
    };
    match stage.remove_file(NOTE) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => sync(&stage)?,
    }
    for entry in stage.entries()? {
        watch()?;
        stage.remove_file(entry?.file_name())?;
    }
    watch()?;
    root.remove_dir(STAGE)?;
    sync(root)
}

/// Reads the note that a crash left behind; none where nothing is to be done.
pub(super) fn read_note(root: &Dir) -> Result<Option<Intent>, WorkError> {
    let path = format!("{STAGE}/{NOTE}");
    let failed = |error: io::Error| unreadable(&path, &error);
    let file = match open_file(root, &path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let mut bytes = Vec::new();
    let mut limited = file.take(NOTE_BYTES_MAX);
    limited.read_to_end(&mut bytes).map_err(failed)?;
    let intent: Option<Intent> = serde_json::from_slice(&bytes).ok();
    let is_ours = |intent: &Intent| {
        let names = intent.steps.iter().filter_map(|step| step.staged.as_ref());
        intent.version == VERSION
            && intent
                .steps
                .iter()
                .all(|step| super::list::is_shown(&step.path))
            && names.into_iter().all(|name| name.parse::<u32>().is_ok())
    };
    match intent.filter(is_ours) {
        Some(intent) => Ok(Some(intent)),
        None => Err(failed(io::Error::other(
            "it is no note of intent of this version",
        ))),
    }
}

/// Does all steps of a note that are not done yet, and removes it.
pub(super) fn redo(root: &Dir, intent: &Intent, watch: Watch<'_>) -> Result<(), WorkError> {
    check(root, intent)?;
    for step in &intent.steps {
        let failed = |error: io::Error| unreadable(&step.path, &error);
        watch().map_err(failed)?;
        do_step(root, step).map_err(failed)?;
    }
    remove_stage(root, watch).map_err(|error| unreadable(STAGE, &error))
}

/// Finds out whether each step can be done, or was.
fn check(root: &Dir, intent: &Intent) -> Result<(), WorkError> {
    for step in &intent.steps {
        let stands = stands(root, &step.path)?;
        let is_was = stands == step.was.as_deref().map_or(Stands::Nothing, file);
        let is_done = stands == step.becomes.as_deref().map_or(Stands::Nothing, file);
        let fits = match step.kind {
            ChangeKind::FolderCreated => matches!(stands, Stands::Folder | Stands::Nothing),
            ChangeKind::FolderDeleted => {
                matches!(stands, Stands::Folder | Stands::Nothing)
                    && is_emptied(root, intent, step)?
            }
            ChangeKind::Created | ChangeKind::Modified | ChangeKind::Deleted => is_was || is_done,
        };
        if !fits || !has_parent(root, intent, step)? {
            return Err(WorkError::Changed(step.path.clone()));
        }
    }
    Ok(())
}

/// Whether the folder of what is to be is there, or will be; one that is there has to let us write.
fn has_parent(root: &Dir, intent: &Intent, step: &Step) -> Result<bool, WorkError> {
    let folder = step.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    match parent(root, &step.path) {
        Ok((dir, _)) => {
            let writes = Access::WRITE_OK | Access::EXEC_OK;
            rustix::fs::accessat(&dir, ".", writes, AtFlags::EACCESS)
                .map_err(|error| unreadable(folder, &error.into()))?;
            Ok(true)
        }
        Err(error) if is_absent(&error) => {
            let goes = matches!(step.kind, ChangeKind::Deleted | ChangeKind::FolderDeleted);
            Ok(goes || has(intent, ChangeKind::FolderCreated, folder))
        }
        Err(error) => Err(unreadable(folder, &error)),
    }
}

/// What stands at a path.
#[derive(Debug, PartialEq, Eq)]
enum Stands {
    Nothing,
    Folder,
    /// A file with this SHA-256.
    File(String),
    /// A link, or something special.
    Other,
}

fn file(sha256: &str) -> Stands {
    Stands::File(sha256.to_owned())
}

fn stands(root: &Dir, path: &str) -> Result<Stands, WorkError> {
    let (dir, name) = match parent(root, path) {
        // A file may stand where a folder is to be, until its own step.
        Err(error) if is_absent(&error) => return Ok(Stands::Nothing),
        opened => opened.map_err(|error| unreadable(path, &error))?,
    };
    let metadata = match dir.symlink_metadata(name) {
        Err(error) if is_absent(&error) => return Ok(Stands::Nothing),
        found => found.map_err(|error| unreadable(path, &error))?,
    };
    if metadata.is_dir() {
        return Ok(Stands::Folder);
    }
    if !metadata.is_file() {
        return Ok(Stands::Other);
    }
    let (bytes, _) = read_file(root, path, metadata.len())?;
    Ok(Stands::File(sha256(&bytes)))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Returns whether another step of the note is of this kind and path.
fn has(intent: &Intent, kind: ChangeKind, path: &str) -> bool {
    let mut steps = intent.steps.iter();
    steps.any(|step| step.kind == kind && step.path == path)
}

/// Whether all that is in a folder goes before it does: what a guest does not see would stay.
fn is_emptied(root: &Dir, intent: &Intent, step: &Step) -> Result<bool, WorkError> {
    let failed = |error: io::Error| unreadable(&step.path, &error);
    let opened = parent(root, &step.path).and_then(|(dir, name)| dir.open_dir_nofollow(name));
    let dir = match opened {
        Err(error) if is_absent(&error) => return Ok(true),
        opened => opened.map_err(failed)?,
    };
    for entry in dir.entries().map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let path = format!("{}/{}", step.path, name.to_string_lossy());
        if !has(intent, ChangeKind::Deleted, &path)
            && !has(intent, ChangeKind::FolderDeleted, &path)
        {
            return Ok(false);
        }
    }
    Ok(true)
}

fn do_step(root: &Dir, step: &Step) -> io::Result<()> {
    let (dir, name) = match parent(root, &step.path) {
        // What was to go went with its folder.
        Err(error) if is_absent(&error) && step.becomes.is_none() => return Ok(()),
        opened => opened?,
    };
    match step.kind {
        ChangeKind::Deleted => {
            if dir
                .symlink_metadata(name)
                .is_ok_and(|found| found.is_file())
            {
                dir.remove_file(name)?;
            }
        }
        ChangeKind::FolderDeleted => {
            if dir.symlink_metadata(name).is_ok_and(|found| found.is_dir()) {
                dir.remove_dir(name)?;
            }
        }
        ChangeKind::FolderCreated => match dir.create_dir(name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made?,
        },
        ChangeKind::Created | ChangeKind::Modified => put(root, step, &dir, name)?,
    }
    sync(&dir)
}

/// Moves a new file into its place. One that is not staged any more is there already.
fn put(root: &Dir, step: &Step, dir: &Dir, name: &str) -> io::Result<()> {
    let stage = root.open_dir_nofollow(STAGE)?;
    let staged = step.staged.as_deref().unwrap_or_default();
    if stage.symlink_metadata(staged).is_err() {
        return Ok(());
    }
    // What is new replaces nothing, however late it came.
    let flags = match step.kind {
        ChangeKind::Created => RenameFlags::NOREPLACE,
        _ => RenameFlags::empty(),
    };
    match rustix::fs::renameat_with(&stage, staged, dir, name, flags) {
        // What is there holds the same: it was looked at before the first step.
        Err(rustix::io::Errno::EXIST) if is_there(root, step) => Ok(()),
        moved => Ok(moved?),
    }
}

/// Returns whether a file is as it is to be.
fn is_there(root: &Dir, step: &Step) -> bool {
    let becomes = step.becomes.as_deref().map(file);
    stands(root, &step.path).ok() == becomes
}

/// Returns the mode of the file that is replaced, without what would give it more power.
fn mode_of(root: &Dir, step: &Step) -> u32 {
    let replaced = open_file(root, &step.path).and_then(|file| file.metadata());
    match (step.kind, replaced) {
        (ChangeKind::Modified, Ok(metadata)) => metadata.permissions().mode() & 0o777,
        _ => FILE_MODE,
    }
}

fn write_new(dir: &Dir, name: &str, bytes: &[u8], mode: u32, watch: Watch<'_>) -> io::Result<()> {
    watch()?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(mode);
    let mut file = dir.open_with(name, &options)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A [`Dir`] is a path only, which nothing can be written out by; it is opened anew for that.
fn sync(dir: &Dir) -> io::Result<()> {
    dir.open(".")?.sync_all()
}
