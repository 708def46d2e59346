//! The limits of one call: each has a name, a unit, a standard value and a ceiling.

use std::fmt;

use hotcell_package::LimitAsks;
use serde::Serialize;

/// How much one call may use. Every field is enforced by the sandbox or the host; none is
/// advice.
///
/// There is no `Default`: a store without limits must not come about by forgetting. Start
/// from [`Limits::STANDARD`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Units of wasmtime fuel, about one for each WebAssembly instruction; host calls cost
    /// fuel too. 10⁹ of plain code ran 0.6 s when measured.
    pub fuel: u64,
    /// Wall-clock milliseconds for one attempt, host waits included.
    pub time_ms: u64,
    /// Bytes of all linear memories of the call together.
    pub memory_bytes: u64,
    /// Elements of all tables of the call together.
    pub table_elements: u64,
    /// Bytes of the arguments as JSON text.
    pub input_bytes: u64,
    /// Bytes of the answer as JSON text.
    pub output_bytes: u64,
    /// Bytes of stdout and stderr that are kept as the call's log; more is dropped.
    pub log_bytes: u64,
    /// Bytes of all files that the call writes, names and entries included.
    pub file_bytes: u64,
    /// Files and folders that the call may have at one time.
    pub files: u64,
    /// Open handles (descriptors, streams, pollables) at one time.
    pub handles: u64,
}

impl Limits {
    /// What a call gets when nobody says otherwise.
    pub const STANDARD: Limits = Limits {
        fuel: 1_000_000_000,
        time_ms: 10_000,
        memory_bytes: 64 << 20,
        table_elements: 20_000,
        input_bytes: 1 << 20,
        output_bytes: 1 << 20,
        log_bytes: 64 << 10,
        file_bytes: 32 << 20,
        files: 1_024,
        handles: 256,
    };

    /// The most that a package's own manifest can ask for. Only the operator goes beyond.
    pub const CEILING: Limits = Limits {
        fuel: 20_000_000_000,
        time_ms: 120_000,
        memory_bytes: 256 << 20,
        table_elements: 100_000,
        input_bytes: 8 << 20,
        output_bytes: 8 << 20,
        log_bytes: 1 << 20,
        file_bytes: 128 << 20,
        files: 8_192,
        handles: 1_024,
    };

    /// Returns the value of the limit `name`.
    pub fn get(&self, name: LimitName) -> u64 {
        let mut limits = self.clone();
        *limits.slot(name)
    }

    /// Sets the limit `name`.
    pub fn set(&mut self, name: LimitName, value: u64) {
        *self.slot(name) = value;
    }

    fn slot(&mut self, name: LimitName) -> &mut u64 {
        match name {
            LimitName::Fuel => &mut self.fuel,
            LimitName::TimeMs => &mut self.time_ms,
            LimitName::MemoryBytes => &mut self.memory_bytes,
            LimitName::TableElements => &mut self.table_elements,
            LimitName::InputBytes => &mut self.input_bytes,
            LimitName::OutputBytes => &mut self.output_bytes,
            LimitName::LogBytes => &mut self.log_bytes,
            LimitName::FileBytes => &mut self.file_bytes,
            LimitName::Files => &mut self.files,
            LimitName::Handles => &mut self.handles,
        }
    }
}

/// The name of a limit, as it stands in a manifest, on the command line and in an Outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitName {
    /// See [`Limits::fuel`].
    Fuel,
    /// See [`Limits::time_ms`].
    TimeMs,
    /// See [`Limits::memory_bytes`].
    MemoryBytes,
    /// See [`Limits::table_elements`].
    TableElements,
    /// See [`Limits::input_bytes`].
    InputBytes,
    /// See [`Limits::output_bytes`].
    OutputBytes,
    /// See [`Limits::log_bytes`].
    LogBytes,
    /// See [`Limits::file_bytes`].
    FileBytes,
    /// See [`Limits::files`].
    Files,
    /// See [`Limits::handles`].
    Handles,
}

impl LimitName {
    /// All names, in the order in which they are shown.
    pub const ALL: [LimitName; 10] = [
        LimitName::Fuel,
        LimitName::TimeMs,
        LimitName::MemoryBytes,
        LimitName::TableElements,
        LimitName::InputBytes,
        LimitName::OutputBytes,
        LimitName::LogBytes,
        LimitName::FileBytes,
        LimitName::Files,
        LimitName::Handles,
    ];

