//! More connections than a server takes.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use super::note;
use crate::place::Place;

/// `CONNECTIONS_MAX` of the server's limits.
const CONNECTIONS_MAX: usize = 512;

/// What further descriptors a server has open: the record, sockets of its own, files of a call.
const OTHERS_MAX: usize = 128;

/// How long the system may take for a connection; it keeps none beyond its own limit.
const FULL_AFTER: Duration = Duration::from_secs(8);

#[test]
fn attack_43_thousands_of_connections() {
    let place = Place::with_intruder("", "");
    let served = place.serve(&[]);
    let fill = |held: &mut Vec<TcpStream>, begun: &[u8]| {
        // The system keeps those that the server has not taken, up to its own limit.
        for _ in 0..1_200 {
            let Ok(mut stream) = TcpStream::connect_timeout(&served.address, FULL_AFTER) else {
                break;
            };
            let _ = stream.write_all(begun);
            held.push(stream);
        }
    };
    let open = || {
        let files = format!("/proc/{}/fd", served.process());
        std::fs::read_dir(files).unwrap().count()
    };
    let mut most = 0;
    for begun in [&b""[..], b"POST /mcp HTTP/1.1\r\nHost: loc"] {
        let mut held = Vec::new();
        fill(&mut held, begun);
        assert!(held.len() > CONNECTIONS_MAX, "{} could be made", held.len());
        most = most.max(open());
        drop(held);
        let arguments = json!({ "skill": "intruder", "tool": "peek" });
        let answer = served.call("", "call_tool", arguments);
        assert_eq!(answer.status, 200, "{answer:?}");
        most = most.max(open());
    }
    assert!(
        most <= CONNECTIONS_MAX + OTHERS_MAX,
        "{most} files were open"
    );
    let tried = "1,200 at a time that say nothing, or half a request: no more than 512 are taken, and \
        the next call is answered once they are gone; a head that does not come ends its connection";
    note(43, "thousands of connections", tried, 2);
}
