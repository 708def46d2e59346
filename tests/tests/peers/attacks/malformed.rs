//! Messages that are none.

use serde_json::{Value, json};

use super::note;
use crate::place::Place;
use crate::serve::message;
use crate::stdio::Stdio;

/// Lines that are to be answered by an error.
fn wrong() -> Vec<Vec<u8>> {
    let texts = [
        "{".to_owned(),
        "}".to_owned(),
        "nonsense".to_owned(),
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}}".to_owned(),
        "\"ping\"".to_owned(),
        "42".to_owned(),
        "null".to_owned(),
        "true".to_owned(),
        "[]".to_owned(),
        // Batches are no part of the protocol since 2025-06-18.
        "[{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"ping\"}]".to_owned(),
        "{\"id\":9,\"method\":\"ping\"}".to_owned(),
        "{\"jsonrpc\":\"1.0\",\"id\":9,\"method\":\"ping\"}".to_owned(),
        "{\"jsonrpc\":\"2.0\",\"id\":{\"a\":1},\"method\":\"ping\"}".to_owned(),
        "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":7}".to_owned(),
        "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\",\"params\":7}".to_owned(),
        "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\",\"params\":{\"name\":7}}"
            .to_owned(),
        "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\"}".to_owned(),
        "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"resources/read\",\"params\":{}}".to_owned(),
        "[".repeat(10_000),
        format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)),
        deep("{\"a\":", "}"),
        deep("[", "]"),
        "{\"jsonrpc\":\"2.0\",\"id\":1e999,\"method\":\"ping\"}".to_owned(),
        "\u{0}".to_owned(),
    ];
    let mut lines: Vec<_> = texts.into_iter().map(String::into_bytes).collect();
    lines.push(b"{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"\xff\xfe\"}".to_vec());
    lines.push(b"\xff\xfe{\x00}\x00".to_vec());
    lines.push(b"{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"\\ud800\"}".to_vec());
    lines
}

/// Arguments that are nested 10,000 deep.
fn deep(open: &str, close: &str) -> String {
    let nested = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    format!("{{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\",\"params\":{nested}}}")
}

#[test]
fn attack_41_malformed_over_stdio() {
    let place = Place::with_intruder("", "");
    let mut client = place.mcp();
    let wrong = wrong();
    for line in &wrong {
        client.write(&[line, &b"\n"[..]].concat());
        let told = client.next();
        let shown = String::from_utf8_lossy(&line[..line.len().min(80)]);
        assert!(told["error"]["code"].is_i64(), "{shown}: {told}");
    }
    is_well(&mut client);
    let unknown = client.ask("tools/destroy", json!({}));
    assert_eq!(unknown["error"]["code"], -32601, "{unknown}");
    // 100 MB without an end of line, and then one.
    let chunk = vec![b'a'; 1 << 20];
    for _ in 0..100 {
        client.write(&chunk);
    }
    client.write(b"\n");
    let told = client.next();
    assert!(told["error"]["code"].is_i64(), "{told}");
    is_well(&mut client);
    assert!(
        resident_bytes(client.process()) < 300 << 20,
        "it was not kept"
    );
    let (status, rest, _) = client.end();
    assert!(status.success() && rest.is_empty(), "{rest:?}");
    let tried = "no JSON, no message, batches, wrong types, no UTF-8, 10,000 levels, unknown methods, \
        100 MB in a line: each is answered, and the session goes on";
    note(41, "malformed messages over stdio", tried, wrong.len() + 2);
}

fn is_well(client: &mut Stdio) {
    let told = client.call("intruder", "echo", json!({ "a": [1] }));
    assert_eq!(told["structuredContent"], json!({ "a": [1] }), "{told}");
}

fn resident_bytes(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.unwrap().split_whitespace().next().unwrap();
    kibibytes.parse::<u64>().unwrap() << 10
}

#[test]
fn attack_42_malformed_over_http() {
    let place = Place::with_intruder("", "");
    let served = place.serve(&[]);
    let headers = [("Mcp-Method", "tools/call"), ("Mcp-Name", "call_tool")];
    let wrong = wrong();
    for body in &wrong {
        let answer = served.post_bytes(&headers, body);
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]);
        assert!((400..500).contains(&answer.status), "{shown}: {answer:?}");
    }
    // What the headers say has to be what the message says.
    let call = message(
        "tools/call",
        json!({ "name": "call_tool", "arguments": {} }),
    );
    let lies = [
        [("Mcp-Method", "tools/list"), ("Mcp-Name", "call_tool")],
        [("Mcp-Method", "tools/call"), ("Mcp-Name", "load_skill")],
        [("Mcp-Method", ""), ("Mcp-Name", "call_tool")],
    ];
    for lie in lies {
        assert_eq!(served.post(&lie, &call).status, 400, "{lie:?}");
    }
    let huge = [("Content-Length", "104857600"), headers[0], headers[1]];
    assert_eq!(served.post_bytes(&huge, &[]).status, 413);
    let body = vec![b' '; 100 << 20];
    let answer = served.post_bytes(&headers, &body);
    assert!(
        [0, 413].contains(&answer.status),
        "it is cut or refused: {answer:?}"
    );
    assert!(
        resident_bytes(served.process()) < 300 << 20,
        "it was not kept"
    );
    let fine = served.call(
        "",
        "call_tool",
        json!({ "skill": "intruder", "tool": "peek" }),
    );
    let told: Value = fine.message();
    assert_eq!(told["result"]["content"][0]["text"], "0", "{told}");
    let tried = "the same bodies, headers that say otherwise than the message, 100 MB sent and 100 MB \
        promised: each is a 4xx, and the next call is answered";
    note(
        42,
        "malformed messages over HTTP",
        tried,
        wrong.len() + lies.len() + 2,
    );
}
