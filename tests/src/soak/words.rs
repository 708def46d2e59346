//! What a caller tells the soak, line by line, and how choices are made from a seed.

use hotcell_policy::Status;
use serde::{Deserialize, Serialize};

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    /// A write with a key.
    Keyed,
    /// A write without one.
    Plain,
    /// A job of several writes, with a key.
    Job,
    /// No effect, and no key.
    Echo,
}

impl Tool {
    /// Returns its name in the package.
    pub fn name(self) -> &'static str {
        match self {
            Tool::Keyed => "keyed",
            Tool::Plain => "plain",
            Tool::Job => "job",
            Tool::Echo => "echo",
        }
    }

    /// Returns whether it has a key, under which it may be called again after a crash.
    pub fn has_key(self) -> bool {
        matches!(self, Tool::Keyed | Tool::Job)
    }
}

/// One line of a caller: what one of its lanes did. A lane calls one after another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The lane.
    pub lane: u32,
    /// Which of the lane's calls, from 0.
    pub number: u64,
    /// What is called.
    pub tool: Tool,
    /// The effect's name, which is its key as well.
    pub effect: String,
    /// What came of it.
    pub said: Said,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// It is about to be made.
    Asks,
    /// Somebody else carries it out; the caller may ask again.
    Accepted(String),
    /// It failed, and is to be made again with the same key.
    Again(String),
    /// It ended.
    Ended {
        /// The invocation.
        id: String,
        /// How.
        status: Status,
        /// Whether it was on record when that was told; else it may be lost.
        is_recorded: bool,
    },
    /// The host could not say: a fault of its own, in its words.
    Fault(String),
}

/// Choices that follow from a seed (splitmix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Returns the choices of a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// Returns the next number below `most`, which is not 0.
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut next = self.0;
        next = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        next = (next ^ (next >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (next ^ (next >> 31)) % most
    }
}

/// Returns what a lane's call is. Two processes with the same lane choose the same, so that they
/// call with one key; what has no key is each one's own.
pub fn choice(seed: u64, process: u32, lane: u32, number: u64) -> (Tool, String) {
    let mut dice = Dice::new(seed ^ (u64::from(lane) << 48) ^ number);
    let tool = match dice.below(10) {
        0..4 => Tool::Keyed,
        4..6 => Tool::Plain,
        6..8 => Tool::Job,
        _ => Tool::Echo,
    };
    let effect = match tool.has_key() {
        true => format!("{}-{lane}-{number}", tool.name()),
        false => format!("{}-{process}-{lane}-{number}", tool.name()),
    };
    (tool, effect)
}
