//! A compile worker spoken to as the sandbox does, but without its quick scan, so that the
//! worker's own limits are what holds.

use std::io::{Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::process;

/// What became of a component in a worker.
#[derive(Debug)]
pub struct Compiled {
    /// How the worker's process ended.
    pub status: ExitStatus,
    /// The reply's kind (0 compiled, 2 not valid), and its bytes; none where it died first.
    pub reply: Option<(u8, Vec<u8>)>,
    /// From start to end.
    pub time: Duration,
    /// Peak of the worker's resident bytes; none where an earlier child had more, for the
    /// kernel tells only the largest.
    pub peak_bytes: Option<u64>,
}

/// Has `program` compile `component` within these limits.
///
/// # Panics
///
/// Panics where the program cannot be started.
pub fn compile(program: &str, component: &[u8], memory_bytes: u64, cpu_s: u64) -> Compiled {
    let started = Instant::now();
    let peak_before = process::children_peak_bytes();
    let mut child = Command::new(program)
        .arg("compile-worker")
        .env_clear()
        .env("RAYON_NUM_THREADS", "2")
        .env("MALLOC_ARENA_MAX", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the worker starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let mut request = vec![0];
    for number in [memory_bytes, cpu_s, component.len() as u64] {
        request.extend(number.to_le_bytes());
    }
    request.extend(component);
    request.extend(0_u64.to_le_bytes());
    // A worker that dies closes the pipe; its status then tells more than that.
    let _ = stdin.write_all(&request);
    drop(stdin);
    let mut bytes = Vec::new();
    let mut stdout = child.stdout.take().expect("stdout is piped");
    let _ = stdout.read_to_end(&mut bytes);
    let status = child.wait().expect("a child can be waited for");
    let peak = process::children_peak_bytes();
    Compiled {
        status,
        reply: reply(bytes),
        time: started.elapsed(),
        peak_bytes: (peak > peak_before).then_some(peak),
    }
}

/// A reply is a byte for its kind, eight for its length, and itself.
fn reply(mut bytes: Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let kind = *bytes.first()?;
    let body = bytes.split_off(bytes.len().min(9));
    Some((kind, body))
}
