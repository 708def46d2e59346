//! Clients that go away while a guest runs.

use std::io::{BufRead, BufReader, Write};
use std::net::Shutdown;

use serde_json::json;

use super::note;
use crate::place::Place;
use crate::serve::{Served, message};
use crate::stdio::call_params;

#[test]
fn attack_35_a_client_that_disconnects() {
    let place = Place::with_intruder("", "");
    // Over stdio: the input ends while guests run, and the server with it.
    let mut client = place.mcp();
    client.begin("intruder", "spin");
    client.begin("intruder", "wait");
    let (status, _, _) = client.end();
    assert!(status.success(), "{status}");
    assert_eq!(place.ends("spin"), ["cancelled"]);
    assert_eq!(place.ends("wait"), ["cancelled"]);

    // Over HTTP: the connection is cut; the server goes on for others.
    let served = place.serve(&[]);
    peek(&served);
    let before = open_files(&served);
    for tool in ["spin", "wait"] {
        cut(&served, tool);
    }
    peek(&served);
    let after = open_files(&served);
    served.end();
    assert_eq!(place.ends("spin"), ["cancelled", "cancelled"]);
    assert_eq!(place.ends("wait"), ["cancelled", "cancelled"]);
    assert!(
        after <= before + 4,
        "{before} files were open, and then {after}"
    );
    let tried = "the input ended, or the connection cut, while a guest spins or waits: it is \
        ended, recorded as cancelled, and nothing stays open";
    note(35, "a client that disconnects", tried, 4);
}

fn peek(served: &Served) {
    let arguments = json!({ "skill": "intruder", "tool": "peek" });
    let answer = served.call("", "call_tool", arguments);
    assert_eq!(
        answer.message()["result"]["content"][0]["text"],
        "0",
        "{answer:?}"
    );
}

/// Begins a call, and cuts its connection once the guest has begun.
fn cut(served: &Served, tool: &str) {
    let params = call_params("intruder", tool, json!({}));
    let mut message = message("tools/call", params);
    message["params"]["_meta"]["progressToken"] = json!("t");
    let headers = [("Mcp-Method", "tools/call"), ("Mcp-Name", "call_tool")];
    let mut stream = served.connect();
    let request = served.request(&headers, message.to_string().as_bytes());
    stream.write_all(&request).unwrap();
    let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
    assert!(
        lines.any(|line| line.contains("notifications/progress")),
        "the guest tells that it has begun"
    );
    stream.shutdown(Shutdown::Both).unwrap();
}

fn open_files(served: &Served) -> usize {
    let files = format!("/proc/{}/fd", served.process());
    std::fs::read_dir(files).unwrap().count()
}
