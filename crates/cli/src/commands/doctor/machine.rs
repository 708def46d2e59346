//! Whether the machine keeps what Hotcell promises.

use std::path::Path;
use std::thread::available_parallelism;

use rustix::fs::statvfs;
use rustix::process::{Resource, getrlimit};

use super::Finding;

/// What was looked at.
const MACHINE: &str = "machine";

/// Address space that the sandbox reserves for its pool of guests, with room for the rest.
const ADDRESS_BYTES_MIN: u64 = 1 << 40;
/// Open files: a call has its connections and its record, and a server many calls.
const FILES_MIN: u64 = 1_024;
/// Room on the disk below which a busy record is soon in need.
const DISK_BYTES_MIN: u64 = 512 << 20;

/// Looks at the system and its limits for this process.
pub(super) fn look() -> Vec<Finding> {
    vec![system(), address_space(), files(), processors()]
}

fn system() -> Finding {
    match std::env::consts::OS {
        "linux" => Finding::well(MACHINE, "Linux: every limit is enforced"),
        other => Finding::wrong(
            MACHINE,
            format!("the compile worker cannot be sealed on {other}"),
            "run Hotcell on Linux",
        ),
    }
}

fn address_space() -> Finding {
    match getrlimit(Resource::As).current {
        Some(bytes) if bytes < ADDRESS_BYTES_MIN => Finding::wrong(
            MACHINE,
            format!("this process may have {bytes} bytes of address space; guests need more"),
            "ulimit -v unlimited",
        ),
        _ => Finding::well(MACHINE, "room for the memories of guests"),
    }
}

fn files() -> Finding {
    match getrlimit(Resource::Nofile).current {
        Some(files) if files < FILES_MIN => Finding::look(
            MACHINE,
            format!("this process may open {files} files; a busy server needs more"),
            format!("ulimit -n {FILES_MIN}"),
        ),
        _ => Finding::well(MACHINE, "enough open files"),
    }
}

fn processors() -> Finding {
    match available_parallelism().map_or(1, usize::from) {
        1 => Finding::look(
            MACHINE,
            "one processor: a guest that spins delays all others",
            "give it two",
        ),
        count => Finding::well(MACHINE, format!("{count} processors")),
    }
}

/// Looks at the room where the data folder is, or will be.
pub(super) fn room(data: &Path) -> Vec<Finding> {
    let there = data.ancestors().find(|folder| folder.exists());
    let Some(Ok(stat)) = there.map(statvfs) else {
        return Vec::new();
    };
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let (mib, place) = (free >> 20, data.display());
    vec![match free < DISK_BYTES_MIN {
        true => Finding::look(
            "data folder",
            format!("{mib} MiB are left for {place}"),
            "make room, or `hotcell gc`",
        ),
        false => Finding::well("data folder", format!("{mib} MiB are free for {place}")),
    }]
}
