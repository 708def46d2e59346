//! A server that the system gives no more descriptors.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::place::Place;
use crate::serve::Served;

/// Descriptors that the server may have: enough to begin.
const DESCRIPTORS: usize = 64;
/// How long it is watched.
const WATCHED: Duration = Duration::from_secs(2);
/// Ticks of the processor's clock in a second (`man 5 proc`, `_SC_CLK_TCK`).
const TICKS: u64 = 100;

/// Returns the ticks that a process has used.
fn used(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<_> = fields.split(' ').collect();
    // utime and stime, the 14th and the 15th field; the first two are cut off.
    fields[11..13]
        .iter()
        .map(|ticks| ticks.parse::<u64>().unwrap())
        .sum()
}

#[test]
fn a_server_without_descriptors_waits_and_goes_on() {
    let place = Place::with_intruder("", "");
    let serve = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    let mut limited = Command::new("/bin/sh");
    let script = format!("ulimit -n {DESCRIPTORS} && exec \"$0\" \"$@\"");
    limited
        .args(["-c", &script])
        .arg(serve.get_program())
        .args(serve.get_args());
    limited.env_clear().current_dir(place.at(""));
    for (key, value) in serve.get_envs() {
        limited.env(key, value.unwrap_or_default());
    }
    let served = Served::start(&mut limited);
    let mut held: Vec<TcpStream> = (0..DESCRIPTORS).map(|_| served.connect()).collect();
    let mut last = served.connect();
    last.write_all(b"GET /elsewhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    last.set_read_timeout(Some(WATCHED)).unwrap();
    let (before, began) = (used(served.process()), Instant::now());
    let mut answer = [0; 12];
    let silent = last.read(&mut answer).unwrap_err().kind();
    assert!(
        matches!(silent, ErrorKind::WouldBlock | ErrorKind::TimedOut),
        "{silent}"
    );
    let ticks = used(served.process()) - before;
    // To try without a pause takes a whole processor.
    assert!(ticks < TICKS / 2, "{ticks} ticks in {:?}", began.elapsed());
    held.clear();
    last.set_read_timeout(Some(crate::stdio::PATIENCE)).unwrap();
    last.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 404", "it is taken once there is room");
    let said = served.end();
    assert!(said.contains("no connection can be taken now"), "{said}");
}
