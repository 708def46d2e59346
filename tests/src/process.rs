//! What the kernel says of this process and of those that it started.

use std::fs;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};

/// Returns the bytes that this process has resident now.
pub fn resident_bytes() -> u64 {
    status_bytes("VmRSS:")
}

/// Returns the most bytes that this process has had resident.
pub fn peak_resident_bytes() -> u64 {
    status_bytes("VmHWM:")
}

/// Returns the most bytes that any child that has ended had resident. A child shares its
/// parent's memory until it runs its own program, so it is never less than the parent's.
pub fn children_peak_bytes() -> u64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("children's usage can be asked for");
    u64::try_from(usage.max_rss()).expect("a size is not negative") << 10
}

/// Returns the processor time that this process has used, over all threads.
pub fn processor_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("own usage can be asked for");
    [usage.user_time(), usage.system_time()]
        .into_iter()
        .map(|time| {
            let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
            Duration::from_micros(u64::try_from(micros).expect("time is not negative"))
        })
        .sum()
}

/// Returns the ids of the processes that this one started and that still run, or that ended
/// and nobody asked how.
pub fn children() -> Vec<u32> {
    let tasks = fs::read_dir("/proc/self/task").expect("a process can list its own threads");
    let mut children = Vec::new();
    for task in tasks.flatten() {
        // A thread may end between the listing and the reading.
        let text = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        children.extend(
            text.split_whitespace()
                .filter_map(|id| id.parse::<u32>().ok()),
        );
    }
    children
}

/// Returns how many file descriptors are open.
pub fn open_files() -> usize {
    fs::read_dir("/proc/self/fd")
        .expect("a process can list its own files")
        .count()
}

fn status_bytes(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("a process can read its status");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .expect("the kernel tells it");
    let kibibytes = line.split_whitespace().next().and_then(|n| n.parse().ok());
    kibibytes.map_or(0, |kibibytes: u64| kibibytes << 10)
}
