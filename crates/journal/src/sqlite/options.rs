//! What a record in a file is opened with.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use crate::memory::Clock;

/// A hook that is called by name before each write of an operation, before `commit`, and after
/// it as `told`. It may panic or end the process.
#[cfg(any(test, feature = "failpoints"))]
pub type FailPoint = Arc<dyn Fn(&str) + Send + Sync>;

/// What a record in a file is opened with.
#[derive(Clone)]
#[non_exhaustive]
pub struct SqliteOptions {
    /// The database. It is created where it is not there; its folder must be.
    pub path: PathBuf,
    /// What tells the time.
    pub clock: Clock,
    /// What fails on purpose.
    #[cfg(any(test, feature = "failpoints"))]
    pub fail: Option<FailPoint>,
    /// How many pages of 4 KiB the file may have: a full disk in small.
    #[cfg(any(test, feature = "failpoints"))]
    pub pages_max: Option<u32>,
}

impl SqliteOptions {
    /// Returns the options that production has.
    pub fn new(
        path: impl Into<PathBuf>,
        clock: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> SqliteOptions {
        SqliteOptions {
            path: path.into(),
            clock: Arc::new(clock),
            #[cfg(any(test, feature = "failpoints"))]
            fail: None,
            #[cfg(any(test, feature = "failpoints"))]
            pages_max: None,
        }
    }

    pub(super) fn fail(&self) -> Fail {
        Fail {
            #[cfg(any(test, feature = "failpoints"))]
            hook: self.fail.clone(),
        }
    }
}

impl fmt::Debug for SqliteOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("SqliteOptions");
        out.field("path", &self.path).finish_non_exhaustive()
    }
}

/// The hook, where it is compiled in.
#[derive(Clone)]
pub(super) struct Fail {
    #[cfg(any(test, feature = "failpoints"))]
    hook: Option<FailPoint>,
}

impl Fail {
    /// Calls the hook.
    #[cfg(any(test, feature = "failpoints"))]
    pub(super) fn point(&self, name: &str) {
        if let Some(hook) = &self.hook {
            hook(name);
        }
    }

    /// Does nothing: no hook is compiled in.
    #[cfg(not(any(test, feature = "failpoints")))]
    pub(super) fn point(&self, _name: &str) {}
}
