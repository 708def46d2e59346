//! Tells when the sources of a skill change.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use hotcell_package::{BUILD_FOLDERS, COMPONENT_FILE};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, recommended_watcher};

/// How long nothing may change until it is told: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(200);

/// Watches a skill's folder.
#[derive(Debug)]
pub struct Changes {
    folder: PathBuf,
    events: Receiver<notify::Result<Event>>,
    _watcher: RecommendedWatcher,
}

impl Changes {
    /// Begins to watch `folder` and all below it.
    ///
    /// # Errors
    /// Says why it cannot be watched.
    pub fn of(folder: &Path) -> Result<Changes, String> {
        let (tell, events) = channel();
        let told = |error: notify::Error| error.to_string();
        let mut watcher = recommended_watcher(move |event| {
            // Nobody listens any more where this fails.
            let _ = tell.send(event);
        })
        .map_err(told)?;
        // Events name files by their whole paths.
        let folder = folder.canonicalize().map_err(|error| error.to_string())?;
        if !folder.is_dir() {
            return Err("this is no folder".to_owned());
        }
        watcher
            .watch(&folder, RecursiveMode::Recursive)
            .map_err(told)?;
        Ok(Changes {
            folder,
            events,
            _watcher: watcher,
        })
    }

    /// Waits until something has changed and then nothing for a moment; returns what has, in
    /// order, each once.
    ///
    /// # Errors
    /// Says why the folder is no longer watched.
    pub fn next(&self) -> Result<Vec<PathBuf>, String> {
        let mut changed: Vec<PathBuf> = Vec::new();
        loop {
            let event = match changed.is_empty() {
                true => self.events.recv().map_err(|error| error.to_string())?,
                false => match self.events.recv_timeout(QUIET) {
                    Ok(event) => event,
                    Err(RecvTimeoutError::Timeout) => return Ok(changed),
                    Err(RecvTimeoutError::Disconnected) => return Err("it ended".to_owned()),
                },
            };
            let event = event.map_err(|error| error.to_string())?;
            if matches!(event.kind, EventKind::Access(_)) {
                continue;
            }
            for path in event.paths {
                let inner = path.strip_prefix(&self.folder).unwrap_or(&path).to_owned();
                if is_source(&inner) && !changed.contains(&inner) {
                    changed.push(inner);
                }
            }
        }
    }
}

/// Returns whether a path is not what a build itself writes.
fn is_source(path: &Path) -> bool {
    let names: Vec<_> = path.iter().map(|name| name.to_string_lossy()).collect();
    let is_made = |name: &str| name.starts_with('.') || BUILD_FOLDERS.contains(&name);
    match &names[..] {
        [] => false,
        [only] if only == COMPONENT_FILE => false,
        names => !names.iter().any(|name| is_made(name)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn changes_are_told_once_and_what_a_build_writes_is_not() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("target")).unwrap();
        let changes = Changes::of(dir.path()).unwrap();
        fs::write(dir.path().join("skill.wasm"), "x").unwrap();
        fs::write(dir.path().join("target/a"), "x").unwrap();
        fs::write(dir.path().join("SKILL.md"), "x").unwrap();
        fs::write(dir.path().join("SKILL.md"), "y").unwrap();
        assert_eq!(changes.next().unwrap(), [PathBuf::from("SKILL.md")]);
    }

    #[test]
    fn sources_are_told_from_what_is_made() {
        for (path, expected) in [
            ("src/lib.rs", true),
            ("tests/a.toml", true),
            ("assets/skill.wasm", true),
            ("skill.wasm", false),
            ("node_modules/a/index.js", false),
            (".git/index", false),
            ("", false),
        ] {
            assert_eq!(is_source(Path::new(path)), expected, "{path}");
        }
    }
}
