//! What each attack cost: printed as a line, and merged into `attacks.json` by name.
//!
//! Test runners may run each test in a process of its own, so the file is locked while it is
//! read and written.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};

/// The figures of one attack. What was not measured is absent.
#[derive(Debug, Clone, Default)]
pub struct Figure {
    /// How it ended, in a word or two.
    pub end: String,
    /// From its start to its end.
    pub time: Duration,
    /// Peak of resident bytes that it brought to the process it ran in.
    pub peak_bytes: Option<u64>,
    /// Bytes that it wrote to files or to its log and that were kept.
    pub written_bytes: Option<u64>,
    /// Fuel that it used.
    pub fuel: Option<u64>,
    /// What else is to be said of it: name and number.
    pub more: Vec<(&'static str, u64)>,
}

impl Figure {
    /// Prints the figure and merges it into `target/attacks.json`.
    ///
    /// `scratch` is the test's `CARGO_TARGET_TMPDIR`, which lies in the target folder.
    ///
    /// # Panics
    ///
    /// Panics where the file cannot be written or holds something else.
    pub fn record(&self, scratch: &str, name: &str) {
        self.print(name);
        let target = Path::new(scratch)
            .parent()
            .expect("it lies in the target folder");
        merge(&target.join("attacks.json"), name, self.to_json())
            .expect("target/attacks.json can be written");
    }

    #[allow(clippy::print_stdout)]
    fn print(&self, name: &str) {
        let mut line = format!(
            "{name:<52} {:<28} {:>7} ms",
            self.end,
            self.time.as_millis()
        );
        for (label, bytes) in [("peak", self.peak_bytes), ("written", self.written_bytes)] {
            if let Some(bytes) = bytes {
                line.push_str(&format!("  {label} {:.1} MiB", mebibytes(bytes)));
            }
        }
        if let Some(fuel) = self.fuel {
            line.push_str(&format!("  fuel {fuel}"));
        }
        for (label, number) in &self.more {
            line.push_str(&format!("  {label} {number}"));
        }
        println!("{line}");
    }

    fn to_json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("end".to_owned(), json!(self.end));
        let time_ms = self.time.as_secs_f64() * 1e3;
        fields.insert("time_ms".to_owned(), json!((time_ms * 10.0).round() / 10.0));
        let counts = [
            ("peak_bytes", self.peak_bytes),
            ("written_bytes", self.written_bytes),
            ("fuel", self.fuel),
        ];
        let more = self
            .more
            .iter()
            .map(|(name, number)| (*name, Some(*number)));
        for (name, number) in counts.into_iter().chain(more) {
            if let Some(number) = number {
                fields.insert(name.to_owned(), json!(number));
            }
        }
        Value::Object(fields)
    }
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn merge(path: &Path, name: &str, figure: Value) -> io::Result<()> {
    let mut file = open(path)?;
    file.lock()?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let mut all: Map<String, Value> = if text.is_empty() {
        Map::new()
    } else {
        serde_json::from_str(&text)?
    };
    all.insert(name.to_owned(), figure);
    all.sort_keys();
    file.rewind()?;
    file.set_len(0)?;
    serde_json::to_writer_pretty(&mut file, &all)?;
    file.write_all(b"\n")
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}