    /// Returns the name as text.
    pub fn as_str(self) -> &'static str {
        match self {
            LimitName::Fuel => "fuel",
            LimitName::TimeMs => "time_ms",
            LimitName::MemoryBytes => "memory_bytes",
            LimitName::TableElements => "table_elements",
            LimitName::InputBytes => "input_bytes",
            LimitName::OutputBytes => "output_bytes",
            LimitName::LogBytes => "log_bytes",
            LimitName::FileBytes => "file_bytes",
            LimitName::Files => "files",
            LimitName::Handles => "handles",
        }
    }

    /// Returns what a manifest asks for under this name.
    pub fn asked(self, asks: &LimitAsks) -> Option<u64> {
        match self {
            LimitName::Fuel => asks.fuel,
            LimitName::TimeMs => asks.time_ms,
            LimitName::MemoryBytes => asks.memory_bytes,
            LimitName::TableElements => asks.table_elements,
            LimitName::InputBytes => asks.input_bytes,
            LimitName::OutputBytes => asks.output_bytes,
            LimitName::LogBytes => asks.log_bytes,
            LimitName::FileBytes => asks.file_bytes,
            LimitName::Files => asks.files,
            LimitName::Handles => asks.handles,
        }
    }

    /// Reads an operator's `NAME=VALUE`, such as `memory_bytes=128MiB`, `time_ms=30s` or
    /// `fuel=5000000000`.
    ///
    /// # Errors
    ///
    /// Fails where there is no `=`, no limit of that name, or no value of its unit.
    pub fn parse_assignment(text: &str) -> Result<(LimitName, u64), LimitError> {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| LimitError::NoValue(text.to_owned()))?;
        let name = LimitName::parse(name)?;
        Ok((name, name.parse_value(value)?))
    }

    fn parse(text: &str) -> Result<LimitName, LimitError> {
        let wanted = text.trim().replace('-', "_");
        LimitName::ALL
            .into_iter()
            .find(|name| name.as_str() == wanted)
            .ok_or_else(|| LimitError::UnknownName(text.to_owned()))
    }

    fn parse_value(self, text: &str) -> Result<u64, LimitError> {
        let text = text.trim();
        let value = self.unit().parse(text);
        value.ok_or_else(|| LimitError::BadValue(self, text.to_owned()))
    }

    pub(crate) fn unit(self) -> Unit {
        match self {
            LimitName::TimeMs => Unit::Milliseconds,
            LimitName::MemoryBytes
            | LimitName::InputBytes
            | LimitName::OutputBytes
            | LimitName::LogBytes
            | LimitName::FileBytes => Unit::Bytes,
            LimitName::Fuel | LimitName::TableElements | LimitName::Files | LimitName::Handles => {
                Unit::Count
            }
        }
    }
}

impl fmt::Display for LimitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a limit is counted in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    Bytes,
    Milliseconds,
    Count,
}

impl Unit {
    /// Reads a number, `_` between digits allowed, and a suffix of this unit. `None` where it is
    /// none or cannot be counted.
    pub(crate) fn parse(self, text: &str) -> Option<u64> {
        let text = text.replace('_', "");
        let digits = text.find(|c: char| !c.is_ascii_digit());
        let (number, suffix) = text.split_at(digits.unwrap_or(text.len()));
        let factor = match (self, suffix) {
            (_, "") => 1,
            (Unit::Bytes, "KiB") => 1 << 10,
            (Unit::Bytes, "MiB") => 1 << 20,
            (Unit::Bytes, "GiB") => 1 << 30,
            (Unit::Milliseconds, "ms") => 1,
            (Unit::Milliseconds, "s") => 1_000,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(factor)
    }

    /// Says what a value looks like.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Unit::Bytes => "a number of bytes, or one with KiB, MiB or GiB",
            Unit::Milliseconds => "a number of milliseconds, or one with ms or s",
            Unit::Count => "a whole number",
        }
    }
}

/// Why a `NAME=VALUE` does not set a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LimitError {
    /// There is no `=`.
    NoValue(String),
    /// No limit has this name.
    UnknownName(String),
    /// The value is not a number in the limit's unit, or too large to be counted.
    BadValue(LimitName, String),
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LimitError::NoValue(text) => write!(f, "`{text}` has no value: write NAME=VALUE"),
            LimitError::UnknownName(text) => {
                let names = LimitName::ALL.map(LimitName::as_str).join(", ");
                write!(f, "no limit is named `{text}`; the limits are {names}")
            }
            LimitError::BadValue(name, value) => {
                let example = name.unit().example();
                write!(f, "`{value}` is no value for {name}: it takes {example}")
            }
        }
    }
}

impl std::error::Error for LimitError {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(LimitName, u64)>) {
        assert_eq!(LimitName::parse_assignment(text).ok(), expected, "{text}");
    }

    #[test]
    fn a_limit_is_set_by_name_and_unit() {
        check(
            "memory_bytes=128MiB",
            Some((LimitName::MemoryBytes, 128 << 20)),
        );
        check("memory-bytes=1", Some((LimitName::MemoryBytes, 1)));
        check("time_ms=30s", Some((LimitName::TimeMs, 30_000)));
        check("fuel=5_000", Some((LimitName::Fuel, 5_000)));
        check("fuel=5MiB", None);
        check("time_ms=1MiB", None);
        check("fuel", None);
        check("fuel=", None);
        check("fuel=-1", None);
        check("memory_bytes=99999999999GiB", None);
        check("speed=1", None);
    }

    #[test]
    fn every_name_reads_and_writes_its_own_slot() {
        for name in LimitName::ALL {
            let mut limits = Limits::STANDARD;
            limits.set(name, 7);
            for other in LimitName::ALL {
                let expected = if other == name {
                    7
                } else {
                    Limits::STANDARD.get(other)
                };
                assert_eq!(limits.get(other), expected);
            }
        }
    }
}
