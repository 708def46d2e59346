//! What goes into a call and what comes out of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hotcell_policy::{LimitName, Limits};

use crate::cancel::Cancel;
use crate::checkpoints::Checkpoints;
use crate::files::{OutFile, ReadTree, WorkChange, WorkError, WorkFolder};
use crate::log::Log;
use crate::outbound::{DenyAll, Outbound};
use crate::skill_host::ProgressSink;
use crate::tape::{Recording, Tape};

pub use crate::bindings::exports::hotcell::skill::tools::{Context, Failure, Retry};

/// One call: what to run, on what, and how far it may go.
pub struct Call {
    /// The tool's name.
    pub tool: String,
    /// The arguments as JSON text; the sandbox does not look into it.
    pub arguments: String,
    /// What the tool is told of the call; its `time_left_ms` is set by the sandbox.
    pub context: Context,
    /// How much the call may use.
    pub limits: Limits,
    /// What the guest sees at `/skill`.
    pub package: Arc<ReadTree>,
    /// What the guest sees at `/in`.
    pub input: Arc<ReadTree>,
    /// What the guest sees at `/work`; without it there is no such folder.
    pub work: Option<WorkFolder>,
    /// Where its requests go, and what is known of its credentials.
    pub outbound: Arc<dyn Outbound>,
    /// Its settings.
    pub settings: Arc<BTreeMap<String, String>>,
    /// Who is told of its progress.
    pub progress: Option<ProgressSink>,
    /// From this follows all randomness that the guest sees.
    pub seed: [u8; 32],
    /// The time since 1970 that its wall clock shows at the start.
    pub wall_clock: Duration,
    /// Where its checkpoints are kept; without it the guest is told `unavailable`.
    pub checkpoints: Option<Arc<dyn Checkpoints>>,
    /// Whether it is recorded, or played from a record.
    pub tape: Tape,
    /// Ends it from outside.
    pub cancel: Cancel,
}

impl Call {
    /// Returns a call of `tool` under standard limits, with nothing else: no files, no settings,
    /// every request refused, time and randomness from zero. The rest is set in its fields.
    pub fn new(tool: impl Into<String>, arguments: impl Into<String>) -> Call {
        let no_files = Arc::new(ReadTree::default());
        Call {
            tool: tool.into(),
            arguments: arguments.into(),
            context: Context {
                invocation_id: String::new(),
                correlation_id: String::new(),
                idempotency_key: None,
                attempt: 1,
                time_left_ms: 0,
            },
            limits: Limits::STANDARD,
            package: Arc::clone(&no_files),
            input: no_files,
            work: None,
            outbound: Arc::new(DenyAll::default()),
            settings: Arc::default(),
            progress: None,
            seed: [0; 32],
            wall_clock: Duration::ZERO,
            checkpoints: None,
            tape: Tape::None,
            cancel: Cancel::new(),
        }
    }
}

/// How a call ended, and what it left.
#[derive(Debug)]
pub struct Report {
    /// How it ended.
    pub end: End,
    /// What it printed: untrusted bytes.
    pub log: Log,
    /// What it wrote to `/out`, sorted by path. Of use only after [`End::Answer`].
    pub files: Vec<OutFile>,
    /// What it changed at `/work`, sorted by path. Empty but after [`End::Answer`].
    pub changes: Vec<WorkChange>,
    /// Fuel that it used; none where a clock or [`Cancel`] stopped it, since the count is then
    /// wrong.
    pub fuel: Option<u64>,
    /// The most bytes that its memories had together.
    pub memory_peak_bytes: u64,
    /// The most bytes that its files took at one time, names and entries included.
    pub file_peak_bytes: u64,
    /// How long it took.
    pub wall: Duration,
    /// What was recorded.
    pub tape: Recording,
}

/// How a call ended. All text in it is the guest's: untrusted.
#[derive(Debug)]
pub enum End {
    /// The tool answered with this text, which is to be JSON.
    Answer(String),
    /// The tool failed by its own word.
    Failure(Failure),
    /// A limit stopped it.
    Limit(LimitName),
    /// It trapped: what happened, in the sandbox's words.
    Trap(String),
    /// Its [`Cancel`] stopped it.
    Cancelled,
    /// It cannot go on with the host folder at `/work`.
    Work(WorkError),
    /// It did something else than the tape that it was played from says: where, and what.
    Diverged(String),
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("tool", &self.tool)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
